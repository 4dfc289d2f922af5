"""The keys under which two names meet that differ by one small fault.

An entry gives `near_keys`, a query `asked_keys` and `further_keys`; a meeting is a candidate for `likeness`, never an answer.
Faults in place, trade or form are mended on the query's side (`mending`), so that an entry's keys have to bear
with those of its core alone.
"""

from functools import lru_cache
from typing import Final

from licences.english import english_parts
from licences.lookalikes import folded
from licences.model import Entry, FirmEntry, LicenceEntry
from licences.names import text_key
from licences.parts import NameParts, parts_of
from licences.wordlists import words

#: Keys of one name at most: a register of a million names holds so many each.
MAX_KEYS: Final = 24
#: Longer cores are met by their two ends, which one fault can't touch both; the lengths overlap.
_LONG_CORE: Final = 16
_END: Final = 7
#: Of a place written in two characters a fault leaves one: too little to mend it by.
_SHORT_PLACE: Final = 2
#: A place that names leave out at will.
_WHOLE: Final = ("中国",)
#: A core has at least two characters; that many may belong to a trade that a fault has made unreadable.
_CORE: Final = 2
_CORES: Final = (2, 3, 4)

#: Places of names that are remembered with their province.
_REMEMBERED: Final = 4_096
_BETWEEN: Final = "\n"

#: A brand shorter than this is found by equality only.
_BRAND: Final = 3


def _less_one(text: str) -> list[str]:
    """A text without each of its characters."""
    return [text[:at] + text[at + 1 :] for at in range(len(text))]


@lru_cache(_REMEMBERED)
def _province(regions: tuple[str, ...]) -> list[str]:
    """The province of a name's places, where one alone has places of those names: 桂林 tells which 象山 is meant."""
    found = [place.provinces for region in regions if (place := words().places.get(region)) is not None]
    around = frozenset.intersection(*found) if found else frozenset[str]()
    return sorted(around) if len(around) == 1 else []


def _shapes(parts: NameParts) -> list[str]:
    """What keys are made of, look-alikes as one: places, their province, core, trade, family, the stem as written."""
    written = (*parts.regions, *_province(parts.regions), parts.core, parts.trade, parts.family, parts.stem)
    return folded(_BETWEEN.join(written)).split(_BETWEEN)  # one look for all: no part holds the mark


def _own_keys(parts: NameParts, shapes: list[str], *, without_places: bool = True) -> list[str]:
    """With all its places, with each, with its province, without; with the trade, with what trades like it are
    shortened to, without; and with one character of the core less.
    """
    *around, core, trade, family, stem = shapes
    places = around[: len(parts.regions)]
    every, last = "".join(places), places[-1] if places else ""
    traded = core + trade
    keys = [every + traded, last + traded, stem]
    keys += [place + core + family for place in (*places[-1:], *places[:2], *around[len(places) :])]
    keys += [place + core for place in (*places[-1:], *places[:1])]
    if without_places:
        keys += (traded, core + family, core)
    if len(core) >= _LONG_CORE - 1:
        keys += (core[:_END], core[-_END:])
    if len(core) <= _LONG_CORE:
        less = [rest + trade for rest in _less_one(core)]
        keys += [last + rest for rest in less]
        if len(core) > _CORE and without_places:
            keys += less
    return keys


def _place_keys(parts: NameParts, shapes: list[str]) -> list[str]:
    """With one character less of its only place."""
    if len(parts.regions) != 1 or len(parts.region) != _SHORT_PLACE:
        return []
    traded = shapes[-4] + shapes[-3]
    return [rest + traded for rest in _less_one(shapes[0])]


def _distinct(keys: list[str]) -> tuple[str, ...]:
    return tuple([key for key in dict.fromkeys(keys) if len(key) > 1])


def near_keys(parts: NameParts) -> tuple[str, ...]:
    """A name's keys, the most telling first."""
    shapes = _shapes(parts)
    return _distinct(_own_keys(parts, shapes) + _place_keys(parts, shapes))[:MAX_KEYS]


def _placed(parts: NameParts) -> bool:
    """Whether a name's places tell it from all names without them: English ones are put together at will."""
    if parts.key.isascii() or parts.regions in ((), _WHOLE):
        return False
    return all(place in words().places for place in parts.regions)


def asked_keys(parts: NameParts) -> tuple[str, ...]:
    """The keys under which a query is looked for first: its own, without those that a misspelled place would need."""
    shapes = _shapes(parts)
    core, trade = shapes[-4], shapes[-3]
    keys = _own_keys(parts, shapes, without_places=not _placed(parts))
    if parts.region not in words().places:
        keys += _place_keys(parts, shapes)
    if not parts.regions and len(core) == _CORE + 1:  # its first character may be what is left of a place
        keys += [rest + trade for rest in _less_one(core)]
    return _distinct(keys)


def further_keys(parts: NameParts) -> tuple[str, ...]:
    """The keys of what may be meant where the core that was read is not that of the name.

    It may begin with the rest of a misspelled place, end with that of a trade, or with a trade in short.
    """
    core, trade = folded(parts.core), folded(parts.trade)
    last = folded("".join(parts.regions[-1:]))
    sizes = [size for size in _CORES if size < len(core)]
    keys = dict.fromkeys(last + core[:size] for size in sizes)
    if not _placed(parts):
        keys |= dict.fromkeys(key for size in sizes for key in (core[:size], core[:size] + trade))
        keys |= dict.fromkeys(core[-size:] + trade for size in sizes)
    keys |= dict.fromkeys(last + core[-size:] + folded(parts.family) for size in sizes)
    return tuple(key for key in keys if len(key) > 1)


def compared_parts(name: str) -> NameParts:
    """A name's parts, whether Chinese or English."""
    return (english_parts(name) if name.isascii() else None) or parts_of(text_key(name))


def compared_names(entry: Entry) -> tuple[str, ...]:
    """The names of an entry that a similar one is looked for under; their near keys lead to it."""
    if isinstance(entry, LicenceEntry):
        own = (entry.full_name or entry.name, entry.name, *entry.former_names)
        brands = (brand for brand in entry.brands if len(brand) >= _BRAND)
        return tuple(dict.fromkeys((*own, *brands)))
    if isinstance(entry, FirmEntry):
        return tuple(dict.fromkeys((entry.name, *entry.former_names)))
    return (entry.name,)


def entry_near_keys(entry: Entry) -> tuple[str, ...]:
    """The near keys of all compared names of an entry, each once."""
    names = map(compared_parts, compared_names(entry))
    return tuple(dict.fromkeys([key for parts in names for key in near_keys(parts)]))


def entry_cores(entry: Entry) -> tuple[str, ...]:
    """The cores of an entry's registered and former names: what `core_count` counts, each once."""
    names = compared_names(entry)
    if isinstance(entry, LicenceEntry):
        names = tuple(name for name in names if name not in entry.brands)
    return tuple(dict.fromkeys(parts_of(text_key(name)).core for name in names))
