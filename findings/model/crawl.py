"""What a spider is asked for and what it brings."""

from datetime import datetime

import msgspec

from findings.model.judgement import AppInfo, Box, Icp
from findings.model.vocabulary import Channel, Device, Outcome, Slot


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One fetch that a plan asks for. `id` is stable: the same task of a run has the same id."""

    id: str
    run_id: str
    source: str
    url: str
    channel: Channel
    keyword: str | None = None
    device: Device = Device.DESKTOP
    page: int = 1
    region: str | None = None
    robots: str = "obey"
    """`obey`, or `authorised` where the plan names by whom, document and until when."""


class Hop(msgspec.Struct, frozen=True):
    """One step of a click chain. `kind` is `http`, `meta` or `script`; `at` is UTC."""

    url: str
    status: int | None
    kind: str
    at: datetime


class EvidenceRef(msgspec.Struct, frozen=True):
    """A file in the evidence store. `size` is bytes; `role` is one of
    `html headers page_screenshot ad_screenshot body hops rendered warc certificate`, with
    `landing_` before it where it is of the page behind an ad, `capture` (the record of the whole
    capture, JSON), `stamp_list stamp_token stamp_roots` of a time stamp, or `receipt receipt_report`:
    what an addressee sent back, and what was made of it."""

    role: str
    sha256: str
    size: int
    media_type: str


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """The TLS certificate that a server showed. `sha256` is of its DER form; times are UTC.

    `subject` and `issuer` are distinguished names (RFC 4514), `names` the host names it is for.
    """

    sha256: str
    subject: str
    issuer: str
    names: tuple[str, ...] = ()
    valid_from: datetime
    valid_to: datetime


class Contacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a page says its owner can be reached, as written, each once, in page order."""

    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    wechat: tuple[str, ...] = ()
    qq: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


