"""What was handed over: batches, their numbers, their rows; the same on both stores."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from findings.errors import IndexMissing, WriteRefused
from findings.handovers import Handovers, Stale
from findings.model.handover import (
    Answer,
    BatchRecord,
    BatchState,
    HandedItem,
    Paper,
    Presence,
    Receipt,
    Visit,
)
from findings.model.vocabulary import Outcome
from findings.store import FindingStore
from findings.stores.elastic import reading
from findings.stores.sqlite import handovers as on_sqlite
from tests.support import records as make
from tests.support.handed import batch, kept, kept_rows, row
from tests.support.stores import again, put_fields, server_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def book(store: FindingStore) -> Handovers:
    return store.handovers()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three."""
    monkeypatch.setattr(on_sqlite, "MOST", 3)
    monkeypatch.setattr(reading, "PAGE", 3)


def full_row(of: BatchRecord) -> HandedItem:
    """A row with everything in it, and what hostile pages and addressees put there."""
    said = Receipt(
        answer=Answer.UNCLEAR,
        text="=cmd|' /C calc'!A0 \x00 😀",
        file="ab" * 32,
        line=7,
        at=make.NOON,
        by="乙",
    )
    visit = Visit(
        at=make.NOON,
        url="https://licai.example/" + "长" * 10_000,
        outcome=Outcome.BLOCKED,
        there=None,
        why="被拒绝，无法判断",
        evidence=(make.evidence("ad_screenshot"),),
    )
    return row(
        of,
        1,
        title="零风险 👨‍👩‍👧 \ud800",
        advertiser="\udfff有限公司",
        urls=tuple(f"https://licai.example/{n}?" + "a" * 10_000 for n in range(200)),
        sources=("baidu",),
        sent_at=make.NOON,
        receipts=(said,),
        presence=Presence.UNSEEN,
        visits=(visit,),
        next_visit=make.minutes(60),
    )


def test_what_is_written_comes_back_whole(book: Handovers) -> None:
    wanted = batch(1, office="示例局 \ud83d", number=3, mark="〔2026〕3号", case_ids=("c1-1",) * 1000)
    stands = kept(book, wanted)
    assert stands == replace(wanted, version=1, office="示例局 \ufffd") == book.batch(wanted.id)
    full = full_row(wanted)
    (item,) = kept_rows(book, full)
    said = {"title": "零风险 👨‍👩‍👧 \ufffd", "advertiser": "\ufffd有限公司", "version": 1}
    assert item == replace(full, **said) == book.item(full.id)
    assert list(book.items(wanted.id)) == [item] == book.items_of("c1-1")
    assert (book.batch("none"), book.item("none"), list(book.items("none"))) == (None, None, [])
    assert (book.batch("\ud800"), book.items_of("\ud800")) == (None, [])


def test_the_second_of_two_writers_is_told_what_stands(book: Handovers) -> None:
    first = kept(book, batch(1))
    approved = replace(first, state=BatchState.APPROVED)
    second = kept(book, approved)
    assert second == replace(approved, version=2)
    assert book.put_batch(replace(first, state=BatchState.VOID)) == Stale(second)
    assert book.put_batch(batch(1)) == Stale(second)
    assert book.put_batch(batch(2, version=1)) == Stale(None)
    assert (book.batch(first.id), book.batch(batch(2).id)) == (second, None)
    one, two = kept_rows(book, row(first, 1), row(first, 2))
    up = replace(one, presence=Presence.UP)
    stand = book.put_items([up, replace(two, version=0), row(first, 3), up, row(first, 4, version=9)])
    assert stand == [
        replace(up, version=2),
        Stale(two),
        replace(row(first, 3), version=1),
        Stale(replace(up, version=2)),
        Stale(None),
    ]


