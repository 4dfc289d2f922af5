"""The keys under which two names meet that differ by one small fault.

An entry gives `near_keys`, a query `asked_keys` and `further_keys`; a meeting is a candidate for `likeness`, never an answer.
Faults in place, trade or form are mended on the query's side (`mending`), so that an entry's keys have to bear
with those of its core alone.
"""

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

#: A brand shorter than this is found by equality only.
_BRAND: Final = 3


def _less_one(text: str) -> list[str]:
    """A text without each of its characters."""
    return [text[:at] + text[at + 1 :] for at in range(len(text))]


def _province(parts: NameParts) -> list[str]:
    """The province of a name's places, where one alone has places of those names: 桂林 tells which 象山 is meant."""
    found = [place.provinces for region in parts.regions if (place := words().places.get(region)) is not None]
    around = frozenset.intersection(*found) if found else frozenset[str]()
    return sorted(around) if len(around) == 1 else []


def _own_keys(parts: NameParts, *, without_places: bool = True) -> dict[str, None]:
    """With all its places, with each, with its province, without; with the trade, with what trades like it are
    shortened to, without; and with one character of the core less.
    """
    core, trade, family = folded(parts.core), folded(parts.trade), folded(parts.family)
    places = [folded(place) for place in parts.regions]
    every, last = "".join(places), "".join(places[-1:])
    keys = dict.fromkeys((every + core + trade, last + core + trade, folded(parts.stem)))
    around = map(folded, _province(parts))
    keys |= dict.fromkeys(place + core + family for place in (*places[-1:], *places[:2], *around))
    keys |= dict.fromkeys(place + core for place in (*places[-1:], *places[:1]))
    if without_places:
        keys |= dict.fromkeys((core + trade, core + family, core))
    if len(core) >= _LONG_CORE - 1:
        keys |= {core[:_END]: None, core[-_END:]: None}
    if len(core) <= _LONG_CORE:
        less = _less_one(core)
        keys |= dict.fromkeys(last + rest + trade for rest in less)
        if len(core) > _CORE and without_places:
            keys |= dict.fromkeys(rest + trade for rest in less)
    return keys


def _place_keys(parts: NameParts) -> list[str]:
    """With one character less of its only place."""
    if len(parts.regions) != 1 or len(parts.region) != _SHORT_PLACE:
        return []
    return [rest + folded(parts.core + parts.trade) for rest in _less_one(folded(parts.region))]


def near_keys(parts: NameParts) -> tuple[str, ...]:
    """A name's keys, the most telling first."""
    keys = (*_own_keys(parts), *_place_keys(parts))
    return tuple(dict.fromkeys(key for key in keys if len(key) > 1))[:MAX_KEYS]


def _placed(parts: NameParts) -> bool:
    """Whether a name's places tell it from all names without them: English ones are put together at will."""
    if parts.key.isascii() or parts.regions in ((), _WHOLE):
        return False
    return all(place in words().places for place in parts.regions)


def asked_keys(parts: NameParts) -> tuple[str, ...]:
    """The keys under which a query is looked for first: its own, without those that a misspelled place would need."""
    core, trade = folded(parts.core), folded(parts.trade)
    keys = _own_keys(parts, without_places=not _placed(parts))
    if parts.region not in words().places:
        keys |= dict.fromkeys(_place_keys(parts))
    if not parts.regions and len(core) == _CORE + 1:  # its first character may be what is left of a place
        keys |= dict.fromkeys(rest + trade for rest in _less_one(core))
    return tuple(key for key in keys if len(key) > 1)


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
    return tuple(dict.fromkeys(key for parts in names for key in near_keys(parts)))


def entry_cores(entry: Entry) -> tuple[str, ...]:
    """The cores of an entry's registered and former names: what `core_count` counts, each once."""
    names = compared_names(entry)
    if isinstance(entry, LicenceEntry):
        names = tuple(name for name in names if name not in entry.brands)
    return tuple(dict.fromkeys(parts_of(text_key(name)).core for name in names))
