"""How alike two names are, and in what they differ.

Equality alone is 1 and alone proves anything. Everything below is a suggestion with its difference
named: 「普」/「浦」.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from findings.model.errors import Said
from licences.faults import Fault, FaultKind, fault_between, two_faults
from licences.lookalikes import folded, look_alike, sound_alike
from licences.names import full_of
from licences.parts import NameParts
from licences.partwise import (
    DIFFERENT,
    Difference,
    Factor,
    abbreviates,
    branch_of,
    factor,
    form_of,
    joined_said,
    places_of,
    product,
    trade_of,
)
from licences.wordlists import words


class Slot(StrEnum):
    """The part of the entry's name that a fault lies in."""

    PLACE = "place"
    CORE = "core"
    TRADE = "trade"


class Likeness(msgspec.Struct, frozen=True, gc=False):
    """How alike a query is to an entry's name: `score` 0 to 1, 1 for equality alone.

    `fault` and `slot` are set where one character makes the difference: the fault and the part it
    lies in; `core` is what the query has for the entry's core if it lies there; `alike` says
    that the characters look or sound alike.
    """

    score: float
    what: Difference
    said: Said
    fault: Fault | None = None
    slot: Slot | None = None
    core: str = ""
    alike: bool = False


#: What one fault leaves of the likeness. Set by judgement, checked on own names (tests/licences).
_FAULTS: Final = {
    FaultKind.DOUBLED: 0.96,
    FaultKind.SWAPPED: 0.94,
    FaultKind.ADDED: 0.91,
    FaultKind.DROPPED: 0.91,
    FaultKind.REPLACED: 0.88,
}
_LOOK_ALIKE: Final = 0.96
_SOUND_ALIKE: Final = 0.93
_LONG_CORE: Final = 4  # a core this long with two faults still tells something
_SHORT_CORE: Final = 0.95  # one fault in a core of two characters leaves little

_SAME = Likeness(1.0, Difference.NONE, Said("the same name", zh="名称相同"))
_REWORDED = Likeness(
    0.97,
    Difference.WORDING,
    Said("the same parts, written or ordered otherwise", zh="各部分相同，写法或顺序不同"),
)
_OTHER = Likeness(0.0, Difference.OTHER, Said("another name", zh="名称不同"))


def _abbreviated(query: NameParts, entry: NameParts) -> NameParts:
    """A query whose core ends with the entry's trade in a short form that no list knows, with that as its trade."""
    if not query.tail.startswith(entry.core) or len(query.core) <= len(entry.core):
        return query
    rest = query.tail[len(entry.core) :]
    if rest in words().trades or not abbreviates(rest, entry.trade):
        return query
    return msgspec.structs.replace(query, core=entry.core, trade=rest)


def _said_fault(fault: Fault, alike: bool) -> Said:
    wrong, right = fault.wrong, fault.right
    match fault.kind:
        case FaultKind.REPLACED if alike:
            return Said(f"“{wrong}” for the look-alike “{right}”", zh=f"形近字：「{wrong}」/「{right}」")
        case FaultKind.REPLACED:
            return Said(f"“{wrong}” for “{right}”", zh=f"一字之差：「{wrong}」/「{right}」")
        case FaultKind.SWAPPED:
            return Said(f"“{wrong}” for “{right}”, swapped", zh=f"两字颠倒：「{wrong}」/「{right}」")
        case FaultKind.DROPPED:
            return Said(f"without “{right}”", zh=f"少一字：「{right}」")
        case FaultKind.DOUBLED:
            return Said(f"“{wrong}” twice", zh=f"重复一字：「{wrong}」")
        case FaultKind.ADDED:
            return Said(f"“{wrong}” added", zh=f"多一字：「{wrong}」")


_OTHERWISE_WRITTEN = factor(
    0.965, Difference.WORDING, "places written or placed otherwise", "地名写法或位置不同"
)


class _Aligned(msgspec.Struct, frozen=True, gc=False):
    """A query's text beside an entry's: where the entry's core begins and ends in it."""

    query: str
    entry: str
    start: int
    end: int


def _alignments(query: NameParts, entry: NameParts) -> list[tuple[_Aligned, list[Factor | None]]]:
    """The ways to lay two names side by side in which one fault may lie, with what else differs."""
    size, core = len(entry.region), len(entry.core)
    written = _Aligned(query.stem, entry.stem, entry.core_at, entry.core_at + core)
    trunk = _Aligned(query.trunk, entry.trunk, size, size + core)
    ways: list[tuple[_Aligned, list[Factor | None]]] = [(written, []), (trunk, [_OTHERWISE_WRITTEN])]
    if not query.regions or not entry.regions or frozenset(query.regions) <= frozenset(entry.regions):
        places = places_of(query, entry)
        if places is not None:
            ways.append((_Aligned(query.tail, entry.tail, 0, core), [places]))
        if query.trade != entry.trade or query.trunk[-1:] != entry.trunk[-1:]:
            ways.append((_Aligned(query.core, entry.core, 0, core), [places, trade_of(query, entry)]))
    return ways


