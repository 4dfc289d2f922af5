"""What a register says, as types. Dates are days; lists are tuples in the order of the file."""

import re
from datetime import date
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
    `url` is kept to show; a page on a shared platform blacklists nothing but itself.
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


class ListKind(StrEnum):
    """Whether a list says who may or who was named."""

    LICENCE = "licence"
    NEGATIVE = "negative"


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """One list as it stood on `as_of`.

    `complete`: it names everyone who may advertise `products`, so absence from it counts
    while it is fresh. `hints`: names without proof; they point to an entry and clear nobody.
    `unread` are names in rows that could not be imported: of them the list says nothing.
    `max_age_days` counts from `as_of`; a day later the list is stale.
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

    def stale(self, on: date) -> bool:
        """Whether the list is too old on that day for absence from it to mean anything."""
        return (on - self.as_of).days > self.max_age_days


class LicenceList(msgspec.Struct, frozen=True, kw_only=True):
    """A register with its entries; `version` is `<as_of>-<8 hex>` over its content."""

    register: Register
    version: str
    entries: tuple[LicenceEntry, ...] = ()
    negatives: tuple[NegativeEntry, ...] = ()


class RegisterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `licences status`. `entries` counts rows; `stale` holds for the day asked."""

    register: str
    title_zh: str
    kind: ListKind
    version: str
    as_of: date
    entries: int
    stale: bool
    complete: bool
    source: str
