"""From an answer over HTTP to the one `Capture` of its task: an app store's list, a search engine's JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import msgspec
from scrapy.http import Response

from crawlers.browser.answer_log import AnswerLog
from crawlers.browser.certificates import Chain
from crawlers.drift import filled_fields
from crawlers.job import Job
from crawlers.outcomes import Ending, of_page
from crawlers.parse import parse_page
from crawlers.sources import Source
from crawlers.sources.asks import Details
from crawlers.spiders.asking import Asking, is_lookup
from crawlers.spiders.captures import failed
from crawlers.spiders.evidence import EvidenceFailed, EvidencePutter
from crawlers.spiders.fetch import Fetcher, without_answer
from crawlers.urls import fault, printable
from findings.model.crawl import (
    Capture,
    EvidenceRef,
    Hop,
    ParsedApp,
    ParsedPage,
    SeenAd,
    Task,
)
from findings.model.judgement import AppInfo, Icp
from findings.model.vocabulary import Outcome, Slot

#: Turns the ads of an answer into seen ones, with the pages behind them.
AdsOf = Callable[[Task, ParsedPage, str], Awaitable[tuple[SeenAd, ...]]]
#: What an app's own page may add to what the list said.
_ADDED = ("package", "developer", "icp", "icp_entity", "url", "genre")
#: Answers that are read side by side: the tree of a hostile one takes a hundred megabytes.
_PARSED_AT_ONCE = 2
_TURNED_AWAY = (Outcome.BLOCKED, Outcome.CAPTCHA, Outcome.LOGIN)


class Answers:
    """Builds the captures of HTTP sources."""

    def __init__(
        self, job: Job, fetcher: Fetcher, putter: EvidencePutter, asking: Asking, ads_of: AdsOf
    ) -> None:
        self._job = job
        self._fetcher = fetcher
        self._putter = putter
        self._asking = asking
        self._ads_of = ads_of
        self._parsing = asyncio.Semaphore(_PARSED_AT_ONCE)

    async def of_answer(self, task: Task, source: Source, response: Response) -> Capture:
        """A task whose answer came: evidence first, then follow-up questions, then the ads."""
        at = datetime.now(UTC)
        headers = _headers(response)
        refused = None if fault(response.url) else self._fetcher.guard_answer(headers, response.url)
        hops = _http_hops(response, at)
        log = response.meta.get("answer_log")
        if refused is not None:
            return failed(task, refused, without_answer(hops), await self._putter.answers(log))
        chain = Chain((response.certificate.dump(),)) if response.certificate is not None else None
        parsed = await self._parsed(source, response, headers)
        ip = self._fetcher.ip(response.url)
        evidence = [
            await self._body(response, headers),
            await self._putter.headers(
                "headers", response.url, response.status, list(headers.items()), ip, at.isoformat()
            ),
            await self._putter.hops(hops),
        ]
        ending = of_page(parsed.outcome, parsed.detail, response.status)
        ads: tuple[SeenAd, ...] = ()
        apps = parsed.apps[: self._job.plan.limits.ads_per_page]
        if ending.outcome is Outcome.OK:
            if not is_lookup(source, task):
                apps, more, missed = await self._detailed(task, source, apps, log)
                evidence += more
                ending = Ending(ending.outcome, missed)
            ads = (*await self._ads_of(task, parsed, response.url), *map(app_ad, apps))
        evidence += await self._putter.answers(log)
        if chain is not None:
            evidence.append(await self._putter.certificate(chain, landing=False))
        return Capture(
            task=task,
            outcome=ending.outcome,
            at=at,
            url=task.url,
            final_url=response.url,
            status=response.status,
            ip=ip,
            hops=hops,
            ads=ads,
            organic_count=len(parsed.organic),
            filled=filled_fields(parsed),
            certificate=chain.leaf if chain else None,
            evidence=tuple(evidence),
            detail=ending.detail,
        )

    async def _parsed(self, source: Source, response: Response, headers: dict[str, str]) -> ParsedPage:
        async with self._parsing:
            return await asyncio.to_thread(
                parse_page,
                source,
                response.body,
                response.url,
                status=response.status,
                headers=headers,
                filters=self._job.filters,
            )

    async def _body(self, response: Response, headers: dict[str, str]) -> EvidenceRef:
        media_type = headers.get("content-type", "application/octet-stream")
        return await self._putter.put(response.body, "body", media_type)

    async def _detailed(
        self, task: Task, source: Source, apps: Sequence[ParsedApp], log: AnswerLog | None
    ) -> tuple[tuple[ParsedApp, ...], list[EvidenceRef], str | None]:
        """The apps with what their own pages add, the evidence of those, and a sentence on what is missing."""
        details = source.details
        if details is None:
            return tuple(apps), [], None
        lacking = [index for index, app in enumerate(apps) if _lacks(app, details)]
        whole, evidence, missed = list(apps), [], []
        for index in lacking[: details.most]:
            app = apps[index]
            request = self._asking.of_details(source, app, obey=task.robots != "authorised")
            if request is None:
                missed.append(f"{printable(app.name, 40)}: no address")
                continue
            request.meta["answer_log"] = log
            found, why = None, None
            try:
                response = await self._fetcher.download(request)
                headers = _headers(response)
                why = self._fetcher.guard_answer(headers, response.url)
                if why is None:
                    evidence.append(await self._body(response, headers))
                    page = await self._parsed(source, response, headers)
                    why = of_page(page.outcome, page.detail, response.status)
                    found = _same_app(app, page.apps)
            except EvidenceFailed:
                raise  # the store failed, not the page
            except Exception as error:  # an app's page is an extra: its failure leaves a field empty
                why = self._fetcher.failure(error, None, request.url)
            if found is not None:
                whole[index] = _added(app, found)
                continue
            missed.append(
                f"{printable(app.package or app.name, 40)}: {(why and why.detail) or 'another app'}"
            )
            if why is not None and why.outcome in _TURNED_AWAY:
                break  # to go on asking a host that turns us away would be neither polite nor of use
        return tuple(whole), evidence, _sentence(missed, len(lacking))


def app_ad(app: ParsedApp) -> SeenAd:
    """An app of a store as an ad: its description is the text; its store page is not visited."""
    icp = Icp(number=app.icp, owner=app.icp_entity) if app.icp or app.icp_entity else None
    return SeenAd(
        title=app.name,
        text=app.description or "",
        advertiser=app.developer,
        slot=Slot.FEED,
        position=app.position,
        mark="promoted" if app.promoted else "listed",
        landing_url=app.url,
        app=AppInfo(name=app.name, package=app.package, developer=app.developer),
        icp=icp,
    )


def _lacks(app: ParsedApp, details: Details) -> bool:
    if "description" in details.fields and len(app.description or "") < details.short:
        return True
    return any(not getattr(app, name) for name in details.fields)


def _same_app(app: ParsedApp, found: Sequence[ParsedApp]) -> ParsedApp | None:
    """The app that was asked about among those that its page names."""
    for one in found:
        if app.package is not None and one.package == app.package:
            return one
    if len(found) == 1 and (app.package is None or found[0].package is None):
        return found[0]
    return None


def _added(app: ParsedApp, found: ParsedApp) -> ParsedApp:
    """What the list said, filled up; a page's longer description goes before the list's line."""
    changes: dict[str, object] = {name: getattr(found, name) for name in _ADDED if getattr(app, name) is None}
    if len(found.description or "") > len(app.description or ""):
        changes["description"] = found.description
    if not app.screenshots:
        changes["screenshots"] = found.screenshots
    return msgspec.structs.replace(app, **changes)


def _sentence(missed: Sequence[str], lacking: int) -> str | None:
    if not missed:
        return None
    shown = "; ".join(missed[:3]) + ("; …" if len(missed) > 3 else "")
    return f"details: {len(missed)} of {lacking} app pages not read ({shown})"


def _headers(response: Response) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }


def _http_hops(response: Response, at: datetime) -> tuple[Hop, ...]:
    """The redirects that Scrapy followed; it keeps no time for each, so all bear the answer's."""
    meta = response.meta
    urls, statuses = meta.get("redirect_urls", []), meta.get("redirect_reasons", [])
    earlier = [
        Hop(
            url,
            reason if isinstance(reason, int) else None,
            "http" if isinstance(reason, int) else "meta",
            at,
        )
        for url, reason in zip(urls, statuses, strict=False)
    ]
    return (*earlier, Hop(response.url, response.status, "http", at))
