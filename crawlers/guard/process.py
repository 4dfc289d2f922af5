"""The guard's process: serves until the pipe from the crawl ends, and says what it met."""

import asyncio
import contextlib
import os
import signal
import sys
import time

import msgspec

from crawlers.guard.ledger import Contact, Entry
from crawlers.guard.proxy import News, Order, routes
from crawlers.guard.resolver import Resolver
from crawlers.guard.server import GuardServer

#: Seconds after which a contact that stays the same is told again, and between two counts of bytes.
_AGAIN_S = 30.0
_COUNT_S = 0.5
#: Contacts remembered as told.
_MOST_TOLD = 20_000


class _Teller:
    """Writes to the crawl: a contact before its answer goes out, the bytes now and then."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._told: dict[tuple[str, str, int], tuple[Contact, float]] = {}
        self._encoder = msgspec.json.Encoder()

    def say(self, news: News) -> None:
        left = memoryview(self._encoder.encode(news) + b"\n")
        while left:
            left = left[os.write(self._pipe, left) :]

    def record(self, entry: Entry) -> None:
        key, now = (entry.route, entry.host, entry.port), time.monotonic()
        contact, at = self._told.get(key, (None, 0.0))
        if contact == entry.contact and now - at < _AGAIN_S:
            return
        if len(self._told) >= _MOST_TOLD:
            self._told.clear()
        self._told[key] = (entry.contact, now)
        self.say(News(entry=entry))


async def _serve(order: Order, pipe: int) -> None:
    teller = _Teller(pipe)
    guard = GuardServer(
        Resolver(allow_private=order.allow_private, hosts=order.hosts, ports=order.ports),
        teller.record,
        password=order.password,
        mark=order.mark,
        max_bytes=order.max_bytes,
        routes=routes(order.user, order.proxies, direct=order.direct),
        proxies=order.proxies,
        ca_file=order.ca_file,
    )
    over = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), over.set)  # nothing follows but its end
    server = await guard.start()
    teller.say(News(port=int(server.sockets[0].getsockname()[1])))
    told = 0
    while not over.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), _COUNT_S)
        if guard.received != told:
            told = guard.received
            teller.say(News(received=told))
    server.close()


def _main() -> None:
    # These may reach the whole group of processes; the crawl still needs the guard to end in order.
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.SIG_IGN)
    order = msgspec.json.decode(
        sys.stdin.buffer.readline(), type=Order, dec_hook=lambda kind, value: kind(value)
    )
    # What goes to standard output by mistake must not be taken for news.
    pipe = os.dup(1)
    os.dup2(2, 1)
    with contextlib.suppress(BrokenPipeError):  # the crawl was killed
        asyncio.run(_serve(order, pipe))


if __name__ == "__main__":
    _main()
