"""What a visit to handed-over ads asks for: the pages behind them, and the sources that showed them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from findings.model.crawl import Task
from findings.model.handover import HandedItem, Paper
from findings.model.records import AdRecord
from findings.model.vocabulary import Device
from findings.store import FindingStore
from handover.recheck.telling import KeptAd

if TYPE_CHECKING:
    from crawlers.plan import Plan, Region
    from crawlers.sources import Source

#: Ads of a case that are looked at, pages and questions to sources of one row: the first ones speak for the others.
MOST_ADS, MOST_PAGES, MOST_ASKED = 20, 5, 5
#: Quotations of one ad that are looked for on its page.
_MOST_QUOTES = 20
#: The source that a page behind an ad is fetched as: a page by itself, of no ads.
PAGES = "watchlist"


class Target(msgspec.Struct, frozen=True):
    """One question: an address (`url`), a keyword or a package, asked of a source with a device."""

    source: str
    device: Device
    url: str | None = None
    keyword: str | None = None
    package: str | None = None


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """A row and what is asked for it; `decides` are the targets without which it is not there."""

    item: HandedItem
    ads: tuple[AdRecord, ...]
    targets: tuple[Target, ...]
    decides: frozenset[Target]

    @property
    def known(self) -> list[KeptAd]:
        """What is known of its ads."""
        return [kept_ad(ad) for ad in self.ads]


def sought(item: HandedItem, paper: Paper, store: FindingStore, sources: "Mapping[str, Source]") -> Sought:
    """What is asked for a row.

    A stop-publication notice asks publishers to stop: the sources decide, where they can be asked. Any other paper
    asks that the page goes: it decides, and a source that still shows the ad proves that it is there.
    """
    ads = tuple(ad for ad in (store.ad(name) for name in item.ad_ids[:MOST_ADS]) if ad is not None)
    asked = list(dict.fromkeys(islice(_asked(ads, store, sources), MOST_ASKED)))
    lookups = [target for target in asked if target.package is not None]
    pages = list(dict.fromkeys(islice(_pages(item, ads), MOST_PAGES)))
    if asked and (paper is Paper.STOP or not pages):
        return Sought(item=item, ads=ads, targets=tuple(asked), decides=frozenset(asked))
    return Sought(item=item, ads=ads, targets=(*pages, *asked), decides=frozenset([*pages, *lookups]))


def plan_of(wanted: Iterable[Target], title: str, regions: "Sequence[Region]") -> "Plan":
    """The plan that asks every target once from each region. Landing pages of the ads that a source shows are left
    alone: those of the rows are asked for themselves."""
    from crawlers.plan import LandingBy, Limits, Plan, PlannedSource

    groups: dict[tuple[str, Device], list[Target]] = {}
    for target in dict.fromkeys(wanted):
        groups.setdefault((target.source, target.device), []).append(target)
    entries = tuple(
        PlannedSource(
            source=source,
            urls=tuple(target.url for target in group if target.url is not None),
            keywords=tuple(target.keyword for target in group if target.keyword is not None),
            packages=tuple(target.package for target in group if target.package is not None),
            devices=(device,),
            landing=LandingBy.NONE,
        )
        for (source, device), group in groups.items()
    )
    return Plan(title=title, sources=entries, regions=tuple(regions), limits=Limits())


def target_of(task: Task, sources: "Mapping[str, Source]") -> Target:
    """The target that a task of such a plan asks for."""
    if task.keyword is None:
        return Target(task.source, task.device, url=task.url)
    source = sources[task.source]
    asked = Target(task.source, task.device, keyword=task.keyword)
    if source.lookup and task.url == _lookup(source, task.keyword):
        return Target(task.source, task.device, package=task.keyword)
    return asked


def kept_ad(ad: AdRecord) -> KeptAd:
    """What is known of an ad that was handed over."""
    quotes = (span.text for finding in ad.judgement.findings for span in finding.spans)
    page = ad.landing.text if ad.landing else ""
    return KeptAd(
        source=ad.source, creative=ad.creative, page=page, quotes=tuple(islice(quotes, _MOST_QUOTES))
    )


def _lookup(source: "Source", package: str) -> str:
    from urllib.parse import quote

    return (source.lookup or "").replace("{package}", quote(package, safe=""))


def _pages(item: HandedItem, ads: Sequence[AdRecord]) -> Iterator[Target]:
    """The addresses behind a row's ads, with the device that each was reached with."""
    from crawlers.urls import fault

    devices = {ad.landing_url: ad.landing.device for ad in ads if ad.landing}
    for url in item.urls:
        if fault(url) is None:
            yield Target(PAGES, devices.get(url, Device.DESKTOP), url=url)


def _asked(ads: Sequence[AdRecord], store: FindingStore, sources: "Mapping[str, Source]") -> Iterator[Target]:
    """How the sources that showed the ads are asked again; nothing for pages that were watched and ads entered by hand."""
    from crawlers.sources import Kind

    for ad in ads:
        source = sources.get(ad.source)
        if source is None or source.kind is Kind.WATCHLIST:
            continue
        seen = store.sightings(ad.id)
        device = seen[-1].device if seen else Device.DESKTOP
        if source.kind is Kind.PORTAL:
            if seen:
                yield Target(ad.source, device, url=seen[-1].page_url)
        elif source.lookup and ad.app and ad.app.package:
            yield Target(ad.source, device, package=ad.app.package)
        elif ad.keyword:
            yield Target(ad.source, device, keyword=ad.keyword)
