"""Two writers that meet variants of one new ad at the very same moment: one case in the end, on both stores."""

import multiprocessing
import os
import secrets
import signal
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from findings.casebook import CaseQuery, Conflict
from findings.cases.joining import Signs
from findings.cases.late import Placed, joined_late, late, untouched
from findings.model.casework import SYSTEM, AuditAction
from findings.model.records import AdRecord
from findings.query import SearchQuery
from findings.review.chain import verify
from findings.store import FindingStore
from findings.stores import open_store
from findings.stores.elastic.alike import Alike
from findings.stores.elastic.casebook import ElasticCasebook
from findings.stores.elastic.writing import Writer
from tests.support import records as make
from tests.support.casebooks import draft, file_of
from tests.support.casework import case_file
from tests.support.stores import server_of

LONG = "资金周转找我们，额度最高20万元，日息低至万分之二，最快5分钟到账，随借随还，全程线上办理"
FORK = multiprocessing.get_context("fork")

# -- the rule, pure

PLACED = st.builds(
    Placed,
    stored=st.integers(1, 5),
    ad=st.sampled_from("abcdef"),
    first_seen=st.integers(1, 5),
    simhash=st.sampled_from([0, 1, 2**40 - 1]),
    case_id=st.sampled_from(["c1-x", "c1-y", "c1-z"]),
)


@given(PLACED, PLACED.filter(lambda one: one.ad != "a"))
def test_whoever_looks_the_later_joins_the_earlier(one: Placed, other: Placed) -> None:
    one = replace(one, ad="a")
    mine, theirs = (
        late(one, Signs(one.simhash, (1,)), [other]),
        late(other, Signs(other.simhash, (1,)), [one]),
    )
    assert mine == theirs
    for found in mine:
        assert found.ad == max(one, other)
        assert found.into == min(one, other).case_id != found.ad.case_id


def test_of_several_stored_before_the_oldest_decides() -> None:
    own = Placed(9, "own", 9, 0, "c1-own")
    before = [
        Placed(1, "b", 5, 0, "c1-b"),
        Placed(2, "c", 3, 0, "c1-c"),
        Placed(3, "d", 1, 2**40 - 1, "c1-d"),
    ]
    assert [one.into for one in late(own, Signs(0, (1,)), before)] == ["c1-c"]


def test_only_a_case_that_no_officer_touched_gives_its_ads_away() -> None:
    from findings.review.chain import chained

    theirs = chained(draft("c1-0", action=AuditAction.ASSIGNED), None)
    own = chained(draft("c1-0", actor=SYSTEM, action=AuditAction.MERGED), None)
    assert untouched(case_file(), [])
    assert untouched(case_file(), [own])
    assert not untouched(case_file(), [own, theirs])


def test_more_ads_than_can_be_taken_back_are_left() -> None:
    into, other = case_file(id="c1-1"), case_file(id="c1-2")
    assert joined_late(into, other, [f"a1-{n}" for n in range(1001)], make.NOON) is None


# -- two processes


def _variants(count: int) -> list[AdRecord]:
    """Ads of one domain with nearly the same words, each with an id and a case of its own."""
    return [
        make.ad(
            f"{LONG} 第{n}期", make.finding(6), url=f"https://loan.example/{n}", first_seen=make.minutes(n)
        )
        for n in range(count)
    ]


def _write(url: str, ad: AdRecord, page: int) -> None:
    with open_store(url) as store:
        store.write(make.bundle(ad, page=page, at=ad.first_seen))


def _at_once(works: list[Callable[[], None]], *, killed: int = 0) -> None:
    """Run each in a process of its own; the last `killed` of them get SIGKILL."""
    processes = [FORK.Process(target=work) for work in works]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * (len(works) - killed) + [
        -signal.SIGKILL
    ] * killed


def _meeting(
    barrier: Barrier, work: Callable[[], None], then: Callable[[], object] = lambda: None
) -> Callable[[], None]:
    """Work in which the writer, once it has looked for near-duplicates, waits until the others have, and `then`."""

    def looked(self: Alike, ads: Any, signs: Any) -> Any:
        found = real(self, ads, signs)
        barrier.wait(60)
        then()
        return found

    real = Alike.cases_for

    def run() -> None:
        with patch.object(Alike, "cases_for", looked):
            work()

    return run


