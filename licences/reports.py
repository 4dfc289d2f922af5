"""What an import says of itself. Lists are cut at MAX_LISTED; `counts` are whole."""

from datetime import date

import msgspec

from findings.model.vocabulary import Product
from licences.differences import Change

MAX_LISTED = 1_000  # of each kind: a person reads no more, `licences diff` gives all


class RefusedRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row that did not go in. `row` counts from 1 as in the file; `name` as far as it was read.

    `sheet` and `page` say where, in files that have them.
    """

    row: int
    name: str | None
    reason: str
    """In Chinese."""
    reason_en: str
    sheet: str | None = None
    page: int | None = None


class Note(msgspec.Struct, frozen=True, omit_defaults=True):
    """A doubt about a row that went in, or what was left out; `row` is None for a whole sheet or file."""

    row: int | None
    text: str
    """In Chinese."""
    text_en: str
    sheet: str | None = None
    page: int | None = None


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many there are, also of those not listed."""

    added: int
    gone: int
    changed: int
    refused: int
    notes: int


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did, or would do (`stored` is False after a preview).

    `previous` is the version it was compared with. `gaps` say why a list that names everyone
    elsewhere does not here: parts of the file could not be read. `products` are those for which absence
    from a complete list counts, `fresh_until` the last day on which it does.
    """

    register: str
    version: str
    previous: str | None
    as_of: date
    fresh_until: date
    rows: int
    entries: int
    counts: Counts
    added: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[Change, ...]
    refused: tuple[RefusedRow, ...]
    notes: tuple[Note, ...]
    gaps: tuple[Note, ...]
    complete: bool
    products: tuple[Product, ...]
    territory: tuple[str, ...]
    stored: bool
