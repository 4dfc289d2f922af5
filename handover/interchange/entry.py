"""One case as other systems get it: pure, and only what a lead is known by; the JSON is frozen in feed.schema.json."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar

import msgspec

from findings.model.records import AdRecord, CaseView
from findings.model.vocabulary import CaseState, Level, LicenceStatus, Product, Severity
from handover.persons import is_person, name_of, shown
from handover.rows import cite

_T = TypeVar("_T")

#: Most values of one list of an entry; what is left out is counted in `more`.
MOST = 100


class FeedAdvertiser(msgspec.Struct, frozen=True, kw_only=True):
    """Who advertises, as far as it is known. `uscc` is the unified social credit code."""

    name: str | None
    uscc: str | None
    licence: LicenceStatus
    as_of: date | None


class FeedCategory(msgspec.Struct, frozen=True, kw_only=True):
    """One category of content that the case is a lead for, with the words quoted and the articles named."""

    category: int
    level: Level
    quoted: tuple[str, ...]
    basis: tuple[str, ...]


class FeedIcp(msgspec.Struct, frozen=True):
    """A filing number and whom it belongs to."""

    number: str | None
    owner: str | None


class FeedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One case. Times are UTC; `sightings` counts raw detections; `more` how many values lists had to leave out.

    `statement` says on every entry what it is: a lead, no verdict.
    """

    format: str = "finadwatch-feed-1"
    statement: str = "线索，不作违法认定 a lead, no verdict"
    id: str
    state: CaseState
    title: str
    severity: Severity | None
    product: Product
    advertiser: FeedAdvertiser
    categories: tuple[FeedCategory, ...]
    urls: tuple[str, ...]
    hosts: tuple[str, ...]
    ips: tuple[str, ...]
    icp: tuple[FeedIcp, ...]
    packages: tuple[str, ...]
    sources: tuple[str, ...]
    route: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    sightings: int
    rulesets: tuple[str, ...]
    more: int = 0


def feed_entry(case: CaseView, *, whole: bool = False) -> FeedEntry:
    """The entry of a case, which is given with personal data masked (`findings.redaction`) unless `whole`: then the
    name of an advertiser who seems to be a natural person stands whole too."""
    lead, ads = case.lead, case.ads
    cut = _Cut()
    name = name_of(lead)
    return FeedEntry(
        id=case.id,
        state=case.state,
        title=lead.title or lead.text[:60],
        severity=lead.judgement.severity,
        product=lead.judgement.product,
        advertiser=FeedAdvertiser(
            name=name if name is None or whole else shown(name, person=is_person(lead, name)),
            uscc=lead.judgement.advertiser.uscc,
            licence=lead.judgement.licence.status,
            as_of=lead.judgement.licence.as_of,
        ),
        categories=tuple(_categories(ads, cut)),
        urls=cut(ad.landing_url for ad in ads),
        hosts=cut(ad.landing_host for ad in ads),
        ips=cut(ad.landing.ip if ad.landing else None for ad in ads),
        icp=cut(FeedIcp(ad.icp.number, ad.icp.owner) if ad.icp else None for ad in ads),
        packages=cut(ad.app.package if ad.app else None for ad in ads),
        sources=cut(ad.source for ad in ads),
        route=cut(name for ad in ads for name in ad.judgement.route),
        first_seen=case.first_seen,
        last_seen=case.last_seen,
        sightings=case.sightings,
        rulesets=cut(ad.judgement.ruleset for ad in ads),
        more=cut.more,
    )


class _Cut:
    """Lists without doubles and empty values, cut to MOST; counts what it left out."""

    def __init__(self) -> None:
        self.more = 0

    def __call__(self, values: Iterable[_T | None]) -> tuple[_T, ...]:
        found = tuple(dict.fromkeys(value for value in values if value))
        self.more += max(0, len(found) - MOST)
        return found[:MOST]


def _categories(ads: tuple[AdRecord, ...], cut: _Cut) -> Iterable[FeedCategory]:
    found = [finding for ad in ads for finding in ad.judgement.findings]
    for number in sorted({finding.category for finding in found}):
        those = [finding for finding in found if finding.category == number]
        yield FeedCategory(
            category=number,
            level=Level.CLEAR if any(one.level is Level.CLEAR for one in those) else Level.ARGUABLE,
            quoted=cut(span.text for one in those for span in one.spans),
            basis=cut(cite(basis) for one in those for basis in one.basis),
        )
