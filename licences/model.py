"""What a register says, as types. Dates are days; lists are tuples in the order of the file."""

import re
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from findings.model.vocabulary import Product

# gc=False: entries hold only scalars and tuples of them, and a list may have a million


#: What a register may be called: its name becomes a folder, so no dots and no slashes.
REGISTER_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")


class EntryStatus(StrEnum):
    """What the register says of a licence apart from its dates."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


class LicenceEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One licence of one institution.

    `licence_type` is a key of `data/scope.yaml`; `scope` narrows it (empty: all it allows).
    `owners` are other firms that hold its ICP filings or publish its apps.
    """

    id: str
    name: str
    licence_type: str
    full_name: str | None = None
    uscc: str | None = None
    licence_no: str | None = None
    scope: tuple[Product, ...] = ()
    region: str | None = None
    domains: tuple[str, ...] = ()
    app_packages: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    status: EntryStatus = EntryStatus.VALID
    source: str | None = None


class NegativeEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An advertiser, site or app that an authority has named.

    `match_name` is False for names that many could bear; then only code, host and package count.
    `url` is kept to show; a page on a shared platform blacklists nothing but itself. `recorded_by` and
    `recorded_at` (ISO 8601) say who last changed an entry by hand, and when.
    """

    id: str
    name: str
    authority: str
    listed_on: date
    uscc: str | None = None
    domains: tuple[str, ...] = ()
    app_packages: tuple[str, ...] = ()
    document: str | None = None
    expires: date | None = None
    match_name: bool = True
    url: str | None = None
    recorded_by: str | None = None
    recorded_at: str | None = None


class FirmStatus(StrEnum):
    """What the business register says of a firm's existence."""

    ACTIVE = "active"  # 存续 在业 开业 在营
    MOVED_OUT = "moved_out"  # 迁出 to another registration authority
    SUSPENDED = "suspended"  # 停业 歇业
    LIQUIDATING = "liquidating"  # 清算
    REVOKED = "revoked"  # 吊销, not yet struck off
    CANCELLED = "cancelled"  # 注销 撤销


class Shareholder(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One who holds part of a firm. `share` is in percent, None where the register gives none."""

    name: str
    code: str | None = None
    share: float | None = None


class FirmEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A firm as the business register (工商登记) describes it. Its business scope is no licence.

    `abnormal` is the reason why it stands on the list of irregular operation (经营异常名录);
    `seat` the short name of its province (上海), from its address or its code's office.
    """

    id: str
    name: str
    uscc: str | None = None
    former_names: tuple[str, ...] = ()
    legal_representative: str | None = None
    shareholders: tuple[Shareholder, ...] = ()
    status: FirmStatus = FirmStatus.ACTIVE
    abnormal: str | None = None
    seat: str | None = None
    address: str | None = None
    business_scope: str | None = None
    registered_on: date | None = None
    source: str | None = None


class OwnerNature(StrEnum):
    """What kind of holder a filing names (主办单位性质)."""

    FIRM = "firm"  # 企业
    PERSON = "person"  # 个人
    STATE = "state"  # 政府机关 国防机构
    INSTITUTION = "institution"  # 事业单位
    SOCIETY = "society"  # 社会团体 民办非企业单位 基金会
    OTHER = "other"


class FilingEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An ICP or app filing: who owns a site or an app. It is no financial licence."""

    id: str
    number: str
    owner: str
    nature: OwnerNature | None = None
    domains: tuple[str, ...] = ()
    app_name: str | None = None
    app_packages: tuple[str, ...] = ()
    updated_on: date | None = None
    source: str | None = None

    @property
    def name(self) -> str:
        """The owner: entries of every kind have a name."""
        return self.owner


class ListKind(StrEnum):
    """What a list says: who may, who was named, which firms exist, who owns sites and apps."""

    LICENCE = "licence"
    NEGATIVE = "negative"
    FIRMS = "firms"
    FILINGS = "filings"


Entry = LicenceEntry | NegativeEntry | FirmEntry | FilingEntry


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """One list as it stood on `as_of`.

    `complete`: it names everyone who may advertise `products`, so absence from it counts
    while it is fresh. `hints`: names without proof; they point to an entry and clear nobody.
    `unread` are names in rows that could not be imported: of them the list says nothing.
    `max_age_days` counts from `as_of`; a day later the list is stale. `territory` are the
    provinces (short names: 上海) that the list is about, empty for the whole country: absence
    from it says nothing about a firm of another province. `licence_types` are those of which it
    names every holder there, by registered name; `coded`: every row bears a code. `refused` counts
    the rows that could not be imported.
    """

    id: str
    title_zh: str
    kind: ListKind
    as_of: date
    max_age_days: int
    source: str
    products: tuple[Product, ...] = ()
    complete: bool = False
    hints: bool = False
    unread: tuple[str, ...] = ()
    territory: tuple[str, ...] = ()
    licence_types: tuple[str, ...] = ()
    coded: bool = False
    refused: int = 0

    @property
    def fresh_until(self) -> date:
        """The last day on which absence from the list means something."""
        return self.as_of + timedelta(days=self.max_age_days)

    def stale(self, on: date) -> bool:
        """Whether the list is too old on that day for absence from it to mean anything."""
        return (on - self.as_of).days > self.max_age_days


class RegisterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `licences status`. `entries` counts rows; `stale` holds for the day asked.

    `fresh_until` is the last day on which absence from it counts, `refused` how many rows could not
    be imported, `kept` the stored versions, oldest first (none of a bundled list).
    """

    register: str
    title_zh: str
    kind: ListKind
    version: str
    as_of: date
    entries: int
    stale: bool
    complete: bool
    source: str
    fresh_until: date
    hints: bool
    territory: tuple[str, ...]
    refused: int
    kept: tuple[str, ...] = ()
