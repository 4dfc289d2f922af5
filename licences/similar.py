"""Which entries a name that equals none is like, and which of them it probably means: the best first.

A name that differs by one character from a listed one is a slip or another firm. What tells them
apart is what a reader would ask: is what the query has for a core a name that other firms bear
(another firm), or is it nobody's (a slip)? How much of the name is left to go by? Is there exactly
one firm that it may be a slip of? The unlikely ones are kept for a person to look at, since a name
close to a listed one may be chosen to be taken for it. None of either kind ever clears anybody.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from licences.faults import FaultKind
from licences.likeness import Likeness, Slot, likeness
from licences.model import Entry, Register
from licences.names import text_key
from licences.near import compared_names, near_keys
from licences.parts import NameParts, parts_of
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
_CANDIDATES: Final = 24


#: So much less alike is as alike.
_EVEN: Final = 0.015
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
    query = parts_of(text_key(name))
    keys = near_keys(query)
    asked = list(lists)
    found = [similar for one in asked for similar in _in_list(query, keys, one)]
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
        cores = {
            parts_of(text_key(one.name)).core for one, is_even in zip(kept, even, strict=True) if is_even
        }
        if len(cores) > 1:  # a slip of whose name?
            others += [one for one, is_even in zip(kept, even, strict=True) if is_even]
            others.sort(key=lambda similar: -similar.likeness.score)
            kept = [one for one, is_even in zip(kept, even, strict=True) if not is_even]
    return kept, others


def _slip(alike: Likeness) -> bool:
    return alike.fault is not None and alike.slot is Slot.CORE


def _in_list(query: NameParts, keys: Sequence[str], one: NearList) -> list[Similar]:
    met: Counter[int] = Counter()
    for key in keys:
        numbers = one.near(key)
        if len(numbers) <= _COMMON:
            met.update(numbers)
    found = []
    for number, _ in met.most_common(_CANDIDATES):
        entry = one.entry(number)
        best = None
        for name in compared_names(entry):
            parts = parts_of(text_key(name))
            alike = likeness(query, parts)
            if alike.score >= LEAST and (best is None or alike.score > best.likeness.score):
                best = Similar(entry, one.register_of(number), name, alike, relation(query, parts))
        if best is not None:
            found.append(best)
    return found


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
        return own == parts_of(text_key(similar.name)).core or not _borne(own, lists)
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
