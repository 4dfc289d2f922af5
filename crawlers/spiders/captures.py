"""From a finished visit or answer to the one `Capture` of a task."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from crawlers.browser.answer_log import AnswerLog
from crawlers.browser.page import PageShot, PageVisit
from crawlers.browser.pictures import AdPicture
from crawlers.declared import declared_host
from crawlers.drift import filled_fields
from crawlers.job import Job
from crawlers.outcomes import Ending, of_page
from crawlers.plan import LandingBy
from crawlers.sources import Kind, Source
from crawlers.spiders.evidence import EvidencePutter, as_role
from crawlers.spiders.fetch import Fetcher, without_answer
from crawlers.spiders.landings import Landings
from crawlers.urls import printable
from findings.model.crawl import (
    AdLabel,
    Capture,
    EvidenceRef,
    Hop,
    Landing,
    ParsedAd,
    ParsedPage,
    SeenAd,
    Task,
)
from findings.model.vocabulary import Device, Outcome
from findings.model.zone import CHINA


def failed(
    task: Task, ending: Ending, hops: Sequence[Hop] = (), evidence: Sequence[EvidenceRef] = ()
) -> Capture:
    """The capture of a task that brought no page."""
    return Capture(
        task=task,
        outcome=ending.outcome,
        at=datetime.now(UTC),
        url=printable(task.url, 8000),
        final_url=hops[-1].url if hops else None,
        hops=tuple(hops),
        evidence=tuple(evidence),
        detail=ending.detail,
    )


class Captures:
    """Builds captures: evidence first, then landing pages, then the ads with both."""

    def __init__(self, job: Job, fetcher: Fetcher, putter: EvidencePutter, landings: Landings) -> None:
        self._job = job
        self._fetcher = fetcher
        self._putter = putter
        self._landings = landings

    async def of_failure(
        self, task: Task, ending: Ending, visit: PageVisit | None, log: AnswerLog | None = None
    ) -> Capture:
        """A task whose page did not come; what is left of the visit is evidence."""
        if visit is None:
            capture = failed(task, ending, evidence=await self._putter.answers(log))
        else:
            evidence = await self._putter.failed(visit, visit.hops, landing=False)
            capture = failed(task, ending, visit.hops, evidence)
        at = (visit.failed_url if visit else None) or task.url
        chain = await self._fetcher.refused_certificate(ending, at)
        if chain is None:
            return capture
        file = await self._putter.certificate(chain, landing=False)
        return replace(capture, certificate=chain.leaf, evidence=(*capture.evidence, file))

    async def _refused(self, task: Task, ending: Ending, visit: PageVisit, hops: Sequence[Hop]) -> Capture:
        """A task whose page may not be kept."""
        visit.discard()
        return failed(task, ending, hops, [await self._putter.hops(hops)] if hops else ())

    async def of_visit(self, task: Task, source: Source, visit: PageVisit) -> Capture:
        """A task whose page the browser drew."""
        if source.kind is Kind.WATCHLIST:
            return await self._of_listed(task, visit)
        shot = visit.shot
        if shot is None:
            return await self.of_failure(task, Ending(Outcome.ERROR, "browser: nothing was captured"), visit)
        refused = self._fetcher.guard_answer({name.lower(): value for name, value in shot.headers}, shot.url)
        hops = visit.hops if refused is None else without_answer(visit.hops)
        if refused is None and task.robots == "obey":
            refused = await self._fetcher.robots_forbid(task.url, shot.url)
        if refused is not None:
            return await self._refused(task, refused, visit, hops)
        ip = self._fetcher.ip(shot.url)
        evidence = await self._putter.page(visit, shot, ip, landing=False)
        ending = of_page(shot.parsed.outcome, shot.parsed.detail, shot.status)
        ads = await self._ads(task, shot) if ending.outcome is Outcome.OK else ()
        return Capture(
            task=task,
            outcome=ending.outcome,
            at=shot.at,
            url=task.url,
            final_url=shot.url,
            status=shot.status,
            ip=ip,
            hops=visit.hops,
            ads=ads,
            organic_count=len(shot.parsed.organic),
            slots_empty=shot.parsed.slots_empty,
            ad_iframes=shot.parsed.ad_iframes,
            filled=filled_fields(shot.parsed),
            overlays=shot.overlays,
            certificate=shot.chain.leaf if shot.chain else None,
            evidence=tuple(evidence),
            detail=ending.detail,
        )

    async def _of_listed(self, task: Task, visit: PageVisit) -> Capture:
        """A page of an address list: the page itself is the ad."""
        landing = await self._landings.of_visit(task.url, visit, obey=task.robots == "obey")
        shot = visit.shot
        roles = {ref.role: ref.role.removeprefix("landing_") for ref in landing.evidence}
        roles["landing_screenshot"] = "page_screenshot"
        evidence = tuple(as_role(ref, roles[ref.role]) for ref in landing.evidence)
        ads: tuple[SeenAd, ...] = ()
        if landing.outcome is Outcome.OK:
            pictures = [as_role(ref, "ad_screenshot") for ref in evidence if ref.role == "page_screenshot"]
            ads = (
                SeenAd(
                    title=landing.title or "",
                    text=landing.text,
                    mark="listed",
                    landing_url=task.url,
                    landing=landing,
                    icp=landing.icp,
                    evidence=tuple(pictures),
                ),
            )
        return Capture(
            task=task,
            outcome=landing.outcome,
            at=shot.at if shot else datetime.now(UTC),
            url=task.url,
            final_url=landing.final_url,
            status=shot.status if shot else None,
            ip=landing.ip,
            hops=landing.hops,
            ads=ads,
            certificate=landing.certificate,
            evidence=evidence,
            detail=landing.detail,
        )

    async def _ads(self, task: Task, shot: PageShot) -> tuple[SeenAd, ...]:
        parsed = shot.parsed.ads[: self._job.plan.limits.ads_per_page]
        behind = await self._behind(task, shot.url, shot.parsed.clicks, parsed)
        return tuple(
            [
                await self._ad(
                    ad,
                    shot.ads[index] if index < len(shot.ads) else AdPicture(),
                    shot.labels[index] if index < len(shot.labels) else None,
                    behind[index],
                )
                for index, ad in enumerate(parsed)
            ]
        )

    async def of_parsed(self, task: Task, parsed: ParsedPage, url: str) -> tuple[SeenAd, ...]:
        """The ads of an answer that no browser drew, with the pages behind them."""
        ads = parsed.ads[: self._job.plan.limits.ads_per_page]
        behind = await self._behind(task, url, parsed.clicks, ads)
        return tuple(
            [await self._ad(ad, AdPicture(), None, found) for ad, found in zip(ads, behind, strict=True)]
        )

    async def _behind(
        self, task: Task, page: str, clicks: Sequence[str | None], ads: Sequence[ParsedAd]
    ) -> list[tuple[Landing, ...]]:
        """The landing pages of a page's ads, side by side, one for each device that the plan names."""
        entry = self._job.entry(task)
        if entry is not None and entry.landing is LandingBy.NONE:
            return [()] * len(ads)
        devices = (entry.landing_devices if entry else ()) or (task.device,)
        # The page's own device comes first: its landing page is the one that names the ad.
        devices = tuple(sorted(devices, key=lambda device: device is not task.device))
        return list(
            await asyncio.gather(
                *(
                    self._landings_of(task, page, ad, clicks[i] if i < len(clicks) else None, devices)
                    for i, ad in enumerate(ads)
                )
            )
        )

    async def _landings_of(
        self, task: Task, page: str, ad: ParsedAd, click: str | None, devices: Sequence[Device]
    ) -> tuple[Landing, ...]:
        if ad.landing_url is not None:
            url = ad.landing_url
            return tuple(await asyncio.gather(*(self._landings.landing(url, device) for device in devices)))
        if click is None or not self._may_click(task, ad):
            return ()
        obey = task.robots != "authorised"
        return (await self._landings.clicked(click, task.device, page, obey=obey),)

    def _may_click(self, task: Task, ad: ParsedAd) -> bool:
        """Whether the plan's leave covers one more click; asking counts the click as made."""
        entry = self._job.entry(task)
        most = entry.clicks_on(datetime.now(CHINA).date()) if entry else 0
        return most > 0 and self._job.clicks.take(task.run_id, task.source, ad, most)

    async def _ad(
        self, ad: ParsedAd, picture: AdPicture, label: AdLabel | None, landings: Sequence[Landing]
    ) -> SeenAd:
        landing = landings[0] if landings else None
        evidence: tuple[EvidenceRef, ...] = ()
        if picture.png is not None:
            evidence = (await self._putter.put(picture.png, "ad_screenshot", "image/png"),)
        return SeenAd(
            title=ad.title,
            text=ad.text,
            display=ad.display,
            advertiser=ad.advertiser,
            slot=ad.slot,
            position=ad.position,
            mark=ad.mark,
            landing_url=ad.landing_url,
            landing=landing,
            landings=tuple(landings[1:]),
            declared_host=declared_host(ad.display, ad.landing_url),
            icp=landing.icp if landing else None,
            box=picture.box,
            label=label,
            evidence=evidence,
        )
