"""Who answered with a captcha or a block is asked more slowly, then left alone for a while, also in the next run.

Kept for each source, host and way out: a captcha shown to one proxy's address slows no other.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path

import msgspec

from crawlers.shared_file import locked, replace_file

#: Longest delay between two requests, in seconds.
MAX_DELAY_S = 900.0
MAX_STRIKES = 8
#: A strike is forgotten after a day without another, in seconds.
FORGET_S = 86_400.0
#: From this many refusals in a row on a host rests, at first for `REST_S` seconds (Shenma's block lasts
#: about 15 minutes), twice as long after each more, at most `MAX_REST_S`, each up to a fifth longer.
REST_AFTER = 3
REST_S = 900.0
MAX_REST_S = 4 * 3600.0
_REST_JITTER = 0.2
#: A rest of which this much is left is waited for; of a longer one the tasks are skipped, in seconds.
WAIT_S = 300.0
#: Marks kept in the file; those longest unchanged go first.
_MOST_MARKS = 10_000


def slowed(delay_s: float, strikes: int) -> float:
    """The delay after so many refusals: doubled by each, at most `MAX_DELAY_S`."""
    return min(delay_s * 2.0**strikes, max(MAX_DELAY_S, delay_s)) if delay_s else 0.0


def rest(strikes: int) -> float:
    """Seconds of rest that follow this many refusals in a row."""
    return min(REST_S * 2.0 ** (strikes - REST_AFTER), MAX_REST_S) if strikes >= REST_AFTER else 0.0


class Place(msgspec.Struct, frozen=True):
    """Who is asked, and by which way: `route` is the name of a proxy, None for this machine's own."""

    source: str
    host: str
    route: str | None

    @property
    def key(self) -> str:
        """The place as the file names it."""
        return f"{self.source} {self.host} {self.route or '-'}"


class _Mark(msgspec.Struct):
    strikes: int
    at: float
    until: float = 0.0


class Cooldown:
    """Refusals by place, in one small file that several crawls may share.

    `now` gives seconds since the epoch, `chance` numbers from 0 to 1, `pace` multiplies every
    rest. A kill at any moment leaves the file as it was before or after a change.
    """

    def __init__(
        self,
        file: Path,
        now: Callable[[], float],
        *,
        pace: float = 1.0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._file = file
        self._now = now
        self._pace = pace
        self._chance = chance
        self._marks = self._read()

    def strikes(self, place: Place) -> int:
        """Refusals of a place that still count."""
        mark = self._marks.get(place.key)
        return mark.strikes if mark is not None and self._counts(mark) else 0

    def until(self, place: Place) -> float:
        """When the rest of a place ends, in seconds since the epoch; 0 where it does not rest."""
        mark = self._marks.get(place.key)
        if mark is None or not self._counts(mark) or mark.until <= self._now():
            return 0.0
        # A clock that was set back, or a file that was: no rest is longer than the longest.
        return min(mark.until, self._now() + MAX_REST_S * (1 + _REST_JITTER) * self._pace)

    def refused(self, place: Place) -> int:
        """Count one more refusal of a place; its strikes now."""

        def count() -> int:
            strikes = min(self.strikes(place) + 1, MAX_STRIKES)
            pause = rest(strikes) * self._pace * (1 + _REST_JITTER * self._chance())
            self._marks[place.key] = _Mark(strikes, self._now(), self._now() + pause if pause else 0.0)
            return strikes

        return self._change(count)

    def answered(self, place: Place) -> int:
        """A place answered as it should: one strike less, and no rest; its strikes now."""
        if self.strikes(place) == 0:
            return 0

        def count() -> int:
            strikes = self.strikes(place) - 1
            self._marks.pop(place.key, None)
            if strikes > 0:
                self._marks[place.key] = _Mark(strikes, self._now())
            return max(strikes, 0)

        return self._change(count)

    def _counts(self, mark: _Mark) -> bool:
        return mark.at >= self._now() - FORGET_S

    def _change(self, count: Callable[[], int]) -> int:
        """Change the newest marks, which another crawl may have written, and keep them."""
        with locked(self._file):
            self._marks = self._read()
            strikes = count()
            self._write()
        return strikes

    def _read(self) -> dict[str, _Mark]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, _Mark])
        except (FileNotFoundError, msgspec.DecodeError):
            return {}  # a first run, or a file that some other program broke: start politely anew

    def _write(self) -> None:
        counting = [(key, mark) for key, mark in self._marks.items() if self._counts(mark)]
        counting.sort(key=lambda one: one[1].at)
        self._marks = dict(counting[-_MOST_MARKS:])
        text = json.dumps(msgspec.to_builtins(self._marks), ensure_ascii=False, indent=1)
        replace_file(self._file, text.encode())
