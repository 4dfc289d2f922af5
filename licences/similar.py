"""Which entries a name that equals none is like, and which of them it probably means: the best first.

A name that differs by one character from a listed one is a slip or another firm. What tells them
apart is what a reader would ask: is what the query has for a core a name that other firms bear
(another firm), or is it nobody's (a slip)? How much of the name is left to go by? Is there exactly
one firm that it may be a slip of? The unlikely ones are kept for a person to look at, since a name
close to a listed one may be chosen to be taken for it. None of either kind ever clears anybody.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from licences.faults import FaultKind
from licences.likeness import Likeness, Slot, likeness, with_mended
from licences.mending import Reading, readings
from licences.model import Entry, Register
from licences.near import asked_keys, compared_names, compared_parts, further_keys
from licences.parts import NameParts
from licences.relations import Relation, relation
from licences.wordlists import words

#: Suggestions of one name at most.
MOST: Final = 5
#: Names this unlike are not suggested.
LEAST: Final = 0.72
#: Longer texts are no names.
_LONGEST: Final = 200
#: A key that so many entries share says nothing; so many candidates are looked at.
_COMMON: Final = 48
_CANDIDATES: Final = 16


#: A name this much alike needs no mending.
_CLEAR: Final = 0.9
#: So much less alike is as alike.
_EVEN: Final = 0.015
#: So much less alike than one that is not meant is not meant either.
_WORSE: Final = 0.08
#: Two long cores don't come one character apart by chance.
_LONG_CORE: Final = 4
#: Faults that put a character there which may have been chosen.
_CHOSEN: Final = frozenset([FaultKind.REPLACED, FaultKind.ADDED])


class NearList(Protocol):
    """What is asked, one list or several as one: `segments.Segment`."""

    def register_of(self, number: int) -> Register:
        """The list in which the entry of a number stands."""

    def near(self, key: str) -> Sequence[int]:
        """The numbers of the entries that have this near key, of any of their `compared_names`."""

    def entry(self, number: int) -> Entry:
        """The entry of a number."""

    def core_count(self, core: str) -> int:
        """How many entries have a name with this core."""


class Similar(msgspec.Struct, frozen=True, gc=False):
    """An entry that a name is like, by which of its names, how alike, and how they are related.

    `probable`: the difference is rather a slip than another firm's name.
    """

    entry: Entry
    register: Register
    name: str
    likeness: Likeness
    relation: Relation
    probable: bool = True


def find(name: str, lists: Iterable[NearList]) -> tuple[Similar, ...]:
    """The entries of some lists that a name is like: probable ones, then others, each the most alike first."""
    if len(name) > _LONGEST:
        return ()
    query = compared_parts(name)
    asked = list(lists)
    searches = [_Search(query, one) for one in asked]
    keys = asked_keys(query)
    clear = [search.look(keys) for search in searches]
    if not any(clear):
        read = tuple(readings(query))
        also = [reading.parts for reading in read]
        more = [key for parts in also for key in asked_keys(parts)]
        more += [key for parts in (query, *also) for key in further_keys(parts)]
        fresh = [key for key in dict.fromkeys(more) if key not in keys]
        for search in searches:
            search.look(fresh, read)
    found = [similar for search in searches for similar in search.found()]
    found.sort(key=lambda similar: (-similar.likeness.score, similar.register.hints, similar.entry.id))
    probable, others = _parted(query, found, asked)
    return (*probable, *(replace(similar, probable=False) for similar in others))[:MOST]


def _parted(
    query: NameParts, found: Sequence[Similar], lists: Sequence[NearList]
) -> tuple[list[Similar], list[Similar]]:
    """Those of which the query is probably a slip, and the others; both the most alike first."""
    kept: list[Similar] = []
    others: list[Similar] = []
    for similar in found:
        (kept if _plausible(query, similar, lists) else others).append(similar)
    if kept and _slip(kept[0].likeness):
        least = kept[0].likeness.score - _EVEN
        even = [_slip(one.likeness) and one.likeness.score > least for one in kept]
        cores = {compared_parts(one.name).core for one, is_even in zip(kept, even, strict=True) if is_even}
        if len(cores) > 1:  # a slip of whose name?
            others += [one for one, is_even in zip(kept, even, strict=True) if is_even]
            kept = [one for one, is_even in zip(kept, even, strict=True) if not is_even]
    # where what is most like is refused, what is less like is no better answer
    least = max((one.likeness.score for one in others), default=0.0) - _WORSE
    others += [one for one in kept if one.likeness.score < least]
    others.sort(key=lambda similar: -similar.likeness.score)
    return [one for one in kept if one.likeness.score >= least], others


def _slip(alike: Likeness) -> bool:
    return alike.fault is not None and alike.slot is Slot.CORE


class _Search:
    """What one query meets in one list."""

    def __init__(self, query: NameParts, one: NearList) -> None:
        self._query = query
        self._list = one
        self._met: dict[int, float] = {}
        self._compared: dict[int, tuple[Likeness, NameParts, str]] = {}

    def look(self, keys: Iterable[str], read: Sequence[Reading] = ()) -> bool:
        """Compare what has these keys; `read` is how else the query may be read. Whether a likeness is clear."""
        met, near = self._met, self._list.near
        for key in keys:
            numbers = near(key)
            if len(numbers) <= _COMMON:
                for number in numbers:  # what few share tells more
                    met[number] = met.get(number, 0.0) + 1 / len(numbers)
        clear = False
        for number in sorted(met, key=met.__getitem__, reverse=True)[:_CANDIDATES]:
            if number not in self._compared or read:
                self._compared[number] = self._likest(number, read)
            clear = clear or self._compared[number][0].score >= _CLEAR
        return clear

    def _likest(self, number: int, read: Sequence[Reading]) -> tuple[Likeness, NameParts, str]:
        """How like the query an entry is, by which of its names."""
        seen = self._compared.get(number)
        found = [seen] if seen is not None else []
        for name in compared_names(self._list.entry(number)):
            parts = compared_parts(name)
            alike = [with_mended(likeness(reading.parts, parts), reading.faults) for reading in read]
            if seen is None:
                alike.append(likeness(self._query, parts))
            found += ((one, parts, name) for one in alike)
        return max(found, key=lambda one: one[0].score)

    def found(self) -> Iterator[Similar]:
        """The entries that are like it enough."""
        for number, (alike, parts, name) in self._compared.items():
            if alike.score >= LEAST:
                entry, register = self._list.entry(number), self._list.register_of(number)
                yield Similar(entry, register, name, alike, relation(self._query, parts))


def _borne(core: str, lists: Sequence[NearList]) -> bool:
    """Whether firms bear this core, as far as the lists and the word lists know."""
    known = words()
    return core in known.cores or core in known.places or any(one.core_count(core) for one in lists)


def _plausible(query: NameParts, similar: Similar, lists: Sequence[NearList]) -> bool:
    """Whether a difference is rather a slip than another firm's name."""
    alike = similar.likeness
    fault = alike.fault
    if fault is None:
        return True
    if not _slip(alike):
        # the fault lies beside the core; does it make a name that others bear?
        own = query.core
        return own == compared_parts(similar.name).core or not _borne(own, lists)
    core = alike.core
    if len(core) < 2 and not query.regions:
        return False
    if _borne(core, lists):
        return False
    chosen = fault.kind in _CHOSEN and fault.wrong in words().name_characters
    listed = len(core) - len(fault.wrong) + len(fault.right)
    if chosen and not alike.alike and listed < _LONG_CORE:
        return False
    # without its place a core of two characters is too little to tell a slip from a neighbour
    return alike.alike or len(core) > 2 or bool(query.regions)
