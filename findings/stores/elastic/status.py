"""What `index status` shows of a store: every index of every version, and how far a migration came."""

from typing import Any

from elasticsearch import Elasticsearch

from findings.errors import IndexMissing
from findings.store import IndexStatus
from findings.stores.elastic.client import errors
from findings.stores.elastic.names import VERSION, Names
from findings.stores.elastic.versions import Versions, look


def index_status(client: Elasticsearch, url: str, names: Names) -> list[IndexStatus]:
    """Every index by name; of an index being copied, its documents are those copied so far.

    Raises IndexMissing where there are none.
    """
    versions = look(client, url, names)
    if not versions.indices:
        raise IndexMissing(url)
    with errors(url):
        rows: Any = client.cat.indices(
            index=names.of_all_versions(), bytes="b", format="json", expand_wildcards="all"
        ).body
        return [
            IndexStatus(
                name=name,
                version=str(versions.indices[name].version),
                # Not `docs.count`, which counts nested findings and spans too.
                documents=client.count(index=name)["count"],
                size=int(row["store.size"] or 0),
                state=row["health"],
                role=_role(versions, name),
            )
            for row in sorted(rows, key=lambda row: row["index"])
            if (name := row["index"]) in versions.indices
        ]


def _role(versions: Versions, name: str) -> str:
    if versions.aliases[name]:
        return "current"
    version = versions.indices[name].version
    return "old" if version < (versions.current or VERSION) else "building"