def _faulted(way: _Aligned) -> tuple[Fault, bool] | None:
    """The fault between two texts laid side by side, and whether all of it is look-alikes."""
    fault = fault_between(way.query, way.entry)
    if fault is not None:
        return fault, fault.kind is FaultKind.REPLACED and look_alike(fault.wrong, fault.right)
    if way.query != way.entry and len(way.query) == len(way.entry) and look_alike(way.query, way.entry):
        pairs = [(a, b, at) for at, (a, b) in enumerate(zip(way.query, way.entry, strict=True)) if a != b]
        wrong, right = "".join(a for a, _, _ in pairs), "".join(b for _, b, _ in pairs)
        return Fault(FaultKind.REPLACED, pairs[0][2], wrong, right), True
    return None


def _slot(way: _Aligned, fault: Fault) -> Slot:
    if fault.at < way.start:
        return Slot.PLACE
    more = fault.at == way.end and not fault.right  # 云岫山科技: what was added belongs to the core
    return Slot.CORE if fault.at < way.end or more or way.end == len(way.entry) else Slot.TRADE


def _other_places(query: NameParts, entry: NameParts) -> list[str]:
    """What the query has for places and the entry has not."""
    return [place for place in query.regions if place not in entry.regions]


def _same_known_places(query: NameParts, entry: NameParts) -> bool:
    """Whether both names have one and the same places, rightly written."""
    return query.regions == entry.regions != () and all(place in words().places for place in query.regions)


def _chance(fault: Fault, alike: bool) -> bool:
    """Whether a fault puts a character there that may as well belong to what follows."""
    return fault.kind in (FaultKind.REPLACED, FaultKind.ADDED) and not alike


def _misspelled(query: NameParts, entry: NameParts) -> bool:
    """Whether the query's other places are no places at all."""
    others = _other_places(query, entry)
    return bool(others) and not any(place in words().places for place in others)


def _another_word(query: NameParts, entry: NameParts, way: _Aligned, slot: Slot) -> bool:
    """Whether the query has another known place or trade where the fault seems to lie."""
    if slot is Slot.PLACE:
        stop = len(way.query) - (len(way.entry) - way.start)
        if way.query[:stop] in words().places:
            return True
        return any(place in words().places for place in _other_places(query, entry))
    if slot is Slot.TRADE:
        if way.query[way.end :] in words().trades:
            return True
        return query.core == entry.core and bool(query.trade)
    return False


_UNITS: Final = "省市区县旗州盟"


def _placed(one: NameParts, other: NameParts) -> NameParts:
    """A name, with a place of the other's that its core begins or ends with as a place: 渝中云岫, 云岫（渝中）."""
    if one.regions or not other.regions:
        return one
    for place in dict.fromkeys((other.regions[-1], other.regions[0])):
        core = ""
        if one.core.startswith(place):
            core = one.core[len(place) :]
        elif place in one.core:
            head, _, tail = one.core.rpartition(place)
            core = head if tail in ("", *_UNITS) else ""
        if len(core) > 1:
            return msgspec.structs.replace(one, regions=(place,), core=core)
    return one


def likeness(query: NameParts, entry: NameParts) -> Likeness:
    """Compare two names. `said` names the difference, Chinese in `said.zh`."""
    if query.key == entry.key or full_of(query.key) == full_of(entry.key):
        return _SAME
    query, entry = _placed(query, entry), _placed(entry, query)
    query = _abbreviated(query, entry)
    outer = [form_of(query, entry), branch_of(query, entry)]
    if query.core == entry.core and not _misspelled(query, entry):
        factors = [*outer, places_of(query, entry), trade_of(query, entry)]
        if query.regions == entry.regions and query.trunk == entry.trunk and query.stem != entry.stem:
            factors.append(_OTHERWISE_WRITTEN)
        value, what, said = product(factors)
        if not said:
            return _REWORDED
        return Likeness(value, what, joined_said(said))
    for way, factors in _alignments(query, entry):
        found = _with_fault(query, entry, way, [*outer, *factors])
        if found is not None:
            return found
    return _with_faults(query, entry, outer) or _OTHER


def _left(fault: Fault, alike: bool) -> float:
    """What a fault leaves of the likeness."""
    if alike:
        return _LOOK_ALIKE ** len(fault.wrong)
    if fault.kind is FaultKind.REPLACED and sound_alike(fault.wrong, fault.right):
        return _SOUND_ALIKE
    return _FAULTS[fault.kind]


