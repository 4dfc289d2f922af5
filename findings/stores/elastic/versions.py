"""Which versions of the mappings a store holds, and which of them is behind the aliases."""

from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from findings.errors import StoreNewer, StoreOutdated
from findings.stores.elastic.client import errors
from findings.stores.elastic.names import VERSION, Names, Part


class Versions(msgspec.Struct, frozen=True):
    """The indices of a store, and the version that its aliases lead to: None where nothing was created."""

    indices: dict[str, Part]
    aliases: dict[str, tuple[str, ...]]
    current: int | None

    def of(self, version: int) -> dict[str, Part]:
        """The indices of one version, by name."""
        return {name: part for name, part in self.indices.items() if part.version == version}


def look(client: Elasticsearch, url: str, names: Names) -> Versions:
    """What there is of a store; one request."""
    with errors(url):
        found: dict[str, Any] = client.indices.get_alias(
            index=names.of_all_versions(), expand_wildcards="all"
        ).body
    parts = {name: part for name in sorted(found) if (part := names.part(name))}
    read = {
        name: tuple(alias for alias in sorted(found[name]["aliases"]) if alias == names.alias(part.kind))
        for name, part in parts.items()
    }
    # `places` is there from a store's first day, and one index alone.
    current = [part.version for name, part in parts.items() if part.kind == "places" and read[name]]
    return Versions(parts, read, max(current, default=None))


def require_current(client: Elasticsearch, url: str, names: Names) -> bool:
    """Whether the store was created. Raises StoreOutdated or StoreNewer if it is of another version."""
    current = look(client, url, names).current
    if current is None:
        return False
    if current < VERSION:
        raise StoreOutdated(url, current, VERSION)
    if current > VERSION:
        raise StoreNewer(url, current, VERSION)
    return True
