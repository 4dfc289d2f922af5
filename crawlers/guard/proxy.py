"""The one door: Scrapy and Chromium reach the network only through the guard, a process of its own.

There it costs the crawl no time of its own interpreter, and a second processor can serve it. What
it met and how much came in it tells over a pipe, before a client sees the answer: so who has
an answer finds its contact in the ledger.
"""

import contextlib
import os
import secrets
import select
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from crawlers.errors import CrawlError
from crawlers.guard.ledger import Contact, Entry, Ledger
from crawlers.guard.upstream import ProxyAddress

_USER = "crawl"
_CHUNK = 1 << 20
_END_TIMEOUT_S = 5.0


class Order(msgspec.Struct, kw_only=True):
    """What the guard's process is told at its start, over its standard input."""

    allow_private: bool
    hosts: dict[str, str]
    ports: dict[int, int]
    proxies: dict[str, ProxyAddress]
    ca_file: Path | None
    max_bytes: int
    user: str
    password: str
    mark: str
    direct: bool


class News(msgspec.Struct, omit_defaults=True):
    """One line of what it says: its port at first, then contacts and the bytes received so far."""

    port: int = 0
    entry: Entry | None = None
    received: int | None = None


def routes(user: str, proxies: Mapping[str, ProxyAddress], *, direct: bool = True) -> dict[str, str]:
    """User names by which clients say their route; the direct one only where it may be taken."""
    return {**({user: ""} if direct else {}), **{f"{user}.{name}": name for name in proxies}}


class GuardProxy:
    """A context manager: the guard runs inside, `url` is where.

    `max_connection_bytes` ends a tunnel or an answer that brings more: a bound on what one page can make a
    crawl download over one connection. `proxies` are the ways out by name; without
    `direct` there is no other: a request that names none of them is refused.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        hosts: Mapping[str, str] | None = None,
        ports: Mapping[int, int] | None = None,
        proxies: Mapping[str, ProxyAddress] | None = None,
        ca_file: Path | None = None,
        direct: bool = True,
        max_connection_bytes: int,
    ) -> None:
        self.password = secrets.token_urlsafe(24)
        self.mark = secrets.token_urlsafe(16)
        self.port = 0
        self._order = Order(
            allow_private=allow_private,
            hosts=dict(hosts or {}),
            ports=dict(ports or {}),
            proxies=dict(proxies or {}),
            ca_file=ca_file,
            max_bytes=max_connection_bytes,
            user=_USER,
            password=self.password,
            mark=self.mark,
            direct=direct,
        )
        self._ledger = Ledger()
        self._received = 0
        self._lock = threading.Lock()
        self._rest = b""
        self._over = False
        self._decoder = msgspec.json.Decoder(News)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "crawlers.guard.process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._pipe = self._process.stdout.fileno()
        try:
            # The pipe stays open: its end tells the guard that the crawl is over, however that came.
            self._process.stdin.write(msgspec.json.encode(self._order, enc_hook=str) + b"\n")
            self._process.stdin.flush()
            while not self.port and not self._over:
                self._hear(wait=True)
        except BaseException:
            self._end()
            raise
        if self._over:
            self._end()
            raise CrawlError("the address guard did not start", zh="地址检查进程未能启动")
        # Read also while nobody asks: a full pipe would stop the guard.
        self._thread = threading.Thread(target=self._listen, name="address-guard", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _end(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it is gone already
            self._process.stdin.close()
        try:
            self._process.wait(_END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def server(self) -> str:
        """The guard's address without credential."""
        return f"http://127.0.0.1:{self.port}"

    def user(self, route: str | None = None) -> str:
        """The user name of a route: the name of a proxy, None for the direct way."""
        return f"{_USER}.{route}" if route else _USER

    def url(self, route: str | None = None) -> str:
        """The guard's address with the credential of a route, for a client in this process."""
        return f"http://{self.user(route)}:{self.password}@127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The guard's process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the guard still serves; without it nothing goes out."""
        return not self._over

    @property
    def received(self) -> int:
        """Bytes that servers have sent so far."""
        self._hear(wait=False)
        return self._received

    def last(self, host: str, port: int, route: str | None = None) -> Contact | None:
        """The newest contact of a host by a route, or None if it was never asked for."""
        self._hear(wait=False)
        return self._ledger.last(host, port, route or "")

    def _listen(self) -> None:
        while not self._over:
            select.select([self._pipe], [], [])
            self._hear(wait=False)

    def _hear(self, *, wait: bool) -> None:
        """Take in what the guard has said; with `wait` at least until it says something."""
        with self._lock:
            while not self._over and (wait or select.select([self._pipe], [], [], 0)[0]):
                said = os.read(self._pipe, _CHUNK)
                wait = False
                if not said:
                    self._over = True
                    return
                *lines, self._rest = (self._rest + said).split(b"\n")
                for line in lines:
                    self._take(self._decoder.decode(line))

    def _take(self, news: News) -> None:
        self.port = news.port or self.port
        if news.received is not None:
            self._received = news.received
        if news.entry is not None:
            self._ledger.record(news.entry)
