"""What one may ask a store, and what it answers; the same on every store."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from findings.model.crawl import Filled
from findings.model.records import AdRecord
from findings.model.vocabulary import (
    CaseState,
    Channel,
    Device,
    FormDuty,
    LicenceStatus,
    Product,
    Severity,
)


class SortOrder(StrEnum):
    """The order of a search; ads alike in it come by id.

    `NEWEST` by first seen, `LAST_SEEN` by the last sighting, `WORST` by severity, then score; each
    from the largest down. `STORED` is the order in which the store first got them, oldest first.
    Nothing is ranked by relevance: a word stands in an ad or not.
    """

    NEWEST = "newest"
    LAST_SEEN = "last_seen"
    WORST = "worst"
    STORED = "stored"


class Facet(StrEnum):
    """What matching ads can be counted by."""

    CATEGORY = "category"
    SOURCE = "source"
    LICENCE_STATUS = "licence_status"
    SEVERITY = "severity"
    STATE = "state"
    PROVINCE = "province"
    PRODUCT = "product"
    CHANNEL = "channel"
    DUTY = "duty"
    DEVICE = "device"
    REGION = "region"
    RULE = "rule"
    KEYWORD = "keyword"
    DOMAIN = "domain"


#: The facets of a search that names none: counting others costs time.
USUAL_FACETS = (Facet.CATEGORY, Facet.SOURCE, Facet.LICENCE_STATUS, Facet.SEVERITY)


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A search over ads. Every condition given must hold; within one tuple any value may.

    `words` is what the officer typed (`search/syntax.py`): words and "quotations" that must occur in
    title or text (what was read in an ad's picture is searched as text), each as an exact run of characters, joined by AND, OR, NOT (与 或 非, `-word`) and
    brackets; `field:value` asks for a field. Width, case, traditional or simplified form and the
    kind of white space don't count (`search/fold.py`). `also` names further spellings of words
    (folded): each finds what the word finds, in title, text and the names of the advertiser.

    `categories` holds 1–9; `clear` those of which an ad has a clear finding, or `any`; `duties` are form duties that an ad missed at any time; `rules` are ids
    of rules, `min_score` the least highest score (0–1). `hosts` are landing hosts, exactly;
    `domains` hosts with all below them, also where the ad only names one as its target. `advertisers`
    are parts of any name of who stands behind the ad; `icp_numbers`, `app_packages` whole ones.
    `regions`, `devices`, `keywords` are those of any sighting. `since` ≤ `first_seen` < `until`,
    `seen_since` ≤ last sighting < `seen_until`, all with a time zone. `findings_only` leaves out ads
    without a finding of a category or form duty.

    `cursor` is the opaque place to go on from, `limit` the size of a page (1–1,000).
    """

    words: str = ""
    also: dict[str, tuple[str, ...]] = {}
    categories: tuple[int, ...] = ()
    clear: tuple[str, ...] = ()
    duties: tuple[FormDuty, ...] = ()
    rules: tuple[str, ...] = ()
    min_score: float | None = None
    sources: tuple[str, ...] = ()
    licence_status: tuple[LicenceStatus, ...] = ()
    severities: tuple[Severity, ...] = ()
    products: tuple[Product, ...] = ()
    channels: tuple[Channel, ...] = ()
    devices: tuple[Device, ...] = ()
    regions: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    advertisers: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    icp_numbers: tuple[str, ...] = ()
    app_packages: tuple[str, ...] = ()
    states: tuple[CaseState, ...] = ()
    case_id: str | None = None
    run_id: str | None = None
    findings_only: bool = False
    since: datetime | None = None
    until: datetime | None = None
    seen_since: datetime | None = None
    seen_until: datetime | None = None
    sort: SortOrder = SortOrder.NEWEST
    facets: tuple[Facet, ...] = USUAL_FACETS
    limit: int = 20
    cursor: str | None = None


class Highlight(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in an ad: `field` is `title`, `text` or `image` (`AdRecord.picture_text`); offsets are code points.

    `category` is that of the finding that quotes it; without one a searched word stands there.
    """

    field: str
    start: int
    end: int
    category: int | None = None


class Hit(msgspec.Struct, frozen=True):
    """One ad found, with the places of the searched words and those that its findings quote: the
    first 100 of each kind in each field."""

    ad: AdRecord
    highlights: tuple[Highlight, ...]
    spans: tuple[Highlight, ...] = ()


class SearchResult(msgspec.Struct, frozen=True):
    """A page of hits in the order asked for. `next_cursor` is None on the last.

    Pages follow each other by the order's value and id of the last hit: none repeats or leaves out
    an ad whose value stays the same meanwhile, and first seen never changes (`scan` reads one view of the store).
    `facets` count all matching ads by value, the closed lists whole, of others the 100 most frequent.
    `added` repeats the spellings that were looked for beside those typed.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]]
    next_cursor: str | None
    added: dict[str, tuple[str, ...]] = {}


class PlaceCoverage(msgspec.Struct, frozen=True):
    """What happened to the tasks of one source on one device from one region."""

    device: str
    region: str | None
    outcomes: dict[str, int]


class SourceCoverage(msgspec.Struct, frozen=True):
    """What happened to the tasks of one source in one run. `skipped` counts by reason."""

    source: str
    outcomes: dict[str, int]
    ads: int
    skipped: dict[str, int]
    places: tuple[PlaceCoverage, ...] = ()
    """The same outcomes by device and region, in the order of their names."""


class Coverage(msgspec.Struct, frozen=True):
    """Outcomes by source, and findings by category (ads counted once each). Category → ads.

    Of everything stored, outcomes leave out rechecks (`model.ids.RECHECK_RUN`): a site that was closed is no
    page that could not be read.
    `form` counts the same ads by form duty; one missed in an earlier run counts too, as in a case.
    `listed` are the ads of advertisers, sites and apps on a negative list.
    """

    run_id: str | None
    sources: tuple[SourceCoverage, ...]
    findings: dict[int, int]
    ads: int
    sightings: int
    form: dict[str, int] = {}
    listed: int = 0


class TaskCounts(msgspec.Struct, frozen=True):
    """How far a run is: tasks whose captures are stored, and tasks still to be done."""

    done: int
    open: int


class SourceDay(msgspec.Struct, frozen=True):
    """What the pages of one source brought on one day in China, rechecks left out.

    `filled` adds up by field in how many results it was found (`Capture.filled`).
    """

    source: str
    day: date
    outcomes: dict[str, int]
    filled: dict[str, Filled]
