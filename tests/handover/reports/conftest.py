"""The small world of `tests.support.reports` in each kind of store."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from findings.store import FindingStore
from findings.stores import open_store
from tests.support.reports import fill
from tests.support.stores import server_of


@pytest.fixture(scope="session", params=["sqlite", pytest.param("elastic", marks=pytest.mark.elastic)])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FindingStore]:
    """The small world, in each kind of store; nothing writes to it."""
    if request.param == "sqlite":
        with open_store(f"sqlite:///{tmp_path_factory.mktemp('world') / 'findings.db'}") as store:
            store.create()
            fill(store)
            yield store
        return
    url = request.getfixturevalue("elasticsearch_url")
    with open_store(f"{url}?prefix=t{secrets.token_hex(6)}") as store:
        store.create()
        fill(store)
        yield store
        with server_of(url) as client:
            client.indices.delete(index=[part.name for part in store.status()])


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[FindingStore]:
    """A store in which nothing was ever written."""
    with open_store(f"sqlite:///{tmp_path / 'findings.db'}") as store:
        store.create()
        yield store
