"""Hosts that answered with a captcha or a block are asked more slowly, also in the next run."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec

#: Longest delay between two requests, in seconds; Shenma's block lasts about 15 minutes.
MAX_DELAY_S = 900.0
MAX_STRIKES = 8
#: A strike is forgotten after a day without another, in seconds.
FORGET_S = 86_400.0


def slowed(delay_s: float, strikes: int) -> float:
    """The delay after so many refusals: doubled by each, at most `MAX_DELAY_S`."""
    return min(delay_s * 2.0**strikes, max(MAX_DELAY_S, delay_s)) if delay_s else 0.0


class _Mark(msgspec.Struct):
    strikes: int
    at: float


class Cooldown:
    """Refusals by host, kept in one small file. `now` gives seconds since the epoch."""

    def __init__(self, file: Path, now: Callable[[], float]) -> None:
        self._file = file
        self._now = now
        self._marks = self._read()

    def strikes(self) -> dict[str, int]:
        """Refusals that still count, by host."""
        oldest = self._now() - FORGET_S
        return {host: mark.strikes for host, mark in self._marks.items() if mark.at >= oldest}

    def refused(self, host: str) -> int:
        """Count one more refusal of a host; its strikes now."""
        count = min(self.strikes().get(host, 0) + 1, MAX_STRIKES)
        self._marks[host] = _Mark(count, self._now())
        self._write()
        return count

    def answered(self, host: str) -> int:
        """A host answered as it should: one strike less; its strikes now."""
        count = self.strikes().get(host, 0)
        if count == 0:
            return 0
        if count == 1:
            del self._marks[host]
        else:
            self._marks[host] = _Mark(count - 1, self._now())
        self._write()
        return count - 1

    def _read(self) -> dict[str, _Mark]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, _Mark])
        except (FileNotFoundError, msgspec.DecodeError):
            return {}  # a first run, or a file that some other program broke: start politely anew

    def _write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(msgspec.to_builtins(self._marks), ensure_ascii=False, indent=1), "utf-8")
        new.replace(self._file)
