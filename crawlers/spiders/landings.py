"""Visits the pages behind ads: each address once a run, device and way out, in a browser context of their own."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

import msgspec

from crawlers.browser.page import PageVisit
from crawlers.browser.rendered import warnings_in
from crawlers.browser.texts import contacts_in, icp_in
from crawlers.job import Job
from crawlers.outcomes import Ending, of_exception, of_page
from crawlers.sources import Source
from crawlers.spiders.evidence import EvidenceFailed, EvidencePutter
from crawlers.spiders.fetch import Fetcher, without_answer
from crawlers.urls import fault, printable
from findings.model.crawl import Hop, Landing
from findings.model.vocabulary import Device, Outcome

#: Landing pages remembered in one run; the oldest go first.
_REMEMBERED = 500


@dataclass(frozen=True)
class _Way:
    """How a landing page is asked for; `purpose` names the browser profile."""

    url: str
    device: Device
    purpose: str = "landing"
    referrer: str | None = None
    obey: bool = True


class Landings:
    """The landing pages of one run. `watchlist` is the source by whose signatures they are read."""

    def __init__(self, job: Job, fetcher: Fetcher, putter: EvidencePutter, watchlist: Source) -> None:
        self._job = job
        self._fetcher = fetcher
        self._putter = putter
        self._watchlist = watchlist
        self._known: OrderedDict[tuple[str, Device, str | None], asyncio.Task[Landing]] = OrderedDict()

    async def landing(self, url: str, device: Device) -> Landing:
        """The page behind a URL, visited now or earlier in this run. Never raises for what a page does."""
        key = (url, device, self._fetcher.route)
        task = self._known.get(key)
        if task is None:
            task = asyncio.ensure_future(self._visit(_Way(url, device)))
            self._known[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return await asyncio.shield(task)

    def _forget(self, key: tuple[str, Device, str | None], done: asyncio.Task[Landing]) -> None:
        """A page whose evidence was not stored is visited again for the next ad that leads to it."""
        if (done.cancelled() or done.exception() is not None) and self._known.get(key) is done:
            del self._known[key]

    async def clicked(self, url: str, device: Device, page: str, *, obey: bool) -> Landing:
        """The page that a click on an ad of `page` opens; `url` is the ad's click address.

        It is opened in a browser profile that nothing else uses, and with the page as referrer, as
        a reader's click would. `obey` is for the robots.txt of click counters and what is behind.
        """
        return await self._visit(_Way(url, device, "click", page, obey))

    async def _visit(self, way: _Way) -> Landing:
        landing = await self._arrived(way)
        return msgspec.structs.replace(landing, device=way.device, clicked=way.purpose == "click")

    async def _arrived(self, way: _Way) -> Landing:
        url = way.url
        bad = fault(url)
        if bad:
            return Landing(url=printable(url), outcome=Outcome.SKIPPED, detail=f"address: {bad}")
        visit = self._fetcher.visit(self._watchlist)
        meta = self._fetcher.browser_meta(visit, way.device, way.purpose)
        if way.referrer is not None:
            meta["playwright_page_goto_kwargs"] |= {"referer": way.referrer}
        try:
            await self._fetcher.download(self._fetcher.request(url, meta, obey=way.obey))
        except Exception as error:  # anything a page or network does is this landing's ending
            ending = self._fetcher.failure(error, visit, url)
            return await self.failed(url, ending, visit, visit.hops)
        try:
            return await self.of_visit(url, visit, obey=way.obey)
        except EvidenceFailed:
            raise  # the store failed, not the page
        except Exception as error:
            return await self.failed(url, of_exception(error), visit, visit.hops)

    async def of_visit(self, url: str, visit: PageVisit, *, obey: bool = True) -> Landing:
        """The landing that a finished visit brought, with its evidence stored."""
        shot = visit.shot
        if shot is None:
            ending = Ending(Outcome.ERROR, "browser: nothing was captured")
            return await self.failed(url, ending, visit, visit.hops)
        refused = self._fetcher.guard_answer({name.lower(): value for name, value in shot.headers}, shot.url)
        if refused is not None:
            visit.discard()
            return await self.failed(url, refused, visit, without_answer(visit.hops))
        forbidden = await self._fetcher.robots_forbid(url, shot.url) if obey else None
        if forbidden is not None:
            visit.discard()
            return await self.failed(url, forbidden, visit, visit.hops)
        ending = of_page(shot.parsed.outcome, shot.parsed.detail, shot.status)
        ip = self._fetcher.ip(shot.url)
        evidence = await self._putter.page(visit, shot, ip, landing=True)
        return Landing(
            url=url,
            outcome=ending.outcome,
            final_url=shot.url,
            title=shot.title or None,
            text=shot.text,
            ip=ip,
            icp=icp_in(shot.text),
            overlays=shot.overlays,
            certificate=shot.chain.leaf if shot.chain else None,
            contacts=contacts_in(shot.text, shot.links),
            warnings=warnings_in(shot.drawn),
            hops=visit.hops,
            evidence=tuple(evidence),
            detail=ending.detail,
        )

    async def failed(self, url: str, ending: Ending, visit: PageVisit, hops: tuple[Hop, ...]) -> Landing:
        """The landing that was not reached; what is left of the visit is kept."""
        evidence = await self._putter.failed(visit, hops, landing=True)
        chain = await self._fetcher.refused_certificate(ending, visit.failed_url or url)
        if chain is not None:
            evidence.append(await self._putter.certificate(chain, landing=True))
        return Landing(
            url=url,
            outcome=ending.outcome,
            final_url=hops[-1].url if hops else None,
            ip=self._fetcher.ip(hops[-1].url if hops else None),
            certificate=chain.leaf if chain else None,
            hops=hops,
            evidence=tuple(evidence),
            detail=ending.detail,
        )
