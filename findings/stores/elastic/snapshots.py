"""Backup of a store on Elasticsearch by snapshots; `restoring.py` puts them back.

The indices of one snapshot are not of one moment: each shard is taken when its turn comes. So a backup is
several, one after another, in the order of `ORDER`: whatever one document says of another is stored, and the
other is in it. No entry may come to the trail meanwhile and no run begin, else all are taken again; the
repository keeps what is the same once, so this is quick. The last snapshot is empty and carries the
manifest: without it the others are no backup.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
from elasticsearch import Elasticsearch, NotFoundError

from findings.backup.errors import BackupFailed
from findings.backup.manifest import EvidenceListed, Manifest, software
from findings.errors import IndexMissing
from findings.model.errors import Said
from findings.review.chain import Head
from findings.stores.elastic.client import errors
from findings.stores.elastic.names import VERSION, Names
from findings.stores.elastic.repository import Repository, Told
from findings.stores.elastic.versions import look

#: The kinds of each snapshot: what vouches for others is taken before them. A batch says what was done with
#: its cases; a run that ended says that its captures are stored; a capture, and a rescreen, that the files of its
#: cases are; a file that the sightings and ads it counts are; a sighting its ad; an ad and a capture their places.
#: Leases and migrations matter only to what runs now.
ORDER = (
    ("handovers", "runs"),
    ("captures", "rescreens"),
    ("cases", "audit"),
    ("sightings", "tasks"),
    ("ads",),
    ("places", "plans", "searches"),
)
KEPT = tuple(kind for kinds in ORDER for kind in kinds)
#: How often all is taken while officers work, before it is given up.
ROUNDS = 10

#: The last entry of the trail, and the first fault of its chain.
TrailNow = Callable[[], tuple[Head | None, Said | None]]


def back_up(
    client: Elasticsearch,
    url: str,
    names: Names,
    place: str,
    trail: TrailNow,
    meanwhile: Callable[[], EvidenceListed | None],
    told: Told,
) -> Manifest:
    """Take the snapshots. Raises IndexMissing, BackupRefused, BackupFailed."""
    repository = Repository(client, url, place)
    repository.register()
    name = f"finadwatch-{datetime.now(UTC):%Y%m%dt%H%M%S}-{secrets.token_hex(4)}"
    for number in range(ROUNDS):
        counts, (head, fault) = counted(client, url, names), trail()
        if not counts:
            raise IndexMissing(url)
        if fault:
            raise BackupFailed(place, fault)
        taken = tuple(f"{name}-{number}-{step}" for step in range(1, len(ORDER) + 1))
        for snapshot, kinds in zip(taken, ORDER, strict=True):
            repository.take(snapshot, [names.alias(kind) for kind in kinds], told)
        after = counted(client, url, names)
        if trail()[0] == head and after.get("runs") == counts.get("runs"):
            break
        repository.remove(taken)
    else:
        raise BackupFailed(
            place,
            Said(
                "cases are being changed, or runs begun, all the time: try again later",
                zh="案件一直在变更或任务一直在启动，请稍后再试",
            ),
        )
    manifest = Manifest(
        store="elasticsearch",
        software=software(),
        layout=VERSION,
        at=datetime.now(UTC),
        counts=counts,
        counts_after=after,
        trail=head,
        snapshots=taken,
        prefix=names.prefix,
        evidence=meanwhile(),
    )
    repository.seal(f"{name}-{number}-manifest", manifest, msgspec.json.encode(manifest).decode())
    repository.forget_abandoned()
    return manifest


def counted(client: Elasticsearch, url: str, names: Names) -> dict[str, int]:
    """Documents of each kind behind the aliases; empty where the store was never created."""
    with errors(url):
        if look(client, url, names).current is None:
            return {}
        return count_in(client, {kind: names.alias(kind) for kind in KEPT})


def count_in(client: Elasticsearch, targets: dict[str, str]) -> dict[str, int]:
    """Documents of each kind in the index or indices named for it; kinds without one are left out."""
    client.indices.refresh(index=list(targets.values()), ignore_unavailable=True)
    counts = {}
    for kind, target in targets.items():
        with suppress(NotFoundError):
            counts[kind] = int(client.count(index=target)["count"])
    return counts
