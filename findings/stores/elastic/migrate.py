"""A new version of the indices, built aside while others write and read the old one, then swapped at once.

1. Templates of the new version are put without aliases, its indices made.
2. What the old ones hold is copied, then what was written meanwhile, until little is left (`copying`).
3. The old version is closed: each index refuses writes, and those of a month that begins will.
   Closing waits for the writes under way, so what was confirmed is in the last pass.
4. The rest is copied, the numbers are compared, and all aliases move in one step.

Killed at any point, the next call goes on. Before step 4 ends, an error opens the old version again.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from elasticsearch import Elasticsearch
from msgspec import structs

from findings.errors import IndexMissing, MigrationTaken, RunTaken, StoreAway, StoreNewer
from findings.store import Migrated
from findings.stores.elastic.client import errors
from findings.stores.elastic.copying import ORDER, Copier
from findings.stores.elastic.holding import LeaseHold
from findings.stores.elastic.names import MONTHLY, SINGLE, VERSION, Names, Part
from findings.stores.elastic.templates import (
    apply_templates,
    close_version,
    create_index,
    first_indices,
    reopen_version,
)
from findings.stores.elastic.versions import Versions, look, require_current

#: The store is closed for the last pass once a pass copied no more than so many documents, or after so many passes.
FEW, PASSES = 1000, 20


def migrate(
    client: Elasticsearch, url: str, names: Names, month: str, told: Callable[[int, int], None]
) -> Migrated:
    """Bring a store to this version. `told` hears of documents copied, and how many there are.

    `month` is the one whose indices a new store begins with.
    """
    versions = look(client, url, names)
    if versions.current is None:
        raise IndexMissing(url)
    if versions.current > VERSION:
        raise StoreNewer(url, versions.current, VERSION)
    if versions.current == VERSION:
        return Migrated(VERSION, VERSION)
    old = structs.replace(names, version=versions.current)
    with _alone(client, url, names) as hold:
        # One that was killed may have left it closed; closing anew waits for the writes under way.
        _reopen(client, url, old)
        with errors(url):
            apply_templates(client, names, aside=True)
            create_index(client, names.index("migrations"))
        copier = Copier(client, url, old, names)
        total = _documents(client, url, _copied(client, url, old))
        for _ in range(PASSES):
            hold.confirm()
            if copier.copy_changes(_copied(client, url, old), lambda done: told(done, total)) <= FEW:
                break
        with errors(url):
            for index in first_indices(names, month):
                create_index(client, index)
        hold.confirm()
        since = monotonic()
        _switch(client, url, old, names, copier)
        return Migrated(old.version, VERSION, copier.documents, monotonic() - since)


def drop_old(client: Elasticsearch, url: str, names: Names) -> list[str]:
    """Delete the indices and templates of older versions; return the names of the indices.

    Programs of those releases stay shut out. Raises IndexMissing, StoreOutdated, StoreNewer.
    """
    if not require_current(client, url, names):
        raise IndexMissing(url)
    versions = look(client, url, names)
    older = {name: part for name, part in versions.indices.items() if part.version < VERSION}
    with errors(url):
        if older:
            client.indices.delete(index=list(older))
        for version in {part.version for part in older.values()}:
            _delete_templates(client, structs.replace(names, version=version))
    return sorted(older)


def _switch(client: Elasticsearch, url: str, old: Names, new: Names, copier: Copier) -> None:
    """Close the old version, copy the rest, and let all aliases lead to the new one."""
    try:
        with errors(url):
            close_version(client, old)
        indices = _copied(client, url, old)
        leases = {name: part for name, part in indices.items() if part.kind == "leases"}
        others = {name: part for name, part in indices.items() if name not in leases}
        _close(client, url, list(others))
        copier.copy_changes(others, lambda done: None)
        copier.compare(others)
        # Holds are renewed to the last: they say who works now, and nothing rests on a beat missed.
        copier.copy_changes(leases, lambda done: None)
        with errors(url):
            apply_templates(client, new)
            client.indices.refresh(index=new.patterns())
            client.indices.update_aliases(actions=_moves(look(client, url, new), new))
    except BaseException:
        _reopen(client, url, old)
        raise
    _close(client, url, list(leases))


def _close(client: Elasticsearch, url: str, indices: list[str]) -> None:
    """Refuse writes to these indices; the writes under way have ended on return."""
    if indices:
        with errors(url):
            told = client.indices.add_block(index=indices, block="write")
        if not told["shards_acknowledged"]:
            raise StoreAway(url, "not every shard could be closed to writes")


def _reopen(client: Elasticsearch, url: str, old: Names) -> None:
    """Let writers go on with the old version, unless the aliases moved already."""
    versions = look(client, url, old)
    if versions.current == old.version:
        with errors(url):
            reopen_version(client, old)
            client.indices.put_settings(
                index=list(versions.of(old.version)), settings={"index.blocks.write": None}
            )


def _moves(versions: Versions, names: Names) -> list[dict[str, Any]]:
    """What takes every alias from the indices of other versions to those of this one."""
    away = [
        {"remove": {"index": index, "alias": alias}}
        for index, part in versions.indices.items()
        if part.version != names.version
        for alias in versions.aliases[index]
    ]
    here = [
        {"add": {"index": index, "alias": names.alias(part.kind)}}
        for index, part in versions.of(names.version).items()
    ]
    return away + here


def _copied(client: Elasticsearch, url: str, old: Names) -> dict[str, Part]:
    """The old indices that have documents to copy."""
    return {n: part for n, part in look(client, url, old).of(old.version).items() if part.kind in ORDER}


def _documents(client: Elasticsearch, url: str, indices: Iterable[str]) -> int:
    with errors(url):
        return sum(client.count(index=index)["count"] for index in indices)


def _delete_templates(client: Elasticsearch, old: Names) -> None:
    for pattern in (f"{old.prefix}{kind}-v{old.version}" for kind in (*MONTHLY, *SINGLE)):
        client.options(ignore_status=404).indices.delete_index_template(name=pattern)
    parts = client.options(ignore_status=404).cluster.get_component_template(
        name=f"{old.prefix}finadwatch-*-v{old.version}"
    )
    for part in parts.body.get("component_templates", ()):
        client.cluster.delete_component_template(name=part["name"])


@contextmanager
def _alone(client: Elasticsearch, url: str, names: Names) -> Iterator[LeaseHold]:
    """Keep other migrations out."""
    hold = LeaseHold(client, url, names, "migration")
    try:
        hold.take()
    except RunTaken as taken:
        raise MigrationTaken(url) from taken
    try:
        yield hold
    finally:
        hold.let_go()
