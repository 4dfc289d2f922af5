"""English names of firms: the Chinese ones they stand for, and their parts.

China Merchants Bank Co., Ltd. → 招商银行 is from a table of facts (`data/english.yaml`); names spelled by sound are not
guessed: 云岫, 蕴秀 and eight hundred more are all Yunxiu, and so is what a stranger calls himself. An entry's own English
name is compared by its parts, as Chinese ones are: Yun Xiu (Shanghai) Tech Company Limited is
Shanghai Yunxiu Technology Co., Ltd. in other words.
"""

import re
import unicodedata
from functools import cache
from typing import Final

from licences.lookalikes import sound_of
from licences.names import text_key
from licences.parts import MAX_NAME, NameParts
from licences.tabledata import load_own
from licences.wordlists import words

#: Longer texts are no names.
_LONGEST: Final = 200
_WORD: Final = re.compile(r"[a-z0-9]+")
_BRACKETS: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
#: Words of the legal form and those that are left out at will.
_EMPTY: Final = frozenset(
    [
        "the",
        "of",
        "and",
        "co",
        "company",
        "ltd",
        "limited",
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "plc",
        "prc",
        "s",
        "llc",
        "llp",
        "lp",
        "pte",
        "pty",
    ]
)
_LIABILITY: Final = re.compile(r"\b(?:limited liability|joint stock|l\.? ?l\.? ?c\b\.?)")
#: Words of one trade or place are looked for together, so many at most.
_MOST: Final = 4
_BRANCHES: Final = frozenset(["branch", "subbranch"])


def _words_of(name: str) -> list[str]:
    """The words of an English name without those of its legal form; [] for one that is not in Latin letters."""
    text = unicodedata.normalize("NFKC", name[:_LONGEST]).casefold().replace("’", "'")
    if not text.isascii():
        return []
    return [word for word in _WORD.findall(_LIABILITY.sub(" ", text)) if word not in _EMPTY]


def english_key(name: str) -> str:
    """The comparable form of an English name; "" for one that is not written in Latin letters."""
    return "".join(_words_of(name))


@cache
def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for chinese, names in load_own("data/english.yaml", "english.schema.json")["names"].items():
        for name in names:
            key = english_key(name)
            table[key] = (*table.get(key, ()), chinese)
    return table


def chinese_names(name: str) -> tuple[str, ...]:
    """The short Chinese names that an English name stands for; () for most."""
    key = english_key(name)
    return _table().get(key, ()) if key else ()


def _one(word: str) -> str:
    """A word without the s of its plural."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@cache
def _trades() -> dict[tuple[str, ...], str]:
    rows = load_own("data/english.yaml", "english.schema.json")["words"]
    spellings = {other: word for word, others in rows.items() for other in (word, *others)}
    return {tuple(map(_one, spelling.split())): word for spelling, word in spellings.items()}


@cache
def _places() -> dict[str, str]:
    """Provinces and cities by their English spelling without spaces: that of `data/english.yaml`, else as they sound."""
    own = load_own("data/english.yaml", "english.schema.json")["places"]
    known = words().places
    spoken = {
        "".join(map(sound_of, place)): place
        for place, row in known.items()
        if row.alone and row.short == place and all(map(sound_of, place)) and place not in own
    }
    written = {spelling.replace(" ", ""): place for place, spellings in own.items() for spelling in spellings}
    return spoken | written


def _split(name: str) -> tuple[list[str], list[str], list[str]]:
    """Places, words of the core and words of trade; what brackets hold stands first."""
    text = unicodedata.normalize("NFKC", name[:_LONGEST])
    inside = " ".join(_BRACKETS.findall(text))
    left = _words_of(f"{inside} {_BRACKETS.sub(' ', text)}")
    places: list[str] = []
    core: list[str] = []
    while left:
        size = next((size for size in range(_MOST, 0, -1) if "".join(left[:size]) in _places()), 0)
        if size:
            places.append(_places()["".join(left[:size])])
        else:
            core.append(left[0])
        left = left[size or 1 :]
    trade: list[str] = []
    while core:
        ends = ((size, tuple(map(_one, core[-size:]))) for size in range(min(_MOST, len(core)), 0, -1))
        size, end = next(((size, end) for size, end in ends if end in _trades()), (0, ()))
        if not size:
            break
        trade.insert(0, _trades()[end])
        core = core[:-size]
    return places, core, trade


def english_parts(name: str) -> NameParts | None:
    """An English name taken apart as `parts.parts_of` does with a Chinese one; None for one of other letters.

    Places are the Chinese ones, in the order of the text; without a core of its own all of it is core.
    """
    if not _words_of(name):
        return None
    places, core, trade = _split(name)
    branch = "".join(core[-1:]) if core[-1:] and core[-1] in _BRANCHES else ""
    core = core[:-1] if branch and len(core) > 1 else core
    if not core:  # Bank of Shanghai: the place is its own name
        core, places = places[-1:], places[:-1]
    if not core:
        core, trade = trade, []
    stem = ("".join(core) + "".join(trade))[:MAX_NAME]
    return NameParts(
        key=text_key(name),
        regions=tuple(dict.fromkeys(places)),
        core="".join(core)[:MAX_NAME],
        trade="".join(trade),
        family="",
        form="",
        branch=branch,
        trunk="".join(dict.fromkeys(places)) + stem,
        stem=stem,
        core_at=0,
        pieces=(stem,),
    )
