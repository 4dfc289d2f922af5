"""All entries of all lists, findable by code, name, number, host and package.

Everything here is equality of keys. Lists that prove more come first in every answer:
real registers before hints, newer before older.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from findings.model.vocabulary import Matched
from licences.codes import clean_code
from licences.english import chinese_names
from licences.hashing import Pieces, hash_key
from licences.hosts import is_shared, parents
from licences.keys import KeyKind, icp_key, stands_in_text
from licences.model import FilingEntry, FirmEntry, LicenceEntry, ListKind, NegativeEntry, Register
from licences.names import full_of, head_office_of, short_of, text_key
from licences.segments import Segment, segments
from licences.similar import NearList, Similar, find
from licences.stored import StoredList
from licences.textnames import TextNames, text_names_of

_FEW_NAMES = 100_000


class Hit(msgspec.Struct, frozen=True, gc=False):
    """A licensee's entry and the list it stands in."""

    register: Register
    entry: LicenceEntry


class NegativeHit(msgspec.Struct, frozen=True, gc=False):
    """A negative entry and the list it stands in."""

    register: Register
    entry: NegativeEntry


class FirmHit(msgspec.Struct, frozen=True, gc=False):
    """A firm of the business register and the list it stands in."""

    register: Register
    entry: FirmEntry


class FilingHit(msgspec.Struct, frozen=True, gc=False):
    """A filing and the list it stands in."""

    register: Register
    entry: FilingEntry


@dataclass(frozen=True, slots=True)
class NameMatch:
    """The entries that a name stands for, and how strongly."""

    matched: Matched
    hits: tuple[Hit, ...]


class _CoresOnly:
    """A list that names nobody's likely licensee, but says which cores firms bear."""

    def __init__(self, one: Segment) -> None:
        self.register_of, self.entry, self.core_count = one.register_of, one.entry, one.core_count

    def near(self, _: str) -> tuple[int, ...]:
        """Nobody: a business register of millions would crowd the licensees out."""
        return ()


H = TypeVar("H", Hit, NegativeHit, FirmHit, FilingHit)


class Table(Generic[H]):
    """All entries of one kind of list by one kind of key."""

    def __init__(self, lists: list[Segment], kind: KeyKind, hit: Callable[[Register, Any], H]) -> None:
        self._lists = lists
        self._kind = kind
        self._hit: Callable[[Register, Any], H] = hit

    def get(self, key: str, default: tuple[H, ...] = ()) -> tuple[H, ...]:
        """The entries that have this key, those of the lists that prove most first."""
        key_hash = hash_key(self._kind, key)
        found = [row for one in self._lists for row in one.find(self._kind, key, key_hash)]
        found.sort(key=lambda row: row[0])
        return tuple(self._hit(register, entry) for _, register, entry in found) or default


