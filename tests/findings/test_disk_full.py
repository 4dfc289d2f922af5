"""A store whose disk is full, in three ways: what was not stored waits, and is stored once when there is room."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from findings.errors import StoreAway
from findings.model.records import CaptureBundle
from findings.outbox.box import Outbox
from findings.outbox.sender import Sender, Sent
from findings.query import SearchQuery
from findings.store import FindingStore
from tests.support import records as make
from tests.support.stores import server_of

BUNDLES = 20


def bundle(page: int) -> CaptureBundle:
    return make.bundle(make.ad(f"第{page}期保本保息{'长' * 4_000}", make.finding()), page=page)


def send(outbox: Outbox, store: FindingStore) -> None:
    with outbox.sending(store.url):
        Sender(outbox, store, store.url).send(Sent())


def all_once(store: FindingStore, outbox: Outbox, pages: int) -> None:
    assert store.done_tasks("r1") == {make.task(page=page).id for page in range(pages)}
    assert store.coverage().sightings == store.search(SearchQuery()).total == pages
    assert outbox.piles() == []


def test_a_store_that_may_hold_no_more_pages(sqlite_store: FindingStore, tmp_path: Path) -> None:
    database = sqlite_store._database  # type: ignore[attr-defined]
    with Outbox(tmp_path / "outbox.db", 64, sender=True) as outbox:
        for page in range(BUNDLES):
            outbox.put(sqlite_store.url, bundle(page))
        with database.transaction() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages + 30}")
        with pytest.raises(StoreAway, match="full"):
            send(outbox, sqlite_store)
        assert outbox.waiting(sqlite_store.url) == BUNDLES - len(sqlite_store.done_tasks("r1"))
        assert list(outbox.dead()) == []
        with database.transaction() as connection:
            connection.execute("PRAGMA max_page_count = 1000000")
        send(outbox, sqlite_store)
        all_once(sqlite_store, outbox, BUNDLES)


#: Files of the child may not grow beyond a limit in bytes, as on a full disk: neither store nor outbox.
CHILD = """
import resource, sys
from pathlib import Path
from findings.model.errors import ServiceAway
from findings.outbox.box import Outbox
from findings.outbox.sender import Sender, Sent
from findings.stores import open_store
with open_store(sys.argv[1]) as store, Outbox(Path(sys.argv[2]), 64, sender=True) as outbox:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
    try:
        with outbox.sending(store.url):
            Sender(outbox, store, store.url).send(Sent())
    except ServiceAway as away:
        print(type(away).__name__)
"""


@pytest.mark.parametrize("room", [0, 30_000, 200_000])
def test_a_store_whose_files_may_not_grow(sqlite_store: FindingStore, tmp_path: Path, room: int) -> None:
    path = tmp_path / "outbox.db"
    files = [Path(sqlite_store.url.removeprefix("sqlite:///")), path]
    with Outbox(path, 64, sender=True) as outbox:
        for page in range(BUNDLES):
            outbox.put(sqlite_store.url, bundle(page))
        limit = min(file.stat().st_size for file in files) + room
        words = [sys.executable, "-c", CHILD, sqlite_store.url, path, str(limit)]
        ran = subprocess.run(words, capture_output=True, text=True)
        assert ran.stdout in ("StoreAway\n", "OutboxFull\n"), ran.stderr
        stored = len(sqlite_store.done_tasks("r1"))
        assert BUNDLES - stored <= outbox.waiting(sqlite_store.url) <= BUNDLES
        assert list(outbox.dead()) == []
        send(outbox, sqlite_store)
        all_once(sqlite_store, outbox, BUNDLES)


@pytest.mark.elastic
@pytest.mark.slow
def test_a_server_whose_disk_is_over_its_flood_stage_mark(
    empty_elastic: FindingStore, tmp_path: Path
) -> None:
    """The server itself closes the indices, and opens them again when there is room."""
    index = f"{empty_elastic.url.partition('?prefix=')[2]}-ads"
    disk = "cluster.routing.allocation.disk"
    marks = [f"{disk}.watermark.{mark}" for mark in ("low", "high", "flood_stage")]
    full = {f"{disk}.threshold_enabled": True, **dict.fromkeys(marks, "1000tb")}
    with (
        server_of(empty_elastic.url) as client,
        Outbox(tmp_path / "outbox.db", 64, sender=True) as outbox,
    ):

        def closed() -> bool:
            settings = client.indices.get_settings(index=index, flat_settings=True).body.values()
            return any("index.blocks.read_only_allow_delete" in one["settings"] for one in settings)

        def set_marks(settings: dict[str, object]) -> None:
            client.cluster.put_settings(persistent=settings)
            until = time.monotonic() + 120
            while closed() != (settings is full):
                assert time.monotonic() < until, "the server did not look at its disk"
                time.sleep(0.2)

        outbox.put(empty_elastic.url, bundle(0))
        send(outbox, empty_elastic)
        for page in range(1, 10):
            outbox.put(empty_elastic.url, bundle(page))
        try:
            set_marks(full)
            with pytest.raises(StoreAway, match="flood-stage"):
                send(outbox, empty_elastic)
            assert (outbox.waiting(empty_elastic.url), list(outbox.dead())) == (9, [])
            assert empty_elastic.search(SearchQuery()).total == 1
        finally:
            # The mark alone would be looked at no more, and the indices stay closed.
            set_marks({f"{disk}.threshold_enabled": True, **dict.fromkeys(marks, "1b")})
            client.cluster.put_settings(persistent=dict.fromkeys(full))
        send(outbox, empty_elastic)
        all_once(empty_elastic, outbox, 10)
