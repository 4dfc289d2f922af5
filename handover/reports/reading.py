"""How much was looked at: tasks that ended and pages that were read, by source and day. Pure but for one stream."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from findings.model.vocabulary import Outcome
from findings.query import SourceDay

#: Below this share of read pages a count of ads says little, and none of them nothing.
ENOUGH = 0.5
#: A true zero is `empty`: the page was read, and there was no ad.
_READ = (Outcome.OK, Outcome.EMPTY)


class Reading(msgspec.Struct, frozen=True):
    """Tasks that ended (`asked`), those of them whose page was read, and why the others were not."""

    asked: int = 0
    read: int = 0
    unread: dict[str, int] = {}

    @property
    def rate(self) -> float | None:
        """The share of pages that were read; None where none was asked for."""
        return self.read / self.asked if self.asked else None

    @property
    def enough(self) -> bool:
        """Whether a count of ads can be taken for what there was."""
        return self.rate is not None and self.rate >= ENOUGH


class Readings:
    """The readings of a period: of each source on each day in China."""

    def __init__(self, days: Iterable[SourceDay], sources: tuple[str, ...]) -> None:
        self._days: dict[str, dict[date, Counter[str]]] = {}
        for day in days:
            if not sources or day.source in sources:
                self._days.setdefault(day.source, {})[day.day] = Counter(day.outcomes)

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that were asked at all."""
        return tuple(sorted(self._days))

    def of(self, source: str | None = None, *, first: date = date.min, last: date = date.max) -> Reading:
        """The reading of one source or of all, of some days or of all."""
        added: Counter[str] = Counter()
        for name in self.sources if source is None else (source,):
            for day, outcomes in self._days.get(name, {}).items():
                if first <= day <= last:
                    added += outcomes
        return reading(added)

    def days_read(self, source: str | None = None) -> int:
        """On how many days a page was read."""
        names = self.sources if source is None else (source,)
        days = ((day, outcomes) for name in names for day, outcomes in self._days.get(name, {}).items())
        return len({day for day, outcomes in days if reading(outcomes).read})

    def rows(self, days: Iterable[tuple[date, date]]) -> Iterator[tuple[str, tuple[Reading, ...]]]:
        """For each source its readings of these spans of days."""
        spans = tuple(days)
        for source in self.sources:
            yield source, tuple(self.of(source, first=first, last=last) for first, last in spans)


def reading(outcomes: Mapping[str, int]) -> Reading:
    """The reading that these outcomes make."""
    asked = sum(outcomes.values())
    read = sum(outcomes.get(outcome, 0) for outcome in _READ)
    unread = {name: count for name, count in sorted(outcomes.items()) if name not in _READ and count}
    return Reading(asked, read, unread)
