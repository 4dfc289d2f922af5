"""Whether a text only mentions a firm: as custodian, partner, comparison, former employer, in a warning.

Texts and names are text keys (`names.text_key`); what ads say beside a name is `data/mentions.yaml`.
"""

import re
from dataclasses import dataclass
from functools import cache

from licences.tabledata import load_own

WINDOW = 14  # code points read on either side of a name
LIST_WINDOW = 80  # code points over which a list of firms is followed
_LISTED_NAME = 12  # code points of one name in a list, without its ending
_JOINTS = ("", "和", "及", "与", "以及", "或", "、")


@dataclass(frozen=True, slots=True)
class _Words:
    """`data/mentions.yaml`, compiled."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    opener: re.Pattern[str]
    closer: re.Pattern[str]
    ending: re.Pattern[str]


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


@cache
def _words() -> _Words:
    raw = load_own("data/mentions.yaml", "mentions.schema.json")
    before = [word for words in raw["before"].values() for word in words]
    after = {word for name, words in raw["after"].items() if name != "custody_verbs" for word in words}
    short, lists = raw["short"], raw["lists"]
    verbs = _any(raw["after"]["custody_verbs"])
    custody = _any(raw["after"]["custody"])
    return _Words(
        before=re.compile(
            rf"(?:(?:{_any(before)})|(?<![{short['not_behind']}])(?:{_any(short['words'])}))"
            rf"(?:{_any(raw['link'])})?$"
        ),
        after=re.compile(rf"(?:{_any(sorted(after))}|(?:{verbs}){{1,3}}(?:{custody})|{raw['times']})"),
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


def mentioned_at(key: str, start: int, end: int) -> bool:
    """Whether the name at a place of a text is that of a helper or a comparison."""
    words = _words()
    if words.before.search(key[max(0, start - WINDOW) : start]):
        return True
    return words.after.match(key, end, end + WINDOW) is not None or _in_a_list(key, start, end)


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
