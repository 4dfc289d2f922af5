"""Officers' work on a real casebook, on both stores: each case has its own outcome, nobody overwrites another."""

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from findings.casebook import CaseQuery
from findings.cases.fingerprint import fingerprint
from findings.model.casework import AuditAction, CaseFile, ReviewVerdict
from findings.model.records import AdRecord
from findings.model.vocabulary import CaseState, Severity
from findings.review.chain import verify
from findings.review.deadlines import deadlines
from findings.review.house import House
from findings.review.steps import Assign, Close, HandOver, Read, Step, Take
from findings.review.working import (
    CaseOutcome,
    Hand,
    Result,
    carry_out,
    cases_of_bulk,
    new_id,
    take_back,
    take_next,
)
from findings.store import FindingStore
from tests.support import records as make

CONFIRM, EXCLUDE, UNSURE = ReviewVerdict


def hand(store: FindingStore, actor: str = "沈一", at: datetime = make.NOON, **house: Any) -> Hand:
    """An officer whose clock goes on by a second with each look."""
    ticks = count()
    return Hand(
        book=store.casebook(),
        actor=actor,
        house=House(**house),
        deadlines=deadlines(),
        now=lambda: at + timedelta(seconds=next(ticks)),
    )


def stored(store: FindingStore, *ads: AdRecord) -> list[str]:
    for page, ad in enumerate(ads):
        store.write(make.bundle(ad, page=page))
    return [ad.case_id for ad in ads]


def three(store: FindingStore) -> list[str]:
    return stored(
        store,
        make.ad("保本保息，年化12%，随存随取", make.finding(score=0.9), url="https://a.example/"),
        make.ad("不看征信，凭身份证当天放款", make.finding(6, score=0.8), url="https://b.example/"),
        make.ad("内部消息，带你抓住涨停牛股", make.finding(8, score=0.7), url="https://c.example/"),
    )


def one(outcomes: Sequence[CaseOutcome] | Any) -> CaseOutcome:
    (outcome,) = outcomes
    assert isinstance(outcome, CaseOutcome)
    return outcome


def read(verdict: ReviewVerdict = CONFIRM, note: str = "承诺保本", **more: Any) -> Step:
    return Read(verdict=verdict, note=note, **more)


def state(store: FindingStore, case_id: str) -> CaseState:
    file = store.casebook().file(case_id)
    assert file is not None
    return file.state


def test_a_case_goes_all_the_way_and_back(store: FindingStore) -> None:
    case_id, *_ = three(store)
    officer = hand(store)
    for step, leads in (
        (read(), CaseState.CONFIRMED),
        (HandOver("批次 2026-0001"), CaseState.HANDED_OVER),
        (Close("网站已关闭"), CaseState.CLOSED),
    ):
        done = one(carry_out(officer, [case_id], lambda _, step=step: step))  # type: ignore[misc]
        assert (done.result, state(store, case_id)) == (Result.DONE, leads)
    for leads in (CaseState.HANDED_OVER, CaseState.CONFIRMED, CaseState.OPEN):
        assert one(take_back(officer, [case_id])).result is Result.DONE
        assert state(store, case_id) is leads
    assert one(take_back(officer, [case_id])).result is Result.REFUSED
    trail = list(store.casebook().trail())
    assert [entry.draft.action for entry in trail] == [
        AuditAction.READ,
        AuditAction.STATE,
        AuditAction.STATE,
        *[AuditAction.UNDONE] * 3,
    ]
    assert verify(trail).sound


def test_each_case_of_a_bulk_has_its_own_outcome_and_all_can_be_taken_back(store: FindingStore) -> None:
    a, b, c = three(store)
    assert one(carry_out(hand(store, "陆二"), [b], lambda _: Take(30))).result is Result.DONE
    bulk = new_id()
    outcomes = list(carry_out(hand(store), [a, b, "c1-none", c], lambda _: read(), bulk=bulk))
    assert [outcome.result for outcome in outcomes] == [
        Result.DONE,
        Result.REFUSED,
        Result.REFUSED,
        Result.DONE,
    ]
    assert "陆二" in outcomes[1].reason_zh
    assert outcomes[2].file is None
    assert cases_of_bulk(store.casebook(), bulk) == [a, c]
    assert one(carry_out(hand(store), [c], lambda _: Assign(officer="顾三"))).result is Result.DONE
    back = list(take_back(hand(store), [a, c], bulk=new_id(), of_bulk=bulk))
    assert [outcome.result for outcome in back] == [Result.DONE, Result.REFUSED]
    assert (state(store, a), state(store, c)) == (CaseState.OPEN, CaseState.CONFIRMED)