class TextRun(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of text as the browser drew it.

    `size_px` is the font size in CSS pixels, `contrast` the ratio of text to background (WCAG 2.2
    §1.4.3: 1 to 21; None over a picture), `visible` False where nothing of it can be seen (hidden,
    transparent, off the page, covered). `box` is on the picture of the whole page.
    """

    text: str
    size_px: float
    contrast: float | None
    visible: bool
    box: Box | None = None


class AdLabel(msgspec.Struct, frozen=True, kw_only=True):
    """The mark by which an ad says that it is one (Decree 72 art. 9), as a reader sees it.

    `by` is `text`, `style` (drawn by CSS), `picture`, or `none` where no mark was found; `run` says how it shows.
    """

    by: str
    run: TextRun | None = None


class Overlay(msgspec.Struct, frozen=True, kw_only=True):
    """A pop-up or splash layer over a page and how it can be closed (Decree 72 art. 10).

    `close` is the text or shape of its close mark, None without one; `close_box` where that stands
    and `visible` whether a reader can see it; `wait_s` seconds until it could be used, `countdown`
    the words of a timer. `leads_away`: the mark is a link to somewhere, or using it left the page.
    `tried` says whether closing was tried; `clicks` how many it took, None where the layer stayed;
    `returned` whether it came again after closing. `hosts` are those its links lead to. Boxes are
    on the picture of the whole page.
    """

    text: str
    box: Box | None = None
    close: str | None = None
    close_box: Box | None = None
    visible: bool = False
    wait_s: float = 0.0
    countdown: str | None = None
    leads_away: bool = False
    tried: bool = False
    clicks: int | None = None
    returned: bool = False
    hosts: tuple[str, ...] = ()


class Filled(msgspec.Struct, frozen=True):
    """In how many of `total` results of a page a field was found: what the drift alarm compares."""

    found: int
    total: int


class Organic(msgspec.Struct, frozen=True):
    """One natural search result."""

    title: str
    url: str
    text: str
    position: int


class ParsedAd(msgspec.Struct, frozen=True, kw_only=True):
    """One ad as a parser reads it from a page (contract of `finadwatch parse`).

    `position` counts from 1 over all ads of the page; `mark` is what proved "ad".
    """

    title: str
    text: str
    display: str | None
    landing_url: str | None
    advertiser: str | None
    position: int
    slot: Slot
    mark: str


class ParsedApp(msgspec.Struct, frozen=True, kw_only=True):
    """One app as an app store's answer shows it."""

    name: str
    package: str | None
    developer: str | None
    icp: str | None
    icp_entity: str | None
    description: str | None
    promoted: bool
    position: int
    url: str | None = None
    genre: str | None = None
    screenshots: tuple[str, ...] = ()


class ParsedPage(msgspec.Struct, frozen=True, kw_only=True):
    """A saved page or answer, read. `selectors` says which candidate hit, by field.

    `slots_empty` counts ad slots without content, `ad_iframes` frames of ad hosts.
    `locators` holds, ad by ad, the element path (XPath) for a screenshot, or None; `clicks`
    the address a click on it would open (often a paid click counter), or None.
    """

    source: str
    outcome: Outcome
    ads: tuple[ParsedAd, ...] = ()
    organic: tuple[Organic, ...] = ()
    apps: tuple[ParsedApp, ...] = ()
    selectors: dict[str, str] = msgspec.field(default_factory=dict)
    slots_empty: int = 0
    ad_iframes: int = 0
    detail: str | None = None
    locators: tuple[str | None, ...] = ()
    clicks: tuple[str | None, ...] = ()


class Landing(msgspec.Struct, frozen=True, kw_only=True):
    """The page behind an ad, as it was reached. `text` is its visible text.

    `outcome` is typed like a task's; `url` is the one asked for, `final_url` the one reached.
    `warnings` are its risk warnings as they were drawn. `clicked` says that the way there was a
    real click and not an address read from an attribute.
    """

    url: str
    outcome: Outcome
    final_url: str | None = None
    title: str | None = None
    text: str = ""
    ip: str | None = None
    icp: Icp | None = None
    certificate: Certificate | None = None
    contacts: Contacts | None = None
    warnings: tuple[TextRun, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    clicked: bool = False
    device: Device = Device.DESKTOP
    hops: tuple[Hop, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
    detail: str | None = None


class SeenAd(msgspec.Struct, frozen=True, kw_only=True):
    """One ad as it was seen in one capture, with its landing page where that was visited.

    `landings` holds the same landing page as other devices reach it, where the plan asks for them.
    `declared_host` is the host that the ad names as its target, in its line or in its address.
    """

    title: str
    text: str
    display: str | None = None
    advertiser: str | None = None
    slot: Slot = Slot.SLOT
    position: int = 1
    mark: str = ""
    landing_url: str | None = None
    landing: Landing | None = None
    landings: tuple[Landing, ...] = ()
    declared_host: str | None = None
    app: AppInfo | None = None
    icp: Icp | None = None
    box: Box | None = None
    label: AdLabel | None = None
    evidence: tuple[EvidenceRef, ...] = ()


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """What one task brought: exactly one outcome, the ads, the evidence.

    `at` is the UTC instant of DOM and screenshot; `detail` one sentence on any outcome
    but `ok` (for `skipped`: `robots`, `address`, …). `filled` says by field in how many results
    it was found (`ad.landing_url`, `organic.title`, …). `proxy` names the way out that a region took.
    """

    task: Task
    outcome: Outcome
    at: datetime
    url: str
    final_url: str | None = None
    status: int | None = None
    ip: str | None = None
    hops: tuple[Hop, ...] = ()
    ads: tuple[SeenAd, ...] = ()
    organic_count: int = 0
    slots_empty: int = 0
    ad_iframes: int = 0
    filled: dict[str, Filled] = msgspec.field(default_factory=dict)
    certificate: Certificate | None = None
    overlays: tuple[Overlay, ...] = ()
    proxy: str | None = None
    evidence: tuple[EvidenceRef, ...] = ()
    detail: str | None = None
