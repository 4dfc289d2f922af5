"""How alike two names are, and in what they differ.

Equality alone is 1 and alone proves anything. Everything below is a suggestion with its difference
named: 「普」/「浦」.
"""

from enum import StrEnum
from typing import Final

import msgspec

from findings.model.errors import Said
from licences.faults import Fault, FaultKind, fault_between
from licences.lookalikes import folded, look_alike, sound_alike
from licences.names import full_of
from licences.parts import NameParts
from licences.wordlists import words


class Difference(StrEnum):
    """In what two names differ most."""

    NONE = "none"
    WORDING = "wording"  # the same parts in other words or another order
    FORM = "form"
    BRANCH = "branch"
    PLACE = "place"
    TRADE = "trade"
    CHARACTER = "character"
    OTHER = "other"


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
_SHORT_CORE: Final = 0.95  # one fault in a core of two characters leaves little
_WHOLE: Final = frozenset(["中国"])  # a place that names leave out at will
_DIFFERENT: Final = 0.3  # another known place or trade: another firm

_SAME = Likeness(1.0, Difference.NONE, Said("the same name", zh="名称相同"))
_REWORDED = Likeness(
    0.97,
    Difference.WORDING,
    Said("the same parts, written or ordered otherwise", zh="各部分相同，写法或顺序不同"),
)
_OTHER = Likeness(0.0, Difference.OTHER, Said("another name", zh="名称不同"))


class _Factor(msgspec.Struct, frozen=True, gc=False):
    value: float
    what: Difference
    said: Said


def _factor(value: float, what: Difference, en: str, zh: str) -> _Factor:
    return _Factor(value, what, Said(en, zh=zh))


def _form(query: NameParts, entry: NameParts) -> _Factor | None:
    if query.form == entry.form:
        return None
    if not query.form or not entry.form:
        return _factor(0.97, Difference.FORM, "without its legal form", "未写组织形式")
    return _factor(
        0.93,
        Difference.FORM,
        f"legal form “{query.form}”, not “{entry.form}”",
        f"组织形式为「{query.form}」，名单为「{entry.form}」",
    )


def _branch(query: NameParts, entry: NameParts) -> _Factor | None:
    if query.branch == entry.branch:
        return None
    if not query.branch or not entry.branch:
        name = query.branch or entry.branch
        return _factor(0.97, Difference.BRANCH, f"branch “{name}”", f"分支机构「{name}」")
    return _factor(
        0.5,
        Difference.BRANCH,
        f"branch “{query.branch}”, not “{entry.branch}”",
        f"分支机构为「{query.branch}」，名单为「{entry.branch}」",
    )


def _places(query: tuple[str, ...], entry: tuple[str, ...]) -> _Factor | None:
    if query == entry:
        return None
    asked, listed = frozenset(query), frozenset(entry)
    if asked == listed:
        return _factor(0.97, Difference.WORDING, "places in another order", "地名顺序不同")
    if asked < listed:
        missing = "".join(place for place in entry if place not in asked)
        value = 0.96 if asked or listed == _WHOLE else 0.9
        return _factor(value, Difference.PLACE, f"without “{missing}”", f"未写地名「{missing}」")
    if listed < asked and (listed or asked == _WHOLE):
        more = "".join(place for place in query if place not in listed)
        return _factor(0.93, Difference.PLACE, f"“{more}” added", f"多出地名「{more}」")
    one, other = "".join(query), "".join(entry)
    return _factor(
        _DIFFERENT,
        Difference.PLACE,
        f"place “{one}”, not “{other}”",
        f"地名为「{one}」，名单为「{other or '无'}」",
    )


def _short_for(asked: str, listed: str) -> bool:
    """Whether a trade may be named so in a short name: 基金 for 基金管理, 科技 for 科技发展."""
    known = words()
    if asked in known.finance:
        return listed in known.short_for.get(asked, ())
    return listed.startswith(asked)


def _trades(query: NameParts, entry: NameParts) -> _Factor | None:
    asked, listed = query.trade, entry.trade
    if asked == listed:
        if query.tail[len(query.core) :] == entry.tail[len(entry.core) :]:
            return None
        return _factor(0.98, Difference.WORDING, "the trade in other words", "行业词写法不同")
    if not asked:
        # who writes the legal form writes the whole name: 云岫有限公司 is not 云岫科技有限公司
        value = 0.7 if query.form else 0.88
        return _factor(value, Difference.TRADE, f"without “{listed}”", f"未写行业「{listed}」")
    if not query.form and _short_for(asked, listed):
        return _factor(
            0.88, Difference.TRADE, f"“{asked}” for “{listed}”", f"行业简写为「{asked}」，名单为「{listed}」"
        )
    return _factor(
        _DIFFERENT,
        Difference.TRADE,
        f"trade “{asked}”, not “{listed}”",
        f"行业为「{asked}」，名单为「{listed or '无'}」",
    )


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


