"""All that a page asks of the network and is answered: into its WARC, with its limits and its rest.

Bodies come from Chromium's durable messages (its own copy of what the network brought, before any
decoding of characters, kept until asked for, also when the page has gone on to another document);
the page is not intercepted, nothing in it is delayed or altered, and its cache is off.
"""

import asyncio
import base64
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from playwright.async_api import CDPSession, Error

from crawlers.browser.channel import Channel, PageChannel
from crawlers.browser.warc import Answer, Archive, Exchange, Headers, WarcFile

#: Everything one page loads, as a multiple of what one file may have.
PAGE_FACTOR = 4
#: Requests that one page may make; the largest portals stay below a thousand.
MAX_REQUESTS = 3_000
#: Bodies asked for at a time: each is held in memory for a moment.
_BODIES_AT_ONCE = 3
#: Seconds before each try to get a body: the network's process may hand it over later than the page's tells its end.
_BODY_PAUSES_S = (0.0, 0.05, 0.2, 0.5, 1.5)
#: Seconds that the end of a visit waits for answers already complete to be written.
_FINISH_S = 5.0
#: Requests that stay open as long as the page does.
_ENDLESS = frozenset(("EventSource", "WebSocket", "Ping"))

_EVENTS = (
    "Network.requestWillBeSent",
    "Network.requestWillBeSentExtraInfo",
    "Network.responseReceived",
    "Network.responseReceivedExtraInfo",
    "Network.dataReceived",
    "Network.loadingFinished",
    "Network.loadingFailed",
)

GiveUp = Callable[[str], None]


class Door(msgspec.Struct, frozen=True):
    """What the guard knows: the address it reached for a URL's host, and whether an answer is its own."""

    ip: Callable[[str], str | None]
    is_own: Callable[[Headers], bool]


class _Leg(msgspec.Struct):
    """One request and its answer; a chain of redirects has several under one id of Chromium's."""

    request: dict[str, Any]
    at: datetime
    response: dict[str, Any] | None = None
    wired: bool = True
    """Whether it went over the wire: only then is there extra information on it."""


class _Request(msgspec.Struct):
    """Everything known of one id. Extra information (what really went over the wire) may come late."""

    kind: str
    legs: list[_Leg] = []
    asked: list[dict[str, Any]] = []
    answered: list[dict[str, Any]] = []
    written: int = 0
    size: int = 0


