"""All entries of all lists, findable by code, name, number, host and package.

Everything here is equality of keys. Lists that prove more come first in every answer:
real registers before hints, newer before older.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from findings.model.vocabulary import Matched
from licences.codes import clean_code
from licences.hosts import is_shared, parents
from licences.model import LicenceEntry, LicenceList, NegativeEntry, Register
from licences.names import full_of, head_office_of, short_of, text_key

#: A brand this long is looked for inside running text; shorter ones only as a whole name
#: (工行 stands in 招工行业).
TEXT_BRAND_LENGTH = 3
_HAN = re.compile(r"[\u4e00-\u9fff]")


def _long_enough(key: str) -> bool:
    return len(key) >= TEXT_BRAND_LENGTH and _HAN.search(key) is not None


class Hit(msgspec.Struct, frozen=True, gc=False):
    """An entry and the list it stands in."""

    register: Register
    entry: LicenceEntry


class NegativeHit(msgspec.Struct, frozen=True, gc=False):
    """A negative entry and the list it stands in."""

    register: Register
    entry: NegativeEntry


@dataclass(frozen=True, slots=True)
class NameMatch:
    """The entries that a name stands for, and how strongly."""

    matched: Matched
    hits: tuple[Hit, ...]


Table = dict[str, list[Hit]]


@dataclass(slots=True)
class Index:
    """The tables. Built once for a set of lists; never changed afterwards."""

    uscc: Table = field(default_factory=dict)
    full: Table = field(default_factory=dict)
    former: Table = field(default_factory=dict)
    licence_no: Table = field(default_factory=dict)
    short: Table = field(default_factory=dict)
    domain: Table = field(default_factory=dict)
    package: Table = field(default_factory=dict)
    negative_name: dict[str, list[NegativeHit]] = field(default_factory=dict)
    negative_uscc: dict[str, list[NegativeHit]] = field(default_factory=dict)
    negative_domain: dict[str, list[NegativeHit]] = field(default_factory=dict)
    negative_package: dict[str, list[NegativeHit]] = field(default_factory=dict)
    not_firms: frozenset[str] = frozenset()
    _lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def build(cls, lists: Iterable[LicenceList], not_firms: Iterable[str] = ()) -> "Index":
        """Index lists. `not_firms` are phrases that contain a firm's name and mean no firm."""
        index = cls(not_firms=frozenset(text_key(phrase) for phrase in not_firms))
        ordered = sorted(lists, key=lambda one: (one.register.hints, -one.register.as_of.toordinal()))
        for one in ordered:
            for entry in one.entries:
                index._add(Hit(one.register, entry))
            for negative in one.negatives:
                index._add_negative(NegativeHit(one.register, negative))
        index._prepare_text()
        return index

    def _add(self, hit: Hit) -> None:
        entry = hit.entry
        name = text_key(entry.name)
        shorts = {name, short_of(name)}
        if entry.full_name is not None:
            full = text_key(entry.full_name)
            shorts |= {full, short_of(full)}
            self.full.setdefault(full_of(full), []).append(hit)
        for brand in entry.brands:
            shorts.add(text_key(brand))
        for old in entry.former_names:
            key = text_key(old)
            self.former.setdefault(full_of(key), []).append(hit)
            shorts.add(short_of(key))
        for key in shorts - {""}:
            self.short.setdefault(key, []).append(hit)
        if entry.uscc:
            self.uscc.setdefault(entry.uscc, []).append(hit)
        if entry.licence_no:
            self.licence_no.setdefault(clean_code(entry.licence_no), []).append(hit)
        for domain in entry.domains:
            self.domain.setdefault(domain, []).append(hit)
        for package in entry.app_packages:
            self.package.setdefault(package.casefold(), []).append(hit)

    def _add_negative(self, hit: NegativeHit) -> None:
        entry = hit.entry
        if entry.match_name:
            self.negative_name.setdefault(full_of(text_key(entry.name)), []).append(hit)
        if entry.uscc:
            self.negative_uscc.setdefault(entry.uscc, []).append(hit)
        for domain in entry.domains:
            if not is_shared(domain):
                self.negative_domain.setdefault(domain, []).append(hit)
        for package in entry.app_packages:
            self.negative_package.setdefault(package.casefold(), []).append(hit)

    def stands_in_text(self, name: str) -> bool:
        """Whether a name is distinctive enough to be looked for inside running text."""
        key = text_key(name)
        return _long_enough(key) and key not in self.not_firms

    def _prepare_text(self) -> None:
        lengths: dict[str, set[int]] = {}
        for key in (*self.short, *self.full, *self.not_firms):
            if _long_enough(key):
                lengths.setdefault(key[:2], set()).add(len(key))
        self._lengths = {start: tuple(sorted(sizes, reverse=True)) for start, sizes in lengths.items()}

    def name(self, name: str) -> NameMatch | None:
        """The entries that a name stands for; None if no list knows it.

        A branch rides on its head office: 招商银行股份有限公司上海分行 matches the bank's full
        name, 招商银行上海分行 only its short one.
        """
        key = text_key(name)
        return self.key(key) if len(key) > 1 else None

    def key(self, key: str) -> NameMatch | None:
        """Like `name`, for a text key."""
        if key in self.not_firms:
            return None
        full = full_of(key)
        head = head_office_of(key)
        if hits := self.full.get(full) or (self.full.get(head) if head else None):
            return NameMatch(Matched.FULL_NAME, tuple(hits))
        if hits := self.former.get(full) or (self.former.get(head) if head else None):
            return NameMatch(Matched.FORMER_NAME, tuple(hits))
        for short in (key, short_of(key), *((head, short_of(head)) if head else ())):
            if hits := self.short.get(short):
                return NameMatch(Matched.BRAND, tuple(hits))
        return None

    def host(self, host: str) -> tuple[Hit, ...]:
        """The entries that list this host or a domain above it."""
        if is_shared(host):
            return ()
        return next((tuple(self.domain[domain]) for domain in parents(host) if domain in self.domain), ())

    def in_text(self, key: str) -> Iterator[tuple[int, str]]:
        """Firms' names inside a text key, longest first at each place: offset and name key."""
        place = 0
        while place < len(key) - 1:
            step = 1
            for size in self._lengths.get(key[place : place + 2], ()):
                word = key[place : place + size]
                if len(word) < size:
                    continue
                if word in self.not_firms:
                    step = size
                    break
                if word in self.short or word in self.full:
                    yield place, word
                    step = size
                    break
            place += step