def test_of_many_writers_at_once_one_wins_each_time(store: FindingStore) -> None:
    begun = kept(store.handovers(), batch(1))

    def add(by: int) -> None:
        with again(store.url) as mine:
            for _ in range(3):
                stands: BatchRecord | HandedItem | None = mine.handovers().batch(begun.id)
                while True:
                    assert isinstance(stands, BatchRecord)
                    told = mine.handovers().put_batch(
                        replace(stands, case_ids=(*stands.case_ids, f"c1-of-{by}"))
                    )
                    if not isinstance(told, Stale):
                        break
                    stands = told.stands

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    end = store.handovers().batch(begun.id)
    assert end is not None
    assert (end.version, len(end.case_ids)) == (13, 14)


NUMBERING = """
import sys
from tests.support.stores import again
with again(sys.argv[1]) as store:
    for n in range(4):
        print(store.handovers().number("甲局", 2026, f"{sys.argv[2]}-{n}"))
        print(store.handovers().number("甲局", 2026, f"shared-{n}"))
"""


def numbered(url: str, by: str) -> list[int]:
    """The numbers that another process gets for batches of its own and for shared ones, in turn."""
    told = subprocess.run(
        [sys.executable, "-c", NUMBERING, url, by], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [int(line) for line in told.stdout.split()]


def test_a_number_is_given_once(store: FindingStore) -> None:
    book = store.handovers()

    def ask(thread: int) -> tuple[list[int], list[int]]:
        own = [book.number("甲局", 2026, f"t{thread}-{n}") for n in range(2)]
        return own, [book.number("甲局", 2026, f"shared-{n}") for n in range(4)]

    with ThreadPoolExecutor(10) as pool:
        others = [pool.submit(numbered, store.url, name) for name in ("p", "q")]
        threads = list(pool.map(ask, range(8)))
        processes = [other.result() for other in others]
    shared = [book.number("甲局", 2026, f"shared-{n}") for n in range(4)]
    assert all(told == shared for _, told in threads)
    assert all(told[1::2] == shared for told in processes)
    own = [number for numbers, _ in threads for number in numbers]
    own += [number for told in processes for number in told[::2]]
    assert sorted([*own, *shared]) == list(range(1, 8 * 2 + 2 * 4 + 4 + 1))
    # Another office, another year: from 1.
    assert book.number("乙局 😀", 2026, "t0-0") == book.number("甲局", 2027, "t0-0") == 1


@pytest.mark.usefixtures("small")
def test_what_is_owed_comes_longest_owed_first(book: Handovers) -> None:
    of = batch(1)
    late = [0, 9, 3, 3, 7, 1, 8, 60, None]
    kept_rows(
        book,
        *(
            row(
                of,
                number,
                next_visit=None if at is None else make.minutes(at),
                presence=Presence.UP if number % 2 else Presence.WAITING,
            )
            for number, at in enumerate(late, start=1)
        ),
    )

    def rows(until: float, *presences: Presence) -> list[int]:
        return [item.row for item in book.due(make.minutes(until), presences=presences)]

    assert rows(59) == [1, 6, 3, 4, 5, 7, 2]
    assert rows(8.5, Presence.UP) == [1, 3, 5, 7]
    assert rows(-1) == []
    # Whoever takes them puts them off, one by one.
    for item in book.due(make.minutes(59)):
        kept_rows(book, replace(item, next_visit=make.minutes(600)))
    assert rows(60) == [8]
    assert [item.row for item in book.items(of.id)] == list(range(1, 10))


@pytest.mark.usefixtures("small")
def test_batches_are_listed_newest_first(book: Handovers) -> None:
    for number in range(1, 8):
        kept(
            book,
            batch(
                number,
                paper=Paper.STOP if number % 2 else Paper.POLICE,
                state=BatchState.SENT if number > 4 else BatchState.DRAFT,
                year=2025 + number % 3,
            ),
        )

    def listed(**asked: object) -> list[int]:
        return [int(found.id, 16) for found in book.batches(**asked)]  # type: ignore[arg-type]

    assert listed() == [7, 6, 5, 4, 3, 2, 1]
    assert listed(states=(BatchState.SENT,), papers=(Paper.STOP, Paper.CLOSURE)) == [7, 5]
    assert listed(papers=(Paper.POLICE,)) == [6, 4, 2]
    assert listed(year=2026) == [7, 4, 1]
    assert listed(year=2026, states=(BatchState.VOID,)) == []


def test_the_rows_of_a_case_are_found_in_all_batches(book: Handovers) -> None:
    sent: list[datetime | None] = [None, make.minutes(5), make.minutes(1), None]
    rows = [row(batch(number), 1, case_id="c1-x", sent_at=at) for number, at in enumerate(sent, start=1)]
    kept_rows(book, *rows, row(batch(1), 2, case_id="c1-y"))
    found = book.items_of("c1-x")
    assert [int(item.batch_id, 16) for item in found] == [3, 2, 1, 4]
    assert [item.row for item in book.items_of("c1-y")] == [2]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"next_visit": datetime(2026, 11, 20)}, id="no-time-zone"),
        pytest.param({"row": 2}, id="id-of-another-row"),
        pytest.param({"id": "b" * 401}, id="long-id"),
        pytest.param({"version": -1}, id="version"),
    ],
)
def test_what_no_store_could_find_again_is_refused(book: Handovers, wrong: dict[str, object]) -> None:
    rows = [row(batch(1), 1), replace(row(batch(1), 3), **wrong)]
    with pytest.raises(WriteRefused):
        book.put_items(rows)
    assert book.item(rows[0].id) is None


