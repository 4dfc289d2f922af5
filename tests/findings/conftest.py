"""Fixtures of the findings room. `store` is an empty store of each kind; a test that uses it runs on
both, on Elasticsearch marked `elastic`. `store_url` is the address of a store never created.

The tests in CORE run on three nodes and on a server with TLS and a password too; with `make endurance`
all that use `store` do."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from findings.store import FindingStore
from findings.stores import open_store
from findings.stores.elastic.names import MONTHLY, SINGLE
from tests.support.clusters import Cluster, secured, three_nodes
from tests.support.stores import again, server_of

KINDS = ["sqlite", pytest.param("elastic", marks=pytest.mark.elastic)]
#: Kinds of Elasticsearch that take a minute to start.
CLUSTERS = ("three_nodes", "secured")

CORE = {
    "test_created_twice_makes_nothing_new",
    "test_what_is_written_is_read_back_exactly",
    "test_an_ad_seen_again_keeps_first_seen_and_gains_a_sighting",
    "test_workers_that_write_the_same_ad_at_once_lose_nothing",
    "test_a_run_is_held_by_one",
    "test_a_task_is_done_only_when_its_capture_is_stored",
    "test_pages_follow_each_other_without_gap_or_repeat",
    "test_a_case_has_all_its_ads_and_adds_up_its_sightings",
    "test_the_second_of_two_officers_gets_a_conflict_with_both_versions",
    "test_numbers_and_instants_out_of_range_are_refused",
    "test_the_second_of_two_writers_is_told_what_stands",
    "test_a_number_is_given_once",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On clusters, the core belongs to `make test`, the rest to `make endurance`."""
    for item in items:
        params = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        if params.get("store") in CLUSTERS:
            core = isinstance(item, pytest.Function) and item.originalname in CORE
            item.add_marker(pytest.mark.slow if core else pytest.mark.endurance)


@pytest.fixture(params=KINDS)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store that was never created."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store' / 'findings.db'}"
    return f"{request.getfixturevalue('elasticsearch_url')}?prefix=t{secrets.token_hex(6)}"


def _made(server: str) -> Iterator[FindingStore]:
    """A store on a server, made once: the templates and a dozen indices take seconds."""
    with again(f"{server}?prefix=t{secrets.token_hex(6)}") as opened:
        opened.create()
        yield opened
        with server_of(server) as client:
            client.indices.delete(index=[part.name for part in opened.status()])


@pytest.fixture(scope="session")
def elastic_store(elasticsearch_url: str) -> Iterator[FindingStore]:
    """A store on the real server."""
    yield from _made(elasticsearch_url)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Three nodes, started for the first test that asks."""
    with three_nodes() as found:
        yield found


@pytest.fixture(scope="session")
def cluster_store(cluster: Cluster) -> Iterator[FindingStore]:
    """A store on three nodes."""
    yield from _made(cluster.url)


@pytest.fixture(scope="session")
def secured_store() -> Iterator[FindingStore]:
    """A store on a server with TLS and a password."""
    with secured() as found:
        yield from _made(found.url)


def _empty(store: FindingStore) -> None:
    """Delete all documents of a store: the core has no delete by query."""
    prefix = store.url.partition("?prefix=")[2]
    with server_of(store.url) as client:
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


@pytest.fixture
def empty_cluster(cluster_store: FindingStore) -> FindingStore:
    """The store on three nodes, emptied."""
    _empty(cluster_store)
    return cluster_store


STORES = {"elastic": "elastic_store", "three_nodes": "cluster_store", "secured": "secured_store"}


@pytest.fixture(params=[*KINDS, *(pytest.param(kind, marks=pytest.mark.elastic) for kind in CLUSTERS)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FindingStore]:
    """An empty store, created."""
    if request.param in STORES:
        kept = request.getfixturevalue(STORES[request.param])
        _empty(kept)
        yield kept
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
