"""Connections to servers kept open for the next request: few, and not for long."""

import asyncio
from collections import OrderedDict

import msgspec

from crawlers.guard.upstream import Streams

#: Connections kept in all, and for one host; the oldest go first.
_MOST = 128
_MOST_A_HOST = 16
#: Seconds for which an unused one is kept: less than the servers' own usual patience.
_KEEP_S = 10.0

Key = tuple[str, str, int]
"""Route, host and port."""


class Line(msgspec.Struct, frozen=True, eq=False):
    """A connection to a server, and the checked address that it was opened to."""

    streams: Streams
    ip: str

    def close(self) -> None:
        """End it; what is still to be sent goes out first."""
        self.streams[1].close()


class Idle:
    """Unused connections by route, host and port. For one loop."""

    def __init__(self) -> None:
        self._lines: OrderedDict[Line, tuple[Key, asyncio.TimerHandle]] = OrderedDict()
        self._by_key: dict[Key, list[Line]] = {}

    def take(self, key: Key) -> Line | None:
        """The open connection that was used last, or None."""
        for line in reversed(self._by_key.get(key, ())):
            self._forget(line)
            reader, writer = line.streams
            if not reader.at_eof() and not writer.is_closing():
                return line
            line.close()
        return None

    def keep(self, key: Key, line: Line) -> None:
        """Keep a connection over which nothing is under way."""
        same = self._by_key.get(key, [])
        if len(same) >= _MOST_A_HOST:
            self._drop(same[0])
        if len(self._lines) >= _MOST:
            self._drop(next(iter(self._lines)))
        timer = asyncio.get_running_loop().call_later(_KEEP_S, self._drop, line)
        self._lines[line] = (key, timer)
        self._by_key.setdefault(key, []).append(line)

    def _drop(self, line: Line) -> None:
        self._forget(line)
        line.close()

    def _forget(self, line: Line) -> None:
        key, timer = self._lines.pop(line)
        timer.cancel()
        same = self._by_key[key]
        same.remove(line)
        if not same:
            del self._by_key[key]
