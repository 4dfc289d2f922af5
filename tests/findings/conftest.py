"""Fixtures of the findings room. `store` is an empty store of each kind; a test that uses it runs on
both, on Elasticsearch marked `elastic`. `store_url` is the address of a store never created."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from findings.store import FindingStore
from findings.stores import open_store
from findings.stores.elastic.names import MONTHLY, SINGLE

KINDS = ["sqlite", pytest.param("elastic", marks=pytest.mark.elastic)]


@pytest.fixture(params=KINDS)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store that was never created."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store' / 'findings.db'}"
    return f"{request.getfixturevalue('elasticsearch_url')}?prefix=t{secrets.token_hex(6)}"


@pytest.fixture(scope="session")
def elastic_store(elasticsearch_url: str) -> Iterator[FindingStore]:
    """A store on the real server, made once: the templates and eight indices take a second or more."""
    with open_store(f"{elasticsearch_url}?prefix=t{secrets.token_hex(6)}") as opened:
        opened.create()
        yield opened
        with Elasticsearch(elasticsearch_url) as client:
            for part in opened.status():
                client.indices.delete(index=part.name)


def _empty(store: FindingStore) -> None:
    """Delete all documents of a store: the core has no delete by query."""
    server, _, prefix = store.url.partition("?prefix=")
    with Elasticsearch(server) as client:
        for kind in (*MONTHLY, *SINGLE):
            name = f"{prefix}-{kind}"
            client.indices.refresh(index=name)
            while hits := client.search(index=name, size=5000, source=False)["hits"]["hits"]:
                gone: list[dict[str, Any]] = [
                    {"delete": {"_index": h["_index"], "_id": h["_id"]}} for h in hits
                ]
                client.bulk(operations=gone, refresh=True)


@pytest.fixture
def empty_elastic(elastic_store: FindingStore) -> FindingStore:
    """The store on the real server, emptied."""
    _empty(elastic_store)
    return elastic_store


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FindingStore]:
    """An empty store, created."""
    if request.param == "elastic":
        yield request.getfixturevalue("empty_elastic")
        return
    with open_store(f"sqlite:///{tmp_path / 'findings.db'}") as opened:
        opened.create()
        yield opened


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[FindingStore]:
    """An empty embedded store."""
    with open_store(f"sqlite:///{tmp_path / 'findings.db'}") as opened:
        opened.create()
        yield opened
