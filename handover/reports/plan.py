"""What a report is asked for, and the days and weeks of its period. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from findings.model.errors import Said
from handover.persons import seems_a_person
from handover.reports.errors import PeriodWrong, PersonNamed, SubjectWrong

#: Days of the longest period: three years. A week costs two searches.
MAX_DAYS = 1100
#: Sources and provinces of one report: they stand in every query line, and a query ends at 1,000 characters.
MAX_NARROWED = 8


class Kind(StrEnum):
    """监测简报: the whole; 专报: one category, source or advertiser."""

    BRIEF = "brief"
    SPECIAL = "special"


class ReportPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A report: its days in China, the first and the last counted, and what it looks at.

    `provinces` are those whose authorities handle an ad; `districts` those that the office's cases are assigned to.
    """

    kind: Kind
    since: date
    until: date
    category: int | None = None
    sources: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    advertiser: str | None = None
    districts: tuple[str, ...] = ()

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of the period."""
        return tuple(self.since + timedelta(days=n) for n in range((self.until - self.since).days + 1))


class Week(msgspec.Struct, frozen=True):
    """The days of a period that lie in one ISO week (ISO 8601: from Monday; week 1 has the year's first Thursday)."""

    year: int
    number: int
    first: date
    last: date

    @property
    def partial(self) -> bool:
        """Whether the period has not all seven days of it."""
        return (self.last - self.first).days < 6

    @property
    def name(self) -> str:
        """As ISO 8601 writes it: 2026-W47."""
        return f"{self.year:04d}-W{self.number:02d}"


def checked(plan: ReportPlan, today: date) -> ReportPlan:
    """The plan, if a report can be made of it on that day (in China). Raises PeriodWrong, SubjectWrong, PersonNamed."""
    if plan.until < plan.since:
        raise PeriodWrong(plan.since, plan.until, Said("it ends before it begins", "止日早于起日"))
    if plan.until > today:
        raise PeriodWrong(
            plan.since, plan.until, Said(f"today is {today}", f"今天是 {today}，尚未到的日期没有数据")
        )
    if (plan.until - plan.since).days >= MAX_DAYS:
        raise PeriodWrong(
            plan.since, plan.until, Said(f"give {MAX_DAYS} days at most", f"最多 {MAX_DAYS} 天")
        )
    subjects = (plan.category is not None, bool(plan.sources), plan.advertiser is not None)
    if plan.kind is Kind.SPECIAL and not any(subjects):
        raise SubjectWrong(
            Said(
                "a special report has a subject: give --category, --source or --advertiser",
                "专报须有主题：请给出 --category、--source 或 --advertiser",
            )
        )
    if plan.kind is Kind.BRIEF and (plan.category is not None or plan.advertiser is not None):
        raise SubjectWrong(
            Said(
                "a brief looks at all categories and advertisers: for one of them give --kind special",
                "监测简报涵盖全部类别和广告主：只看其一请用 --kind special",
            )
        )
    if len(plan.sources) + len(plan.provinces) > MAX_NARROWED:
        raise SubjectWrong(
            Said(
                f"give {MAX_NARROWED} sources and provinces at most, or none for all",
                f"来源和省份合计最多 {MAX_NARROWED} 个，全部则不必给出",
            )
        )
    if plan.advertiser is not None and seems_a_person(plan.advertiser):
        raise PersonNamed
    return plan


def weeks(since: date, until: date) -> Iterator[Week]:
    """The weeks of a period, the first and last perhaps in part."""
    first = since
    while first <= until:
        year, number, weekday = first.isocalendar()
        last = min(first + timedelta(days=7 - weekday), until)
        yield Week(year, number, first, last)
        first = last + timedelta(days=1)
