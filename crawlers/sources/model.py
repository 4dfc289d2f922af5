"""A source as data: where to ask, how politely, what its pages look like.

Every struct mirrors a part of `source.schema.json`; the schema says what a file may hold,
these types say what the rest of the crawler can rely on.
"""

from datetime import date
from enum import StrEnum
from types import MappingProxyType

import msgspec

from findings.model.vocabulary import Channel, Device, Outcome, Slot


class Kind(StrEnum):
    """What sort of answer a source gives; it decides which reader reads it."""

    SEARCH = "search"
    PORTAL = "portal"
    STORE = "store"
    WATCHLIST = "watchlist"


class Fetch(StrEnum):
    """How a page of the source is fetched."""

    BROWSER = "browser"
    HTTP = "http"


class Trust(StrEnum):
    """How far the structure facts of a source can be relied on until a page confirms them."""

    GOOD = "good"
    MEDIUM = "medium"
    LOW = "low"


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One way to find a field; candidates are tried in order and the one that hit is recorded.

    `css` or `xpath` picks elements below the one being read; an absent selector means that
    element itself. `attr` takes an attribute instead of the text. `name` is what is recorded
    (for an ad mark: the mark), else the selector.
    """

    css: str | None = None
    xpath: str | None = None
    attr: str | None = None
    name: str | None = None
    decode: str | None = None
    """`percent` undoes one level of percent-encoding; `firm` takes a firm's name out of JSON."""
    slot: Slot | None = None
    """Ad marks only: a mark that also says where the ad stands (a brand zone)."""

    @property
    def label(self) -> str:
        """The name under which a hit is recorded."""
        if self.name:
            return self.name
        selector = self.css or self.xpath or ""
        return f"{selector}@{self.attr}" if self.attr else selector


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """How a page shows that it is no answer. All conditions given must hold together.

    `url`, `title`, `text`, `body` are regular expressions, searched; `url` also in the
    `Location` header, `text` in the visible text of `css` (else of the page). `max_bytes`
    is the largest size of the body in bytes, `status` a list of HTTP status codes.
    """

    outcome: Outcome
    name: str
    url: str | None = None
    title: str | None = None
    text: str | None = None
    body: str | None = None
    css: str | None = None
    status: tuple[int, ...] = ()
    max_bytes: int | None = None


class Pacing(msgspec.Struct, frozen=True, kw_only=True):
    """Politeness per host: seconds between requests, ± jitter in seconds, parallel requests."""

    delay_s: float
    jitter_s: float = 0.0
    concurrency: int = 1


class Paging(msgspec.Struct, frozen=True, kw_only=True):
    """`{pn}` of page n is `first + (n - 1) * step`."""

    first: int = 0
    step: int = 10


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One search engine, portal, app store or URL list, described by its data file."""

    name: str
    title_zh: str
    kind: Kind
    channel: Channel
    fetch: Fetch
    url: dict[Device, str]
    """Address template by device, with `{q}` (keyword), `{pn}` (offset), `{page}`, `{url}`."""
    pacing: Pacing
    trust: Trust
    paging: Paging = Paging()
    robots: str = "obey"
    verified_on: date | None = None
    """The day of the newest recorded page that the selectors were right on; None until one is."""
    verified_pages: int = 0
    """On how many recorded pages the selectors were right."""
    signatures: tuple[Signature, ...] = ()
    selectors: dict[str, tuple[Candidate, ...]] = msgspec.field(default_factory=dict)
    hosts: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Lists of host names: `ad` servers, and click counters (`wrapper`)."""
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    """JSON answers: where each field of an app stands, as a dotted path."""

    def candidates(self, field: str) -> tuple[Candidate, ...]:
        """The ordered candidates of a field; none where the source has none."""
        return self.selectors.get(field, ())


#: Reader module by kind, used where the source's folder holds no `parser.py` of its own.
READERS: MappingProxyType[Kind, str] = MappingProxyType(
    {
        Kind.SEARCH: "crawlers.parsers.search",
        Kind.PORTAL: "crawlers.parsers.portal",
        Kind.STORE: "crawlers.parsers.store",
        Kind.WATCHLIST: "crawlers.parsers.watchlist",
    }
)
