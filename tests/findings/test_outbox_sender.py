"""The sender: what waits gets into the store, what a store refuses is kept, an outage is waited out."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

import msgspec
import pytest
from elasticsearch import Elasticsearch
from hypothesis import given
from hypothesis import strategies as st

from findings.errors import BundlesWaiting, IndexMissing, StoreAway
from findings.model.records import CaptureBundle
from findings.outbox import box
from findings.outbox.box import Outbox
from findings.outbox.courier import Courier
from findings.outbox.sender import Sender, Sent
from findings.query import SearchQuery
from findings.store import FindingStore
from findings.stores import open_store
from tests.support import records as make
from tests.support.ports import free_port


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path / "outbox.db", megabytes=64, sender=True) as opened:
        yield opened


def good(page: int) -> CaptureBundle:
    return make.bundle(make.ad(f"第{page}期保本保息", make.finding()), page=page)


def bad(page: int) -> CaptureBundle:
    """A bundle that every store refuses: no JSON holds its vector."""
    (ad,) = good(page).ads
    return make.bundle(msgspec.structs.replace(ad, embedding=(float("inf"),)), page=page)


def task(page: int) -> str:
    return make.task(page=page).id


def send(outbox: Outbox, store: FindingStore) -> Sent:
    sent = Sent()
    with outbox.sending(store.url):
        Sender(outbox, store, store.url).send(sent)
    return sent


def put(outbox: Outbox, store: FindingStore, bundles: Sequence[CaptureBundle]) -> None:
    for bundle in bundles:
        outbox.put(store.url, bundle)


def stored(store: FindingStore) -> set[str]:
    assert store.coverage().sightings == store.search(SearchQuery()).total
    return store.done_tasks("r1")


def test_what_waits_is_stored_and_gone(store: FindingStore, outbox: Outbox) -> None:
    put(outbox, store, [good(page) for page in range(7)])
    sent = send(outbox, store)
    assert (sent.stored, sent.refused) == (7, 0)
    assert stored(store) == {task(page) for page in range(7)}
    assert outbox.piles() == []
    assert send(outbox, store).stored == 0


def test_the_guilty_bundle_alone_is_a_dead_letter(store: FindingStore, outbox: Outbox) -> None:
    put(outbox, store, [bad(page) if page in (3, 8) else good(page) for page in range(10)])
    sent = send(outbox, store)
    assert (sent.stored, sent.refused) == (8, 2)
    assert stored(store) == {task(page) for page in range(10)} - {task(3), task(8)}
    letters = list(outbox.dead())
    assert {letter.task_id for letter in letters} == {task(3), task(8)}
    assert all("read again" in letter.reason for letter in letters)
    assert outbox.waiting(store.url) == 0
    # Sent again unmended it is refused again; nothing of it is lost.
    assert outbox.retry() == 2
    assert send(outbox, store).refused == 2
    assert outbox.dead_tasks(store.url, "r1") == {task(3), task(8)}


class Counting:
    """A store that counts how often it was written to."""

    def __init__(self, store: FindingStore) -> None:
        self.store = store
        self.writes = 0

    def write_many(self, bundles: list[CaptureBundle]) -> int:
        self.writes += 1
        return self.store.write_many(bundles)


def test_a_guilty_bundle_is_found_by_its_name_and_a_batch_of_them_by_halves(
    sqlite_store: FindingStore, outbox: Outbox
) -> None:
    for faulty, most in (({5}, 3), ({1, 2, 3}, 7), (set(range(100)), 2 * 100)):
        put(outbox, sqlite_store, [bad(page) if page in faulty else good(page) for page in range(100)])
        counting, sent = Counting(sqlite_store), Sent()
        with outbox.sending(sqlite_store.url):
            Sender(outbox, cast(FindingStore, counting), sqlite_store.url).send(sent)
        assert sent.refused == len(faulty)
        assert counting.writes <= most


def test_a_bundle_written_twice_is_stored_once(store: FindingStore, outbox: Outbox) -> None:
    bundles = [good(page) for page in range(5)]
    store.write_many(bundles[:3])  # as a sender does that is killed before it removes them
    put(outbox, store, bundles)
    assert send(outbox, store).stored == 5
    assert store.search(SearchQuery()).total == 5
    assert stored(store) == {task(page) for page in range(5)}


def test_a_bundle_whose_bytes_changed_is_a_dead_letter(sqlite_store: FindingStore, outbox: Outbox) -> None:
    put(outbox, sqlite_store, [good(page) for page in range(3)])
    with outbox._file.transaction() as connection:
        connection.execute("UPDATE waiting SET crc = crc + 1 WHERE task_id = ?", (task(1),))
    assert send(outbox, sqlite_store).refused == 1
    assert [letter.task_id for letter in outbox.dead()] == [task(1)]
    assert stored(sqlite_store) == {task(0), task(2)}


@given(
    faulty=st.lists(st.booleans(), max_size=24),
    size=st.integers(1, 8),
    again=st.booleans(),
)
def test_all_good_ones_go_in_and_no_bad_one_is_lost(
    faulty: list[bool], size: int, again: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("law")
    bundles = [bad(page) if wrong else good(page) for page, wrong in enumerate(faulty)]
    with (
        pytest.MonkeyPatch.context() as patch,
        open_store(f"sqlite:///{folder / 's.db'}") as store,
        Outbox(folder / "o.db", 64, sender=True) as outbox,
    ):
        patch.setattr(box, "BATCH", size)
        store.create()
        put(outbox, store, bundles)
        sent = send(outbox, store)
        if again:
            outbox.retry()
            send(outbox, store)
        wrong = {task(page) for page, is_bad in enumerate(faulty) if is_bad}
        assert (sent.stored, sent.refused) == (len(faulty) - len(wrong), len(wrong))
        assert outbox.dead_tasks(store.url, "r1") == wrong
        assert stored(store) == {task(page) for page in range(len(faulty))} - wrong
        assert outbox.waiting(store.url) == 0


# -- a store that is away ----------------------------------------------------------------------


def test_a_store_that_is_away_keeps_everything_waiting(outbox: Outbox) -> None:
    with open_store(f"http://127.0.0.1:{free_port()}") as nobody:
        put(outbox, nobody, [good(1), bad(2)])
        with pytest.raises(StoreAway):
            send(outbox, nobody)
        assert outbox.waiting(nobody.url) == 2
        assert list(outbox.dead()) == []


def test_a_store_that_takes_again_is_away_no_more_while_the_rest_still_waits(
    sqlite_store: FindingStore, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(box, "BATCH", 2)
    put(outbox, sqlite_store, [good(page) for page in range(5)])
    outbox.note_away(sqlite_store.url, "silent", 1)
    with outbox.sending(sqlite_store.url):
        Sender(outbox, sqlite_store, sqlite_store.url).send(Sent(), iter([True, False]).__next__)
    (pile,) = outbox.piles()
    assert (pile.waiting, pile.away) == (3, None)


def test_a_store_never_created_keeps_everything_waiting(store_url: str, outbox: Outbox) -> None:
    with open_store(store_url) as store:
        put(outbox, store, [good(1)])
        with pytest.raises(IndexMissing):
            send(outbox, store)
        assert outbox.waiting(store.url) == 1
        store.create()
        assert send(outbox, store).stored == 1


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something another thread does; the test fails where it never comes."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def courier_for(outbox: Outbox, store: FindingStore) -> Courier:
    return Courier(lambda: Outbox(outbox.path, 64, sender=True), lambda: open_store(store.url), store.url)


def test_a_courier_sends_as_it_comes_and_waits_for_a_store(tmp_path: Path, outbox: Outbox) -> None:
    with open_store(f"sqlite:///{tmp_path / 'later' / 's.db'}") as store:
        courier = courier_for(outbox, store)
        put(outbox, store, [good(1), bad(2)])
        courier.start()
        until(lambda: courier.trouble is not None)
        (pile,) = outbox.piles()
        assert (pile.waiting, pile.dead) == (2, 0)
        assert pile.away is not None
        store.create()
        put(outbox, store, [good(3)])
        courier.settle(lambda: outbox.waiting(store.url), patience_s=60)
        courier.stop()
        assert courier.trouble is None
        assert stored(store) == {task(1), task(3)}
        (pile,) = outbox.piles()
        assert (pile.waiting, pile.dead, pile.away) == (0, 1, None)


def test_a_courier_gives_up_waiting_but_not_what_waits(outbox: Outbox) -> None:
    with open_store(f"http://127.0.0.1:{free_port()}") as nobody:
        courier = courier_for(outbox, nobody)
        put(outbox, nobody, [good(1)])
        courier.start()
        with pytest.raises(BundlesWaiting, match="does not answer") as raised:
            courier.settle(lambda: outbox.waiting(nobody.url), patience_s=0.5)
        courier.stop()
        assert (raised.value.waiting, raised.value.exit_code) == (1, 3)
        assert isinstance(courier.trouble, StoreAway)
    assert outbox.waiting(nobody.url) == 1


def test_a_courier_takes_over_when_another_sender_ends(sqlite_store: FindingStore, outbox: Outbox) -> None:
    put(outbox, sqlite_store, [good(1)])
    courier = courier_for(outbox, sqlite_store)
    with outbox.sending(sqlite_store.url):
        courier.start()
        with pytest.raises(BundlesWaiting, match="1 bundles"):
            courier.settle(lambda: outbox.waiting(sqlite_store.url), patience_s=0.7)
    courier.settle(lambda: outbox.waiting(sqlite_store.url), patience_s=60)
    courier.stop()
    assert stored(sqlite_store) == {task(1)}


# -- what only Elasticsearch does --------------------------------------------------------------


@pytest.mark.elastic
def test_what_the_server_itself_rejects_is_a_dead_letter(empty_elastic: FindingStore, outbox: Outbox) -> None:
    odd = good(2)
    far = msgspec.structs.replace(odd.sightings[0], position=2**40)
    put(outbox, empty_elastic, [good(1), msgspec.structs.replace(odd, sightings=(far,)), good(3)])
    sent = send(outbox, empty_elastic)
    assert (sent.stored, sent.refused) == (2, 1)
    (letter,) = outbox.dead()
    assert letter.task_id == task(2)
    assert "out of range" in letter.reason
    assert empty_elastic.done_tasks("r1") == {task(1), task(3)}


#: What the server sets by itself on a disk that is full to its flood-stage mark, and what an
#: administrator sets for upkeep: 429 and 403.
BLOCKS = ["read_only_allow_delete", "read_only", "write"]


@pytest.mark.elastic
@pytest.mark.parametrize("block", BLOCKS)
def test_a_blocked_index_is_a_store_that_is_away(
    empty_elastic: FindingStore, elasticsearch_url: str, outbox: Outbox, block: str
) -> None:
    put(outbox, empty_elastic, [good(1)])
    send(outbox, empty_elastic)
    prefix = empty_elastic.url.partition("?prefix=")[2]
    put(outbox, empty_elastic, [good(2), good(3)])
    with Elasticsearch(elasticsearch_url) as client:
        client.indices.put_settings(index=f"{prefix}-*", settings={f"index.blocks.{block}": True})
        try:
            with pytest.raises(StoreAway):
                send(outbox, empty_elastic)
        finally:
            client.indices.put_settings(index=f"{prefix}-*", settings={f"index.blocks.{block}": None})
    assert (outbox.waiting(empty_elastic.url), list(outbox.dead())) == (2, [])
    assert send(outbox, empty_elastic).stored == 2
    assert stored(empty_elastic) == {task(1), task(2), task(3)}