def test_who_comes_second_gets_a_conflict_with_both_versions(store: FindingStore) -> None:
    case_id, *_ = three(store)
    seen = store.casebook().file(case_id)
    assert seen is not None
    first = one(carry_out(hand(store), [case_id], lambda _: read(UNSURE, "看不清"), version=seen.version))
    second = one(
        carry_out(hand(store, "陆二"), [case_id], lambda _: read(EXCLUDE, "系新闻"), version=seen.version)
    )
    assert (first.result, second.result) == (Result.DONE, Result.CONFLICT)
    assert second.file is not None
    assert second.wanted is not None
    assert (second.file.state, second.wanted.state) == (CaseState.UNSURE, CaseState.EXCLUDED)
    assert [reading.by for reading in second.file.readings] == ["沈一"]
    assert state(store, case_id) is CaseState.UNSURE
    assert len(list(store.casebook().trail())) == 1


def test_a_change_between_reading_and_writing_is_a_conflict_too(store: FindingStore) -> None:
    """As two officers at the same instant: the second reads the file before the first has written."""
    case_id, *_ = three(store)

    def slow(_: CaseFile) -> Step:
        assert one(carry_out(hand(store, "陆二"), [case_id], lambda _: read(UNSURE, "看不清"))).file
        return read(EXCLUDE, "系新闻")

    outcome = one(carry_out(hand(store), [case_id], slow))
    assert outcome.result is Result.CONFLICT
    assert state(store, case_id) is CaseState.UNSURE


def test_an_excluded_ad_stays_quiet_until_something_changes(store: FindingStore) -> None:
    ad = make.ad("保本保息，年化12%，随存随取", make.finding(), url="https://a.example/")
    stored(store, ad)
    seen = (fingerprint(ad),)
    step = read(EXCLUDE, "风险提示齐全", seen=seen, ruleset=ad.judgement.ruleset)
    assert one(carry_out(hand(store), [ad.case_id], lambda _: step)).result is Result.DONE
    store.write(make.bundle(ad, run="r2", at=make.minutes(60)))
    assert state(store, ad.case_id) is CaseState.EXCLUDED
    assert store.casebook().files(CaseQuery(quiet=False)).total == 0
    rules = replace(ad, judged_at=make.minutes(120), judgement=replace(ad.judgement, ruleset="2026.12.1"))
    store.write(make.bundle(rules, run="r3", at=make.minutes(120)))
    woken = store.casebook().file(ad.case_id)
    assert woken is not None
    assert (woken.state, woken.readings, woken.exclusion, woken.owed) == (CaseState.OPEN, (), None, "opened")
    last = list(store.casebook().trail_of(ad.case_id))[-1].draft
    assert (last.action, last.note) == (AuditAction.WOKEN, "排除之后规则已变更")


def test_the_queue_gives_the_most_pressing_case_that_an_officer_can_read(store: FindingStore) -> None:
    a, b, c = three(store)
    stored(store, make.ad("天气晴", url="https://d.example/"))  # no finding: no lead
    query = CaseQuery(unassigned=True, findings_only=True)
    first = take_next(hand(store), 30, query)
    second = take_next(hand(store, "陆二"), 30, query)
    assert first is not None
    assert second is not None
    assert (first.id, second.id) == (a, b)
    assert one(carry_out(hand(store), [a], lambda _: read(readers=2))).result is Result.DONE
    again = take_next(hand(store), 30, query)  # a waits for somebody else
    assert again is not None
    assert again.id == c
    other = take_next(hand(store, "顾三"), 30, query)
    assert other is not None
    assert other.id == a
    assert take_next(hand(store, "程四"), 30, query) is None
    later = take_next(hand(store, "程四", make.minutes(40)), 30, query)  # desks are free again
    assert later is not None
    assert later.id == a


TAKER = """
import sys
from datetime import UTC, datetime
from findings.casebook import CaseQuery
from findings.review.deadlines import deadlines
from findings.review.house import House
from findings.review.working import Hand, take_next
from tests.support.stores import again

with again(sys.argv[1]) as store:
    hand = Hand(book=store.casebook(), actor=sys.argv[2], house=House(), deadlines=deadlines(),
                now=lambda: datetime.now(UTC))
    sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
    while (file := take_next(hand, 60, CaseQuery(unassigned=True, findings_only=True))) is not None:
        print(file.id)
"""


@pytest.mark.slow
def test_of_several_processes_that_take_from_one_queue_each_case_goes_to_one(store: FindingStore) -> None:
    ids = stored(
        store,
        *(
            make.ad(f"{'甲乙丙丁戊己庚辛壬癸子丑'[n] * 9}产品保本保息", make.finding(severity=Severity.HIGH),
                    url=f"https://s{n}.example/")
            for n in range(12)
        ),
    )  # fmt: skip
    takers = [
        subprocess.Popen(
            [sys.executable, "-c", TAKER, store.url, f"officer{n}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for n in range(3)
    ]
    for taker in takers:
        assert taker.stdout is not None
        assert taker.stdout.readline() == "ready\n"
    for taker in takers:
        assert taker.stdin is not None
        taker.stdin.write("go\n")
        taker.stdin.flush()
    taken = [taker.communicate(timeout=120)[0].split() for taker in takers]
    assert all(taker.returncode == 0 for taker in takers)
    assert Counter(case_id for several in taken for case_id in several) == Counter(set(ids))
    trail = list(store.casebook().trail())
    assert len(trail) == len(set(ids))
    assert verify(trail).sound
