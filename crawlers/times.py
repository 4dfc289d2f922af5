"""When a schedule's times come: five cron fields in a time zone → instants. Pure.

APScheduler's cron trigger finds the times. What it reads otherwise than cron does is put right
here: it counts weekdays from Monday (cron: 0 and 7 are Sunday), wants both day fields to fit
where both are given (cron: either), and gives the hour that an autumn night repeats twice, also
to a time of day that is meant once.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from crawlers.planned import Schedule
from findings.model.errors import Said

#: The fields of an expression: name of APScheduler, (English, Chinese), least and greatest number.
_FIELDS = (
    ("minute", ("minute", "分"), 0, 59),
    ("hour", ("hour", "时"), 0, 23),
    ("day", ("day of the month", "日"), 1, 31),
    ("month", ("month", "月"), 1, 12),
    ("day_of_week", ("weekday", "星期"), 0, 7),
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_PART = re.compile(r"(?:(\*)|([0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?)(?:/([0-9]{1,2}))?")
_TICK = timedelta(microseconds=1)
#: Windows that `latest` looks back through, so that a long absence costs no walk through all of it.
_WINDOWS = (timedelta(hours=1), timedelta(days=1), timedelta(days=31), timedelta(days=366))
#: Asked from here whether it ever comes: 29 February is missing longest, from 2096 to 2104.
_EPOCH = datetime(2096, 1, 1, tzinfo=UTC)
#: `missed` counts no further.
MOST_COUNTED = 1000


def zone_fault(name: str) -> Said | None:
    """What is wrong with the name of a time zone, or None."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder of zones, or far too long
        return Said(
            f"there is no time zone {name!r}: write it like Asia/Shanghai",
            zh=f"没有时区 {name!r}：写法如 Asia/Shanghai",
        )
    return None


def cron_fault(expression: str) -> Said | None:
    """What is wrong with a cron expression, or None; also for one whose time never comes."""
    words = expression.split()
    if len(words) != len(_FIELDS):
        return Said(
            f"{expression!r} has {len(words)} fields, not five: minute hour day month weekday",
            zh=f"{expression!r} 有 {len(words)} 个字段，应为五个：分 时 日 月 星期",
        )
    for word, (name, (en, zh), least, most) in zip(words, _FIELDS, strict=True):
        if _numbers(name, word, least, most) is None:
            return Said(
                f"{word!r} is no {en}: numbers from {least} to {most}, as in 5, 1-5, 1,15 or */10",
                zh=f"{word!r} 不能用作{zh}：应为 {least}–{most} 的数，写法如 5、1-5、1,15、*/10",
            )
    if not _triggers(expression, "UTC"):
        return Said(
            f"{expression!r} names a day that never comes", zh=f"{expression!r} 所指的日期永远不会到来"
        )
    return None


def next_time(schedule: Schedule, after: datetime) -> datetime:
    """The first time of a schedule after an instant, in UTC. The schedule must be free of faults."""
    return min(next(_times(expression, schedule.zone, after)) for expression in schedule.cron)


def latest_time(schedule: Schedule, after: datetime, until: datetime) -> datetime | None:
    """The last time of a schedule after one instant and not after another, or None."""
    for start in (*(until - window for window in _WINDOWS), after):
        last = None
        for time in _between(schedule, max(start, after), until):
            last = time
        if last is not None or start <= after:
            return last
    return None


def count_times(schedule: Schedule, after: datetime, until: datetime) -> int:
    """How many times of a schedule lie after one instant and not after another, counted up to `MOST_COUNTED`."""
    return sum(1 for _ in islice(_between(schedule, after, until), MOST_COUNTED))


def _between(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    while (time := next_time(schedule, after)) <= until:
        yield time
        after = time


def _times(expression: str, zone: str, after: datetime) -> Iterator[datetime]:
    """The times of one expression after an instant, in UTC, in order; none if it never comes."""
    at = after.astimezone(UTC)
    while True:
        first = None
        for trigger in _triggers(expression, zone):
            found = trigger.get_next_fire_time(None, at + _TICK)
            if found is not None and (first is None or found.astimezone(UTC) < first.astimezone(UTC)):
                first = found
        if first is None:
            return
        at = first.astimezone(UTC)
        # The second of two equal hours: `30 1 * * *` is meant once a night, `*/30 * * * *` every half an hour.
        if not first.fold or expression.split()[1].startswith("*"):
            yield at


@lru_cache(maxsize=256)
def _triggers(expression: str, zone: str) -> tuple[Any, ...]:
    """APScheduler's triggers of one expression: two where either of two day fields is enough, none
    that never fires (each question to such a one walks to the year 9999)."""
    from apscheduler.triggers.cron import CronTrigger

    fields = dict(zip((name for name, *_ in _FIELDS), expression.lower().split(), strict=True))
    both = not fields["day"].startswith("*") and not fields["day_of_week"].startswith("*")
    fields = {
        name: ",".join(_written(name, _numbers(name, fields[name], least, most) or ()))
        for name, _, least, most in _FIELDS
    }
    ways = [{**fields, "day": "*"}, {**fields, "day_of_week": "*"}] if both else [fields]
    triggers = [CronTrigger(timezone=ZoneInfo(zone), second="0", **way) for way in ways]
    return tuple(trigger for trigger in triggers if trigger.get_next_fire_time(None, _EPOCH))


def _numbers(name: str, word: str, least: int, most: int) -> tuple[int, ...] | None:
    """All numbers that a field means, or None if it is none; weekdays from Sunday, 0 to 6."""
    found: set[int] = set()
    for part in word.lower().split(","):
        read = _PART.fullmatch(part)
        if read is None:
            return None
        star, first, last, step = read.groups()
        start = least if star else _number(name, first)
        end = most if star else _number(name, last or first)
        if start is None or end is None or not least <= start <= end <= most or step in ("0", "00"):
            return None
        if step and not (star or last):
            return None  # `5/15` is read in two ways by two crons
        found.update(range(start, end + 1, int(step or 1)))
    if name == "day_of_week":
        found = {number % 7 for number in found}
    return tuple(sorted(found))


def _number(name: str, word: str) -> int | None:
    if word.isdigit():
        return int(word)
    names = {"month": _MONTHS, "day_of_week": _WEEKDAYS}.get(name, [])
    return names.index(word) + (name == "month") if word in names else None


def _written(name: str, numbers: Iterable[int]) -> Iterator[str]:
    return (_WEEKDAYS[number] if name == "day_of_week" else str(number) for number in numbers)
