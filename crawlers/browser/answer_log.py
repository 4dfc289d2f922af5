"""What Scrapy's own client was answered in one task, redirects included, as a WARC."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawlers.browser.traffic import Door
from crawlers.browser.warc import Answer, Archive, Exchange, Headers, WarcFile


class AnswerLog:
    """Loads into a Scrapy request's meta, which redirects hand on; the download handler fills it."""

    def __init__(self, archive: Archive, door: Door) -> None:
        self._archive = archive
        self._door = door
        self._warc: WarcFile | None = None

    async def add(self, request: Request, response: Response) -> None:
        """Record an answer as it came, before anything was decoded. Raises OSError."""
        answered = _pairs(response)
        if self._door.is_own(answered):
            return
        exchange = Exchange(
            url=request.url,
            method=request.method,
            headers=[("Host", urlsplit(request.url).netloc), *_pairs(request)],
            sent=request.body,
            at=datetime.now(UTC),
            ip=self._door.ip(request.url),
            answer=Answer(
                protocol=(response.protocol or "").lower(),
                status=response.status,
                reason=_reason(response.status),
                headers=answered,
                body=response.body,
                decoded=False,
            ),
        )
        if self._warc is None:
            self._warc = await self._in_thread(self._archive.open)
        warc = self._warc
        await self._in_thread(lambda: warc.put(exchange))

    async def finish(self) -> WarcFile | None:
        """The finished file, once; None where no server answered. Raises OSError."""
        warc, self._warc = self._warc, None
        if warc is not None:
            await self._in_thread(warc.close)
        return warc

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._archive.thread, work)


def _pairs(message: Request | Response) -> Headers:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        for value in values
    ]


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
