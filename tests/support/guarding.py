"""A guard whose names are looked up by a test: the real server, in a thread instead of a process."""

import asyncio
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from crawlers.guard.ledger import Contact, Ledger
from crawlers.guard.proxy import routes
from crawlers.guard.resolver import Lookup, Resolver, system_lookup
from crawlers.guard.server import GuardServer
from crawlers.guard.upstream import ProxyAddress


class Guarded:
    """Where the guard is, what it takes for a credential, and what it met."""

    def __init__(self) -> None:
        self.port = 0
        self.password = secrets.token_urlsafe(24)
        self.mark = secrets.token_urlsafe(16)
        self.ledger = Ledger()
        self.server: GuardServer | None = None

    def user(self, route: str | None = None) -> str:
        return f"crawl.{route}" if route else "crawl"

    def last(self, host: str, port: int, route: str = "") -> Contact | None:
        return self.ledger.last(host, port, route)


@contextmanager
def guarded(
    lookup: Lookup = system_lookup,
    *,
    max_bytes: int = 1_000_000,
    proxies: Mapping[str, ProxyAddress] | None = None,
    **options: object,
) -> Iterator[Guarded]:
    """Serve inside; `options` are the Resolver's."""
    guard = Guarded()
    resolver = Resolver(lookup=lookup, **options)  # type: ignore[arg-type]
    guard.server = GuardServer(
        resolver,
        guard.ledger.record,
        password=guard.password,
        mark=guard.mark,
        max_bytes=max_bytes,
        routes=routes("crawl", proxies or {}),
        proxies=proxies or {},
    )
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        assert guard.server is not None
        listening = await guard.server.start()
        guard.port = int(listening.sockets[0].getsockname()[1])
        ready.set()
        try:
            await asyncio.Event().wait()
        finally:
            listening.close()

    def run() -> None:
        task = loop.create_task(serve())
        try:
            loop.run_forever()
        finally:
            for left in asyncio.all_tasks(loop):
                left.cancel()
            loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(loop), task, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield guard
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
