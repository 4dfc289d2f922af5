"""What one may ask a store, and what it answers; the same on every store."""

from datetime import date, datetime

import msgspec

from findings.model.crawl import Filled
from findings.model.records import AdRecord
from findings.model.vocabulary import FormDuty, LicenceStatus, Severity


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A search over ads. Every condition given must hold; within one tuple any value may.

    `words` is what the officer typed: terms separated by spaces must all occur, each as an
    exact run of characters in title or text; "double quotes" keep spaces. Width, case,
    traditional or simplified form and the kind of white space don't count (`search/fold.py`).
    `categories` holds 1–9; `duties` are form duties that an ad missed at any time. `since` ≤ the ad's `first_seen` < `until`, both with a time zone.
    `findings_only` leaves out ads without a finding of a category or form duty. `cursor` is
    the opaque place to go on from, `limit` the size of a page (1–1,000).
    """

    words: str = ""
    categories: tuple[int, ...] = ()
    duties: tuple[FormDuty, ...] = ()
    sources: tuple[str, ...] = ()
    licence_status: tuple[LicenceStatus, ...] = ()
    severities: tuple[Severity, ...] = ()
    hosts: tuple[str, ...] = ()
    case_id: str | None = None
    run_id: str | None = None
    findings_only: bool = False
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 20
    cursor: str | None = None


class Highlight(msgspec.Struct, frozen=True):
    """Where a searched word stands: `field` is `title` or `text`; offsets are code points."""

    field: str
    start: int
    end: int


class Hit(msgspec.Struct, frozen=True):
    """One ad found, with the places of the searched words: the first 100 of title and of text."""

    ad: AdRecord
    highlights: tuple[Highlight, ...]


class SearchResult(msgspec.Struct, frozen=True):
    """A page of hits, newest first_seen first, then by id. `next_cursor` is None on the last."""

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]]
    next_cursor: str | None


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
    """What the pages of one source brought on one day in China.

    `filled` adds up by field in how many results it was found (`Capture.filled`).
    """

    source: str
    day: date
    outcomes: dict[str, int]
    filled: dict[str, Filled]
