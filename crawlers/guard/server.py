"""The guard's forwarding proxy: checks where every request goes, and goes there itself.

Each connection's name is resolved once, its addresses are checked, and the connection goes to a
checked address, straight or through a region's proxy: redirects, frames, scripts and a name that
changes its address all pass here. It serves only those who know the random password of this
crawl; their user name says the route.
"""

import asyncio
import hmac
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from crawlers.guard import heads
from crawlers.guard.idle import Idle, Key, Line
from crawlers.guard.ledger import Contact, Entry, Reach
from crawlers.guard.resolver import AddressRefused, NameUnknown, Resolver
from crawlers.guard.upstream import ProxyAddress, ProxyAway, Streams, open_direct, open_through

#: Header by which the guard's own answers are told from a server's; its value is random.
MARK_HEADER = "x-finadwatch-guard"
_CHUNK = 64 * 1024
_IDLE_TIMEOUT_S = 120.0
_HEAD_TIMEOUT_S = 30.0
#: Methods that may be sent once more, where a kept connection turns out to be dead (RFC 9110 §9.2.2).
_REPEATABLE = (b"GET", b"HEAD", b"OPTIONS")


class Lost(Exception):
    """A kept connection ended before a byte of the answer came."""


class GuardServer:
    """Serves clients in the running loop. `record` is told of every contact, `received` counts bytes.

    `max_bytes` ends a tunnel or an answer that brings more. `routes` maps user names to the
    names of proxies, the empty name for the direct way.
    """

    def __init__(
        self,
        resolver: Resolver,
        record: Callable[[Entry], None],
        *,
        password: str,
        mark: str,
        max_bytes: int,
        routes: Mapping[str, str],
        proxies: Mapping[str, ProxyAddress],
        ca_file: Path | None = None,
    ) -> None:
        self._resolver = resolver
        self._record = record
        self._password = password.encode()
        self._mark = mark.encode()
        self._max_bytes = max_bytes
        self._routes = dict(routes)
        self._proxies = dict(proxies)
        self._ca_file = ca_file
        self._idle = Idle()
        self.received = 0

    async def start(self) -> asyncio.Server:
        """Listen on a free port of loopback."""
        return await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=heads.MAX_HEAD)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        patience = _HEAD_TIMEOUT_S
        try:
            while True:
                async with asyncio.timeout(patience):
                    raw = await reader.readuntil(b"\r\n\r\n")
                if not await self._answer(raw[:-4], (reader, writer)):
                    break
                patience = _IDLE_TIMEOUT_S
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # one side went away or said nothing: the client sees a closed connection
        except asyncio.CancelledError:
            pass  # only the guard's end cancels; asyncio's streams would log a task that ends cancelled
        finally:
            writer.close()

    def _route(self, head: heads.RequestHead) -> str | None:
        given = heads.credential(head)
        if given is None or not hmac.compare_digest(given[1].encode(), self._password):
            return None
        return self._routes.get(given[0])

    async def _answer(self, raw: bytes, client: Streams) -> bool:
        """Answer one request; whether the client may send another over its connection."""
        writer = client[1]
        try:
            head = heads.parse_request(raw)
            route = self._route(head)
            if route is None:
                asking = b'Proxy-Authenticate: Basic realm="guard"\r\n'
                return await self._say(writer, 407, "credential needed", asking)
            tunnel = head.method == b"CONNECT"
            if tunnel:
                (host, port), path, length = heads.connect_target(head.target), b"", 0
            else:
                host, port, path = heads.absolute_target(head.target)
                length = heads.body_length(head)
        except heads.BadHead as bad:
            return await self._say(writer, 400, str(bad))
        try:
            if tunnel:
                line = await self._open(route, host, port)
                try:
                    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    await self._tunnel(client, line.streams)
                finally:
                    line.close()
                return False
            return await self._forward(head, (route, host, port), path, length, client)
        except AddressRefused as refused:
            self._met(route, host, port, Contact(Reach.REFUSED, detail=str(refused)))
            return await self._say(writer, 403, f"address: {refused}")
        except ProxyAway as away:
            self._met(route, host, port, Contact(Reach.PROXY, detail=f"{route}: {away}"))
            return await self._say(writer, 502, f"proxy: {route}: {away}")
        except _NotReached as failed:
            if isinstance(failed.why, TimeoutError):
                self._met(route, host, port, Contact(Reach.TIMEOUT, detail="no connection in time"))
                return await self._say(writer, 504, "no connection in time")
            self._met(route, host, port, Contact(Reach.UNREACHABLE, detail=str(failed.why)))
            return await self._say(writer, 502, f"unreachable: {failed.why}")

    def _met(self, route: str, host: str, port: int, contact: Contact) -> None:
        self._record(Entry(route, host, port, contact))

    async def _open(self, route: str, host: str, port: int) -> Line:
        """A new connection. Raises AddressRefused, ProxyAway, _NotReached."""
        try:
            target = await self._resolver.resolve(host, port)
        except NameUnknown as unknown:
            raise _NotReached(unknown) from unknown
        failure: Exception | None = None
        for address in target.addresses:
            try:
                if route:
                    streams = await open_through(self._proxies[route], address, target.port, self._ca_file)
                else:
                    streams = await open_direct(address, target.port)
            except (OSError, TimeoutError, ProxyAway) as failed:
                failure = failed
                continue
            self._met(route, host, port, Contact(Reach.CONNECTED, ip=address))
            return Line(streams, address)
        assert failure is not None
        raise failure if isinstance(failure, ProxyAway) else _NotReached(failure)

    async def _tunnel(self, client: Streams, upstream: Streams) -> None:
        ways = [
            asyncio.create_task(self._pump(client[0], upstream[1], self._max_bytes)),
            asyncio.create_task(self._receive(upstream[0], client[1], self._max_bytes)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _forward(
        self, head: heads.RequestHead, key: Key, path: bytes, length: int, client: Streams
    ) -> bool:
        # What may not be sent twice gets a connection of its own: a kept one may be dead already.
        kept = self._idle.take(key) if head.method in _REPEATABLE and not length else None
        if kept is not None:
            self._met(*key, Contact(Reach.CONNECTED, ip=kept.ip))
            with suppress(Lost):
                return await self._exchange(head, key, path, length, client, kept)
        try:
            return await self._exchange(head, key, path, length, client, await self._open(*key))
        except Lost:
            return await self._say(client[1], 502, "unreachable: no answer came")

    async def _exchange(
        self,
        head: heads.RequestHead,
        key: Key,
        path: bytes,
        length: int,
        client: Streams,
        line: Line,
    ) -> bool:
        """One request and its answer over one connection. Raises Lost before any byte of the answer."""
        wished = heads.keeps(head)
        upstream = line.streams
        sending: asyncio.Task[bool] | None = None
        clean = False
        try:
            upstream[1].write(heads.forward_request(head, path, keep=wished))
            if length:
                sending = asyncio.create_task(self._pump(client[0], upstream[1], length))
            while True:
                answer = heads.parse_response(await self._head(upstream[0]), head.method)
                if not 100 <= answer.status < 200:
                    break
                client[1].write(answer.forward(keep=True))
            keep = wished and answer.keep
            client[1].write(answer.forward(keep=keep))
            whole = await self._body(answer, upstream[0], client[1])
            clean = keep and whole and (sending is None or sending.done())
        except heads.BadHead as bad:
            return await self._say(client[1], 502, f"unreachable: {bad}")
        except asyncio.LimitOverrunError:
            return await self._say(client[1], 502, "unreachable: answer's head too large")
        finally:
            if sending is not None:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
            if clean:
                self._idle.keep(key, line)
            else:
                line.close()
        return clean

    async def _head(self, source: asyncio.StreamReader) -> bytes:
        try:
            async with asyncio.timeout(_IDLE_TIMEOUT_S):
                raw = await source.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as ended:
            if not ended.partial:
                raise Lost from ended
            raise
        except ConnectionError as ended:
            raise Lost from ended
        self.received += len(raw)
        return raw[:-4]

    async def _body(
        self, answer: heads.ResponseHead, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> bool:
        """Pass an answer's body on; whether all of it came and its end was plain."""
        if answer.chunked:
            return await self._chunks(source, sink)
        if answer.length is None:
            await self._receive(source, sink, self._max_bytes)
            return False
        if answer.length > self._max_bytes:
            await self._receive(source, sink, self._max_bytes)
            return False
        return await self._receive(source, sink, answer.length)

    async def _chunks(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> bool:
        """Pass a chunked body on as it is, up to its end (RFC 9112 §7.1)."""
        left = self._max_bytes
        while left > 0:
            async with asyncio.timeout(_IDLE_TIMEOUT_S):
                line = await source.readuntil(b"\r\n")
            sink.write(line)
            try:
                size = heads.chunk_size(line[:-2])
            except heads.BadHead:  # the client judges the rest; nothing follows it on this connection
                await self._receive(source, sink, left)
                return False
            left -= len(line) + size
            if size == 0:
                return await self._trailer(source, sink)
            if not await self._receive(source, sink, min(size + 2, left + size)):
                return False
        return False

    async def _trailer(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> bool:
        left = heads.MAX_HEAD
        while left > 0:
            async with asyncio.timeout(_IDLE_TIMEOUT_S):
                line = await source.readuntil(b"\r\n")
            sink.write(line)
            left -= len(line)
            if line == b"\r\n":
                await sink.drain()
                return True
        return False

    async def _receive(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, length: int) -> bool:
        """Pass what a server sends, and count it; whether all `length` bytes came."""
        return await self._pump(source, sink, length, count=True)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, length: int, *, count: bool = False
    ) -> bool:
        left = length
        while left > 0:
            async with asyncio.timeout(_IDLE_TIMEOUT_S):
                chunk = await source.read(min(_CHUNK, left))
                if not chunk:
                    return False
                left -= len(chunk)
                if count:
                    self.received += len(chunk)
                sink.write(chunk)
                await sink.drain()
        return True

    async def _say(self, writer: asyncio.StreamWriter, status: int, text: str, extra: bytes = b"") -> bool:
        """An answer of the guard's own, after which it closes; False, as nothing may follow it."""
        body = text.encode("utf-8", "replace")
        writer.write(
            b"HTTP/1.1 %d Guard\r\n%s%s: %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
            b"Content-Length: %d\r\nConnection: close\r\n\r\n%s"
            % (status, extra, MARK_HEADER.encode(), self._mark, len(body), body)
        )
        await writer.drain()
        return False


class _NotReached(Exception):
    """No connection to a host; `why` is the NameUnknown, OSError or TimeoutError behind it."""

    def __init__(self, why: Exception) -> None:
        self.why = why
        super().__init__(str(why))
