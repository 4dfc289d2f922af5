"""robots.txt as RFC 9309 says: gone allows all, unreachable forbids all, each file once a run and way out."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Self

import msgspec
from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawlers.guard.server import MARK_HEADER
from crawlers.outcomes import Ending, PageTrouble, of_contact, of_exception
from crawlers.pacing.slots import slot_key
from crawlers.route import META
from crawlers.settings import ROBOTSTXT_USER_AGENT
from crawlers.urls import origin
from findings.model.vocabulary import Outcome

if TYPE_CHECKING:
    from crawlers.job import Job
from crawlers.middlewares.of_job import job_of

#: Files kept; the oldest go first and are asked for again.
_MOST_FILES = 5_000
#: Bytes of a file that are read; the RFC asks for at least 500 KiB (§2.5).
_MOST_BYTES = 512 * 1024
_PRIORITY = 1_000
_FORBIDDEN = Ending(Outcome.SKIPPED, "robots")


class Rules(msgspec.Struct, frozen=True):
    """What a host's file says, or how asking for it ended where that forbids every page."""

    parser: Protego | None = None
    ending: Ending | None = None

    def judge(self, url: str) -> Ending | None:
        """The ending that the file means for an address, None where it may be visited."""
        if self.ending is not None:
            return self.ending
        allowed = self.parser is None or self.parser.can_fetch(url, ROBOTSTXT_USER_AGENT)
        return None if allowed else _FORBIDDEN


class RobotsMiddleware:
    """Asks for robots.txt before the first page of a host, and heeds its Crawl-delay."""

    def __init__(self, job: Job, crawler: Crawler) -> None:
        self._job = job
        self._crawler = crawler
        self._files: OrderedDict[tuple[str, str | None], asyncio.Future[Rules]] = OrderedDict()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Switched off only where no crawl runs."""
        return cls(job_of(crawler), crawler)

    async def process_request(self, request: Request) -> None:
        """Raises PageTrouble where the request must not be made."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        ending = (await self.rules(request)).judge(request.url)
        if ending is not None:
            raise PageTrouble(ending.outcome, ending.detail or "robots")
        if self._job.paces.fixed(urlparse_cached(request).hostname or ""):
            request.meta["autothrottle_dont_adjust_delay"] = True

    async def rules(self, request: Request) -> Rules:
        """The rules of a request's host, asked for once by each way out."""
        url, route = urlparse_cached(request), request.meta.get(META)
        key = (f"{url.scheme}://{url.netloc}", route)
        known = self._files.get(key)
        if known is None:
            known = asyncio.ensure_future(self._ask(key[0], route))
            self._files[key] = known
            while len(self._files) > _MOST_FILES:
                self._files.popitem(last=False)
        return await asyncio.shield(known)

    async def _ask(self, base: str, route: str | None) -> Rules:
        host, _port = origin(base)
        meta = {"dont_obey_robotstxt": True, META: route, "download_slot": slot_key(host, route)}
        asked = Request(f"{base}/robots.txt", priority=_PRIORITY, meta=meta, callback=NO_CALLBACK)
        engine = self._crawler.engine
        assert engine is not None
        try:
            response = await engine.download_async(asked)
        except IgnoreRequest:
            if not self._crawler.crawling:
                raise
            return Rules()  # its redirects lead nowhere: as good as none (§2.3.1.2)
        except Exception as error:  # whatever it was, the rules are unknown, and that forbids (§2.3.1.4)
            return Rules(ending=self._unreachable(error, asked.url, route))
        refused = self._refused(response.headers.get(MARK_HEADER), response.url, route)
        if refused is not None:
            return Rules(ending=refused)
        if response.status >= 500:
            return Rules(ending=Ending(Outcome.SKIPPED, f"robots: unreachable (http {response.status})"))
        if not 200 <= response.status < 300:
            return Rules()  # 4xx: there are no rules (§2.3.1.3)
        text = response.body[:_MOST_BYTES].decode("utf-8-sig", "replace")
        parser = await asyncio.to_thread(Protego.parse, text)
        self._slow(host, route, parser)
        return Rules(parser=parser)

    def _unreachable(self, error: Exception, url: str, route: str | None) -> Ending:
        """A host that is not reached or shows a wrong certificate is that; else its file is away."""
        contact = of_contact(self._job.guard.last(*origin(url), route))
        if contact is not None:
            return contact
        ending = of_exception(error)
        if (ending.detail or "").startswith("certificate"):
            return ending
        return Ending(Outcome.SKIPPED, f"robots: unreachable ({ending.outcome.value})")

    def _refused(self, mark: bytes | None, url: str, route: str | None) -> Ending | None:
        """The ending if the answer came from the guard itself."""
        if mark is None or mark.decode("latin-1") != self._job.guard.mark:
            return None
        contact = of_contact(self._job.guard.last(*origin(url), route))
        return contact or Ending(Outcome.SKIPPED, "robots: unreachable (guard)")

    def _slow(self, host: str, route: str | None, parser: Protego) -> None:
        """Heed a Crawl-delay: for our name if the file has rules for it, else for all."""
        delay = parser.crawl_delay(ROBOTSTXT_USER_AGENT)
        if delay is not None and self._job.paces.crawl_delay(host, delay):
            spider: Any = self._crawler.spider
            spider.fetcher.slow(host, route)
