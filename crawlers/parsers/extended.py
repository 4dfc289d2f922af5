"""Filter-list selectors beyond CSS: `:-abp-contains(广告)`, `:-abp-has(> .tag)`, `:has-text(/a|b/)`.

The `adblock` package leaves these rules out, so they are evaluated here, step by step over a
parsed page. A selector that holds a condition on drawn styles or a script's work is not taken.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from cssselect import HTMLTranslator
from lxml import etree, html

#: Elements that one step may keep, and characters of text that a condition looks at.
_MOST = 5_000
_TEXT = 4_000
#: Text that a regular expression looks at: lists are the user's, texts are anybody's.
_PATTERN_TEXT = 600
_PATTERN = 300
_DEPTH = 5
_CSS = HTMLTranslator()
_NAMES = {
    "-abp-contains": "contains",
    "has-text": "contains",
    "contains": "contains",
    "-abp-has": "has",
    "has": "has",
    "upward": "upward",
    "nth-ancestor": "upward",
    "min-text-length": "length",
}
_CONDITION = re.compile(r":(-?[a-z][a-z-]*)\(")
#: Conditions on what a browser computes, and actions: no page on its own can answer them.
_UNKNOWN = re.compile(
    r":(?:-abp-properties|matches-|xpath|style|remove|others|watch-attr|if|if-not|properties|-ext-|matches)",
    re.IGNORECASE,
)
_COMBINATORS = {">": "child::", "+": "following-sibling::*[1]/self::", "~": "following-sibling::"}
#: A repeated group with a repetition in it can take exponential time.
_EXPLOSIVE = re.compile(r"\([^()]*[+*{][^()]*\)[+*{]")


@dataclass(frozen=True)
class _Css:
    """A piece of plain CSS; `axis` says from where, relative to the elements found so far."""

    axis: str
    css: str


@dataclass(frozen=True)
class _Contains:
    words: str
    pattern: re.Pattern[str] | None


@dataclass(frozen=True)
class _Has:
    inner: tuple["Chain", ...]


@dataclass(frozen=True)
class _Upward:
    levels: int


@dataclass(frozen=True)
class _Length:
    least: int


_Step = _Css | _Contains | _Has | _Upward | _Length
Chain = tuple[_Step, ...]


@lru_cache(maxsize=8192)
def compiled(selector: str) -> tuple[Chain, ...] | None:
    """The steps of a selector, one chain for each of its comma-separated parts; None if it is not understood."""
    return _compiled(selector, _DEPTH, inner=False)


def is_extended(selector: str) -> bool:
    """Whether a selector holds a condition that plain CSS does not know."""
    return any(match.group(1) in _NAMES for match in _CONDITION.finditer(selector))


def matches(tree: html.HtmlElement, selector: str) -> list[html.HtmlElement]:
    """The elements of a page that a selector picks, in document order of each part; none if it is not understood."""
    found: dict[html.HtmlElement, None] = {}
    for chain in compiled(selector) or ():
        found.update(dict.fromkeys(_walk([tree], chain)))
    return list(found)


def _compiled(selector: str, depth: int, *, inner: bool) -> tuple[Chain, ...] | None:
    if depth == 0 or _UNKNOWN.search(selector):
        return None
    chains = []
    for part in _split(selector):
        chain = _chain(part, depth, inner)
        if chain is None:
            return None
        chains.append(chain)
    return tuple(chains) or None


def _split(selector: str) -> list[str]:
    """A selector list at its outer commas."""
    parts, level, quote, start = [], 0, "", 0
    for place, char in enumerate(selector):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and not level:
            quote = char
        elif char in "([":
            level += 1
        elif char in ")]":
            level -= 1
        elif char == "," and level == 0:
            parts.append(selector[start:place])
            start = place + 1
    return [part for part in (*parts, selector[start:]) if part.strip()]


def _chain(part: str, depth: int, inner: bool) -> Chain | None:
    steps: list[_Step] = []
    rest = part.strip()
    first = True
    while rest:
        match = _next_condition(rest)
        plain = rest[: match.start()] if match else rest
        if plain or first:
            piece = _css(plain, first, inner)
            if piece is None:
                return None
            steps.append(piece)
        if match is None:
            break
        argument = _argument(rest, match.end())
        step = _condition(_NAMES[match.group(1)], argument, depth) if argument is not None else None
        if step is None or argument is None:
            return None
        steps.append(step)
        rest = rest[match.end() + len(argument) + 1 :]
        first = False
    return tuple(steps)


def _next_condition(text: str) -> re.Match[str] | None:
    """The next condition of ours that does not stand inside `:not(…)` or an attribute."""
    level, quote = 0, ""
    for place, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == ":" and level == 0:
            match = _CONDITION.match(text, place)
            if match and match.group(1) in _NAMES:
                return match
        elif char in "([":
            level += 1
        elif char in ")]":
            level -= 1
    return None


def _argument(text: str, start: int) -> str | None:
    """What stands in the parentheses that were opened before `start`."""
    level = 1
    skip = False
    for place in range(start, len(text)):
        char = text[place]
        if skip:
            skip = False
        elif char == "\\":
            skip = True
        elif char == "(":
            level += 1
        elif char == ")":
            level -= 1
            if level == 0:
                return text[start:place]
    return None


def _css(plain: str, first: bool, inner: bool) -> _Css | None:
    text = plain.strip()
    axis = "self::"
    if text[:1] in _COMBINATORS and text:
        axis, text = _COMBINATORS[text[0]], text[1:].strip()
    elif first or plain[:1].isspace():
        axis = "descendant::" if inner or not first else "descendant-or-self::"
    if text[-1:] in _COMBINATORS or not text:
        text += "*"
    elif plain[-1:].isspace():
        text += " *"
    return _Css(axis, text) if _path(axis, text) is not None else None


@lru_cache(maxsize=8192)
def _path(axis: str, css: str) -> etree.XPath | None:
    try:
        return etree.XPath(_CSS.css_to_xpath(css, prefix=axis))
    except Exception:  # cssselect raises several unrelated types on odd selectors of a filter list
        return None


def _condition(name: str, argument: str, depth: int) -> _Step | None:
    argument = argument.strip()
    if name == "has":
        chains = _compiled(argument, depth - 1, inner=True)
        return _Has(chains) if chains else None
    if name in ("upward", "length"):
        if not argument.isdecimal() or not 0 < int(argument[:6]) < 10_000:
            return None
        return _Upward(int(argument[:6])) if name == "upward" else _Length(int(argument[:6]))
    pattern = re.fullmatch(r"/(.+)/([imsu]*)", argument)
    if pattern is None:
        words = argument[1:-1] if argument[:1] in "\"'" and argument[:1] == argument[-1:] else argument
        return _Contains(words, None) if words else None
    body = pattern.group(1)
    if len(body) > _PATTERN or _EXPLOSIVE.search(body):
        return None
    try:
        return _Contains("", re.compile(body, re.IGNORECASE if "i" in pattern.group(2) else 0))
    except re.error:
        return None


def _walk(start: list[html.HtmlElement], chain: Chain) -> list[html.HtmlElement]:
    found = start
    for step in chain:
        found = list(islice(dict.fromkeys(_step(found, step)), _MOST))
        if not found:
            break
    return found


def _step(found: list[html.HtmlElement], step: _Step) -> Iterator[html.HtmlElement]:
    for element in found:
        if isinstance(step, _Css):
            path = _path(step.axis, step.css)
            hits = path(element) if path is not None else None
            if isinstance(hits, list):
                yield from (hit for hit in hits if isinstance(hit, html.HtmlElement))
        elif isinstance(step, _Upward):
            above = next(islice(element.iterancestors(), step.levels - 1, None), None)
            if above is not None:
                yield above
        elif isinstance(step, _Has):
            if any(_walk([element], chain) for chain in step.inner):
                yield element
        elif _says(element, step):
            yield element


def _says(element: html.HtmlElement, step: _Contains | _Length) -> bool:
    text = _text(element)
    if isinstance(step, _Length):
        return len(text) >= step.least
    return bool(step.pattern.search(text[:_PATTERN_TEXT])) if step.pattern else step.words in text


def _text(element: html.HtmlElement) -> str:
    """The text of an element as a filter list means it, hidden parts included, cut to a few thousand characters."""
    parts: list[str] = []
    length = 0
    for node in element.iter():
        plain = isinstance(node.tag, str) and node.tag not in ("script", "style")
        for piece in (node.text if plain else None, node.tail if node is not element else None):
            if piece:
                parts.append(piece)
                length += len(piece)
        if length > _TEXT:
            break
    return "".join(parts)[:_TEXT]
