"""Changes of case files and their entries, on every store. Each test runs on SQLite and, marked `elastic`, on a real server."""

import threading
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from findings.casebook import MAX_FILES, Casebook, Conflict
from findings.cases.facts import facts_of, part_of, seen_in
from findings.cases.files import made_for
from findings.errors import CaseMissing, WriteRefused
from findings.model.casework import (
    AuditAction,
    Given,
    Reading,
    ReviewVerdict,
)
from findings.model.vocabulary import CaseState
from findings.query import SearchQuery
from findings.review.chain import digest, verify
from findings.store import FindingStore
from tests.support import records as make
from tests.support.casebooks import draft, file_of, set_state
from tests.support.stores import again


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
