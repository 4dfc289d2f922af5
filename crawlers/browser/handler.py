"""Scrapy's download handler: the browser for pages that ask for it, else a verifying HTTP client."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import ClassVar, Self
from weakref import WeakValueDictionary

from playwright.async_api import Error
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotSupported
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawlers.browser.answer_log import AnswerLog
from crawlers.browser.keeper import BrowserKeeper
from crawlers.browser.page import PageVisit, heard
from crawlers.browser.processes import drivers, is_running
from crawlers.guard.certificates import verifying_policy
from crawlers.middlewares.pace import hold
from crawlers.outcomes import PageTrouble

#: Seconds between two looks at whether a visit is overdue.
_LOOK_S = 1.0
#: Seconds that closing an old browser may take before a new one is started.
_RENEW_S = 5.0
#: Seconds that closing the browser may take.
_CLOSE_S = 20.0


class GuardedDownloadHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc] # untyped upstream
    """Verifies certificates against the system's authorities and the configured ones.

    One for all schemes of a crawl: http and https pages are drawn by the same browser.
    """

    _made: ClassVar[WeakValueDictionary[int, GuardedDownloadHandler]] = WeakValueDictionary()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy for each scheme."""
        handler = cls._made.get(id(crawler))
        if not isinstance(handler, cls):
            handler = cls._made[id(crawler)] = cls(crawler)
        return handler

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._driver: int | None = None
        self._closed = False
        self._keeper = BrowserKeeper(self._restart, self._alive)
        self.config.target_closed_max_retries = 0  # the keeper decides what is tried once more
        # To Scrapy all plain http goes to one host, the guard: one kept connection a request under way.
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS")
        # Scrapy's setting for verification knows the system's authorities only.
        self._contextFactory = verifying_policy(crawler.settings.get("FINADWATCH_AUTHORITIES") or ())

    async def download_request(self, request: Request) -> Response:
        """Refuses whatever would go out beside the guard."""
        if not request.meta.get("playwright") and not request.meta.get("proxy"):
            raise NotSupported(f"{request.url} would bypass the address guard")
        job = getattr(self._crawler.spider, "job", None)
        if job is None:
            return await self._downloaded(request)
        async with job.turns.of(request.meta["download_slot"], self._concurrency(request)):
            if not self._crawler.crawling:
                raise IgnoreRequest(f"{request.url} was given up: the crawl was stopped")
            # It may have waited long for its turn: its source may rest by now, the budget be used up.
            await hold(job, self._crawler, request)
            return await self._downloaded(request)

    def _concurrency(self, request: Request) -> int:
        """How many requests of a request's slot may be under way at once."""
        engine = self._crawler.engine
        assert engine is not None
        return int(engine.downloader.slots[request.meta["download_slot"]].concurrency)

    async def _downloaded(self, request: Request) -> Response:
        visit = request.meta.get("page_visit")
        if not isinstance(visit, PageVisit):
            return await self._interruptible(request)
        try:
            async with self._keeper.visit() as generation:
                return await self._bounded(request, visit, generation)
        except (Error, PageTrouble) as error:
            if _is_verdict(error) or not await self._keeper.lost(generation):
                raise
        # The browser died under it: once more in the new one.
        async with self._keeper.visit() as generation:
            return await self._bounded(request, visit, generation)

    async def _interruptible(self, request: Request) -> Response:
        """Ends a request of Scrapy's own client (robots.txt, an answer in JSON) when the user stops the crawl."""
        work = heard(super().download_request(request))
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

    async def _bounded(self, request: Request, visit: PageVisit, generation: int) -> Response:
        """Ends a visit in which the browser or its driver never answers: such hangs are known upstream.

        The answer itself matters little: what was captured is in the visit.
        """
        work = heard(super().download_request(request))
        try:
            while not (await asyncio.wait({work}, timeout=_LOOK_S))[0]:
                # Playwright would wait for the events of its pages, and we for a turn, long after they are gone.
                if self._driver_died() or generation != self._keeper.generation:
                    raise Error("the browser's driver died")
                if visit.look() or not self._crawler.crawling:  # not crawling: the user stopped it
                    await visit.leave()
                    return Response(request.url, request=request)
        finally:
            if not work.done():
                work.cancel()
        try:
            response: Response = work.result()
        except (UnicodeError, TypeError):
            if visit.shot is None:
                raise
            # What scrapy-playwright keeps for itself failed, after the capture: a script wrote half a character, or
            # the page's bytes look like no text, and a response that is none takes no encoding.
            return Response(request.url, request=request)
        return response

    def _driver_died(self) -> bool:
        """Whether playwright's driver, a process of its own, has ended. Playwright has no word for it."""
        return self._driver is not None and not is_running(self._driver)

    async def _launch(self) -> None:
        """Starts playwright's driver, and remembers which process it is."""
        before = drivers()  # the one that is replaced may not have ended yet
        await super()._launch()
        self._driver = next(iter(drivers() - before), None)

    async def _alive(self) -> None:
        """A sign of life of the browser. Raises Error where it gives none."""
        if self._driver_died():
            raise Error("the browser's driver died")
        browser = getattr(self, "browser", None)
        if browser is None:
            return  # none was needed yet
        context = await browser.new_context()
        await context.close()

    async def _restart(self) -> None:
        """A new driver and no browser, as at the beginning: the next visit launches one."""
        await self._give_back()
        self.context_wrappers.clear()
        self.context_semaphore = asyncio.Semaphore(self.config.max_contexts)
        await self._launch()

    async def _give_back(self) -> None:
        browser = self.__dict__.pop("browser", None)
        for closing in (browser, self.browser_provider):
            # What is dead can't be closed; Chromium ends by itself once its driver is gone.
            with suppress(Error, TimeoutError, OSError):
                if closing is not None:
                    async with asyncio.timeout(_RENEW_S):
                        await closing.close()

    async def _browser_disconnected_callback(self) -> None:
        """Nothing: `_restart` sees to it, for a dead browser and a dead driver alike."""

    async def close(self) -> None:
        """Closes the browser; one that is already gone (an interrupt reaches it too) is not waited for.

        Called once for each scheme.
        """
        if self._closed:
            return
        self._closed = True
        self._keeper.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_S):
                await super().close()


def _is_verdict(error: Error | PageTrouble) -> bool:
    """Whether a failure says something about the page; any other may be the browser's."""
    return isinstance(error, PageTrouble) and not (error.ending.detail or "").startswith("browser:")
