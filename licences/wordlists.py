"""The words that firms' names are made of, from `data/regions.yaml` and `data/trades.yaml`: places and trades.

Loaded when the first name is taken apart (about 0.1 s).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from licences.names import text_key
from licences.tabledata import load_own

#: Nationalities in the long names of autonomous places (延边朝鲜族自治州 is 延边).
_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|"
    "土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|塔吉克|怒|鄂温克|保安|裕固|独龙|鄂伦春|普米|各"
)
_AUTONOMOUS = re.compile(f"(?:(?:{_PEOPLES})族|蒙古|柯尔克孜|哈萨克|维吾尔)*(?:自治州|自治县|自治旗|自治区)$")
_UNIT = re.compile("(?:新区|林区|矿区|地区|省|市|区|县|旗|盟)$")


@dataclass(frozen=True, slots=True)
class Place:
    """A place by one of its spellings. `alone`: this spelling counts without its province before it.

    `inside` are the places around it, provinces and cities, by the meaning that the spelling has alone where it has
    one: 朝阳 is in 辽宁, though 北京 has a district of that name.
    """

    short: str
    provinces: frozenset[str]
    alone: bool
    inside: frozenset[str]


@dataclass(frozen=True, slots=True)
class Words:
    """All word lists. `*_sizes` are the lengths to try, longest first."""

    places: dict[str, Place]
    place_sizes: dict[str, tuple[int, ...]]  # by first character
    place_ends: dict[str, tuple[int, ...]]  # by last character
    zones: dict[str, tuple[int, ...]]  # by first character
    zone_words: frozenset[str]
    trades: dict[str, str]  # spelling: word
    trade_ends: dict[str, tuple[int, ...]]  # by last character
    finance: frozenset[str]
    short_for: dict[str, frozenset[str]]
    families: dict[str, str]  # word of `short_for`: one word for all that may stand for one another
    cores: frozenset[str]
    core_sizes: dict[str, tuple[int, ...]]  # by first character
    name_characters: frozenset[str]


def _sizes(words: Iterable[str], at: int) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for word in words:
        found.setdefault(word[at], set()).add(len(word))
    return {char: tuple(sorted(sizes, reverse=True)) for char, sizes in found.items()}


def short_place(long: str) -> str:
    """上海市 → 上海, 延边朝鲜族自治州 → 延边; a name of two characters (忠县) stays."""
    short = _AUTONOMOUS.sub("", long)
    if short == long:
        short = _UNIT.sub("", long)
    return short if len(short) > 1 else long


class _Places:
    def __init__(self) -> None:
        self.found: dict[str, Place] = {}

    def add(self, spelling: str, short: str, province: str, *, alone: bool, city: str = "") -> None:
        spelling, short = text_key(spelling), text_key(short)  # 乾县 is compared as 干县
        known = self.found.get(spelling)
        provinces = frozenset((province,))
        inside = frozenset((province, text_key(city))) - {short, ""}
        if known is not None:  # 新华区 lies in five cities
            provinces |= known.provinces
            if known.alone == alone:
                inside |= known.inside
            elif known.alone:
                inside = known.inside
            alone = alone or known.alone
            short = known.short
        self.found[spelling] = Place(short, provinces, alone, inside)

    def add_both(self, long: str, province: str, *, short_alone: bool, city: str = "") -> None:
        short = short_place(long)
        self.add(long, short, province, alone=len(long) > 2, city=city)
        self.add(short, short, province, alone=short_alone, city=city)


def _places(raw: dict[str, Any]) -> dict[str, Place]:
    table = _Places()
    only_long = frozenset(raw["only_long"])
    for short, province in raw["provinces"].items():
        table.add(short, short, short, alone=True)
        table.add(province["long"], short, short, alone=True)
        below = [(county, "") for county in province.get("direct", "").split()]
        for city, counties in province.get("cities", {}).items():
            table.add_both(city, short, short_alone=True)
            below += ((county, short_place(city)) for county in (counties or "").split())
        for county, city in below:
            alone = county.endswith("市") and short_place(county) not in only_long
            table.add_both(county, short, short_alone=alone, city=city)
    for province, areas in raw["areas"].items():
        for area in areas.split():
            table.add(area, area, province, alone=True)
    for land, spellings in raw["lands"].items():
        for spelling in (land, *(spellings or "").split()):
            table.add(spelling, land, land, alone=True)
    return table.found


def _families(finance: Iterable[str], short_for: dict[str, list[str]]) -> dict[str, str]:
    """Each word with the first of all that are joined to it by standing for one another."""
    members = {word: {word} for word in finance}
    for short, long in short_for.items():
        joined = {member for word in (short, *long) for member in members.get(word, (word,))}
        members.update(dict.fromkeys(joined, joined))
    return {word: min(joined) for word, joined in members.items()}


@cache
def words() -> Words:
    """The lists. Raises DataFault."""
    regions = load_own("data/regions.yaml", "regions.schema.json")
    names = load_own("data/trades.yaml", "trades.schema.json")
    groups = [*names["finance"].values(), *names["general"].values()]
    trades = {word: word for group in groups for word in group}
    for word, spellings in names["spellings"].items():
        trades.update(dict.fromkeys(spellings, word))
    finance = frozenset(word for group in names["finance"].values() for word in group)
    places = _places(regions)
    return Words(
        places=places,
        place_sizes=_sizes(places, 0),
        place_ends=_sizes(places, -1),
        zones=_sizes(regions["zones"], 0),
        zone_words=frozenset(regions["zones"]),
        trades=trades,
        trade_ends=_sizes(trades, -1),
        finance=finance,
        short_for={short: frozenset(long) for short, long in names["short_for"].items()},
        families=_families(finance, names["short_for"]),
        cores=frozenset(names["cores"]),
        core_sizes=_sizes(names["cores"], 0),
        name_characters=frozenset(names["name_characters"]) - {" "},
    )
