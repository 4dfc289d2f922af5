"""Backup of a store on Elasticsearch by snapshots in an `fs` repository, and its restore.

A backup is three snapshots. `…-1` holds what vouches for the rest (captures, runs, cases, trail), `…-2` the rest,
taken later: whatever a capture in it says was stored, is in it. No entry may come to the trail meanwhile,
else both are taken again; the repository keeps what is the same once, so this is quick.
`…-3` is empty and carries the manifest: without it the others are no backup.

A restore first puts everything under names that nobody reads and proves it whole; only then the old
indices go and the new ones take their names (clones: hard links, no copies). Killed at any moment, the
cluster holds the old indices or the whole new ones, and the next call goes on.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError

from findings.backup.errors import (
    BackupDamaged,
    BackupFailed,
    BackupForeign,
    BackupRefused,
    StoreHolds,
    StoreInUse,
)
from findings.backup.manifest import EvidenceListed, Manifest, Restored, differences, read, software
from findings.errors import IndexMissing
from findings.model.errors import Said
from findings.review.chain import Head
from findings.stores.elastic.client import errors
from findings.stores.elastic.names import MONTHLY, SINGLE, VERSION, Names
from findings.stores.elastic.templates import apply_templates
from findings.stores.elastic.versions import look

#: Kinds of the first snapshot: each says of something in the second that it is stored.
VOUCHING = ("captures", "runs", "plans", "tasks", "audit", "cases")
#: Kinds that only matter while processes run.
PASSING = ("leases", "migrations")
KEPT = tuple(kind for kind in (*MONTHLY, *SINGLE) if kind not in PASSING)
#: How often both snapshots are taken while officers work, before it is given up.
ROUNDS = 10
#: Seconds between two looks at a snapshot or restore that goes on.
_LOOK_S = 0.3
#: Snapshots without a manifest are removed once they are this old: by then nobody is at work on them.
_ABANDONED_S = 86_400

HeadNow = Callable[[], Head | None]
Told = Callable[[int, int], None]


class Snapshots:
    """The backups of one store in one repository, a folder as the nodes of the cluster see it."""

    def __init__(self, client: Elasticsearch, url: str, names: Names, place: str) -> None:
        self._client = client
        self._url = url
        self._names = names
        self._place = place
        self._repository = f"finadwatch-{hashlib.sha256(place.encode('utf-8', 'replace')).hexdigest()[:16]}"

    def register(self) -> None:
        """Make the folder known to the cluster. Raises BackupRefused where its nodes may not use it."""
        with errors(self._url):
            try:
                self._client.snapshot.create_repository(
                    name=self._repository, repository={"type": "fs", "settings": {"location": self._place}}
                )
            except ApiError as error:
                if "repository" not in str(error.error):
                    raise
                why = str(error.body)
                allowed = "path.repo" in why
                raise BackupRefused(
                    self._place,
                    Said(
                        "path.repo in elasticsearch.yml of every node must name this folder or one above it"
                        if allowed
                        else "every node of the cluster must be able to read and write this folder, the same for all",
                        zh="每个节点的 elasticsearch.yml 中 path.repo 须包含该文件夹或其上级"
                        if allowed
                        else "集群的每个节点都须能读写同一个该文件夹",
                    ),
                ) from error

    def back_up(self, head: HeadNow, meanwhile: Callable[[], EvidenceListed | None], told: Told) -> Manifest:
        """Take the snapshots. Raises IndexMissing, BackupRefused, BackupFailed."""
        self.register()
        name = f"finadwatch-{datetime.now(UTC):%Y%m%dt%H%M%S}-{secrets.token_hex(4)}"
        for number in range(ROUNDS):
            before, counts = head(), self.counts()
            if not counts:
                raise IndexMissing(self._url)
            taken = (f"{name}-{number}-1", f"{name}-{number}-2")
            self._take(taken[0], [kind for kind in KEPT if kind in VOUCHING], told)
            self._take(taken[1], [kind for kind in KEPT if kind not in VOUCHING], told)
            if head() == before:
                break
            self._remove(taken)
        else:
            raise BackupFailed(
                self._place,
                Said(
                    "cases are being changed all the time: try again later", zh="案件一直在变更，请稍后再试"
                ),
            )
        manifest = Manifest(
            store="elasticsearch",
            software=software(),
            layout=VERSION,
            at=datetime.now(UTC),
            counts=counts,
            counts_after=self.counts(),
            trail=before,
            snapshots=taken,
            prefix=self._names.prefix,
            evidence=meanwhile(),
        )
        with errors(self._url):
            there = {found["snapshot"] for found in self._listed() if found["state"] == "SUCCESS"}
            if not there.issuperset(taken):
                raise BackupFailed(self._place, Said("somebody removed its snapshots", zh="快照被他人删除"))
            self._client.snapshot.create(
                repository=self._repository,
                snapshot=f"{name}-{number}-3",
                indices="-*",
                include_global_state=False,
                metadata={"finadwatch": msgspec.json.encode(manifest).decode()},
                wait_for_completion=True,
            )
            self._forget_abandoned()
        return manifest

    def newest(self) -> Manifest:
        """The manifest of the last backup. Raises BackupForeign."""
        with errors(self._url):
            sealed = [
                found
                for found in self._listed()
                if found["snapshot"].endswith("-3") and "finadwatch" in (found.get("metadata") or {})
            ]
        if not sealed:
            raise BackupForeign(self._place, Said("it holds no backup", zh="其中没有备份"))
        last = max(sealed, key=lambda found: (found["start_time_in_millis"], found["snapshot"]))
        data = str(last["metadata"]["finadwatch"]).encode()
        manifest = read(self._place, data, "elasticsearch", VERSION)
        if len(manifest.snapshots) != 2:
            raise BackupForeign(self._place, Said("its manifest can't be read", zh="清单无法读取"))
        return manifest

    def restore(self, meanwhile: Callable[[Manifest], None], told: Told, *, replace: bool) -> Restored:
        """Put the indices of the last backup in place. Raises BackupForeign, BackupDamaged, StoreHolds, StoreInUse."""
        self.register()
        manifest = self.newest()
        aside = f"restoring-{hashlib.sha256(manifest.snapshots[0].encode()).hexdigest()[:12]}-"
        if not replace and not self._half_swapped(aside) and any(self.counts().values()):
            raise StoreHolds(self._url)
        if not self._proven(aside):
            self._fetch(manifest, aside, told)
        meanwhile(manifest)
        with errors(self._url):
            self._swap(aside)
            counts = self.counts()
            if wrong := differences(counts, manifest):
                raise BackupDamaged(self._place, Said(", ".join(wrong), zh="，".join(wrong)))
            # Also what an earlier restore left that was killed and never gone on with.
            self._delete([*self._indices(f"restoring-*-{self._names.prefix}")])
        return Restored(manifest=manifest, counts=counts)

    def counts(self) -> dict[str, int]:
        """Documents of each kind behind the aliases; empty where the store was never created."""
        with errors(self._url):
            if look(self._client, self._url, self._names).current is None:
                return {}
            return self._counted({kind: self._names.alias(kind) for kind in KEPT})

    def _counted(self, targets: dict[str, str]) -> dict[str, int]:
        counts = {}
        for kind, target in targets.items():
            try:
                self._client.indices.refresh(index=target)
                counts[kind] = int(self._client.count(index=target)["count"])
            except NotFoundError:
                continue
        return counts

    # -- taking ------------------------------------------------------------------------------------

    def _take(self, snapshot: str, kinds: list[str], told: Told) -> None:
        with errors(self._url):
            self._client.snapshot.create(
                repository=self._repository,
                snapshot=snapshot,
                indices=[self._names.alias(kind) for kind in kinds],
                ignore_unavailable=True,
                include_global_state=False,
                wait_for_completion=False,
            )
            while True:
                (found,) = self._client.snapshot.get(repository=self._repository, snapshot=snapshot)[
                    "snapshots"
                ]
                if found["state"] != "IN_PROGRESS":
                    break
                status = self._client.snapshot.status(repository=self._repository, snapshot=snapshot)
                shards = status["snapshots"][0]["shards_stats"]
                told(int(shards["done"]), int(shards["total"]))
                time.sleep(_LOOK_S)
        if found["state"] != "SUCCESS":
            failures = found.get("failures") or [{}]
            reason = str(failures[0].get("reason") or found["state"])[:300]
            raise BackupFailed(self._place, Said(reason, zh=reason))

    def _listed(self) -> list[Any]:
        snapshots: list[Any] = self._client.snapshot.get(
            repository=self._repository, snapshot="finadwatch-*", ignore_unavailable=True
        )["snapshots"]
        return snapshots

    def _forget_abandoned(self) -> None:
        """Remove snapshots of backups that were killed."""
        found = self._listed()
        kept = {one["snapshot"].rpartition("-")[0] for one in found if one["snapshot"].endswith("-3")}
        now = time.time()
        self._remove(
            [
                one["snapshot"]
                for one in found
                if one["snapshot"].rpartition("-")[0] not in kept
                and now - one["start_time_in_millis"] / 1000 > _ABANDONED_S
            ]
        )

    def _remove(self, snapshots: "list[str] | tuple[str, ...]") -> None:
        with errors(self._url):
            for snapshot in snapshots:
                self._client.options(ignore_status=404).snapshot.delete(
                    repository=self._repository, snapshot=snapshot
                )

    # -- putting in place ----------------------------------------------------------------------------

    def _fetch(self, manifest: Manifest, aside: str, told: Told) -> None:
        """Restore under names that nobody reads, and prove it: health, counts. A mark then says so."""
        with errors(self._url):
            self._delete(self._indices(f"{aside}{self._names.prefix}"))
            for snapshot in manifest.snapshots:
                self._start(snapshot, manifest.prefix, f"{aside}{self._names.prefix}")
            self._wait(f"{aside}{self._names.prefix}", told)
            parts = self._parts(aside)
            if any(part is None for part in parts.values()) or not parts:
                raise BackupForeign(
                    self._place, Said("its indices are not a store's", zh="其索引不是本系统的存储")
                )
            of_kind: dict[str, list[str]] = {}
            for index, kind in parts.items():
                of_kind.setdefault(str(kind), []).append(index)
            counts = self._counted({kind: ",".join(of) for kind, of in of_kind.items()})
            if wrong := differences(counts, manifest):
                self._delete(list(parts))
                raise BackupDamaged(self._place, Said(", ".join(wrong), zh="，".join(wrong)))
            self._client.indices.put_settings(index=list(parts), settings={"index.blocks.write": True})
            self._client.indices.update_aliases(
                actions=[{"add": {"index": index, "alias": self._mark(aside, "whole")}} for index in parts]
            )

    def _start(self, snapshot: str, old_prefix: str, new_prefix: str) -> None:
        try:
            self._client.snapshot.restore(
                repository=self._repository,
                snapshot=snapshot,
                indices="*",
                include_aliases=False,
                include_global_state=False,
                rename_pattern=f"^{old_prefix}(.+)$",
                rename_replacement=f"{new_prefix}$1",
                wait_for_completion=False,
            )
        except NotFoundError as error:
            reason = Said(f"snapshot {snapshot} is missing", zh=f"缺少快照 {snapshot}")
            raise BackupDamaged(self._place, reason) from error
        except ApiError as error:
            if "snapshot" in str(error.error) or "repository" in str(error.error):
                reason = Said(f"snapshot {snapshot} can't be read", zh=f"快照 {snapshot} 无法读取")
                raise BackupDamaged(self._place, reason) from error
            raise

    def _wait(self, prefix: str, told: Told) -> None:
        """Until every primary shard is there; a shard that can't be restored turns its index red for good."""
        while True:
            found: Any = self._client.indices.recovery(index=f"{prefix}*").body
            shards = [shard for index in found.values() for shard in index["shards"] if shard["primary"]]
            done = sum(shard["stage"] == "DONE" for shard in shards)
            told(done, len(shards))
            health: Any = self._client.cluster.health(index=f"{prefix}*").body
            if health["status"] != "red":
                return
            if (
                not health["initializing_shards"]
                and not health["relocating_shards"]
                and self._given_up(prefix)
            ):
                self._delete(self._indices(prefix))
                raise BackupDamaged(self._place, Said("its files can't be read", zh="其文件无法读取"))
            time.sleep(_LOOK_S)

    def _given_up(self, prefix: str) -> bool:
        """Whether a shard failed to be restored so often that Elasticsearch tries no more."""
        state: Any = self._client.cat.shards(
            index=f"{prefix}*",
            h=["state", "prirep", "unassigned.reason", "unassigned.details"],
            format="json",
        ).body
        return any(
            shard["state"] == "UNASSIGNED"
            and shard["prirep"] == "p"
            and "failed" in str(shard["unassigned.details"])
            for shard in state
        )

    def _swap(self, aside: str) -> None:
        """Let the proven indices take the names of the store."""
        parts = self._parts(aside)
        old = look(self._client, self._url, self._names)
        fresh = {index: index.removeprefix(aside) for index in parts}
        apply_templates(self._client, self._names)
        self._client.indices.update_aliases(
            actions=[{"add": {"index": index, "alias": self._mark(aside, "swapping")}} for index in parts]
        )
        # What a killed swap had already put in place is put there once more: nobody wrote to it meanwhile.
        self._delete(list(old.indices))
        for index, name in fresh.items():
            kind = parts[index]
            assert kind is not None
            try:
                self._client.indices.clone(
                    index=index,
                    target=name,
                    settings={"index.blocks.write": None},
                    aliases={self._names.alias(kind): {}},
                    wait_for_active_shards=1,
                )
            except BadRequestError as error:
                if error.error != "resource_already_exists_exception":
                    raise
                raise StoreInUse(self._url) from error
        self._client.cluster.health(index=list(fresh.values()), wait_for_status="yellow", timeout="50s")

    def _parts(self, aside: str) -> dict[str, str | None]:
        """The indices under the names aside, with their kinds; None for one that is not a store's."""
        found = {}
        for index in self._indices(f"{aside}{self._names.prefix}"):
            part = self._names.part(index.removeprefix(aside))
            found[index] = part.kind if part else None
        return found

    def _proven(self, aside: str) -> bool:
        """Whether an earlier call had these indices whole."""
        with errors(self._url):
            return bool(self._client.indices.exists_alias(name=self._mark(aside, "whole")))

    def _half_swapped(self, aside: str) -> bool:
        """Whether an earlier call was killed after the old indices went and before all new ones were in place."""
        with errors(self._url):
            if not self._client.indices.exists_alias(name=self._mark(aside, "swapping")):
                return False
            return any(
                not self._client.indices.exists(index=index.removeprefix(aside))
                for index in self._parts(aside)
            )

    def _mark(self, aside: str, said: str) -> str:
        return f"{aside}{self._names.prefix}{said}"

    def _indices(self, prefix: str) -> list[str]:
        return sorted(self._client.indices.get_alias(index=f"{prefix}*", expand_wildcards="all").body)

    def _delete(self, indices: list[str]) -> None:
        if indices:
            self._client.indices.delete(index=indices)
