"""Captured text as a paper can print it, and dates as papers write them. Pure."""

import re
from datetime import UTC, date, datetime

from findings.model.zone import CHINA

#: What nobody knows, in a paper.
UNKNOWN = "未知"
#: What a person fills in by hand.
BLANK = "＿＿＿＿＿＿＿＿"
#: The time of a paper that has none: the first that ZIP can hold.
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)

_SPACE = re.compile(r"\s+")

#: Beyond GBK, what the Chinese fonts of office machines and Noto CJK draw: Latin-1, daggers (reports mark numbers by
#: them), Hangul, and the ideographs of the basic plane (Unicode 11: later additions are in few fonts).
_DRAWN = re.compile(
    "[\u2020\u2021\u00a1-\u00ac\u00ae-\u00ff\u3400-\u4db5\u4e00-\u9fea\uac00-\ud7a3\uf900-\ufa6d]"
)
#: Every character outside ASCII is looked at once; ASCII's controls never print.
_ODD = re.compile("[^\x20-\x7e\n]")


def printable(text: str) -> str:
    """Text in which every character has a glyph in the fonts of an office; newlines stay.

    A character that 仿宋 and its like don't have (emoji, rare ideographs, signs that turn the writing's
    direction) is spelled as its code, [U+1F4B0]: a box on paper would name nobody. The lists (XLSX, CSV, JSON)
    hold it as it is.
    """
    return _ODD.sub(_spelled, text)


def line(text: str | None, limit: int) -> str:
    """Captured text on one line, cut to `limit` characters as it was before spelling; 未知 where there is none."""
    if text is None:
        return UNKNOWN
    told = _SPACE.sub(" ", text[: 4 * limit]).strip()
    if not told:
        return UNKNOWN
    return printable(told) if len(told) <= limit else printable(told[:limit]) + "…"


def address(url: str | None, limit: int = 120, whole: str = "电子名单") -> str:
    """An address, bounded: what is left out is counted, and stands in `whole`. Nothing is put between its characters, so that it can be
    copied; cells break it anywhere."""
    if not url:
        return UNKNOWN
    if len(url) <= limit:
        return printable(url)
    return f"{printable(url[:limit])}…（共 {len(url)} 个字符，全文见{whole}）"


def day(on: date) -> str:
    """2026年11月23日, as GB/T 9704 writes the date of a paper."""
    return f"{on.year}年{on.month}月{on.day}日"


def instant(at: datetime) -> str:
    """An instant in China, to the second."""
    here = at.astimezone(CHINA)
    return f"{day(here.date())} {here:%H:%M:%S}"


def _spelled(found: re.Match[str]) -> str:
    char = found[0]
    if char in "\t\r\x0b\x0c\u2028\u2029\xa0":
        return " "
    try:
        char.encode("gbk")
    except UnicodeEncodeError:
        return char if _DRAWN.match(char) else f"[U+{ord(char):04X}]"
    return char if char > "\x7f" else f"[U+{ord(char):04X}]"
