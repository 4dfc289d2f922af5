"""The keys under which two names meet that differ by one small fault.

Both sides, entry and query, give theirs; a meeting is a candidate for `likeness`, never an answer.
"""

from typing import Final

from licences.lookalikes import folded
from licences.model import Entry, FirmEntry, LicenceEntry
from licences.names import text_key
from licences.parts import NameParts, parts_of

#: Keys of one name at most: a register of a million names holds so many each.
MAX_KEYS: Final = 24
#: A name up to this length loses a character at each place; a longer one only behind its places, or in its core.
_STEM: Final = 14
#: Longer cores are met by their two ends, which one fault can't touch both; the lengths overlap.
_LONG_CORE: Final = 16
_END: Final = 7

#: A brand shorter than this is found by equality only.
_BRAND: Final = 3


def near_keys(parts: NameParts) -> tuple[str, ...]:
    """A name's keys, the most telling first.

    Places, core and trade together; without places, without trade; without places and one
    character of the core; and the name as written, without legal form and branch, with any one character less,
    which holds even where a fault has made the parts unrecognisable (上诲市云岫).
    """
    trunk = folded(parts.trunk)
    if len(trunk) < 2:
        return ()
    places = folded(parts.region)
    core = folded(parts.core)
    tail = trunk[len(places) :]
    usual = folded(parts.trade)
    keys = dict.fromkeys((trunk, tail, places + core, places + core + usual, core + usual))
    if len(parts.regions) > 1:
        keys[folded(parts.regions[-1]) + core + usual] = None
    if len(core) > 1:
        keys[core] = None
    stem = folded(parts.stem)
    short = len(stem) <= _STEM
    if len(core) <= _LONG_CORE:
        size = len(core) if short or len(tail) > _STEM else len(tail)
        keys |= dict.fromkeys(tail[:at] + tail[at + 1 :] for at in range(size))
    if len(core) >= _LONG_CORE - 1:
        keys |= {core[:_END]: None, core[-_END:]: None}
    if short:
        keys[stem] = None
        keys |= dict.fromkeys(stem[:at] + stem[at + 1 :] for at in range(len(stem)))
    return tuple(key for key in keys if len(key) > 1)[:MAX_KEYS]


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
    names = (parts_of(text_key(name)) for name in compared_names(entry))
    return tuple(dict.fromkeys(key for parts in names for key in near_keys(parts)))


def entry_cores(entry: Entry) -> tuple[str, ...]:
    """The cores of an entry's registered and former names: what `core_count` counts, each once."""
    names = compared_names(entry)
    if isinstance(entry, LicenceEntry):
        names = tuple(name for name in names if name not in entry.brands)
    return tuple(dict.fromkeys(parts_of(text_key(name)).core for name in names))
