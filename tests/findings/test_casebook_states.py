"""What becomes of cases that are seen again, and what searches see of it, on every store. Each test runs on SQLite and, marked `elastic`, on a real server."""

import threading
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from findings.casebook import Conflict
from findings.model.casework import (
    SYSTEM,
    AuditAction,
    Exclusion,
)
from findings.model.vocabulary import CaseState
from findings.query import SearchQuery
from findings.store import FindingStore
from tests.support import records as make
from tests.support.casebooks import draft, file_of, set_state, two_cases
from tests.support.stores import again


def test_a_closed_case_seen_later_relapses(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    closed = make.minutes(60)
    set_state(store.casebook(), ad.case_id, CaseState.CLOSED, closed_at=closed)
    store.write(make.bundle(ad, run="r2", at=make.minutes(59)))
    assert file_of(store, ad.case_id).state is CaseState.CLOSED
    again = make.bundle(ad, run="r3", at=make.minutes(61))
    store.write(again)
    store.write(again)
    file = file_of(store, ad.case_id)
    assert (file.state, file.closed_at, file.version) == (CaseState.RELAPSED, None, 3)
    entries = list(store.casebook().trail_of(ad.case_id))
    assert [(e.draft.action, e.draft.actor) for e in entries[1:]] == [(AuditAction.RELAPSED, SYSTEM)]
    case = store.case(ad.case_id)
    assert case is not None
    assert case.state is CaseState.RELAPSED


def test_a_case_relapses_each_time_it_was_closed(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    for turn in (1, 2):
        set_state(store.casebook(), ad.case_id, CaseState.CLOSED, closed_at=make.minutes(turn * 60))
        store.write(make.bundle(ad, run=f"r{turn}", at=make.minutes(turn * 60 + 1)))
        assert file_of(store, ad.case_id).state is CaseState.RELAPSED
    assert [e.draft.action for e in store.casebook().trail()] == [
        AuditAction.STATE, AuditAction.RELAPSED, AuditAction.STATE, AuditAction.RELAPSED,
    ]  # fmt: skip


def test_an_exclusion_ends_by_time_and_by_new_rules(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    far = datetime.now(UTC) + timedelta(days=400)
    exclusion = Exclusion(
        by="li", at=make.NOON, reason="误报", fingerprints=(), ruleset="2026.11.1", until=far
    )
    set_state(store.casebook(), ad.case_id, CaseState.EXCLUDED, exclusion=exclusion)
    again = replace(ad, judged_at=make.minutes(5), judgement=replace(ad.judgement, ruleset="2026.12.1"))
    store.write(make.bundle(again, run="r3", at=make.minutes(5)))
    file = file_of(store, ad.case_id)
    assert (file.state, file.exclusion) == (CaseState.OPEN, None)
    assert [e.draft.action for e in store.casebook().trail()] == [AuditAction.STATE, AuditAction.WOKEN]
    past = replace(exclusion, until=make.NOON)
    set_state(store.casebook(), ad.case_id, CaseState.EXCLUDED, exclusion=past)
    store.write(msgspec.structs.replace(make.bundle(ad, run="r4", at=make.minutes(9)), ads=()))
    assert file_of(store, ad.case_id).state is CaseState.OPEN


def _of_state(store: FindingStore, state: CaseState) -> set[str]:
    return {hit.ad.text for hit in store.search(SearchQuery(states=(state,))).hits}


def test_ads_are_found_by_the_state_of_their_case(store: FindingStore) -> None:
    two_cases(store)
    assert _of_state(store, CaseState.OPEN) == {"保本一", "保本二", "代币"}
    set_state(store.casebook(), "c1-one", CaseState.CONFIRMED)
    assert _of_state(store, CaseState.CONFIRMED) == {"保本一", "保本二"}
    assert _of_state(store, CaseState.OPEN) == {"代币"}
    store.write(make.bundle(make.ad("保本三", case_id="c1-one"), run="r7"))
    again = make.ad("保本一", make.finding(5), case_id="c1-one", judged_at=make.minutes(9))
    store.write(make.bundle(again, run="r8"))
    assert _of_state(store, CaseState.CONFIRMED) == {"保本一", "保本二", "保本三"}
    files = [replace(file_of(store, "c1-one"), merged_into="c1-other"), file_of(store, "c1-other")]
    store.casebook().regroup({}, files, draft("c1-one", "c1-other", action=AuditAction.MERGED))
    assert _of_state(store, CaseState.OPEN) == {"保本一", "保本二", "保本三", "代币"}
    assert _of_state(store, CaseState.CONFIRMED) == set()


def test_writers_and_officers_at_once_agree_in_the_end(store: FindingStore) -> None:
    """Ads are written into two cases while one is merged into the other and changes its state."""
    two_cases(store)
    failed: list[BaseException] = []

    def write(number: int) -> None:
        try:
            with again(store.url) as own:
                for page in range(4):
                    new = make.ad(
                        f"新{number}{page}", make.finding(), case_id=("c1-one", "c1-other")[page % 2]
                    )
                    old = make.ad("保本一", make.finding(2), case_id="c1-one")
                    own.write(make.bundle(new, old, run=f"w{number}", page=page, at=make.minutes(20)))
        except BaseException as error:  # a thread's error must reach the test
            failed.append(error)

    def regroup() -> None:
        try:
            with again(store.url) as own:
                set_state(own.casebook(), "c1-other", CaseState.CONFIRMED)
                files = [replace(file_of(own, "c1-one"), merged_into="c1-other"), file_of(own, "c1-other")]
                told = own.casebook().regroup(
                    {}, files, draft("c1-one", "c1-other", action=AuditAction.MERGED)
                )
                assert not isinstance(told, Conflict)
        except BaseException as error:
            failed.append(error)

    workers = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    workers.append(threading.Thread(target=regroup))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    case, facts = store.case("c1-one"), file_of(store, "c1-other").facts
    assert case is not None
    assert (case.id, len(case.ads), case.sightings) == ("c1-other", 11, 4 + 16)
    assert (facts.ads, facts.sightings) == (11, 20)
    assert {ad.case_id for ad in case.ads} == {"c1-other"}
    assert store.search(SearchQuery(states=(CaseState.CONFIRMED,))).total == 11
