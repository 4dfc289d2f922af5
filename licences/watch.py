"""Firms that use a watch word without a licence that justifies it: to be told to the financial regulators.

Only equality clears: a licence counts if code, full name or former name of the firm are those of an
entry in force (a branch rides on its head office). Lists that are missing or old never prove absence.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from findings.model.places import PLACES
from findings.model.vocabulary import Matched
from licences.coverage import coverage
from licences.index import Hit
from licences.model import EntryStatus, FirmEntry, FirmStatus
from licences.names import head_office_of, text_key
from licences.registers import Registers
from licences.stored import StoredList
from licences.watchwords import Use, Where, watch_table


class Standing(StrEnum):
    """What the licence lists say of a firm that uses a word."""

    LICENSED = "licensed"
    OTHER_LICENCE = "other_licence"
    ENDED = "ended"
    HINT = "hint"
    NOT_FOUND = "not_found"
    UNKNOWN = "unknown"


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """One word in use by one firm.

    `entry` and `as_of` are of the list that spoke; `weak`: a use that is mostly harmless; `tell` are
    the kinds of authority to be told.
    """

    name: str
    uscc: str | None
    word: str
    where: Where
    quoted: str
    weak: bool
    standing: Standing
    entry: str | None
    as_of: date | None
    stale: bool
    status: FirmStatus
    abnormal: str | None
    seat: str | None
    address: str | None
    tell: tuple[str, ...]


def watch(
    firms: Iterable[FirmEntry], registers: Registers, on: date, *, everything: bool = False
) -> Iterator[Watched]:
    """Each word that a firm uses, in its name or else its scope, one after the other.

    Firms struck off are left out, and uses that a licence justifies, unless `everything` is asked for.
    """
    table = watch_table()
    for firm in firms:
        if firm.status is FirmStatus.CANCELLED and not everything:
            continue
        uses = {use.word.word: use for use in table.in_scope(firm.business_scope or "")}
        uses |= {use.word.word: use for use in table.in_name(firm.name)}
        if not uses:
            continue
        hits = _licences(firm, registers)
        for use in uses.values():
            made = _watched(firm, use, hits, registers, on)
            if everything or made.standing is not Standing.LICENSED:
                yield made


def _licences(firm: FirmEntry, registers: Registers) -> tuple[Hit, ...]:
    """The entries that are this firm's by equality of code, full name or former name."""
    index = registers.index
    if firm.uscc and (hits := index.uscc.get(firm.uscc)):
        return hits
    found = index.name(firm.name)
    if found is None or found.matched not in (Matched.FULL_NAME, Matched.FORMER_NAME):
        return ()
    # one name, two codes: two firms, unless it is a branch of the licensee
    return tuple(hit for hit in found.hits if _may_be(firm, hit))


def _may_be(firm: FirmEntry, hit: Hit) -> bool:
    if not firm.uscc or not hit.entry.uscc or firm.uscc == hit.entry.uscc:
        return True
    return head_office_of(text_key(firm.name)) is not None


def _watched(firm: FirmEntry, use: Use, hits: tuple[Hit, ...], registers: Registers, on: date) -> Watched:
    standing, hit = _standing(use, hits, on)
    entry = as_of = None
    stale = False
    if hit is not None:
        entry, as_of, stale = hit.entry.id, hit.register.as_of, hit.register.stale(on)
    else:
        standing, asked = _absent(firm, use, registers, on)
        if asked is not None:
            as_of, stale = asked.register.as_of, asked.register.stale(on)
    return Watched(
        name=firm.name,
        uscc=firm.uscc,
        word=use.word.word,
        where=use.where,
        quoted=use.quoted[:80],
        weak=use.weak,
        standing=standing,
        entry=entry,
        as_of=as_of,
        stale=stale,
        status=firm.status,
        abnormal=firm.abnormal,
        seat=firm.seat,
        address=firm.address,
        tell=use.word.tell,
    )


def _absent(firm: FirmEntry, use: Use, registers: Registers, on: date) -> tuple[Standing, StoredList | None]:
    """What it means that no list has the firm, and the oldest list that says so."""
    places = (firm.seat,) if firm.seat in PLACES else ()
    covered = [coverage(product, places, registers, on) for product in use.word.products]
    lists = [one for found in covered if (one := found.oldest or found.old) is not None]
    oldest = min(lists, key=lambda one: one.register.as_of, default=None)
    proven = bool(covered) and all(found.lists for found in covered)
    proven = proven and not registers.left_out(firm.name)
    return (Standing.NOT_FOUND if proven else Standing.UNKNOWN), oldest


def _standing(use: Use, hits: tuple[Hit, ...], on: date) -> tuple[Standing, Hit | None]:
    """The best that its licences say of a word, and the entry that says it."""
    ranked = sorted(((_rank(use, hit, on), at) for at, hit in enumerate(hits)), key=lambda pair: pair)
    if not ranked:
        return Standing.UNKNOWN, None
    order = (Standing.LICENSED, Standing.OTHER_LICENCE, Standing.ENDED, Standing.HINT)
    rank, at = ranked[0]
    return order[rank], hits[at]


def _rank(use: Use, hit: Hit, on: date) -> int:
    entry = hit.entry
    if hit.register.hints:
        return 3
    in_force = (
        entry.status is EntryStatus.VALID
        and (entry.valid_from is None or entry.valid_from <= on)
        and (entry.valid_to is None or on <= entry.valid_to)
    )
    if not in_force:
        return 2
    return 0 if entry.licence_type in use.word.types else 1
