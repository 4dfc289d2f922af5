"""Fixtures of the findings room. `store` is a fresh store of each kind; a test that uses it runs on
both, on Elasticsearch marked `elastic`. `sqlite_store` is the embedded one alone."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from findings.store import FindingStore
from findings.stores import open_store
from tests.support import elasticsearch


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """The address of a real server: the one given, one left running by the script, or a new one."""
    given = os.environ.get("FINADWATCH_TEST_ELASTICSEARCH")
    running = elasticsearch.running()
    if given or running:
        yield given or running.url
        return
    server = elasticsearch.start()
    yield server.url
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("elastic", marks=pytest.mark.elastic)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store that was never created."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store' / 'findings.db'}"
    server = request.getfixturevalue("elasticsearch_url")
    return f"{server}?prefix=t{secrets.token_hex(6)}"


@pytest.fixture
def store(store_url: str) -> Iterator[FindingStore]:
    """An empty store, created."""
    with open_store(store_url) as opened:
        opened.create()
        yield opened


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[FindingStore]:
    """An empty embedded store."""
    with open_store(f"sqlite:///{tmp_path / 'findings.db'}") as opened:
        opened.create()
        yield opened