def test_what_a_newer_release_wrote_is_not_lost(store: FindingStore) -> None:
    book = store.handovers()
    first = kept(book, batch(1))
    (item,) = kept_rows(book, row(first, 1))
    put_fields(store, "batches", f"batch/{first.id}", {"secrecy": "内部"})
    put_fields(store, "handed_items", f"item/{item.id}", {"visits": [{"at": "2026-11-20T04:00:00Z", "url": "u",
        "outcome": "ok", "there": True, "why": "", "depth": 3}]})  # fmt: skip
    assert book.batch(first.id) == first
    with pytest.raises(WriteRefused, match="secrecy"):
        book.put_batch(first)
    with pytest.raises(WriteRefused, match=r"visits\.depth"):
        book.put_items([item])


WRITER = """
import sys
from msgspec.structs import replace
from tests.support.handed import batch, row
from tests.support.stores import again
with again(sys.argv[1]) as store:
    book = store.handovers()
    rows = [row(batch(1), number, urls=("https://licai.example/" + "a" * 5000,)) for number in range(1, 41)]
    while True:
        rows = [replace(one, title=f"第{one.version}次") for one in book.put_items(rows)]
        print("written", flush=True)
"""


def test_a_killed_writer_leaves_whole_records(store: FindingStore) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, store.url], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        for _ in range(3):
            assert process.stdout.readline() == b"written\n"
        process.kill()
    book = store.handovers()
    items = list(book.items(batch(1).id))
    assert [item.row for item in items] == list(range(1, 41))
    for item in items:
        assert item.version >= 3
        assert item.title == f"第{item.version - 1}次"
    again = kept_rows(book, *items)
    assert [item.version for item in again] == [item.version + 1 for item in items]


@pytest.mark.elastic
def test_a_store_of_before_gets_the_index(empty_elastic: FindingStore) -> None:
    book = empty_elastic.handovers()
    prefix = empty_elastic.url.partition("?prefix=")[2]
    with server_of(empty_elastic.url) as client:
        client.indices.delete(index=f"{prefix}-handovers-v2")
    for call in (
        lambda: book.batch("b"),
        lambda: list(book.batches()),
        lambda: book.put_batch(batch(1)),
        lambda: book.number("甲局", 2026, "b"),
    ):
        with pytest.raises(IndexMissing, match="index create"):
            call()
    assert empty_elastic.create() == [f"{prefix}-handovers-v2"]
    assert kept(book, batch(1)) == book.batch(batch(1).id)
