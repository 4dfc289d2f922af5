"""A source as data: where to ask, how politely, what its pages look like.

Every struct mirrors a part of `source.schema.json`; the schema says what a file may hold,
these types say what the rest of the crawler can rely on.
"""

from datetime import date
from enum import StrEnum
from types import MappingProxyType

import msgspec

from crawlers.sources.asks import Ask, Details
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
    without: str | None = None
    """CSS of descendants whose text is left out: a title link may hold the description too."""
    key: str | None = None
    """The attribute holds JSON or a script's object: the string under this key is taken."""
    decode: str | None = None
    """`percent` undoes one level of percent-encoding; `firm` takes a firm's name out of JSON."""
    slot: Slot | None = None
    """Ad marks only: a mark that also says where the ad stands (a brand zone)."""

    match: str | None = None
    """A regular expression: its first group is the value (a package name in a link)."""

    @property
    def label(self) -> str:
        """The name under which a hit is recorded."""
        if self.name:
            return self.name
        selector = self.css or self.xpath or ""
        return f"{selector}@{self.attr}{f'.{self.key}' if self.key else ''}" if self.attr else selector


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """A value in an answer that says yes: any but null, false, 0 and empty, or one that `matches` (searched)."""

    at: str
    matches: str | None = None


class JsonShape(msgspec.Struct, frozen=True, kw_only=True, tag_field="form", tag="json"):
    """One shape of an app store's JSON, whether it is the whole answer or stands in a page's script.

    Paths are dotted; `*` is every entry of a list, `**` every object at any depth. A field's path may begin with
    carets: each goes one container up from the entry (`^` is the list that holds it).
    """

    name: str
    items: tuple[str, ...]
    """Where entries may stand, in order; the first path that leads to an app is read."""
    fields: dict[str, tuple[str, ...]]
    in_page: bool = False
    """It stands in a page's script: a page without it is another page, not a refusal to give JSON."""
    needs: tuple[Condition, ...] = ()
    """What must hold of the whole document for this shape to be the right one."""
    require: tuple[str, ...] = ("name",)
    skip: tuple[Condition, ...] = ()
    """Entries that are no apps (programs for other systems)."""
    promoted: tuple[Condition, ...] = ()
    """Any one of these makes an entry a promoted one."""


class HtmlShape(msgspec.Struct, frozen=True, kw_only=True, tag_field="form", tag="html"):
    """One shape of an app store's page; `items` pick the elements of one app each, `fields` look inside."""

    name: str
    items: tuple[Candidate, ...]
    fields: dict[str, tuple[Candidate, ...]]
    require: tuple[str, ...] = ("name",)


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
    """Lists of host names: `ad` servers, click counters (`wrapper`), and counters in which an address is not the
    target but the page that the ad stood on (`opaque`)."""
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    """JSON answers of a search engine: where each field of a result stands, as a dotted path."""
    shapes: tuple[JsonShape | HtmlShape, ...] = ()
    """App stores: the shapes an answer may have, tried in order."""
    prefixes: dict[str, str] = msgspec.field(default_factory=dict)
    """App stores: what goes before a field that is a part of an address only (`screenshots`)."""
    app_url: str | None = None
    """App stores: address of an app's page, with `{package}`, where the answer names none."""
    lookup: str | None = None
    """App stores: address that answers for one `{package}`; the same source reads the answer."""
    ask: dict[Device, Ask] = msgspec.field(default_factory=dict)
    """`fetch: http`: how to ask, by device as in `url`; a plain GET where nothing is said."""
    details: Details | None = None

    def asked(self, device: Device) -> Ask:
        """How the address for a device is asked; devices fall back as their addresses do."""
        return self.ask.get(device if device in self.url else Device.DESKTOP, Ask())

    pages: tuple[str, ...] = ()
    """A portal's own channel pages: what is watched where a plan names the source and no address."""
    extends: str | None = None
    """The source whose settings, selectors, hosts and signatures stand behind this one's own."""

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
