"""A snapshot repository of the kind `fs`: a folder as the nodes of the cluster see it."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from findings.backup.errors import BackupDamaged, BackupFailed, BackupForeign, BackupRefused
from findings.backup.manifest import Manifest, read
from findings.model.errors import Said
from findings.stores.elastic.client import errors
from findings.stores.elastic.names import VERSION

#: Snapshots of one backup; a manifest that names more is none.
MOST = 20
#: Snapshots without a manifest are removed once they are this old: by then nobody is at work on them.
_ABANDONED_S = 86_400
#: The key of the manifest in the metadata of a snapshot.
_MANIFEST = "finadwatch"

Told = Callable[[int, int], None]


def looks() -> Iterator[float]:
    """Seconds to wait between looks at what goes on in the cluster: small things take a moment."""
    return chain((0.05, 0.05, 0.1, 0.1, 0.2), repeat(0.3))


class Repository:
    """The snapshots in one folder. Those of one backup are called alike up to the last hyphen."""

    def __init__(self, client: Elasticsearch, url: str, place: str) -> None:
        self._client = client
        self._url = url
        self._place = place
        self._name = f"finadwatch-{hashlib.sha256(place.encode('utf-8', 'replace')).hexdigest()[:16]}"

    def register(self) -> None:
        """Make the folder known to the cluster. Raises BackupRefused where its nodes may not use it."""
        with errors(self._url):
            try:
                self._client.snapshot.create_repository(
                    name=self._name, repository={"type": "fs", "settings": {"location": self._place}}
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

    def take(self, snapshot: str, indices: Sequence[str], told: Told) -> None:
        """Take a snapshot and wait until it is whole. Raises BackupFailed."""
        with errors(self._url):
            self._client.snapshot.create(
                repository=self._name,
                snapshot=snapshot,
                indices=list(indices),
                ignore_unavailable=True,
                include_global_state=False,
                wait_for_completion=False,
            )
            for pause in looks():
                (found,) = self._client.snapshot.get(repository=self._name, snapshot=snapshot)["snapshots"]
                if found["state"] != "IN_PROGRESS":
                    break
                status = self._client.snapshot.status(repository=self._name, snapshot=snapshot)
                shards = status["snapshots"][0]["shards_stats"]
                told(int(shards["done"]), int(shards["total"]))
                time.sleep(pause)
        if found["state"] != "SUCCESS":
            failures = found.get("failures") or [{}]
            reason = str(failures[0].get("reason") or found["state"])[:300]
            raise BackupFailed(self._place, Said(reason, zh=reason))

    def seal(self, snapshot: str, manifest: Manifest, data: str) -> None:
        """Put the manifest of a backup beside its snapshots: from now on it is one. Raises BackupFailed."""
        with errors(self._url):
            there = {found["snapshot"] for found in self._listed() if found["state"] == "SUCCESS"}
            if not there.issuperset(manifest.snapshots):
                raise BackupFailed(self._place, Said("somebody removed its snapshots", zh="快照被他人删除"))
            self._client.snapshot.create(
                repository=self._name,
                snapshot=snapshot,
                indices="-*",
                include_global_state=False,
                metadata={_MANIFEST: data},
                wait_for_completion=True,
            )

    def newest(self) -> Manifest:
        """The manifest of the last backup. Raises BackupForeign."""
        with errors(self._url):
            sealed = [found for found in self._listed() if _MANIFEST in (found.get("metadata") or {})]
        if not sealed:
            raise BackupForeign(self._place, Said("it holds no backup", zh="其中没有备份"))
        last = max(sealed, key=lambda found: (found["start_time_in_millis"], found["snapshot"]))
        manifest = read(self._place, str(last["metadata"][_MANIFEST]).encode(), "elasticsearch", VERSION)
        if not 1 <= len(manifest.snapshots) <= MOST:
            raise BackupForeign(self._place, Said("its manifest can't be read", zh="清单无法读取"))
        return manifest

    def bring_back(self, snapshot: str, old_prefix: str, new_prefix: str) -> None:
        """Begin to restore the indices of a snapshot under another prefix. Raises BackupDamaged."""
        try:
            self._client.snapshot.restore(
                repository=self._name,
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

    def remove(self, snapshots: Iterable[str]) -> None:
        """Remove snapshots; those that are gone already are none."""
        with errors(self._url):
            for snapshot in snapshots:
                self._client.options(ignore_status=404).snapshot.delete(
                    repository=self._name, snapshot=snapshot
                )

    def forget_abandoned(self) -> None:
        """Remove snapshots of backups that were killed."""
        with errors(self._url):
            found = self._listed()
        kept = {_backup(one) for one in found if _MANIFEST in (one.get("metadata") or {})}
        now = time.time()
        self.remove(
            one["snapshot"]
            for one in found
            if _backup(one) not in kept and now - one["start_time_in_millis"] / 1000 > _ABANDONED_S
        )

    def _listed(self) -> list[Any]:
        snapshots: list[Any] = self._client.snapshot.get(
            repository=self._name, snapshot="finadwatch-*", ignore_unavailable=True
        )["snapshots"]
        return snapshots


def _backup(found: Any) -> str:
    """The backup that a snapshot belongs to."""
    return str(found["snapshot"]).rpartition("-")[0]
