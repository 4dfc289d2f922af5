"""What the ads and sightings of a case add up to, at once or as they come in.

Facts of two groups of ads and sightings can be added (`added`), so that a store need not read
the whole of a case again for each sighting; a property test says that both ways agree.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

import msgspec

from findings.model.casework import MAX_LISTED, CaseFacts
from findings.model.ids import normalise_creative
from findings.model.records import AdRecord, Sighting
from findings.model.vocabulary import Device, LicenceStatus, Product, Severity

_Text = TypeVar("_Text", bound=str)

#: Characters kept of a title, a host, an advertiser's name.
_CUT = 200
#: Digits kept of a score behind the point: a store may keep it as part of a sum.
SCORE_DIGITS = 6


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the sightings of some ads add up to; None and empty where there is none."""

    sightings: int = 0
    runs: int = 0
    last: datetime | None = None
    regions: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


class AdPart(msgspec.Struct, frozen=True, kw_only=True):
    """What one ad adds to the facts of its case. `creative` tells different creatives apart."""

    creative: str
    first_seen: datetime
    source: str
    severity: Severity | None
    score: float
    categories: tuple[int, ...]
    product: Product
    licence_status: LicenceStatus
    host: str | None
    advertiser: str | None
    title: str


def creative_key(creative: str) -> str:
    """16 hex digits that tell creatives apart; width, case and white space don't count."""
    return hashlib.sha256(normalise_creative(creative).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def part_of(ad: AdRecord) -> AdPart:
    """What an ad adds."""
    judgement = ad.judgement
    named = judgement.advertiser.name or ad.advertiser_shown
    return AdPart(
        creative=creative_key(ad.creative),
        first_seen=ad.first_seen,
        source=ad.source,
        severity=judgement.severity,
        score=round(judgement.score, SCORE_DIGITS),
        categories=tuple(sorted({finding.category for finding in judgement.findings})),
        product=judgement.product,
        licence_status=judgement.licence.status,
        host=_cut(ad.landing_host),
        advertiser=_cut(named),
        title=_cut(ad.title) or "",
    )


class SeenOnce(msgspec.Struct, frozen=True):
    """What the facts need of a stored sighting."""

    run_id: str
    at: datetime
    region: str | None
    device: Device


def seen_in(sightings: Iterable[Sighting | SeenOnce]) -> Seen:
    """What sightings add up to; each is given once."""
    given = list(sightings)
    return Seen(
        sightings=len(given),
        runs=len({sighting.run_id for sighting in given}),
        last=max((sighting.at for sighting in given), default=None),
        regions=listed(sighting.region for sighting in given),
        devices=listed(sighting.device for sighting in given),
    )


def facts_of(parts: Iterable[AdPart], seen: Seen) -> CaseFacts:
    """The facts of a case of these ads (at least one) and sightings."""
    ads = list(parts)
    worst = max(_gravity(ad) for ad in ads)
    days = [ad.first_seen for ad in ads]
    return CaseFacts(
        ads=len(ads),
        variants=len({ad.creative for ad in ads}),
        sightings=seen.sightings,
        runs=seen.runs,
        first_seen=min(days),
        last_seen=max([*days, seen.last] if seen.last else days),
        severity=_severity(worst),
        score=worst[1],
        categories=tuple(sorted({category for ad in ads for category in ad.categories})),
        products=listed(ad.product for ad in ads),
        licence_status=listed(ad.licence_status for ad in ads),
        sources=listed(ad.source for ad in ads),
        regions=seen.regions,
        devices=seen.devices,
        hosts=listed(ad.host for ad in ads),
        advertisers=listed(ad.advertiser for ad in ads),
        title=min(ad.title for ad in ads if _gravity(ad) == worst),
    )


def added(facts: CaseFacts, new: CaseFacts, *, variants: int, runs: int) -> CaseFacts:
    """Facts of a case that gains the ads and sightings of `new`; `variants` and `runs` of it are new to it."""
    before, after = _gravity(facts), _gravity(new)
    worst = max(before, after)
    titles = [some.title for some, gravity in ((facts, before), (new, after)) if gravity == worst]
    return CaseFacts(
        ads=facts.ads + new.ads,
        variants=facts.variants + variants,
        sightings=facts.sightings + new.sightings,
        runs=facts.runs + runs,
        first_seen=min(facts.first_seen, new.first_seen),
        last_seen=max(facts.last_seen, new.last_seen),
        severity=_severity(worst),
        score=worst[1],
        categories=tuple(sorted({*facts.categories, *new.categories})),
        products=listed((*facts.products, *new.products)),
        licence_status=listed((*facts.licence_status, *new.licence_status)),
        sources=listed((*facts.sources, *new.sources)),
        regions=listed((*facts.regions, *new.regions)),
        devices=listed((*facts.devices, *new.devices)),
        hosts=listed((*facts.hosts, *new.hosts)),
        advertisers=listed((*facts.advertisers, *new.advertisers)),
        title=min(titles),
    )


def seen_again(facts: CaseFacts, seen: Seen, *, runs: int) -> CaseFacts:
    """Facts of a case whose ads were seen again; `runs` are new to it."""
    return msgspec.structs.replace(
        facts,
        sightings=facts.sightings + seen.sightings,
        runs=facts.runs + runs,
        last_seen=max(facts.last_seen, seen.last) if seen.last else facts.last_seen,
        regions=listed((*facts.regions, *seen.regions)),
        devices=listed((*facts.devices, *seen.devices)),
    )


def listed(values: Iterable[_Text | None]) -> tuple[_Text, ...]:
    """Values sorted, each once, the first MAX_LISTED of them."""
    return tuple(sorted({value for value in values if value}))[:MAX_LISTED]


def _gravity(of: AdPart | CaseFacts) -> tuple[int, float]:
    return (-1 if of.severity is None else of.severity.rank, of.score)


def _severity(gravity: tuple[int, float]) -> Severity | None:
    return None if gravity[0] < 0 else list(Severity)[gravity[0]]


def _cut(text: str | None) -> str | None:
    return text[:_CUT] if text else None