class Index:
    """Built once for a set of lists; never changed afterwards."""

    def __init__(self, lists: Iterable[StoredList], not_firms: Iterable[str] = ()) -> None:
        """`not_firms` are phrases that contain a firm's name and mean no firm."""
        ordered = sorted(lists, key=lambda one: (one.register.hints, -one.register.as_of.toordinal()))
        by_kind: dict[ListKind, list[Segment]] = {
            kind: segments([(n, one) for n, one in enumerate(ordered) if one.register.kind is kind])
            for kind in ListKind
        }
        licensed, named = by_kind[ListKind.LICENCE], by_kind[ListKind.NEGATIVE]
        firms, filings = by_kind[ListKind.FIRMS], by_kind[ListKind.FILINGS]
        self.uscc = Table(licensed, KeyKind.USCC, Hit)
        self.full = Table(licensed, KeyKind.FULL, Hit)
        self.former = Table(licensed, KeyKind.FORMER, Hit)
        self.licence_no = Table(licensed, KeyKind.LICENCE_NO, Hit)
        self.short = Table(licensed, KeyKind.SHORT, Hit)
        self.domain = Table(licensed, KeyKind.DOMAIN, Hit)
        self.package = Table(licensed, KeyKind.PACKAGE, Hit)
        self.phone = Table(licensed, KeyKind.PHONE, Hit)
        self.negative_name = Table(named, KeyKind.FULL, NegativeHit)
        self.negative_uscc = Table(named, KeyKind.USCC, NegativeHit)
        self.negative_domain = Table(named, KeyKind.DOMAIN, NegativeHit)
        self.negative_package = Table(named, KeyKind.PACKAGE, NegativeHit)
        self.firm_name = Table(firms, KeyKind.FULL, FirmHit)
        self.firm_former = Table(firms, KeyKind.FORMER, FirmHit)
        self.firm_uscc = Table(firms, KeyKind.USCC, FirmHit)
        self.firm_person = Table(firms, KeyKind.PERSON, FirmHit)
        self.firm_holder = Table(firms, KeyKind.HOLDER, FirmHit)
        self.firm_holder_code = Table(firms, KeyKind.HOLDER_CODE, FirmHit)
        self.filing_number = Table(filings, KeyKind.ICP, FilingHit)
        self.filing_owner = Table(filings, KeyKind.FULL, FilingHit)
        self.filing_domain = Table(filings, KeyKind.DOMAIN, FilingHit)
        self.filing_package = Table(filings, KeyKind.PACKAGE, FilingHit)
        self.not_firms = frozenset(map(text_key, not_firms))
        phrases = text_names_of([phrase for phrase in self.not_firms if stands_in_text(phrase)])
        #: Firms that need no licence say what another's name is no slip of; they are no candidates themselves.
        self._similar: list[NearList] = [*licensed, *map(_CoresOnly, firms)]
        tables = [phrases, *(one.tables.text for one in licensed)]
        few = [
            one for one in tables if len(one.hashes) <= _FEW_NAMES
        ]  # asked as one: each costs 30 µs a text
        self._texts = [TextNames.merged(few), *(one for one in tables if len(one.hashes) > _FEW_NAMES)]

    def stands_in_text(self, name: str) -> bool:
        """Whether a name is distinctive enough to be looked for inside running text."""
        key = text_key(name)
        return stands_in_text(key) and key not in self.not_firms

    def name(self, name: str) -> NameMatch | None:
        """The entries that a name stands for; None if no list knows it.

        A branch rides on its head office: 招商银行股份有限公司上海分行 matches the bank's full
        name, 招商银行上海分行 only its short one.
        """
        key = text_key(name)
        found = self.key(key) if len(key) > 1 else None
        return found or self._english(name)

    def _english(self, name: str) -> NameMatch | None:
        """The entries that an English name stands for: as a brand, whatever the Chinese one would be."""
        for chinese in chinese_names(name):
            if found := self.key(text_key(chinese)):
                return NameMatch(Matched.BRAND, found.hits)
        return None

    def key(self, key: str) -> NameMatch | None:
        """Like `name`, for a text key."""
        if key in self.not_firms:
            return None
        full = full_of(key)
        head = head_office_of(key)
        if hits := self.full.get(full) or (self.full.get(head) if head else ()):
            return NameMatch(Matched.FULL_NAME, hits)
        if hits := self.former.get(full) or (self.former.get(head) if head else ()):
            return NameMatch(Matched.FORMER_NAME, hits)
        for short in dict.fromkeys((key, short_of(key), *((head, short_of(head)) if head else ()))):
            if hits := self.short.get(short):
                return NameMatch(Matched.BRAND, hits)
        return None

    def near(self, name: str) -> tuple[Similar, ...]:
        """The licensees that a name may mean that equals none, the most alike first; none is proof."""
        return find(name, self._similar)

    def host(self, host: str) -> tuple[Hit, ...]:
        """The entries that list this host or a domain above it."""
        return () if is_shared(host) else _first(self.domain, parents(host))

    def filing_of_host(self, host: str) -> tuple[FilingHit, ...]:
        """The filings of this host or of the nearest domain above it."""
        return () if is_shared(host) else _first(self.filing_domain, parents(host))

    def filing_of_number(self, number: str) -> tuple[FilingHit, ...]:
        """The filings under an ICP or app number; which site of it doesn't matter."""
        return self.filing_number.get(icp_key(number))

    def firm_of(self, name_or_code: str) -> tuple[FirmHit, ...]:
        """The firms with this code, registered name or former name, the first of these that is known."""
        key = full_of(text_key(name_or_code))
        return (
            self.firm_uscc.get(clean_code(name_or_code))
            or self.firm_name.get(key)
            or self.firm_former.get(key)
        )

    def in_text(self, key: str) -> Iterator[tuple[int, str]]:
        """Firms' names inside a text key, longest first at each place: offset and name key."""
        pieces = Pieces(key)
        found: dict[int, set[int]] = {}
        for names in self._texts:
            for place, size in names.pieces(pieces):
                found.setdefault(place, set()).add(size)
        known: dict[str, bool] = {}
        free = 0
        for place in sorted(found):
            if place < free:
                continue
            for size in sorted(found[place], reverse=True):
                word = key[place : place + size]
                if word in self.not_firms:
                    free = place + size
                    break
                if word not in known:
                    known[word] = bool(self.short.get(word) or self.full.get(word))
                if known[word]:
                    yield place, word
                    free = place + size
                    break


def _first(table: Table[H], keys: Iterable[str]) -> tuple[H, ...]:
    return next((hits for key in keys if (hits := table.get(key))), ())
