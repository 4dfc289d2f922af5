"""One visit through Scrapy's engine, with its robots, pacing and guard, ending in a value or an ending."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import Response

from crawlers.browser.chromium import context_options, user_agent
from crawlers.browser.frames import FrameShot
from crawlers.browser.page import PageVisit, Reader
from crawlers.guard.server import MARK_HEADER
from crawlers.job import Job
from crawlers.outcomes import Ending, of_contact, of_exception
from crawlers.pacing.cooldown import slowed
from crawlers.pacing.slots import OWN_MACHINE
from crawlers.parse import parse_page
from crawlers.settings import ROBOTSTXT_USER_AGENT
from crawlers.sources import Source
from crawlers.urls import fault, origin
from findings.model.crawl import Hop, ParsedPage
from findings.model.vocabulary import Device, Outcome


def without_answer(hops: Sequence[Hop]) -> tuple[Hop, ...]:
    """Hops whose last one got its answer from the guard: no server gave that status."""
    return tuple(hops[:-1]) + tuple(msgspec.structs.replace(hop, status=None) for hop in hops[-1:])


class Fetcher:
    """Makes requests for the spider and says what became of them."""

    def __init__(self, job: Job, crawler: Crawler) -> None:
        self._job = job
        self._crawler = crawler

    def visit(self, source: Source) -> PageVisit:
        """A browser visit that is read as a page of `source`."""
        settings = self._job.settings
        return PageVisit(
            self._reader(source),
            timeout_s=settings.navigation_timeout_s,
            rest_s=settings.rest_s,
            max_body_bytes=settings.max_body_bytes,
            max_ads=self._job.plan.limits.ads_per_page,
        )

    def _reader(self, source: Source) -> Reader:
        def read(
            html: str, url: str, status: int, headers: dict[str, str], frames: tuple[FrameShot, ...]
        ) -> ParsedPage:
            documents = [frame.document for frame in frames]
            return parse_page(
                source, html, url, status=status, headers=headers, filters=self._job.filters, frames=documents
            )

        return read

    def browser_meta(self, visit: PageVisit, device: Device, purpose: str) -> dict[str, Any]:
        """Request meta for a visit in the browser context of a purpose (`page`, `landing`) and device."""
        agent = user_agent(self._job.settings.user_agent, device, self._job.chromium_major)
        return visit.meta(f"{purpose}-{device.value}", context_options(device, agent))

    def request(self, url: str, meta: dict[str, Any], *, obey: bool, **options: Any) -> Request:
        """A request that is never dropped as a repetition; robots.txt is left out only if `obey` is False."""
        if not obey:
            meta = {**meta, "dont_obey_robotstxt": True}
        host = urlsplit(url).hostname or ""
        if host in self._job.source_hosts or host in OWN_MACHINE:
            # AutoThrottle would change the delay that is fixed for this host.
            meta = {**meta, "autothrottle_dont_adjust_delay": True}
        return Request(url, meta=meta, dont_filter=True, **options)

    async def download(self, request: Request) -> Response:
        """The answer to a request made beside the scheduler. Raises what the download raises."""
        engine = self._crawler.engine
        assert engine is not None
        return await engine.download_async(request)

    def slow(self, host: str, source: Source, strikes: int) -> None:
        """Set the delay of a source's host from now on."""
        engine = self._crawler.engine
        assert engine is not None
        delay = slowed(source.pacing.delay_s * self._job.settings.pace, strikes)
        # The settings are for the slot that Scrapy makes anew after a minute of rest.
        engine.downloader.per_slot_settings.setdefault(host, {})["delay"] = delay
        slot = engine.downloader.slots.get(host)
        if slot is not None:
            slot.delay = delay

    def ip(self, url: str | None) -> str | None:
        """The address that the guard last reached for a URL's host."""
        if url is None or fault(url):
            return None
        contact = self._job.guard.last(*origin(url))
        return contact.ip if contact else None

    def failure(self, error: BaseException, visit: PageVisit | None, url: str) -> Ending:
        """What a failed download means; the guard knows best why a host was not reached."""
        if visit is not None and visit.trouble is not None:
            return visit.trouble.ending
        ending = of_exception(error)
        failed = (visit.failed_url if visit else None) or url
        if ending.outcome in (Outcome.UNREACHABLE, Outcome.ERROR, Outcome.TIMEOUT) and not fault(failed):
            return of_contact(self._job.guard.last(*origin(failed))) or ending
        return ending

    def guard_answer(self, headers: dict[str, str], url: str) -> Ending | None:
        """The ending if an answer came from the guard itself and not from a server."""
        if headers.get(MARK_HEADER) != self._job.guard.mark:
            return None
        contact = self._job.guard.last(*origin(url))
        return of_contact(contact) or Ending(Outcome.ERROR, "connection: refused by the address guard")

    async def robots_forbid(self, first: str, final: str) -> bool:
        """Whether the robots.txt of the host that redirects led to forbids the page.

        The browser follows redirects by itself; the first address was asked about before.
        """
        if urlsplit(first).netloc == urlsplit(final).netloc or fault(final):
            return False
        robots = self._crawler.get_downloader_middleware(RobotsTxtMiddleware)
        if robots is None:
            return False
        parser = await robots.robot_parser(Request(final))
        return parser is not None and not parser.allowed(final, ROBOTSTXT_USER_AGENT)
