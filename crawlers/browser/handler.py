"""Scrapy's download handler: the browser for pages that ask for it, else a verifying HTTP client."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotSupported
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawlers.browser.answer_log import AnswerLog
from crawlers.browser.page import PageVisit
from crawlers.guard.certificates import verifying_policy
from crawlers.middlewares.pace import hold

#: Seconds between two looks at whether a visit is overdue.
_LOOK_S = 1.0
#: Seconds that closing the browser may take.
_CLOSE_S = 20.0


class GuardedDownloadHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc] # untyped upstream
    """Verifies certificates against the system's authorities and the configured ones."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # To Scrapy all plain http goes to one host, the guard: one kept connection a request under way.
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS")
        # Scrapy's setting for verification knows the system's authorities only.
        self._contextFactory = verifying_policy(crawler.settings.get("FINADWATCH_AUTHORITIES") or ())

    async def download_request(self, request: Request) -> Response:
        """Refuses whatever would go out beside the guard."""
        if not request.meta.get("playwright") and not request.meta.get("proxy"):
            raise NotSupported(f"{request.url} would bypass the address guard")
        # It may have waited long for its turn: its source may rest by now, the budget be used up.
        job = getattr(self._crawler.spider, "job", None)
        if job is not None:
            await hold(job, self._crawler, request)
        visit = request.meta.get("page_visit")
        if not isinstance(visit, PageVisit):
            return await self._interruptible(request)
        return await self._bounded(request, visit)

    async def _interruptible(self, request: Request) -> Response:
        """Ends a request of Scrapy's own client (robots.txt, an answer in JSON) when the user stops the crawl."""
        work = asyncio.ensure_future(super().download_request(request))
        try:
            while not (await asyncio.wait({work}, timeout=_LOOK_S))[0]:
                if not self._crawler.crawling:
                    raise IgnoreRequest(f"{request.url} was given up: the crawl was stopped")
        finally:
            if not work.done():
                work.cancel()
        response: Response = work.result()
        log = request.meta.get("answer_log")
        if isinstance(log, AnswerLog):
            await log.add(request, response)
        return response

    async def _bounded(self, request: Request, visit: PageVisit) -> Response:
        """Ends a visit in which the browser or its driver never answers: such hangs are known upstream.

        The answer itself matters little: what was captured is in the visit.
        """
        work = asyncio.ensure_future(super().download_request(request))
        try:
            while not (await asyncio.wait({work}, timeout=_LOOK_S))[0]:
                if visit.look() or not self._crawler.crawling:  # not crawling: the user stopped it
                    await visit.leave()
                    return Response(request.url, request=request)
        finally:
            if not work.done():
                work.cancel()
        response: Response = work.result()
        return response

    async def close(self) -> None:
        """Closes the browser; one that is already gone (an interrupt reaches it too) is not waited for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_S):
                await super().close()
