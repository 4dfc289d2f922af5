"""The one door: a forwarding proxy on loopback through which Scrapy and Chromium both go.

It lives in a thread with a loop of its own, so that a busy crawl never stalls it. Each
connection's name is resolved once, its addresses are checked, and the connection goes to the
checked address: redirects, frames, scripts and a name that changes its address all pass here.
It serves only those who know the random credential of this crawl.
"""

import asyncio
import secrets
import threading
from types import TracebackType
from typing import Self

from crawlers.guard import heads
from crawlers.guard.ledger import Contact, Ledger, Reach
from crawlers.guard.resolver import AddressRefused, NameUnknown, Resolver

#: Header by which the guard's own answers are told from a server's; its value is random.
MARK_HEADER = "x-finadwatch-guard"
_CHUNK = 64 * 1024
_CONNECT_TIMEOUT_S = 10.0
_IDLE_TIMEOUT_S = 120.0
_HEAD_TIMEOUT_S = 30.0

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class GuardProxy:
    """A context manager: the proxy runs inside, `url` is where. `ledger` says what it met.

    `max_connection_bytes` ends a connection that brings more: a bound on what one page
    can make a crawl download over one connection.
    """

    def __init__(self, resolver: Resolver, ledger: Ledger, *, max_connection_bytes: int) -> None:
        self._resolver = resolver
        self.ledger = ledger
        self._max_bytes = max_connection_bytes
        self.user = "crawl"
        self.password = secrets.token_urlsafe(24)
        self.mark = secrets.token_urlsafe(16)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="address-guard", daemon=True)
        self._ready = threading.Event()
        self._server: asyncio.Server | None = None
        self._failure: BaseException | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    @property
    def server(self) -> str:
        """The proxy's address without credential."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The proxy's address with its credential, for a client in this process."""
        return f"http://{self.user}:{self.password}@127.0.0.1:{self.port}"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._server = self._loop.run_until_complete(
                asyncio.start_server(self._serve, "127.0.0.1", 0, limit=heads.MAX_HEAD)
            )
            self.port = int(self._server.sockets[0].getsockname()[1])
        except BaseException as failure:  # handed to the thread that waits in __enter__
            self._failure = failure
            self._loop.close()
            return
        finally:
            self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            self._server.close()
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # one side went away or said nothing: the client sees a closed connection
        except asyncio.CancelledError:
            pass  # only __exit__ cancels; asyncio's streams would log a task that ends cancelled
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HEAD_TIMEOUT_S):
            raw = await reader.readuntil(b"\r\n\r\n")
        try:
            head = heads.parse_request(raw[:-4])
            if not heads.authorised(head, self.user, self.password):
                await self._say(
                    writer, 407, "credential needed", b'Proxy-Authenticate: Basic realm="guard"\r\n'
                )
                return
            tunnel = head.method == b"CONNECT"
            if tunnel:
                (host, port), path, length = heads.connect_target(head.target), b"", 0
            else:
                host, port, path = heads.absolute_target(head.target)
                length = heads.body_length(head)
        except heads.BadHead as bad:
            await self._say(writer, 400, str(bad))
            return
        try:
            upstream = await self._open(host, port)
        except AddressRefused as refused:
            self.ledger.record(host, port, Contact(Reach.REFUSED, detail=str(refused)))
            await self._say(writer, 403, f"address: {refused}")
            return
        except TimeoutError:
            self.ledger.record(host, port, Contact(Reach.TIMEOUT, detail="no connection in time"))
            await self._say(writer, 504, "no connection in time")
            return
        except (NameUnknown, OSError) as away:
            self.ledger.record(host, port, Contact(Reach.UNREACHABLE, detail=str(away)))
            await self._say(writer, 502, f"unreachable: {away}")
            return
        try:
            if tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await self._tunnel((reader, writer), upstream)
            else:
                await self._forward(head, path, length, (reader, writer), upstream)
        finally:
            upstream[1].close()

    async def _open(self, host: str, port: int) -> _Streams:
        target = await self._resolver.resolve(host, port)
        failure: OSError | TimeoutError | None = None
        for address in target.addresses:
            try:
                async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                    streams = await asyncio.open_connection(address, target.port, limit=heads.MAX_HEAD)
            except (OSError, TimeoutError) as failed:
                failure = failed
                continue
            self.ledger.record(host, port, Contact(Reach.CONNECTED, ip=address))
            return streams
        assert failure is not None
        raise failure

    async def _tunnel(self, client: _Streams, upstream: _Streams) -> None:
        ways = [
            asyncio.create_task(self._pump(client[0], upstream[1])),
            asyncio.create_task(self._pump(upstream[0], client[1])),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _forward(
        self, head: heads.RequestHead, path: bytes, length: int, client: _Streams, upstream: _Streams
    ) -> None:
        upstream[1].write(heads.forward_request(head, path))
        sending = asyncio.create_task(self._pump(client[0], upstream[1], length))
        try:
            status = 100
            while 100 <= status < 200:
                async with asyncio.timeout(_IDLE_TIMEOUT_S):
                    raw = await upstream[0].readuntil(b"\r\n\r\n")
                status, answer = heads.forward_response(raw[:-4])
                client[1].write(answer)
            await self._pump(upstream[0], client[1])
        except heads.BadHead as bad:
            await self._say(client[1], 502, f"unreachable: {bad}")
        except asyncio.LimitOverrunError:
            await self._say(client[1], 502, "unreachable: answer's head too large")
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, length: int | None = None
    ) -> None:
        left = self._max_bytes if length is None else length
        while left > 0:
            async with asyncio.timeout(_IDLE_TIMEOUT_S):
                chunk = await source.read(min(_CHUNK, left))
            if not chunk:
                return
            left -= len(chunk)
            sink.write(chunk)
            await sink.drain()

    async def _say(self, writer: asyncio.StreamWriter, status: int, text: str, extra: bytes = b"") -> None:
        body = text.encode("utf-8", "replace")
        writer.write(
            b"HTTP/1.1 %d Guard\r\n%s%s: %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
            b"Content-Length: %d\r\nConnection: close\r\n\r\n%s"
            % (status, extra, MARK_HEADER.encode(), self.mark.encode(), len(body), body)
        )
        await writer.drain()
