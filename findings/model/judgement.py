"""What goes into the judge and what it says: the contract of `finadwatch screen` (design §6)."""

from datetime import date, datetime
from typing import Any

import msgspec

from findings.model.vocabulary import (
    Channel,
    FormDuty,
    Level,
    LicenceStatus,
    Matched,
    NoticeKind,
    Product,
    Severity,
)


class AppInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The app an ad promotes, as its store shows it."""

    name: str | None = None
    package: str | None = None
    developer: str | None = None


class Icp(msgspec.Struct, frozen=True, kw_only=True):
    """An ICP or APP filing number and its owner, where known. It is not a financial licence."""

    number: str | None = None
    owner: str | None = None


class ScreenInput(msgspec.Struct, frozen=True, kw_only=True):
    """One ad to judge. `text` is what is judged; without it the visible text of `html`.

    `id` is None where the input gave none. `image` is a path relative to the input file.
    `captured_at` is an ISO 8601 date or time, `region` the province where it was shown (上海).
    """

    id: str | None = None
    text: str | None = None
    title: str | None = None
    url: str | None = None
    html: str | None = None
    image: str | None = None
    advertiser: str | None = None
    uscc: str | None = None
    phone: str | None = None
    app: AppInfo | None = None
    icp: Icp | None = None
    channel: Channel = Channel.WEB
    captured_at: str | None = None
    source: str | None = None
    region: str | None = None

    @property
    def captured_on(self) -> date | None:
        """The day of `captured_at`. Raises ValueError if that is no ISO 8601 date or time."""
        return datetime.fromisoformat(self.captured_at).date() if self.captured_at else None


class Box(msgspec.Struct, frozen=True):
    """A rectangle on an image, in pixels from its top left corner."""

    x: int
    y: int
    width: int
    height: int


class Span(msgspec.Struct, frozen=True, omit_defaults=True):
    """A quotation: `text` is exactly `field[start:end]` of the input, in Unicode code points.

    `field` is `text`, `title` or `image` (the text read from the image; then `box` is set).
    """

    field: str
    start: int
    end: int
    text: str
    box: Box | None = None


class Basis(msgspec.Struct, frozen=True):
    """One article a finding rests on. `confidence` is the mark of its reading: L S W G M I."""

    law: str
    article: str
    penalty: str | None
    confidence: str


class Finding(msgspec.Struct, frozen=True):
    """One of the nine content categories, judged on one ad. A lead with reasons, no verdict.

    `score` is 0 to 1. `type` names the trade for category 8 only; category 1 has no spans.
    """

    category: int
    level: Level
    rules: tuple[str, ...]
    score: float
    severity: Severity
    spans: tuple[Span, ...]
    type: str | None
    basis: tuple[Basis, ...]
    explanation: str
    remedy: str


class FormFinding(msgspec.Struct, frozen=True):
    """A form duty (mark, close, lure, government search) that an ad seems to miss."""

    duty: FormDuty
    level: Level
    severity: Severity
    basis: tuple[Basis, ...]
    explanation: str
    remedy: str


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """That an authority has named the advertiser, its site or its app, and by what that was seen.

    `by_frame` is False where only the words of the text point there (a code that it quotes).
    """

    entry_id: str
    name: str
    authority: str
    listed_on: date
    document: str | None
    expires: date | None
    how: str
    by_frame: bool


class Notice(msgspec.Struct, frozen=True):
    """A lead that rests on what an authority said of the advertiser, not on the words of the ad.

    It stands beside findings of content and form and is none of the nine categories.
    """

    kind: NoticeKind
    severity: Severity
    authority: str
    document: str | None
    listed_on: date
    basis: tuple[Basis, ...]
    explanation: str
    remedy: str


class RiskWarning(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether a risk warning stands anywhere in the ad or its landing page."""

    present: bool
    spans: tuple[Span, ...] = ()


