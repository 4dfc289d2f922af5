"""Working days: the notices that ship, counting by them, an office's own file, deadlines with their law."""

import json
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from findings.review.calendar import MOST_BYTES, load_calendar, notices
from findings.review.deadlines import Deadlines, Event, deadlines, first_due, rows
from findings.review.errors import CalendarFaults

CALENDAR = load_calendar()
DAYS = st.dates(date(2015, 1, 1), date(2026, 11, 30))

OWN_2027 = """
notices:
  - {year: 2027, document: 虚办〔2026〕1号, basis: L, rest: [[2027-01-01, 2027-01-03]], work: [2026-12-27]}
"""


@pytest.mark.parametrize("name", ["calendar", "deadlines"])
def test_the_data_keep_to_their_schemas(name: str) -> None:
    folder = files("findings.review")
    schema = json.loads(folder.joinpath(f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    data = json.loads(
        json.dumps(yaml.safe_load(folder.joinpath(f"{name}.yaml").read_text("utf-8")), default=str)
    )
    assert list(Draft202012Validator(schema).iter_errors(data)) == []


def test_every_year_from_2015_to_2026_has_its_notice() -> None:
    assert CALENDAR.years == set(range(2015, 2027))


def test_make_up_days_are_weekends_and_each_notice_agrees_with_itself() -> None:
    for notice in notices():
        for first, last in notice.rest:
            assert first <= last
            assert (last - first).days < 10
            assert notice.year in (first.year, last.year)
        rest = {first + timedelta(n) for first, last in notice.rest for n in range((last - first).days + 1)}
        assert not rest & set(notice.work)
        assert all(day.weekday() >= 5 for day in notice.work)


def test_a_holiday_of_the_law_is_never_worked() -> None:
    """全国年节及纪念日放假办法: 1 January, 1 May, 1 to 3 October, in every year."""
    for year in range(2015, 2027):
        for month, day in ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3)):
            assert not CALENDAR.works(date(year, month, day))


@pytest.mark.parametrize(
    ("day", "worked", "why"),
    [
        (date(2026, 2, 14), True, "a Saturday worked before Spring Festival"),
        (date(2026, 2, 16), False, "a Monday in Spring Festival"),
        (date(2026, 9, 20), True, "a Sunday worked before National Day"),
        (date(2020, 2, 1), False, "worked by the first notice, off by the second"),
        (date(2018, 12, 29), True, "set by the notice of the year after"),
        (date(2019, 5, 3), False, "off by the later notice only"),
        (date(2015, 9, 3), False, "the anniversary of 2015"),
        (date(2024, 2, 9), True, "New Year's Eve of 2024 was a working day"),
        (date(2026, 11, 23), True, "a plain Monday"),
        (date(2026, 11, 22), False, "a plain Sunday"),
    ],
)
def test_single_days(day: date, worked: bool, why: str) -> None:
    assert CALENDAR.works(day) is worked, why


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # a Friday; the Sunday after is worked
        (date(2026, 9, 24), 15, date(2026, 10, 22)),  # over Mid-autumn and National Day, one Saturday worked
        (date(2026, 2, 13), 15, date(2026, 3, 12)),
        (date(2026, 11, 20), 15, date(2026, 12, 11)),
    ],
)
def test_days_counted_by_hand(start: date, days: int, due: date) -> None:
    assert CALENDAR.after(start, days).day == due


@given(DAYS, st.integers(1, 60))
def test_the_last_day_is_worked_and_so_many_lie_between(start: date, days: int) -> None:
    due = CALENDAR.after(start, days).day
    assert CALENDAR.works(due)
    assert CALENDAR.left(start, due) == days
    assert CALENDAR.left(due, start) == -days


@given(DAYS, st.integers(1, 30), st.integers(1, 30))
def test_counting_on_is_counting_at_once(start: date, first: int, second: int) -> None:
    assert (
        CALENDAR.after(CALENDAR.after(start, first).day, second).day
        == CALENDAR.after(start, first + second).day
    )


@given(DAYS)
def test_more_days_end_later(start: date) -> None:
    ends = [CALENDAR.after(start, days).day for days in range(1, 10)]
    assert all(before < after for before, after in pairwise(ends))


@pytest.mark.parametrize("days", [0, -1, 1001])
def test_days_out_of_range_are_refused(days: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        CALENDAR.after(date(2026, 1, 1), days)


def test_a_year_without_notice_is_said() -> None:
    known, unknown = CALENDAR.after(date(2026, 11, 2), 15), CALENDAR.after(date(2026, 12, 14), 20)
    assert known.unknown == ()
    assert known.said is None
    assert unknown.unknown == (2027,)
    assert unknown.said is not None
    assert "2027" in unknown.said
    assert "2027 年" in unknown.said.zh
    assert CALENDAR.counted(date(2026, 12, 14), unknown.day).unknown == (2027,)


def test_the_last_days_of_december_wait_for_the_next_notice() -> None:
    """The notice for 2019 made 29 December 2018 a working day."""
    assert CALENDAR.after(date(2026, 12, 27), 1).unknown == ()
    assert CALENDAR.after(date(2026, 12, 28), 1).unknown == (2027,)


def test_an_office_adds_the_notice_of_the_next_year(tmp_path: Path) -> None:
    own = tmp_path / "2027.yaml"
    own.write_text(OWN_2027, "utf-8")
    calendar = load_calendar(own)
    assert calendar.after(date(2026, 12, 28), 4).unknown == ()
    assert calendar.works(date(2026, 12, 27))
    assert not calendar.works(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "object"),
        ("notices: []", "notices"),
        (OWN_2027.replace("2027-01-03", "2027-02-30"), "out of range"),
        (OWN_2027.replace("rest", "rst"), "rest"),
        (OWN_2027.replace("year: 2027", "year: 27"), "2000"),
        ("[" * 5000, "can't be read"),
        ("notices: [" + "x" * MOST_BYTES + "]", "bytes"),
        ("notices: {a: *b}", "can't be read"),
        ("\x00", "can't be read"),
    ],
)
def test_a_faulty_file_is_refused_with_its_fault(tmp_path: Path, text: str, why: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(text, "utf-8")
    with pytest.raises(CalendarFaults, match=why):
        load_calendar(own)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CalendarFaults, match="can't be read"):
        load_calendar(tmp_path / "none.yaml")


def test_every_event_has_a_row_and_laws_of_memory_say_so() -> None:
    assert {row.event for row in rows()} == set(Event)
    for row in rows():
        said = row.said
        if row.law is None:
            assert "无法定期限" in said.zh
        else:
            assert row.law in said.zh
            assert ("待核" in said.zh) is (row.basis == "M")


def test_a_lead_is_due_fifteen_working_days_after_the_day_it_was_found_in_china() -> None:
    late_evening = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)  # 1 o'clock of the 20th in Shanghai
    assert first_due(late_evening) == date(2026, 12, 11)


def test_before_its_law_a_lead_has_no_deadline() -> None:
    assert first_due(datetime(2018, 5, 1, tzinfo=UTC)) is None


def test_a_deadline_is_put_off_by_its_own_days() -> None:
    table = Deadlines(rows(), CALENDAR)
    due = date(2026, 12, 4)
    put_off = table.put_off(Event.OPENED, date(2026, 11, 20), due)
    assert put_off is not None
    assert CALENDAR.left(due, put_off.day) == 15
    assert table.put_off(Event.COMPLAINT, date(2026, 11, 20), due) is None
    assert deadlines().row(Event.OPENED, date(2021, 7, 14)) is None
