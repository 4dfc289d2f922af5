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
    `html headers page_screenshot ad_screenshot landing_html landing_headers
    landing_screenshot hops body`."""

    role: str
    sha256: str
    size: int
    media_type: str


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
    """

    url: str
    outcome: Outcome
    final_url: str | None = None
    title: str | None = None
    text: str = ""
    ip: str | None = None
    icp: Icp | None = None
    hops: tuple[Hop, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
    detail: str | None = None


class SeenAd(msgspec.Struct, frozen=True, kw_only=True):
    """One ad as it was seen in one capture, with its landing page where that was visited."""

    title: str
    text: str
    display: str | None = None
    advertiser: str | None = None
    slot: Slot = Slot.SLOT
    position: int = 1
    mark: str = ""
    landing_url: str | None = None
    landing: Landing | None = None
    app: AppInfo | None = None
    icp: Icp | None = None
    box: Box | None = None
    evidence: tuple[EvidenceRef, ...] = ()


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """What one task brought: exactly one outcome, the ads, the evidence.

    `at` is the UTC instant of DOM and screenshot; `detail` one sentence on any outcome
    but `ok` (for `skipped`: `robots`, `address`, …).
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
    evidence: tuple[EvidenceRef, ...] = ()
    detail: str | None = None
