"""Working days in mainland China, counted from the notices in `calendar.yaml`."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import yaml

from findings.model.errors import Said
from findings.model.faults import schema_fault
from findings.review.errors import CalendarFaults

#: Bytes of an office's own file at most; twelve years take seven thousand.
MOST_BYTES = 200_000
#: Working days counted at most in one go.
MOST_DAYS = 1000
_DAY = timedelta(days=1)
#: A year's notice has set days of the year before from 29 December on, never earlier.
_REACH_BACK = timedelta(days=3)


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One notice: `rest` are first and last days off, `work` weekend days worked instead."""

    year: int
    document: str
    basis: str
    rest: tuple[tuple[date, date], ...]
    work: tuple[date, ...]


class Counted(msgspec.Struct, frozen=True):
    """A day that was counted out. `unknown` are the years on the way for which no notice is known: there only
    weekends were left out, so the day may move once they are announced."""

    day: date
    unknown: tuple[int, ...]

    @property
    def said(self) -> Said | None:
        """The reservation in one sentence, or None."""
        if not self.unknown:
            return None
        years = ", ".join(str(year) for year in self.unknown)
        return Said(
            f"only weekends are known of {years}: the day may move when the holidays are announced",
            zh=f"{years.replace(', ', '、')} 年放假安排未收录，仅按周末计算，公布后日期可能变动",
        )


class Calendar:
    """Which days are worked. Of two notices that set one day the later one counts."""

    def __init__(self, notices: Iterable[Notice]) -> None:
        self._set: dict[date, bool] = {}
        self.years: set[int] = set()
        for notice in notices:
            self.years.add(notice.year)
            for first, last in notice.rest:
                self._set.update((day, False) for day in _days(first, last))
            self._set.update((day, True) for day in notice.work)

    def works(self, day: date) -> bool:
        """Whether a day is a working day, as far as is known."""
        return self._set.get(day, day.weekday() < 5)

    def after(self, start: date, days: int) -> Counted:
        """The last of so many working days (1–1,000) that begin on the day after `start`.

        So the law counts: the day on which the time begins is left out, and the last is a working day.
        """
        if not 1 <= days <= MOST_DAYS:
            raise ValueError(f"{days} working days")
        day, left = start, days
        unknown: set[int] = set()
        while left:
            day += _DAY
            unknown |= self._unknown(day)
            left -= self.works(day)
        return Counted(day, tuple(sorted(unknown)))

    def left(self, today: date, due: date) -> int:
        """Working days after `today` up to and with `due`; negative: so many have passed since."""
        if due < today:
            return -self.left(due, today)
        return sum(self.works(day) for day in _days(today + _DAY, due))

    def counted(self, start: date, due: date) -> Counted:
        """A day counted out before, with what was not known on the way."""
        unknown = {year for day in _days(start, due) for year in self._unknown(day)}
        return Counted(due, tuple(sorted(unknown)))

    def _unknown(self, day: date) -> set[int]:
        return {day.year, (day + _REACH_BACK).year} - self.years


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=count) for count in range((last - first).days + 1))


@cache
def notices() -> tuple[Notice, ...]:
    """The notices that ship with the project."""
    whole = yaml.safe_load(files("findings.review").joinpath("calendar.yaml").read_text("utf-8"))
    return msgspec.convert(whole["notices"], tuple[Notice, ...])


def load_calendar(own: Path | None = None) -> Calendar:
    """The calendar, with the notices of an office's own file after those that ship.

    Raises CalendarFaults.
    """
    return Calendar((*notices(), *(_own(own) if own else ())))


def _own(path: Path) -> tuple[Notice, ...]:
    from jsonschema import Draft202012Validator

    try:
        data = path.read_bytes()[: MOST_BYTES + 1]
        if len(data) > MOST_BYTES:
            raise CalendarFaults(
                str(path), [Said(f"it is over {MOST_BYTES} bytes", zh=f"超过 {MOST_BYTES} 字节")]
            )
        whole = _texts(yaml.safe_load(data.decode("utf-8-sig")))
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        raise CalendarFaults(
            str(path), [Said(f"it can't be read ({why})", zh=f"无法读取（{why}）")]
        ) from error
    schema = json.loads(files("findings.review").joinpath("calendar.schema.json").read_text("utf-8"))
    faults = [
        schema_fault(error.json_path, error) for error in Draft202012Validator(schema).iter_errors(whole)
    ]
    if faults:
        raise CalendarFaults(str(path), faults[:20])
    try:
        found = msgspec.convert(whole["notices"], tuple[Notice, ...])
    except msgspec.ValidationError as error:
        raise CalendarFaults(str(path), [Said(str(error), zh=f"日期不存在（{error}）")]) from error
    return found


def _texts(value: Any) -> Any:
    """YAML makes dates of what looks like one; the schema wants text."""
    match value:
        case dict():
            return {str(key): _texts(item) for key, item in value.items()}
        case list():
            return [_texts(item) for item in value]
        case date():
            return value.isoformat()
    return value