class Traffic:
    """Attached to a page before it loads. `give_up` is called with a sentence once a limit is passed."""

    def __init__(self, archive: Archive, door: Door, max_body_bytes: int, give_up: GiveUp) -> None:
        self._archive = archive
        self._door = door
        self._max_bytes = max_body_bytes
        self._give_up = give_up
        self._requests: dict[str, _Request] = {}
        self._open: set[str] = set()
        self._quiet_since = time.monotonic()
        self._total = 0
        self._count = 0
        self._asking = asyncio.Semaphore(_BODIES_AT_ONCE)
        self._work: set[asyncio.Task[None]] = set()
        self._channel: PageChannel | None = None
        self._warc: WarcFile | None = None
        self._unwritten: BaseException | None = None
        self._closed = False

    async def attach(self, session: CDPSession) -> None:
        """Listen to a page and all frames and workers in it. Raises Error."""
        self._warc = await self._in_thread(self._archive.open)
        self._channel = PageChannel(session, _EVENTS, self._event, self._prepare)
        await self._channel.start()

    @property
    def channel(self) -> PageChannel:
        """The way to the page's own process."""
        assert self._channel is not None
        return self._channel

    def quiet_for(self) -> float:
        """Seconds since the last request ended with none open; 0 while some are."""
        return 0.0 if self._open else time.monotonic() - self._quiet_since

    async def finish(self) -> WarcFile | None:
        """The finished WARC of the visit, complete as far as answers came. Raises what writing raised.

        Called once, before the page is closed; None where the page was never attached.
        """
        if self._warc is None:
            return None
        if self._work:
            await asyncio.wait(set(self._work), timeout=_FINISH_S)
        self._closed = True
        for task in list(self._work):
            task.cancel()
        if self._channel is not None:
            self._channel.close()
        for request in self._requests.values():
            self._write(request, None, self._cut(request, "time"), "no answer before the visit ended")
        warc, self._warc = self._warc, None
        await self._in_thread(warc.close)
        if self._unwritten is not None:
            raise self._unwritten
        return warc

    async def _prepare(self, channel: Channel) -> None:
        """Have a process tell of its network, with bodies kept. Raises Error."""
        most = {
            "maxTotalBufferSize": self._max_bytes * PAGE_FACTOR,
            "maxResourceBufferSize": self._max_bytes,
        }
        await channel.send("Network.enable", {**most, "enableDurableMessages": True})
        await channel.send("Network.configureDurableMessages", most)
        await channel.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _event(self, channel: Channel, name: str, event: dict[str, Any]) -> None:
        if self._closed:
            return
        request_id = str(event.get("requestId"))
        if name == "Network.requestWillBeSent":
            self._asked(request_id, event)
            return
        request = self._requests.get(request_id)
        if name == "Network.dataReceived":
            self._received(request, int(event.get("dataLength", 0)))
        elif name == "Network.requestWillBeSentExtraInfo":
            self._of(request_id).asked.append(event)
        elif name == "Network.responseReceivedExtraInfo":
            self._of(request_id).answered.append(event)
        elif request is None:
            return
        elif name == "Network.responseReceived":
            if request.legs:
                request.legs[-1].response = event.get("response")
                request.legs[-1].wired = bool(event.get("hasExtraInfo"))
        elif name == "Network.loadingFinished":
            self._ended(request_id)
            self._spawn(self._fetch(channel, request_id, request, _brought(request, event)))
        elif name == "Network.loadingFailed":
            self._ended(request_id)
            error = str(event.get("errorText") or event.get("blockedReason") or "failed")
            self._spawn(self._late(request, self._cut(request, "disconnect"), error))

    def _cut(self, request: _Request, otherwise: str) -> str:
        return "length" if request.size > self._max_bytes else otherwise

    def _of(self, request_id: str) -> _Request:
        """What is known of an id; extra information may come before the request it belongs to."""
        return self._requests.setdefault(request_id, _Request(""))

    def _asked(self, request_id: str, event: dict[str, Any]) -> None:
        asked = event.get("request") or {}
        if not str(asked.get("url", "")).startswith(("http://", "https://")):
            return
        self._count += 1
        if self._count > MAX_REQUESTS:
            self._give_up(f"requests: the page makes more than {MAX_REQUESTS}")
            return
        request = self._of(request_id)
        request.kind = str(event.get("type", ""))
        if request.legs and event.get("redirectResponse"):
            request.legs[-1].response = event["redirectResponse"]
            request.legs[-1].wired = bool(event.get("redirectHasExtraInfo"))
        wall = event.get("wallTime")
        at = datetime.fromtimestamp(wall, UTC) if isinstance(wall, int | float) else datetime.now(UTC)
        request.legs.append(_Leg(asked, at))
        if request.kind not in _ENDLESS:
            self._open.add(request_id)

    def _ended(self, request_id: str) -> None:
        self._open.discard(request_id)
        self._quiet_since = time.monotonic()

    def _received(self, request: _Request | None, size: int) -> None:
        self._total += size
        if request is not None:
            request.size += size
            if request.size > self._max_bytes:
                self._give_up(f"size: one file of the page has more than {self._max_bytes} bytes")
                return
        if self._total > self._max_bytes * PAGE_FACTOR:
            self._give_up(f"size: the page loads more than {self._max_bytes * PAGE_FACTOR} bytes")

    async def _fetch(self, channel: Channel, request_id: str, request: _Request, brought: int) -> None:
        """Write a finished exchange with its body, of which the network brought so many bytes."""
        body: bytes | None = None
        async with self._asking:
            if not self._closed:
                body = await self._body(channel, request_id, brought)
            self._write(request, body, None if body is not None else self._cut(request, "unspecified"), "")

    async def _body(self, channel: Channel, request_id: str, brought: int) -> bytes | None:
        """The body; None where something was brought and Chromium does not hand it over."""
        for pause in _BODY_PAUSES_S:
            await asyncio.sleep(pause)
            # The process that ended the answer may not be the one that keeps it.
            for asked in dict.fromkeys((channel, self.channel)):
                try:
                    said = await asked.send("Network.getResponseBody", {"requestId": request_id})
                except (Error, TimeoutError):
                    continue
                text = str(said.get("body", ""))
                if text or not brought:
                    coded = bool(said.get("base64Encoded"))
                    return base64.b64decode(text) if coded else text.encode("utf-8", "surrogatepass")
        return None

    async def _late(self, request: _Request, cut: str, error: str) -> None:
        """Write an exchange that broke off, once what went over the wire is told too."""
        await asyncio.sleep(0)
        self._write(request, None, cut, error)

    def _write(self, request: _Request, body: bytes | None, cut: str | None, error: str) -> None:
        warc = self._warc
        legs = request.legs[request.written :]
        if warc is None or not legs:
            return
        request.written = len(request.legs)
        for leg in legs:
            last = leg is legs[-1]
            asked = request.asked.pop(0) if leg.wired and request.asked else {}
            answered = request.answered.pop(0) if leg.wired and request.answered else {}
            exchange = self._exchange(
                leg, asked, answered, body if last else b"", cut if last else None, error
            )
            self._spawn_write(warc, exchange)

    def _exchange(
        self,
        leg: _Leg,
        asked: dict[str, Any],
        answered: dict[str, Any],
        body: bytes | None,
        cut: str | None,
        error: str,
    ) -> Exchange:
        url = str(leg.request.get("url", ""))
        response = leg.response
        answer = None
        headers = _raw_headers(str(answered.get("headersText", ""))) or _headers(
            answered.get("headers") or (response or {}).get("headers")
        )
        if response is not None and self._door.is_own(headers):
            response, error = None, "refused by the address guard"
        if response is not None:
            answer = Answer(
                protocol=str(response.get("protocol", "")).lower(),
                status=int(response.get("status", 0)),
                reason=str(response.get("statusText", "")),
                headers=headers,
                body=body,
                cut=cut,
            )
        return Exchange(
            url=url,
            method=str(leg.request.get("method", "GET")),
            headers=_headers(asked.get("headers") or leg.request.get("headers")),
            sent=str(leg.request.get("postData") or "").encode("utf-8", "replace"),
            at=leg.at,
            ip=self._door.ip(url),
            answer=answer,
            error=error,
        )

    def _spawn_write(self, warc: WarcFile, exchange: Exchange) -> None:
        writing = self._archive.thread.submit(warc.put, exchange)
        writing.add_done_callback(self._written)

    def _written(self, writing: Any) -> None:
        self._unwritten = self._unwritten or writing.exception()

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._archive.thread, work)

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)


def _brought(request: _Request, finished: dict[str, Any]) -> int:
    """Bytes of a body that came, by what is told best: an event for each piece (none may come for a
    document that its page left at once), what the wire carried after the head, or the length announced."""
    if request.size or not request.legs:
        return request.size
    leg = request.legs[-1]
    response = leg.response or {}
    if leg.request.get("method") == "HEAD" or response.get("status") in (204, 304):
        return 0  # a length that they announce is that of an answer not sent
    carried = int(finished.get("encodedDataLength") or 0) - int(response.get("encodedDataLength") or 0)
    announced = {name.lower(): value for name, value in _headers(response.get("headers"))}
    length = announced.get("content-length", "").strip()
    return max(carried, int(length) if length.isdecimal() and len(length) < 16 else 0)


def _headers(said: Any) -> Headers:
    """Headers from Chromium's object; several of one name come in one value, parted by line breaks."""
    if not isinstance(said, dict):
        return []
    return [(str(name), part) for name, value in said.items() for part in str(value).split("\n")]


def _raw_headers(text: str) -> Headers:
    """The headers of a raw head, in order and with every repetition."""
    lines = (line.partition(":") for line in text.split("\r\n")[1:])
    return [(name.strip(), value.strip()) for name, colon, value in lines if colon]
