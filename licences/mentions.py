"""Whether a text only mentions a firm: as custodian, partner, comparison, former employer, in a warning.

Texts and names are text keys (`names.text_key`); what ads say beside a name is `data/mentions.yaml`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from licences.names import has_legal_form
from licences.parts import parts_of
from licences.tabledata import load_own

WINDOW = 14  # code points read on either side of a name
LIST_WINDOW = 80  # code points over which a list of firms is followed
_LISTED_NAME = 12  # code points of one name in a list, without its ending
_JOINTS = ("", "和", "及", "与", "以及", "或", "、")
_GAP = 6  # code points between a name and the second of two words that count together
_UNIT = 6  # code points of a unit's own name (上海) before its word (分行)
_CORE = 2  # the shortest core of a firm's name


@dataclass(frozen=True, slots=True)
class _Words:
    """`data/mentions.yaml`, compiled; `around` are pairs of what stands before and what behind."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    around: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    former: re.Pattern[str]
    role: re.Pattern[str]
    not_former: re.Pattern[str]
    employer: re.Pattern[str]
    opener: re.Pattern[str]
    closer: re.Pattern[str]
    ending: re.Pattern[str]


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def _role(former: dict[str, list[str]]) -> str:
    """What a person is or was at a firm: 上海分行资深客户经理."""
    unit = f"(?:.{{0,{_UNIT}}}?(?:{_any(former['units'])}))?"
    return f"{unit}(?:{_any(former['manner'])}){{0,4}}?(?:{_any(former['roles'])})"


def _after(raw: dict[str, Any]) -> re.Pattern[str]:
    words = {word for name, group in raw["after"].items() if name != "custody_verbs" for word in group}
    verbs, custody = _any(raw["after"]["custody_verbs"]), _any(raw["after"]["custody"])
    complaint = f"(?:{_any(raw['complaints']['of'])}){{1,2}}(?:{_any(raw['complaints']['what'])})"
    behind = raw["former"]["behind"]
    former = f"(?!{_any(raw['former']['not_words'])})(?:{_any(behind)})(?:{_role(raw['former'])})"
    helped = f"(?:{verbs}){{1,3}}(?:{custody})"
    ways = (_any(sorted(words)), helped, complaint, former, raw["times"], raw["years"])
    return re.compile(f"(?!{_any(raw['own'])})(?:{'|'.join(ways)})")


@cache
def _words() -> _Words:
    raw = load_own("data/mentions.yaml", "mentions.schema.json")
    before = [word for words in raw["before"].values() for word in words]
    short, former, lists = raw["short"], raw["former"], raw["lists"]
    link = f"(?:{_any(raw['link'])})?$"
    alone = f"(?<![{short['not_behind']}])"
    return _Words(
        before=re.compile(rf"(?:(?:{_any(before)})|{alone}(?:{_any(short['words'])})){link}"),
        after=_after(raw),
        around=tuple(
            (
                re.compile(f"(?:{_any(pair['before'])})$"),
                re.compile(f".{{0,{_GAP}}}?(?:{_any(pair['after'])})"),
            )
            for pair in raw["around"].values()
        ),
        former=re.compile(f"{alone}(?:{_any(former['words'])})$"),
        role=re.compile(f"$|{_role(former)}"),
        not_former=re.compile(_any(former["not_words"])),
        employer=re.compile(f"(?:{_any(raw['before']['employer'])}){link}"),
        opener=re.compile(_any(lists["openers"])),
        closer=re.compile(_any(lists["closers"])),
        ending=re.compile(_any(lists["endings"])),
    )


def _names_only(text: str, ending: re.Pattern[str]) -> bool:
    """Whether a stretch of text is nothing but names of firms, joined or not."""
    *names, rest = ending.split(text)
    return rest in _JOINTS and all(0 < len(name) <= _LISTED_NAME for name in names)


def _in_a_list(key: str, start: int, end: int) -> bool:
    """Whether a name stands in a list of firms that a word opens (合作银行…) or closes (…等多家)."""
    words = _words()
    before = key[max(0, start - LIST_WINDOW) : start]
    for opener in words.opener.finditer(before):
        if _names_only(before[opener.end() :], words.ending):
            return True
    after = key[end : end + LIST_WINDOW]
    closer = words.closer.search(after)
    if closer is None:
        return False
    between = after[: closer.start()]
    return not between or _names_only(between, words.ending)


def _formerly(before: str, after: str) -> bool:
    """Whether the words beside a name tell of somebody who was there once: 前…首席分析师."""
    words = _words()
    return words.former.search(before) is not None and words.role.match(after) is not None


def mentioned_at(key: str, start: int, end: int) -> bool:
    """Whether the name at a place of a text is that of a helper or a comparison."""
    words = _words()
    before, after = key[max(0, start - WINDOW) : start], key[end : end + WINDOW]
    if words.before.search(before) or _formerly(before, after) or words.after.match(after):
        return True
    if any(first.search(before) and second.match(after) for first, second in words.around):
        return True
    return _in_a_list(key, start, end)


def only_mentioned(key: str, name_key: str) -> bool:
    """Whether every place of a name inside the text is that of a helper or a comparison."""
    found = False
    at = key.find(name_key)
    while at >= 0:
        end = at + len(name_key)
        if not mentioned_at(key, at, end):
            return False
        found = True
        at = key.find(name_key, end)
    return found


def _is_firm(key: str) -> bool:
    parts = parts_of(key)
    return bool(parts.trade) and len(parts.core) >= _CORE


def firm_within(name_key: str, listed: Callable[[str], bool], key: str = "") -> str | None:
    """The firm that a name only tells of, as extracted or shown with the words before it: 前云岫证券首席分析师.

    None for a firm's own name: one that is listed, that a place begins (前海), or that goes on as a company's.
    An unlisted firm is seen behind words for a former employer alone (联合 begins firms' names, too), and behind
    a 前 only with a person's place there in the name or behind it in the text `key`.
    """
    if len(name_key) <= _CORE or listed(name_key) or _words().not_former.match(name_key):
        return None
    found = list(_within(name_key))
    behind = key.partition(name_key)[2]
    for piece, _, _ in found:
        if listed(piece):
            return piece
    for piece, before, after in found:
        there = after or behind
        employed = _words().employer.search(before) or (there and _formerly(before, there))
        if employed and _is_firm(piece):
            return piece
    return None


def _within(name_key: str) -> Iterator[tuple[str, str, str]]:
    """What words of mention in a name leave of it, with what stands before and behind, the shortest rest first."""
    words, parts = _words(), parts_of(name_key)
    place = len(parts.pieces[0]) if parts.regions and parts.core_at else 0
    for cut in range(min(WINDOW, len(name_key) - _CORE), max(1, place) - 1, -1):
        before, rest = name_key[:cut], name_key[cut:]
        if words.former.search(before) or words.before.search(before):
            yield rest, before, ""
            if not has_legal_form(rest):  # else it goes on as a company's: 携手云岫证券服务有限公司
                ends = (end for end in range(len(rest) - 1, 1, -1) if words.role.match(rest, end))
                yield from ((rest[:end], before, rest[end:]) for end in ends)
