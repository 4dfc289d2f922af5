"""What the casebook of every store must keep. Each test runs on SQLite and, marked `elastic`, on a real server."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from findings.casebook import MAX_FILES, Casebook, CaseQuery, Conflict
from findings.cases.facts import facts_of, part_of, seen_in
from findings.cases.files import made_for
from findings.errors import CaseMissing, IndexMissing, QueryValueError, WriteRefused
from findings.model.casework import (
    SYSTEM,
    AuditAction,
    CaseFile,
    Exclusion,
    Given,
    Reading,
    ReviewVerdict,
)
from findings.model.vocabulary import CaseState, Device, LicenceStatus, Severity
from findings.query import SearchQuery
from findings.review.chain import digest, verify
from findings.store import FindingStore
from findings.stores import open_store
from tests.support import records as make
from tests.support.casebooks import draft, file_of, set_state
from tests.support.stores import again

# -- files and their facts ------------------------------------------------------------------------


def test_an_ad_that_is_stored_has_a_file(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding(3), make.finding(2), licence=LicenceStatus.NOT_FOUND)
    bundle = make.bundle(ad)
    store.write(bundle)
    file = file_of(store, ad.case_id)
    assert (file.id, file.version, file.state, file.merged_into) == (ad.case_id, 1, CaseState.OPEN, None)
    assert file.facts == facts_of([part_of(ad)], seen_in(bundle.sightings))
    assert file.facts.categories == (2, 3)
    assert file.facts.severity is Severity.HIGH
    assert file.facts.title == "星河理财"
    assert file.priority > 0
    assert list(store.casebook().trail()) == []


def test_no_file_of_what_was_never_seen(store: FindingStore) -> None:
    book = store.casebook()
    assert book.file("c1-none") is None
    assert book.files(CaseQuery()).total == 0
    assert list(book.trail()) == []
    assert list(book.trail_of("c1-none")) == []


def test_facts_grow_with_sightings_and_variants_of_the_case(store: FindingStore) -> None:
    first = make.ad("保本", make.finding(2, Severity.LOW, 0.5))
    other = make.ad("保本", make.finding(3, Severity.HIGH, 0.7), source="sogou", title="星河理财",
                    first_seen=make.minutes(7))  # fmt: skip
    reworded = make.ad("保本！", case_id=first.case_id, source="so360")
    assert other.case_id == first.case_id
    store.write(make.bundle(first))
    store.write(make.bundle(first, run="r2", at=make.minutes(9)))
    store.write(make.bundle(other, source="sogou", at=make.minutes(7)))
    before = file_of(store, first.case_id).facts
    assert (before.ads, before.variants, before.sightings, before.runs) == (2, 1, 3, 2)
    assert before.sources == ("baidu", "sogou")
    assert (before.first_seen, before.last_seen) == (make.NOON, make.minutes(9))
    assert (before.severity, before.score) == (Severity.HIGH, 0.7)
    assert before.categories == (2, 3)
    store.write(make.bundle(reworded, source="so360", page=2))
    after = file_of(store, first.case_id).facts
    assert (after.ads, after.variants, after.sightings) == (3, 2, 4)


def test_places_and_devices_are_those_of_the_sightings(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    for page, (region, device) in enumerate(
        [("上海", Device.DESKTOP), ("四川", Device.MOBILE), (None, Device.MOBILE)]
    ):
        bundle = make.bundle(ad, page=page)
        seen = replace(bundle.sightings[0], region=region, device=device)
        store.write(replace(bundle, sightings=(seen,)))
    facts = file_of(store, ad.case_id).facts
    assert facts.regions == ("上海", "四川")
    assert facts.devices == ("desktop", "mobile")
    assert (facts.sightings, facts.runs) == (3, 1)


def test_a_bundle_written_twice_counts_once(store: FindingStore) -> None:
    bundle = make.bundle(make.ad("一", make.finding()), make.ad("二"))
    store.write(bundle)
    before = store.casebook().files(CaseQuery())
    store.write(bundle)
    assert store.casebook().files(CaseQuery()) == before


def test_a_later_judgement_changes_the_facts(store: FindingStore) -> None:
    old = make.ad("保本", make.finding(2))
    store.write(make.bundle(old))
    new = replace(
        old, judged_at=make.minutes(5), judgement=make.judgement(make.finding(5, Severity.LOW, 0.4))
    )
    store.write(make.bundle(new))
    facts = file_of(store, old.case_id).facts
    assert (facts.categories, facts.severity, facts.score, facts.sightings) == ((5,), Severity.LOW, 0.4, 1)
    assert file_of(store, old.case_id).version == 1


def test_an_ad_seen_and_judged_again_in_one_batch_counts_once(store: FindingStore) -> None:
    old = make.ad("保本", make.finding(2))
    new = replace(old, judged_at=make.minutes(5), judgement=make.judgement(make.finding(5)))
    assert store.write_many([make.bundle(old), make.bundle(new, page=2), make.bundle(old, page=3)]) == 3
    facts = file_of(store, old.case_id).facts
    assert (facts.ads, facts.sightings, facts.categories) == (1, 3, (5,))


def test_facts_are_those_of_all_ads_and_sightings_however_they_came(store: FindingStore) -> None:
    ads = [
        make.ad(f"保本{n}", make.finding(2 + n), case_id="c1-one", source=s)
        for n in range(3)
        for s in ("baidu", "sogou")
    ]
    bundles = [
        make.bundle(
            *ads[start : start + 3],
            run=f"r{n}",
            page=start,
            source=ads[start].source,
            at=make.minutes(n * 10 + start),
        )
        for n in range(3)
        for start in range(4)
    ]
    for bundle in bundles[:5]:
        store.write(bundle)
    store.write_many(bundles[3:])
    sightings = {s.id: s for bundle in bundles for s in bundle.sightings}
    assert file_of(store, "c1-one").facts == facts_of(map(part_of, ads), seen_in(sightings.values()))


# -- changing -------------------------------------------------------------------------------------


def test_a_change_is_kept_with_its_entry(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    book = store.casebook()
    file = file_of(store, ad.case_id)
    reading = Reading(by="officer-a", at=make.minutes(1), verdict=ReviewVerdict.CONFIRM, note="属实")
    wanted = replace(
        file,
        state=CaseState.CONFIRMED,
        assignee="officer-a",
        district="浦东新区",
        due=date(2026, 12, 1),
        given=Given(to="officer-a", until=make.minutes(30)),
        readings=(reading,),
    )
    entry = draft(ad.case_id, at=make.minutes(1), before={"state": "open"}, after={"state": "confirmed"})
    told = book.change([wanted], entry)
    expected = replace(wanted, version=2, updated_at=make.minutes(1))
    assert told == (expected,)
    assert book.file(ad.case_id) == expected
    (kept,) = book.trail()
    assert kept.draft == entry
    assert (kept.number, kept.previous) == (1, "")
    assert kept.digest == digest(1, entry, "")
    case = store.case(ad.case_id)
    assert case is not None
    assert case.state is CaseState.CONFIRMED
    assert [view.state for view in store.cases(SearchQuery())] == [CaseState.CONFIRMED]


def test_facts_given_with_a_change_do_not_count(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    read = file_of(store, ad.case_id)
    store.write(make.bundle(ad, run="r2", at=make.minutes(3)))
    told = store.casebook().change([replace(read, state=CaseState.UNSURE)], draft(ad.case_id))
    assert not isinstance(told, Conflict)
    assert told[0].facts.sightings == 2
    assert told == (file_of(store, ad.case_id),)


def test_a_change_outlives_new_sightings(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    set_state(store.casebook(), ad.case_id, CaseState.CONFIRMED, assignee="officer-b")
    store.write(make.bundle(ad, run="r2", at=make.minutes(3)))
    file = file_of(store, ad.case_id)
    assert (file.version, file.state, file.assignee, file.facts.sightings) == (
        2,
        CaseState.CONFIRMED,
        "officer-b",
        2,
    )


def test_the_second_of_two_officers_gets_a_conflict_with_both_versions(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    book = store.casebook()
    read = file_of(store, ad.case_id)
    first = book.change([replace(read, state=CaseState.CONFIRMED)], draft(ad.case_id))
    wanted = replace(read, state=CaseState.EXCLUDED)
    told = book.change([wanted], draft(ad.case_id, actor="officer-b"))
    assert not isinstance(first, Conflict)
    assert told == Conflict(wanted=wanted, stands=first[0])
    assert book.file(ad.case_id) == first[0]
    assert len(list(book.trail())) == 1


def test_of_a_change_of_many_one_conflict_leaves_all(store: FindingStore) -> None:
    ads = [make.ad(f"{n}", make.finding()) for n in range(4)]
    store.write(make.bundle(*ads))
    book = store.casebook()
    read = [file_of(store, ad.case_id) for ad in ads]
    set_state(book, ads[2].case_id, CaseState.UNSURE)
    told = book.change([replace(f, state=CaseState.CONFIRMED) for f in read], draft(*(f.id for f in read)))
    assert isinstance(told, Conflict)
    assert told.stands.id == ads[2].case_id
    assert [file_of(store, ad.case_id).version for ad in ads] == [1, 1, 2, 1]
    assert len(list(book.trail())) == 1


def test_a_change_of_many_is_one_entry(store: FindingStore) -> None:
    ads = [make.ad(f"{n}", make.finding()) for n in range(5)]
    store.write(make.bundle(*ads))
    book = store.casebook()
    files = [replace(file_of(store, ad.case_id), state=CaseState.CONFIRMED) for ad in ads]
    entry = draft(*(file.id for file in files), bulk="b1")
    told = book.change(files, entry)
    assert not isinstance(told, Conflict)
    assert [file.id for file in told] == [file.id for file in files]
    assert all(file_of(store, ad.case_id).state is CaseState.CONFIRMED for ad in ads)
    assert [e.draft for e in book.trail()] == [entry]
    assert [e.draft for e in book.trail_of(ads[3].case_id)] == [entry]


def test_a_draft_written_twice_is_one(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    book = store.casebook()
    wanted, entry = replace(file_of(store, ad.case_id), state=CaseState.CONFIRMED), draft(ad.case_id)
    first = book.change([wanted], entry)
    assert book.change([wanted], entry) == first
    later = set_state(book, ad.case_id, CaseState.UNSURE)
    assert book.change([wanted], entry) == (later,)
    assert len(list(book.trail())) == 2


def test_a_change_of_a_case_that_is_not_there(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    file = replace(made_for("c1-none", facts_of([part_of(ad)], seen_in([]))), version=1)
    with pytest.raises(CaseMissing, match="c1-none"):
        store.casebook().change([file], draft("c1-none"))


def test_a_change_that_can_not_be_meant(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    book, file = store.casebook(), file_of(store, ad.case_id)
    many = [replace(file, id=f"c1-{n}") for n in range(MAX_FILES + 1)]
    for files, entry in (
        ([], draft(ad.case_id)),
        ([file, file], draft(ad.case_id)),
        ([file], draft("c1-other")),
        (many, draft(*(f.id for f in many))),
        ([replace(file, version=0)], draft(ad.case_id)),
    ):
        with pytest.raises(ValueError, match=r"."):
            book.change(files, entry)
    with pytest.raises(WriteRefused, match="time zone"):
        book.change([file], draft(ad.case_id, at=datetime(2026, 11, 20)))
    assert list(book.trail()) == []


def test_officers_at_once_lose_nothing(store: FindingStore) -> None:
    """Each adds a reading as often as it takes; the chain is whole and every change is in it once."""
    ads = [make.ad("一", make.finding()), make.ad("二", make.finding())]
    store.write(make.bundle(*ads))
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with again(store.url) as own:
                for turn in range(4):
                    _add_reading(own.casebook(), ads[turn % 2].case_id, f"officer-{number}-{turn}")
        except BaseException as error:  # a thread's error must reach the test
            failed.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    readers = [r.by for ad in ads for r in file_of(store, ad.case_id).readings]
    assert len(readers) == len(set(readers)) == 16
    entries = list(store.casebook().trail())
    assert sorted(entry.draft.actor for entry in entries) == sorted(readers)
    checked = verify(entries)
    assert (checked.sound, checked.entries) == (True, 16)


def _add_reading(book: Casebook, case_id: str, by: str) -> None:
    for _ in range(200):
        file = book.file(case_id)
        assert file is not None
        reading = Reading(by=by, at=make.NOON, verdict=ReviewVerdict.UNSURE, note="")
        told = book.change([replace(file, readings=(*file.readings, reading))], draft(case_id, actor=by))
        if not isinstance(told, Conflict):
            return
    raise AssertionError("always a conflict")


def test_odd_text_in_an_entry_is_kept_and_digests_the_same(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    entry = draft(
        ad.case_id,
        note="\0 '\"; DROP\u202e😀\u2028",
        before={"小数": 0.1, "大": 2**53 + 1, "空": None, "列": ["é", 1e22, True]},
        at=datetime(2026, 11, 20, 12, 0, 0, 123457, tzinfo=UTC),
    )
    book = store.casebook()
    book.change([file_of(store, ad.case_id)], entry)
    (kept,) = book.trail()
    assert kept.draft == entry
    assert kept.digest == digest(1, kept.draft, "") == digest(1, entry, "")


def test_half_of_a_surrogate_pair_in_an_entry_becomes_a_replacement_character(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    book = store.casebook()
    book.change([file_of(store, ad.case_id)], draft(ad.case_id, note="a\ud800"))
    (kept,) = book.trail()
    assert kept.draft.note == "a\ufffd"
    assert kept.digest == digest(1, kept.draft, "")


def test_the_trail_is_read_from_any_number(store: FindingStore) -> None:
    ad, other = make.ad("一", make.finding()), make.ad("二", make.finding())
    store.write(make.bundle(ad, other))
    book = store.casebook()
    for number in range(7):
        set_state(book, (ad, other)[number % 2].case_id, CaseState.UNSURE)
    assert [entry.number for entry in book.trail()] == list(range(1, 8))
    assert [entry.number for entry in book.trail(5)] == [6, 7]
    assert [entry.number for entry in book.trail_of(other.case_id)] == [2, 4, 6]


# -- the queue ------------------------------------------------------------------------------------


def _ids(store: FindingStore, **query: object) -> list[str]:
    return [file.id for file in store.casebook().files(CaseQuery(**query)).files]  # type: ignore[arg-type]


def _queue(store: FindingStore) -> list[str]:
    """Four cases, worst first: of 8, 2, 3 and of nothing."""
    ads = [
        make.ad("无事", case_id="c1-d"),
        make.ad("夸大", make.finding(3, Severity.LOW, 0.5), case_id="c1-c", source="sogou"),
        make.ad("保本", make.finding(2, Severity.MEDIUM, 0.8), case_id="c1-b"),
        make.ad("代币", make.finding(8, Severity.HIGH, 0.9), case_id="c1-a", source="sogou"),
    ]
    store.write(make.bundle(*ads))
    return ["c1-a", "c1-b", "c1-c", "c1-d"]


def test_the_queue_is_in_order_and_paged(store: FindingStore) -> None:
    order = _queue(store)
    store.write(make.bundle(*(make.ad(f"并列{n}", case_id=f"c1-e{n}") for n in range(5)), page=2))
    order += [f"c1-e{n}" for n in range(5)]
    book = store.casebook()
    page = book.files(CaseQuery(limit=4))
    got = list(page.files)
    assert page.total == 9
    while page.next_cursor:
        page = book.files(CaseQuery(limit=4, cursor=page.next_cursor))
        got += page.files
    assert [file.id for file in got] == order
    assert [file.priority for file in got] == sorted((file.priority for file in got), reverse=True)
    assert got == [file_of(store, case_id) for case_id in order]


def test_the_queue_is_filtered(store: FindingStore) -> None:
    a, b, c, d = _queue(store)
    book = store.casebook()
    given = Given(to="wang", until=make.minutes(60))
    set_state(book, a, CaseState.CONFIRMED, assignee="wang", given=given, due=date(2026, 11, 25))
    set_state(book, b, CaseState.UNSURE, assignee="li", district="徐汇区", due=date(2026, 11, 30))
    exclusion = Exclusion(by="li", at=make.NOON, reason="误报", fingerprints=(), ruleset="2026.11.1")
    set_state(book, c, CaseState.EXCLUDED, exclusion=exclusion)
    rows: list[tuple[dict[str, object], list[str]]] = [
        ({"states": (CaseState.OPEN,)}, [d]),
        ({"states": (CaseState.CONFIRMED, CaseState.UNSURE)}, [a, b]),
        ({"assignees": ("wang",)}, [a]),
        ({"assignees": ("wang", "li")}, [a, b]),
        ({"unassigned": True}, [c, d]),
        ({"unassigned": True, "assignees": ("li",)}, [b, c, d]),
        ({"districts": ("徐汇区",)}, [b]),
        ({"categories": (2, 8)}, [a, b]),
        ({"sources": ("sogou",)}, [a, c]),
        ({"sources": ("sogou",), "categories": (3,)}, [c]),
        ({"due_by": date(2026, 11, 25)}, [a]),
        ({"due_by": date(2026, 12, 10)}, [a, b]),
        ({"free_at": make.minutes(59)}, [b, c, d]),
        ({"free_at": make.minutes(60)}, [a, b, c, d]),
        ({"on_desk": ("wang", make.minutes(59))}, [a]),
        ({"on_desk": ("wang", make.minutes(60))}, []),
        ({"on_desk": ("li", make.minutes(59))}, []),
        ({"quiet": False}, [a, b, d]),
        ({"findings_only": True}, [a, b, c]),
    ]
    for query, expected in rows:
        assert _ids(store, **query) == expected, query


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 1001},
        {"categories": (0,)},
        {"cursor": "x!"},
        {"free_at": datetime(2026, 1, 1)},
        {"assignees": ("\ud800",)},
    ],
)
def test_a_query_out_of_range_is_refused(store: FindingStore, query: dict[str, object]) -> None:
    with pytest.raises(QueryValueError):
        store.casebook().files(CaseQuery(**query))  # type: ignore[arg-type]


CALLS: dict[str, Callable[[Casebook], object]] = {
    "file": lambda b: b.file("c1-x"),
    "files": lambda b: b.files(CaseQuery()),
    "trail": lambda b: list(b.trail()),
    "trail_of": lambda b: list(b.trail_of("c1-x")),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_store_never_created_says_so(store_url: str, call: str) -> None:
    with open_store(store_url) as store, pytest.raises(IndexMissing):
        CALLS[call](store.casebook())


# -- what comes back ------------------------------------------------------------------------------


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


# -- merging and splitting ------------------------------------------------------------------------


def _two_cases(store: FindingStore) -> tuple[CaseFile, CaseFile]:
    """A case of two ads, seen thrice, and a case of one."""
    one = make.ad("保本一", make.finding(2), case_id="c1-one")
    two = make.ad("保本二", make.finding(3), case_id="c1-one", first_seen=make.minutes(2))
    other = make.ad("代币", make.finding(8), case_id="c1-other", source="sogou")
    store.write(make.bundle(one, two))
    store.write(make.bundle(one, run="r2", at=make.minutes(5)))
    store.write(make.bundle(other, source="sogou"))
    return file_of(store, "c1-one"), file_of(store, "c1-other")


def _ads(store: FindingStore, case_id: str) -> set[str]:
    case = store.case(case_id)
    return set() if case is None else {ad.text for ad in case.ads}


def _merge(store: FindingStore) -> None:
    one, other = _two_cases(store)
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
    one, _ = _two_cases(store)
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
    one, other = _two_cases(store)
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
    one, other = _two_cases(store)
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


# -- what searches see ----------------------------------------------------------------------------


def _of_state(store: FindingStore, state: CaseState) -> set[str]:
    return {hit.ad.text for hit in store.search(SearchQuery(states=(state,))).hits}


def test_ads_are_found_by_the_state_of_their_case(store: FindingStore) -> None:
    _two_cases(store)
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
    _two_cases(store)
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


def test_an_entry_that_changes_no_case_stands_in_the_trail_once(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    book = store.casebook()
    shown = draft(action=AuditAction.UNMASKED)
    book.note(shown)
    book.note(shown)
    set_state(book, ad.case_id, CaseState.CONFIRMED)
    assert [entry.draft.action for entry in book.trail()] == [AuditAction.UNMASKED, AuditAction.STATE]
    assert verify(book.trail()).sound
    with pytest.raises(ValueError, match="names none"):
        book.note(draft(ad.case_id, action=AuditAction.UNMASKED))
