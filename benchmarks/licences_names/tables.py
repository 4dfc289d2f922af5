"""The tables that names are made of; `data/` says of each line what it is.

`syllables.txt` (pypinyin) and `traditional.txt` (OpenCC s2t, s2tw, s2hk) hold the characters of GB 2312
level 1 and some more of firms' names; `look_alikes.txt` are those whose pictures in Noto Sans and Noto
Serif CJK are nearly the same (mean correlation over 0.8). The rest is written by hand.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "data"
MUNICIPALITIES = ("北京", "上海", "天津", "重庆")
REGIONS = ("内蒙古", "广西", "西藏", "宁夏", "新疆")


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade as registered names say it, its weight, its licence and how people shorten it."""

    name: str
    share: int
    licence_type: str
    short: str


def _lines(name: str) -> list[list[str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


@cache
def syllables() -> dict[str, str]:
    """Syllable without tone → its characters."""
    return {row[0]: row[1] for row in _lines("syllables.txt")}


@cache
def sound_of() -> dict[str, str]:
    """Character → its usual syllable."""
    return {char: syllable for syllable, chars in syllables().items() for char in chars}


@cache
def look_alikes() -> dict[str, str]:
    """Character → those it is taken for, the likest first; and figures for letters."""
    return {row[0]: row[1] for row in _lines("look_alikes.txt")} | {"0": "O", "1": "l", "O": "0", "l": "1"}


@cache
def traditional() -> dict[str, str]:
    """Simplified character → its traditional forms."""
    return {row[0]: row[1] for row in _lines("traditional.txt")}


@cache
def places() -> list[tuple[str, str]]:
    """Province and place in it; a province is its own first place."""
    return [(row[0], place) for row in _lines("places.txt") for place in row]


@cache
def place_weights() -> list[int]:
    """How usual each of `places` is."""
    big = {row[0]: int(row[1]) for row in _lines("places_big.txt")}
    return [big.get(place, 1) for _, place in places()]


@cache
def trades() -> list[Trade]:
    """All trades."""
    return [
        Trade(row[0], int(row[1]), row[2], "" if row[3] == "-" else row[3]) for row in _lines("trades.txt")
    ]


@cache
def core_characters() -> str:
    """Characters of firms' own names, each once, the most usual first."""
    return "".join(dict.fromkeys("".join(row[0] for row in _lines("core_characters.txt"))))
