"""One visit through Scrapy's engine, with its robots, pacing and guard, ending in a value or an ending."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.browser.answer_log import AnswerLog
from crawlers.browser.certificates import Chain, probe
from crawlers.browser.chromium import context_options, user_agent
from crawlers.browser.frames import FrameShot
from crawlers.browser.page import PageVisit, Reader
from crawlers.browser.traffic import Door
from crawlers.browser.warc import Headers
from crawlers.guard.server import MARK_HEADER
from crawlers.job import Job
from crawlers.middlewares.robots import RobotsMiddleware
from crawlers.outcomes import Ending, of_contact, of_exception
from crawlers.pacing.cooldown import slowed
from crawlers.pacing.slots import slot_key
from crawlers.parse import parse_page
from crawlers.route import META, ROUTE
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
        self._strikes: dict[str, int] = {}

    @property
    def route(self) -> str | None:
        """The proxy by which the task that this code serves goes out."""
        return ROUTE.get()

    def visit(self, source: Source) -> PageVisit:
        """A browser visit that is read as a page of `source`."""
        settings = self._job.settings
        return PageVisit(
            self._reader(source),
            self._job.archive,
            self._door(),
            timeout_s=settings.navigation_timeout_s,
            rest_s=settings.rest_s,
            max_body_bytes=settings.max_body_bytes,
            max_ads=self._job.plan.limits.ads_per_page,
            probe_overlays=settings.probe_overlays,
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
        """Request meta for a visit in the browser context of a purpose (`page`, `landing`), device and route."""
        agent = user_agent(self._job.settings.user_agent, device, self._job.chromium_major)
        options = context_options(device, agent)
        name = f"{purpose}-{device.value}"
        if self.route:
            guard = self._job.guard
            name = f"{name}-{self.route}"
            options["proxy"] = {
                "server": guard.server,
                "username": guard.user(self.route),
                "password": guard.password,
            }
        return visit.meta(name, options)

    def answer_log(self) -> AnswerLog:
        """For the meta of a task's requests by Scrapy's own client: records the answers."""
        return AnswerLog(self._job.archive, self._door())

    def _door(self) -> Door:
        """What the guard knows, by the way out of the task that this code serves."""
        route = self.route
        return Door(ip=lambda url: self._ip(url, route), is_own=self._is_own)

    def request(self, url: str, meta: dict[str, Any], *, obey: bool, **options: Any) -> Request:
        """A request that is never dropped as a repetition; robots.txt is left out only if `obey` is False."""
        if not obey:
            meta = {**meta, "dont_obey_robotstxt": True}
        host = urlsplit(url).hostname or ""
        slot = slot_key(host, self.route)
        meta = {**meta, META: self.route, "download_slot": slot}
        if self._job.paces.fixed(host) or self._strikes.get(slot):
            # AutoThrottle would change the delay that is fixed for this host.
            meta["autothrottle_dont_adjust_delay"] = True
        return Request(url, meta=meta, dont_filter=True, **options)

    async def download(self, request: Request) -> Response:
        """The answer to a request made beside the scheduler. Raises what the download raises."""
        engine = self._crawler.engine
        assert engine is not None
        return await engine.download_async(request)

    def slow(self, host: str, route: str | None, strikes: int | None = None) -> None:
        """Set the delay of a host by one way out from now on; without `strikes` as many count as before."""
        engine = self._crawler.engine
        assert engine is not None
        key = slot_key(host, route)
        if strikes is not None:
            self._strikes[key] = strikes
        delay = slowed(self._job.paces.delay(host), self._strikes.get(key, 0))
        # The settings are for the slot that Scrapy makes anew after a minute of rest.
        engine.downloader.per_slot_settings[key] = self._job.paces.slot(host, delay)
        slot = engine.downloader.slots.get(key)
        if slot is not None:
            slot.delay = delay

    def ip(self, url: str | None) -> str | None:
        """The address that the guard last reached for a URL's host."""
        return self._ip(url, self.route)

    def _ip(self, url: str | None, route: str | None) -> str | None:
        if url is None or fault(url):
            return None
        contact = self._job.guard.last(*origin(url), route)
        return contact.ip if contact else None

    def failure(self, error: BaseException, visit: PageVisit | None, url: str) -> Ending:
        """What a failed download means; the guard knows best why a host was not reached."""
        if visit is not None and visit.trouble is not None:
            return visit.trouble.ending
        ending = of_exception(error)
        failed = (visit.failed_url if visit else None) or url
        if ending.outcome in (Outcome.UNREACHABLE, Outcome.ERROR, Outcome.TIMEOUT) and not fault(failed):
            return of_contact(self._job.guard.last(*origin(failed), self.route)) or ending
        return ending

    def guard_answer(self, headers: dict[str, str], url: str) -> Ending | None:
        """The ending if an answer came from the guard itself and not from a server."""
        if headers.get(MARK_HEADER) != self._job.guard.mark:
            return None
        contact = self._job.guard.last(*origin(url), self.route)
        return of_contact(contact) or Ending(Outcome.ERROR, "connection: refused by the address guard")

    async def refused_certificate(self, ending: Ending, url: str) -> Chain | None:
        """The certificate for which a page was refused, or None where that was not the reason."""
        if not (ending.detail or "").startswith("certificate:") or fault(url):
            return None
        guard = self._job.guard
        credential = (guard.user(self.route), guard.password)
        return await asyncio.to_thread(probe, url, ("127.0.0.1", guard.port), credential)

    def _is_own(self, headers: Headers) -> bool:
        """Whether headers are those of an answer by the guard itself."""
        return any(name.lower() == MARK_HEADER and value == self._job.guard.mark for name, value in headers)

    async def robots_forbid(self, first: str, final: str) -> Ending | None:
        """The ending if robots.txt of the host that redirects led to forbids the page.

        The browser follows redirects by itself; the first address was asked about before.
        """
        if urlsplit(first).netloc == urlsplit(final).netloc or fault(final):
            return None
        robots = self._crawler.get_downloader_middleware(RobotsMiddleware)
        if robots is None:
            return None
        rules = await robots.rules(Request(final, meta={META: self.route}))
        return rules.judge(final)
