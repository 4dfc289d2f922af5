"""Merging and splitting cases, on every store. Each test runs on SQLite and, marked `elastic`, on a real server."""

import pytest
from msgspec.structs import replace

from findings.casebook import CaseQuery, Conflict
from findings.errors import WriteRefused
from findings.model.casework import (
    AuditAction,
)
from findings.model.vocabulary import CaseState
from findings.query import SearchQuery
from findings.store import FindingStore
from tests.support import records as make
from tests.support.casebooks import draft, file_of, set_state, two_cases


def _ads(store: FindingStore, case_id: str) -> set[str]:
    case = store.case(case_id)
    return set() if case is None else {ad.text for ad in case.ads}


def _merge(store: FindingStore) -> None:
    one, other = two_cases(store)
    told = store.casebook().regroup(
        {},
        [replace(one, merged_into="c1-other"), other],
        draft("c1-one", "c1-other", action=AuditAction.MERGED),
    )
    assert not isinstance(told, Conflict)


def test_a_merged_case_gives_all_its_ads(store: FindingStore) -> None:
    _merge(store)
    merged, whole = file_of(store, "c1-one"), file_of(store, "c1-other")
    assert (merged.merged_into, merged.version) == ("c1-other", 2)
    facts = whole.facts
    assert (facts.ads, facts.sightings, facts.runs, facts.categories) == (3, 4, 2, (2, 3, 8))
    assert facts.last_seen == make.minutes(5)
    case = store.case("c1-one")
    assert case is not None
    assert (case.id, len(case.ads), case.sightings) == ("c1-other", 3, 4)
    assert [view.id for view in store.cases(SearchQuery())] == ["c1-other"]
    assert [file.id for file in store.casebook().files(CaseQuery()).files] == ["c1-other"]


def test_what_comes_later_under_the_id_of_a_merged_case_goes_on(store: FindingStore) -> None:
    _merge(store)
    late = make.ad("保本三", make.finding(4), case_id="c1-one")
    store.write(make.bundle(late, run="r3", at=make.minutes(9)))
    again = make.ad("保本一", make.finding(2), case_id="c1-one")
    store.write(make.bundle(again, run="r4", at=make.minutes(10)))
    facts = file_of(store, "c1-other").facts
    assert (facts.ads, facts.sightings, facts.runs, facts.last_seen) == (4, 6, 4, make.minutes(10))
    assert _ads(store, "c1-one") == {"保本一", "保本二", "保本三", "代币"}
    assert file_of(store, "c1-one").version == 2


def test_a_case_merged_twice_leads_to_the_end(store: FindingStore) -> None:
    _merge(store)
    store.write(make.bundle(make.ad("第三", case_id="c1-third"), page=7))
    files = [replace(file_of(store, "c1-other"), merged_into="c1-third"), file_of(store, "c1-third")]
    store.casebook().regroup({}, files, draft("c1-other", "c1-third", action=AuditAction.MERGED))
    case = store.case("c1-one")
    assert case is not None
    assert (case.id, len(case.ads)) == ("c1-third", 4)


def test_a_split_makes_a_new_case_of_some_ads_and_is_undone(store: FindingStore) -> None:
    one, _ = two_cases(store)
    (away,) = (ad.id for ad in store.case("c1-one").ads if ad.text == "保本二")  # type: ignore[union-attr]
    new = replace(one, id="c1-new", version=0, state=CaseState.OPEN)
    split = draft("c1-one", "c1-new", action=AuditAction.SPLIT)
    told = store.casebook().regroup({away: "c1-new"}, [one, new], split)
    assert not isinstance(told, Conflict)
    assert [(file.id, file.version) for file in told] == [("c1-one", 2), ("c1-new", 1)]
    assert (_ads(store, "c1-one"), _ads(store, "c1-new")) == ({"保本一"}, {"保本二"})
    left, made = file_of(store, "c1-one").facts, file_of(store, "c1-new").facts
    assert (left.ads, left.sightings, left.categories) == (1, 2, (2,))
    assert (made.ads, made.sightings, made.runs, made.categories, made.first_seen) == (
        1,
        1,
        1,
        (3,),
        make.minutes(2),
    )
    store.write(make.bundle(make.ad("保本二", make.finding(3), case_id="c1-one"), run="r9"))
    assert file_of(store, "c1-new").facts.sightings == 2
    back = [file_of(store, "c1-one"), replace(file_of(store, "c1-new"), merged_into="c1-one")]
    store.casebook().regroup({}, back, draft("c1-one", "c1-new", action=AuditAction.UNDONE, undoes=split.id))
    assert _ads(store, "c1-one") == {"保本一", "保本二"}
    assert file_of(store, "c1-one").facts.sightings == 4
    assert [e.draft.action for e in store.casebook().trail_of("c1-new")] == [
        AuditAction.SPLIT,
        AuditAction.UNDONE,
    ]


def test_a_merge_is_undone(store: FindingStore) -> None:
    _merge(store)
    before = {ad.id: "c1-one" for ad in store.case("c1-other").ads if ad.text != "代币"}  # type: ignore[union-attr]
    files = [replace(file_of(store, "c1-one"), merged_into=None), file_of(store, "c1-other")]
    told = store.casebook().regroup(before, files, draft("c1-one", "c1-other", action=AuditAction.UNDONE))
    assert not isinstance(told, Conflict)
    assert (_ads(store, "c1-one"), _ads(store, "c1-other")) == ({"保本一", "保本二"}, {"代币"})
    assert file_of(store, "c1-one").facts.sightings == 3
    assert file_of(store, "c1-other").facts.sightings == 1


def test_regrouping_what_was_changed_is_a_conflict(store: FindingStore) -> None:
    one, other = two_cases(store)
    stands = set_state(store.casebook(), "c1-other", CaseState.CONFIRMED)
    told = store.casebook().regroup(
        {}, [replace(one, merged_into="c1-other"), other], draft("c1-one", "c1-other")
    )
    assert told == Conflict(wanted=other, stands=stands)
    assert (_ads(store, "c1-one"), _ads(store, "c1-other")) == ({"保本一", "保本二"}, {"代币"})
    new = replace(one, id="c1-other", version=0)
    (ad,) = (ad.id for ad in store.case("c1-one").ads if ad.text == "保本二")  # type: ignore[union-attr]
    told = store.casebook().regroup({ad: "c1-other"}, [one, new], draft("c1-one", "c1-other"))
    assert told == Conflict(wanted=new, stands=stands)


def test_regroupings_that_can_not_be_meant(store: FindingStore) -> None:
    one, other = two_cases(store)
    ads = {ad.text: ad.id for case in ("c1-one", "c1-other") for ad in store.case(case).ads}  # type: ignore[union-attr]
    book, entry = store.casebook(), draft("c1-one", "c1-other")
    with pytest.raises(ValueError, match="without an ad"):
        book.regroup({ads["代币"]: "c1-one"}, [one, other], entry)
    with pytest.raises(ValueError, match="not given"):
        book.regroup({ads["代币"]: "c1-one"}, [one], entry)
    with pytest.raises(ValueError, match="not given"):
        book.regroup({ads["代币"]: "c1-third"}, [one, other], entry)
    with pytest.raises(ValueError, match="not given"):
        book.regroup({}, [replace(one, merged_into="c1-third"), other], entry)
    with pytest.raises(WriteRefused, match="not stored"):
        book.regroup({"a1-none": "c1-one"}, [one, other], entry)
    assert list(book.trail()) == []
    assert (_ads(store, "c1-one"), _ads(store, "c1-other")) == ({"保本一", "保本二"}, {"代币"})