def _product(factors: list[_Factor | None]) -> tuple[float, Difference, list[Said]]:
    value, what, weakest = 1.0, Difference.NONE, 1.0
    said = []
    for factor in factors:
        if factor is not None:
            value *= factor.value
            said.append(factor.said)
            if factor.value < weakest:
                weakest, what = factor.value, factor.what
    return value, what, said


def _joined(said: list[Said]) -> Said:
    return Said("; ".join(said), zh="；".join(one.zh for one in said))


_OTHERWISE_WRITTEN = _factor(
    0.965, Difference.WORDING, "places written or placed otherwise", "地名写法或位置不同"
)


class _Aligned(msgspec.Struct, frozen=True, gc=False):
    """A query's text beside an entry's: where the entry's core begins and ends in it."""

    query: str
    entry: str
    start: int
    end: int


def _alignments(query: NameParts, entry: NameParts) -> list[tuple[_Aligned, list[_Factor | None]]]:
    """The ways to lay two names side by side in which one fault may lie, with what else differs."""
    size, core = len(entry.region), len(entry.core)
    written = _Aligned(query.stem, entry.stem, entry.core_at, entry.core_at + core)
    trunk = _Aligned(query.trunk, entry.trunk, size, size + core)
    ways: list[tuple[_Aligned, list[_Factor | None]]] = [(written, []), (trunk, [_OTHERWISE_WRITTEN])]
    if not query.regions or not entry.regions or frozenset(query.regions) <= frozenset(entry.regions):
        places = _places(query.regions, entry.regions)
        if places is not None:
            ways.append((_Aligned(query.tail, entry.tail, 0, core), [places]))
        if query.trade != entry.trade or query.trunk[-1:] != entry.trunk[-1:]:
            ways.append((_Aligned(query.core, entry.core, 0, core), [places, _trades(query, entry)]))
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
    fault = fault_between(folded(way.query), folded(way.entry))
    return (fault, False) if fault is not None else None


def _slot(way: _Aligned, fault: Fault) -> Slot:
    if fault.at < way.start:
        return Slot.PLACE
    more = fault.at == way.end and not fault.right  # 云岫山科技: what was added belongs to the core
    return Slot.CORE if fault.at < way.end or more or way.end == len(way.entry) else Slot.TRADE


def _other_places(query: NameParts, entry: NameParts) -> list[str]:
    """What the query has for places and the entry has not."""
    return [place for place in query.regions if place not in entry.regions]


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


def _placed(query: NameParts, entry: NameParts) -> NameParts:
    """The query, with a district's short name that stands alone before its core (渝中云岫) as a place."""
    if query.regions or not entry.regions or not query.core.startswith(entry.regions[-1]):
        return query
    place = entry.regions[-1]
    core = query.core[len(place) :]
    return msgspec.structs.replace(query, regions=(place,), core=core) if len(core) > 1 else query


def likeness(query: NameParts, entry: NameParts) -> Likeness:
    """Compare two names. `said` names the difference, Chinese in `said.zh`."""
    if query.key == entry.key or full_of(query.key) == full_of(entry.key):
        return _SAME
    query = _placed(query, entry)
    outer = [_form(query, entry), _branch(query, entry)]
    if query.core == entry.core and not _misspelled(query, entry):
        factors = [*outer, _places(query.regions, entry.regions), _trades(query, entry)]
        if query.regions == entry.regions and query.trunk == entry.trunk and query.stem != entry.stem:
            factors.append(_OTHERWISE_WRITTEN)
        value, what, said = _product(factors)
        if not said:
            return _REWORDED
        return Likeness(value, what, _joined(said))
    for way, factors in _alignments(query, entry):
        found = _with_fault(query, entry, way, [*outer, *factors])
        if found is not None:
            return found
    return _OTHER


def _left(fault: Fault, alike: bool) -> float:
    """What a fault leaves of the likeness."""
    if alike:
        return _LOOK_ALIKE ** len(fault.wrong)
    if fault.kind is FaultKind.REPLACED and sound_alike(fault.wrong, fault.right):
        return _SOUND_ALIKE
    return _FAULTS[fault.kind]


def _with_fault(
    query: NameParts, entry: NameParts, way: _Aligned, factors: list[_Factor | None]
) -> Likeness | None:
    seen = _faulted(way) if way.query != way.entry else None
    if seen is None:
        if way.query != way.entry:
            return None
        value, what, said = _product(factors)
        return Likeness(min(value, 0.97), what, _joined(said)) if said else None
    fault, alike = seen
    slot = _slot(way, fault)
    value, _, said = _product(factors)
    left = _left(fault, alike)
    value *= left
    if slot is Slot.CORE and not alike and way.end - way.start <= 2:
        value *= _SHORT_CORE
    if _another_word(query, entry, way, slot):
        value *= _DIFFERENT
    core = way.query[way.start : len(way.query) - (len(way.entry) - way.end)] if slot is Slot.CORE else ""
    return Likeness(
        value,
        Difference.CHARACTER,
        _joined([_said_fault(fault, alike), *said]),
        fault,
        slot,
        core,
        left > _FAULTS[fault.kind],
    )