def _with_fault(
    query: NameParts, entry: NameParts, way: _Aligned, factors: list[Factor | None]
) -> Likeness | None:
    seen = _faulted(way) if way.query != way.entry else None
    if seen is None:
        if way.query != way.entry:
            return None
        value, what, said = product(factors)
        return Likeness(min(value, 0.97), what, joined_said(said)) if said else None
    fault, alike = seen
    slot = _slot(way, fault)
    if slot is Slot.PLACE and _chance(fault, alike) and _same_known_places(query, entry):
        return None  # 南京卓岫 is no slip of 南京市岫: the place is right
    value, _, said = product(factors)
    left = _left(fault, alike)
    value *= left
    if slot is Slot.CORE and not alike and way.end - way.start <= 2:
        value *= _SHORT_CORE
    if _another_word(query, entry, way, slot):
        value *= DIFFERENT
    core = way.query[way.start : len(way.query) - (len(way.entry) - way.end)] if slot is Slot.CORE else ""
    return Likeness(
        value,
        Difference.CHARACTER,
        joined_said([_said_fault(fault, alike), *said]),
        fault,
        slot,
        core,
        left > _FAULTS[fault.kind],
    )


def _look_alikes_beside(way: _Aligned, fault: Fault) -> list[Fault]:
    """The look-alikes in two texts that but for them differ by one fault."""
    after = len(way.query) - fault.at - len(fault.wrong)
    pairs = [(at, at) for at in range(fault.at)]
    pairs += [(len(way.query) - at, len(way.entry) - at) for at in range(after, 0, -1)]
    return [
        Fault(FaultKind.REPLACED, there, way.query[here], way.entry[there])
        for here, there in pairs
        if way.query[here] != way.entry[there]
    ]


def _several(way: _Aligned) -> list[Fault]:
    """The faults between two texts that differ by two, or by one and look-alikes."""
    found = two_faults(way.query, way.entry)
    if found is not None:
        return list(found)
    one = fault_between(folded(way.query), folded(way.entry))
    return [one, *_look_alikes_beside(way, one)] if one is not None else []


def _with_faults(query: NameParts, entry: NameParts, factors: list[Factor | None]) -> Likeness | None:
    """The likeness of names as they stand that differ by more than one fault, no two of them in a short core."""
    way = _alignments(query, entry)[0][0]
    faults = _several(way)
    alike = [one.kind is FaultKind.REPLACED and look_alike(one.wrong, one.right) for one in faults]
    slots = [_slot(way, fault) for fault in faults]
    in_core = [number for number, slot in enumerate(slots) if slot is Slot.CORE]
    unlike = [number for number in in_core if not alike[number]]
    if not faults or (len(unlike) > 1 and way.end - way.start < _LONG_CORE):
        return None
    if Slot.PLACE in slots and any(place in words().places for place in _other_places(query, entry)):
        return None
    in_place = (number for number, slot in enumerate(slots) if slot is Slot.PLACE)
    if _same_known_places(query, entry) and any(_chance(faults[one], alike[one]) for one in in_place):
        return None
    if Slot.TRADE in slots and not entry.trade.endswith(query.trade):
        return None
    value, _, said = product(factors)
    for fault, is_alike in zip(faults, alike, strict=True):
        value *= _left(fault, is_alike)
    if unlike and way.end - way.start <= 2:
        value *= _SHORT_CORE
    first = (unlike or in_core or [0])[0]
    grown = [len(fault.wrong) - len(fault.right) for fault in faults]
    start = way.start + sum(more for more, slot in zip(grown, slots, strict=True) if slot is Slot.PLACE)
    behind = sum(more for more, slot in zip(grown, slots, strict=True) if slot is Slot.TRADE)
    end = len(way.query) - (len(way.entry) - way.end) - behind
    told = [_said_fault(fault, is_alike) for fault, is_alike in zip(faults, alike, strict=True)]
    return Likeness(
        value,
        Difference.CHARACTER,
        joined_said([*told, *said]),
        faults[first],
        slots[first],
        way.query[start:end] if in_core else "",
        bool(in_core) and all(alike[number] for number in in_core),
    )


def with_mended(alike: Likeness, faults: Sequence[tuple[Slot, Fault]]) -> Likeness:
    """The likeness of a query that was put right in these places before it was compared."""
    value, said = alike.score, []
    for _, fault in faults:
        same = fault.kind is FaultKind.REPLACED and look_alike(fault.wrong, fault.right)
        value *= _left(fault, same)
        said.append(_said_fault(fault, same))
    if alike.what is not Difference.NONE:
        said.append(alike.said)
    if not faults or alike.score == 0:
        return alike
    slot, fault = faults[0] if alike.fault is None else (alike.slot, alike.fault)
    return msgspec.structs.replace(
        alike, score=value, what=Difference.CHARACTER, said=joined_said(said), fault=fault, slot=slot
    )