def _cases(store: FindingStore) -> set[str]:
    return {hit.ad.case_id for hit in store.search(SearchQuery(limit=100)).hits}


def _one_case_of(store: FindingStore, count: int) -> None:
    book = store.casebook()
    (case_id,) = _cases(store)
    (file,) = book.files(CaseQuery()).files
    assert (file.id, file.facts.ads, file.facts.sightings) == (case_id, count, count)
    view = store.case(case_id)
    assert view is not None
    assert (len(view.ads), view.sightings) == (count, count)
    assert verify(book.trail()).sound


@pytest.mark.parametrize("count", [2])
def test_on_sqlite_one_writes_after_the_other(sqlite_store: FindingStore, count: int) -> None:
    ads, barrier = _variants(count), FORK.Barrier(count)

    def write(page: int) -> None:
        barrier.wait(60)
        _write(sqlite_store.url, ads[page], page)

    _at_once([lambda page=page: write(page) for page in range(count)])  # type: ignore[misc]
    _one_case_of(sqlite_store, count)
    assert list(sqlite_store.casebook().trail()) == []


@pytest.mark.elastic
@pytest.mark.slow
class TestElastic:
    """Every writer has looked before any has written: each begins a case."""

    @pytest.mark.parametrize("count", [2, 3])
    def test_the_later_joins_the_earlier_with_an_entry(self, empty_elastic: FindingStore, count: int) -> None:
        ads, barrier = _variants(count), FORK.Barrier(count)
        url = empty_elastic.url
        _at_once([_meeting(barrier, lambda n=n: _write(url, ads[n], n)) for n in range(count)])  # type: ignore[misc]
        _one_case_of(empty_elastic, count)
        entries = list(empty_elastic.casebook().trail())
        assert [(entry.draft.actor, entry.draft.action) for entry in entries] == [
            (SYSTEM, AuditAction.MERGED)
        ] * (count - 1)

    def test_what_a_killed_writer_left_is_joined_when_its_bundle_is_written_again(
        self, empty_elastic: FindingStore
    ) -> None:
        first, second = _variants(2)
        barrier, done, url = FORK.Barrier(2), FORK.Event(), empty_elastic.url

        def whole() -> None:
            _write(url, first, 0)
            done.set()

        def killed() -> None:
            # Its ads are written, its sightings not.
            with patch.object(Writer, "_bulk", side_effect=lambda _: os.kill(os.getpid(), signal.SIGKILL)):
                _write(url, second, 1)

        # The first writer is done before the second one writes: it can't see its ad.
        _at_once([_meeting(barrier, whole), _meeting(barrier, killed, lambda: done.wait(60))], killed=1)
        with server_of(url) as client:
            client.indices.refresh(index=url.partition("?prefix=")[2] + "-ads")
        assert len(_cases(empty_elastic)) == 2
        _write(url, second, 1)
        _one_case_of(empty_elastic, 2)

    def test_an_officer_takes_it_back_and_it_stays_so(self, empty_elastic: FindingStore) -> None:
        ads, barrier = _variants(2), FORK.Barrier(2)
        url = empty_elastic.url
        _at_once([_meeting(barrier, lambda n=n: _write(url, ads[n], n)) for n in range(2)])  # type: ignore[misc]
        book = empty_elastic.casebook()
        _undo(empty_elastic)
        assert len(_cases(empty_elastic)) == 2
        for page, ad in enumerate(ads):
            _write(url, ad, 10 + page)
        assert len(_cases(empty_elastic)) == 2
        assert len(list(book.trail())) == 2


def _undo(store: FindingStore) -> None:
    from findings.cases.regrouping import last_regrouping, take_back
    from tests.support.casework import officer

    book = store.casebook()
    assert isinstance(book, ElasticCasebook)
    (case_id,) = _cases(store)
    entry = last_regrouping(case_id, book.trail_of(case_id))
    files = {one: file_of(store, one) for one in entry.draft.case_ids}
    cases = {hit.ad.id: case_id for hit in store.search(SearchQuery(limit=100)).hits}
    plan = take_back(entry, files, cases, "并非同一主体", officer(entry=secrets.token_hex(16)))
    assert not isinstance(book.regroup(plan.moves, plan.files, plan.draft), Conflict)
