"""Puts the snapshots of a backup back in the place of a store.

A restore first puts everything under names that nobody reads and proves it whole, the trail too; only then the
old indices go and the new ones take their names (clones: hard links, no copies). Killed at any moment, the
cluster holds the old indices or the whole new ones, and the next call goes on.
"""

import hashlib
import time
from collections.abc import Callable
from typing import Any

import msgspec
from elasticsearch import BadRequestError, Elasticsearch

from findings.backup.errors import BackupDamaged, BackupForeign, StoreHolds, StoreInUse
from findings.backup.manifest import Manifest, Restored, wrong_counts, wrong_trail
from findings.model.errors import Said
from findings.stores.elastic.client import errors
from findings.stores.elastic.names import Names
from findings.stores.elastic.repository import Repository, Told, looks
from findings.stores.elastic.snapshots import count_in, counted
from findings.stores.elastic.templates import apply_templates
from findings.stores.elastic.trail import entries_in
from findings.stores.elastic.versions import look


class Restoring:
    """Restores the last backup of one place as one store."""

    def __init__(self, client: Elasticsearch, url: str, names: Names, place: str) -> None:
        self._client = client
        self._url = url
        self._names = names
        self._place = place
        self._repository = Repository(client, url, place)

    def restore(self, meanwhile: Callable[[Manifest], None], told: Told, *, replace: bool) -> Restored:
        """Put the indices of the last backup in place. Raises BackupForeign, BackupDamaged, StoreHolds, StoreInUse."""
        self._repository.register()
        manifest = self._repository.newest()
        aside = f"restoring-{hashlib.sha256(manifest.snapshots[0].encode()).hexdigest()[:12]}-"
        if (
            not replace
            and not self._half_swapped(aside)
            and any(counted(self._client, self._url, self._names).values())
        ):
            raise StoreHolds(self._url)
        if not self._proven(aside):
            self._fetch(manifest, aside, told)
        meanwhile(manifest)
        with errors(self._url):
            self._swap(aside)
            counts = counted(self._client, self._url, self._names)
            if fault := wrong_counts(counts, manifest):
                raise BackupDamaged(self._place, fault)
            # Also what an earlier restore left that was killed and never gone on with.
            self._delete([*self._indices(f"restoring-*-{self._names.prefix}")])
        return Restored(manifest=manifest, counts=counts)

    def _fetch(self, manifest: Manifest, aside: str, told: Told) -> None:
        """Restore under names that nobody reads, and prove it: health, counts, trail. A mark then says so."""
        with errors(self._url):
            self._delete(self._indices(f"{aside}{self._names.prefix}"))
            for snapshot in manifest.snapshots:
                self._repository.bring_back(snapshot, manifest.prefix, f"{aside}{self._names.prefix}")
            self._wait(f"{aside}{self._names.prefix}", told)
            parts = self._parts(aside)
            if any(part is None for part in parts.values()) or not parts:
                raise BackupForeign(
                    self._place, Said("its indices are not a store's", zh="其索引不是本系统的存储")
                )
            of_kind: dict[str, list[str]] = {}
            for index, kind in parts.items():
                of_kind.setdefault(str(kind), []).append(index)
            counts = count_in(self._client, {kind: ",".join(of) for kind, of in of_kind.items()})
            fault = wrong_counts(counts, manifest) or self._wrong_trail(of_kind.get("audit", []), manifest)
            if fault:
                self._delete(list(parts))
                raise BackupDamaged(self._place, fault)
            self._client.indices.put_settings(index=list(parts), settings={"index.blocks.write": True})
            self._client.indices.update_aliases(
                actions=[{"add": {"index": index, "alias": self._mark(aside, "whole")}} for index in parts]
            )

    def _wrong_trail(self, indices: list[str], manifest: Manifest) -> Said | None:
        """What is wrong with the trail in these indices; a store of an older version may have none."""
        entries = (entry for index in indices for entry in entries_in(self._client, self._url, index))
        try:
            return wrong_trail(entries, manifest)
        except (msgspec.ValidationError, KeyError) as error:
            return Said(f"the audit trail: {error}", zh=f"审计日志：{error}")

    def _wait(self, prefix: str, told: Told) -> None:
        """Until every primary shard is there; a shard that can't be restored turns its index red for good."""
        for pause in looks():
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
            time.sleep(pause)

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
                    wait_for_active_shards=0,  # all are waited for at once, below
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