class Advertiser(msgspec.Struct, frozen=True):
    """Who the advertiser seems to be, and by what that was matched with a register."""

    name: str | None
    uscc: str | None
    matched: Matched | None


class LicenceEntryRef(msgspec.Struct, frozen=True):
    """The register entry that a licence verdict points to."""

    id: str
    name: str
    full_name: str | None


class LicenceView(msgspec.Struct, frozen=True, omit_defaults=True):
    """The second verdict: may this advertiser advertise this product.

    `as_of` is the date of the list that was asked, and None only where there is no list; `list_version` is
    that list's register and version (`nfra@2026-10-31-1a2b3c4d`), `lists` the short name
    of all lists that were asked, with whose versions the verdict can be had again.
    `remarks` are sentences beside the reason: false badges, what was not checked, what is near.
    """

    status: LicenceStatus
    as_of: date | None
    stale: bool
    entry: LicenceEntryRef | None
    reason: str
    list_version: str | None = None
    lists: str | None = None
    remarks: tuple[str, ...] = ()


class AdvertiserClues(msgspec.Struct, frozen=True, kw_only=True):
    """What an ad says about who stands behind it, for the registers to resolve.

    `declared` is the name shown as advertiser (field, badge or developer); `names` are
    the organisations named in the text in order of appearance. `host` is the landing host.
    `text` is the whole normalised text, for short names that segmentation misses. `region` is the
    province where it was shown (its Chinese short name, 上海), where known. `icp_owner` is the owner that
    a filing or a store states; `site_names` is the owner that the page itself names in its footer.
    """

    declared: str | None = None
    names: tuple[str, ...] = ()
    uscc: tuple[str, ...] = ()
    licence_numbers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    icp_number: str | None = None
    icp_owner: str | None = None
    site_names: str | None = None
    app_name: str | None = None
    app_package: str | None = None
    app_developer: str | None = None
    host: str | None = None
    channel: Channel = Channel.WEB
    region: str | None = None
    text: str = ""


class Resolution(msgspec.Struct, frozen=True):
    """What the registers say: who it is, and whether they may."""

    advertiser: Advertiser
    licence: LicenceView
    listing: Listing | None = None


class Handler(msgspec.Struct, frozen=True):
    """One authority that a lead belongs to. `authority` is its name on the day of the ad, `kind` its kind
    (`ruleset/authorities.yaml`), `province` the short name of its place; `why` gives the rule and the seat."""

    authority: str
    kind: str
    province: str
    why: str


class Judgement(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of `finadwatch screen`'s output. `route` are the names in `handlers`, each once."""

    id: str | None
    promotion: bool
    product: Product
    risk_warning: RiskWarning
    findings: tuple[Finding, ...]
    form: tuple[FormFinding, ...]
    advertiser: Advertiser
    licence: LicenceView
    route: tuple[str, ...]
    ruleset: str
    model: str
    notices: tuple[Notice, ...] = ()
    handlers: tuple[Handler, ...] = ()

    def finding(self, category: int) -> Finding | None:
        """The finding of one category, or None."""
        return next((f for f in self.findings if f.category == category), None)

    @property
    def severity(self) -> Severity | None:
        """The worst severity among findings, form findings and notices, or None where there are none."""
        levels = [f.severity for f in self.findings] + [f.severity for f in self.form]
        levels += [notice.severity for notice in self.notices]
        return max(levels, key=lambda s: s.rank, default=None)

    @property
    def score(self) -> float:
        """The largest score among the findings of the worst severity; 0 without findings.

        What an authority has found out needs no estimate: a notice of that severity scores 1.
        """
        worst = self.severity
        if any(notice.severity is worst for notice in self.notices):
            return 1.0
        return max((f.score for f in self.findings if f.severity is worst), default=0.0)


def to_builtins(value: Any) -> Any:
    """The JSON form of any model value: dicts, lists, str, numbers; dates as ISO 8601."""
    return msgspec.to_builtins(value)
