"""By when the next step of a case is owed, as `deadlines.yaml` says, in Chinese working days."""

from collections.abc import Sequence
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

import msgspec
import yaml

from findings.model.errors import Said
from findings.model.zone import CHINA
from findings.review.calendar import Calendar, Counted


class Event(StrEnum):
    """What begins the time."""

    OPENED = "opened"
    RELAPSED = "relapsed"
    COMPLAINT = "complaint"
    HANDED_OVER = "handed_over"


class Deadline(msgspec.Struct, frozen=True, kw_only=True, rename={"since": "from"}):
    """One row: working days after an event, and the article that says so where one does."""

    event: Event
    days: int
    extend: int | None
    law: str | None
    article: str | None
    since: date | None
    basis: str | None
    zh: str
    en: str

    @property
    def said(self) -> Said:
        """What is owed, and by which article."""
        if self.law is None:
            return Said(
                f"{self.en}: {self.days} working days, a habit of the office",
                zh=f"{self.zh}：{self.days} 个工作日（内部要求，无法定期限）",
            )
        check, check_zh = (
            (", from memory, to be checked", "，凭记忆，待核") if self.basis == "M" else ("", "")
        )
        return Said(
            f"{self.en}: {self.days} working days ({self.law} art. {self.article}{check})",
            zh=f"{self.zh}：{self.days} 个工作日（《{self.law}》第{self.article}条{check_zh}）",
        )


class Deadlines:
    """The rows of a table and the calendar they are counted in."""

    def __init__(self, rows: Sequence[Deadline], calendar: Calendar) -> None:
        self._rows = rows
        self.calendar = calendar

    def row(self, event: Event, on: date) -> Deadline | None:
        """What begins with an event on a day, or None."""
        valid = (row for row in self._rows if row.event is event and (row.since is None or row.since <= on))
        return max(valid, key=lambda row: row.since or date.min, default=None)

    def due(self, event: Event, at: datetime) -> Counted | None:
        """The last day for what an event at an instant begins; None where nothing is owed."""
        on = at.astimezone(CHINA).date()
        row = self.row(event, on)
        return self.calendar.after(on, row.days) if row else None

    def put_off(self, event: Event, on: date, due: date) -> Counted | None:
        """The last day after it was put off on a day; None where it can't be."""
        row = self.row(event, on)
        return self.calendar.after(due, row.extend) if row and row.extend else None


@cache
def rows() -> tuple[Deadline, ...]:
    """The rows that ship with the project."""
    whole = yaml.safe_load(files("findings.review").joinpath("deadlines.yaml").read_text("utf-8"))
    return msgspec.convert(whole["deadlines"], tuple[Deadline, ...])


@cache
def deadlines() -> Deadlines:
    """The table with the calendar that ships."""
    from findings.review.calendar import load_calendar

    return Deadlines(rows(), load_calendar())


def first_due(first_seen: datetime) -> date | None:
    """By when a case is to be looked at whose ad was first seen at an instant."""
    return _first_due(first_seen.astimezone(CHINA).date())


@lru_cache(maxsize=1024)
def _first_due(on: date) -> date | None:
    """Counted once a day: most cases of an import begin on the same few."""
    counted = deadlines().due(Event.OPENED, datetime.combine(on, time(12), CHINA))
    return counted.day if counted else None
