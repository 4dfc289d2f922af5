"""Ordered candidates at work: the first that gives a value wins, and which one is recorded."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from urllib.parse import unquote

from lxml import html

from crawlers.parsers.document import attribute, clean, select, visible_text
from crawlers.sources.model import Candidate, Source

_FIRM = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9·（）()&\-]{2,60}?"
    r"(?:有限责任公司|股份有限公司|有限公司|公司|合伙企业(?:（有限合伙）|\(有限合伙\))?|事务所|银行|信用社|研究院|经营部|商行|中心|厂)"
)
_NAME_KEYS = (
    "name",
    "title",
    "company",
    "companyname",
    "company_name",
    "corp",
    "entname",
    "owner",
    "advertiser",
)


class Hits:
    """Which candidate hit, by field; the most frequent one stands for the page."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    def add(self, field: str, label: str) -> None:
        """Count one hit of a candidate."""
        self._counts.setdefault(field, Counter())[label] += 1

    def table(self) -> dict[str, str]:
        """Field → the candidate with most hits (on a tie the first one seen)."""
        return {field: counts.most_common(1)[0][0] for field, counts in self._counts.items()}


def values(element: html.HtmlElement, candidate: Candidate) -> Iterator[str]:
    """The non-empty values that one candidate finds in an element."""
    for hit in select(element, candidate.css, candidate.xpath):
        value = _matched(_decoded(_raw(hit, candidate), candidate.decode), candidate.match)
        if value:
            yield value


def _matched(value: str, expression: str | None) -> str:
    """What the first group of an expression finds in a value; the value itself without one."""
    if expression is None:
        return value
    found = _expression(expression).search(value)
    return clean(found.group(1) or "") if found else ""


@lru_cache(maxsize=256)
def _expression(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _raw(hit: html.HtmlElement, candidate: Candidate) -> str:
    if candidate.attr:
        content = attribute(hit, candidate.attr)
        return clean(_under_key(content, candidate.key) if candidate.key else content)
    skip = frozenset(select(hit, candidate.without)) if candidate.without else frozenset()
    return visible_text(hit, skip=skip)


@lru_cache(maxsize=64)
def _key_pattern(key: str) -> re.Pattern[str]:
    return re.compile(rf"""(?<![\w-])["']?{re.escape(key)}["']?\s*[:=]\s*(?:"([^"]*)"|'([^']*)')""")


def _under_key(content: str, key: str) -> str:
    """The string under a key of JSON or of a script's object (quotes of either kind, or none)."""
    found = _key_pattern(key).search(content)
    if found is None:
        return ""
    return (found.group(1) or found.group(2) or "").replace("\\/", "/").replace("\\u0026", "&")


def first_value(
    source: Source,
    field: str,
    element: html.HtmlElement,
    hits: Hits,
    accept: Callable[[str], bool] = bool,
) -> str | None:
    """The first acceptable value of a field in an element, by the source's candidates in order."""
    for candidate in source.candidates(field):
        for value in values(element, candidate):
            if accept(value):
                hits.add(field, candidate.label)
                return value
    return None


def _decoded(raw: str, how: str | None) -> str:
    if how == "percent":
        return unquote(raw)
    if how == "firm":
        return firm_name(raw) or ""
    return raw


def firm_name(text: str) -> str | None:
    """The firm that an identity badge names: by key in its JSON, else by the look of a firm's name."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        match = _FIRM.search(text)
        return match.group() if match else None
    pairs = list(_strings("", content))
    for _, value in pairs:
        if _FIRM.fullmatch(value):
            return value
    for key, value in pairs:
        if key in _NAME_KEYS and 2 <= len(value) <= 60:
            return value
    match = next((found for _, value in pairs if (found := _FIRM.search(value))), None)
    return match.group() if match else None


def _strings(key: str, content: object) -> Iterator[tuple[str, str]]:
    """All strings in decoded JSON with the key they stand under; at most 200, not recursing."""
    todo: list[tuple[str, object]] = [(key, content)]
    seen = 0
    while todo and seen < 200:
        key, value = todo.pop(0)
        seen += 1
        if isinstance(value, dict):
            todo.extend((str(name).lower(), inner) for name, inner in value.items())
        elif isinstance(value, list):
            todo.extend((key, inner) for inner in value)
        elif isinstance(value, str):
            yield key, clean(value)
