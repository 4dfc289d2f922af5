"""Periods, their weeks, and what a report may be asked for."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.model.errors import UsageError
from handover.persons import seems_a_person, shown
from handover.reports.errors import PeriodWrong, PersonNamed, SubjectWrong
from handover.reports.plan import Kind, checked, weeks
from tests.support.reports import SINCE, UNTIL, plan


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 800))
def test_weeks_divide_a_period(since: date, length: int) -> None:
    """Every day is in one week and one only; only the first and the last are cut."""
    until = since + timedelta(days=length)
    found = list(weeks(since, until))
    days = [
        (week.year, week.number, week.first + timedelta(days=n))
        for week in found
        for n in range((week.last - week.first).days + 1)
    ]
    assert [day for *_, day in days] == [since + timedelta(days=n) for n in range(length + 1)]
    assert all((year, number) == day.isocalendar()[:2] for year, number, day in days)
    assert not any(week.partial for week in found[1:-1])


WRONG: list[tuple[str, dict[str, Any], type[UsageError]]] = [
    ("ends-first", {"until": SINCE - timedelta(days=1)}, PeriodWrong),
    ("not-come-yet", {"until": UNTIL + timedelta(days=1)}, PeriodWrong),
    ("too-long", {"since": date(2023, 1, 1)}, PeriodWrong),
    ("special-of-nothing", {"kind": Kind.SPECIAL}, SubjectWrong),
    ("special-of-a-province", {"kind": Kind.SPECIAL, "provinces": ("上海",)}, SubjectWrong),
    ("brief-of-a-category", {"category": 2}, SubjectWrong),
    ("brief-of-an-advertiser", {"advertiser": "星河理财"}, SubjectWrong),
    ("too-many-sources", {"sources": tuple("abcdefghi")}, SubjectWrong),
    ("a-person", {"kind": Kind.SPECIAL, "advertiser": "张伟"}, PersonNamed),
]


@pytest.mark.parametrize(("values", "error"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_no_report_can_be_made_of(values: dict[str, Any], error: type[UsageError]) -> None:
    with pytest.raises(error):
        checked(plan(**values), UNTIL)


PERSONS = ["张伟", "王小明", "欧阳娜娜", "王小明先生", "阿依古丽·买买提", "Wei Zhang", "ZHANG San"]
FIRMS = ["星河理财", "招商银行", "云岫（上海）财富管理有限公司", "Star River", "A", "财", "海棠"]


@pytest.mark.parametrize("name", PERSONS)
def test_names_of_persons_are_masked(name: str) -> None:
    assert seems_a_person(name)
    assert shown(name, person=True) == name[0] + "**"


@pytest.mark.parametrize("name", FIRMS)
def test_names_of_firms_are_shown(name: str) -> None:
    assert not seems_a_person(name)
    assert shown(name, person=False) == name
