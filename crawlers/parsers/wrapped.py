"""JSON that stands inside other text: a comment, a log, a string of program source, a string in JSON.

What a person saved of an app's traffic is often no bare answer. Every try is bounded; a text that holds
no JSON costs a few passes over it.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

#: A place where an object with a key, or a list of objects, may begin.
_START = re.compile(r"\{\s*\"|\[\s*\{\s*\"")
#: The beginning of the same as a quoted string: `"{\"a\"…`.
_QUOTED = re.compile(r"\"(?=\s*(?:\{\s*\\\"|\[\s*\{\s*\\\"))")
_COMMENT = re.compile(r"^[ \t]*(?:/\*+|\*+/|\*(?=[\s\"{}\[\]])|//+|#)[ \t]?|\*+/[ \t]*$", re.MULTILINE)
#: Editors break a long line of a block comment anywhere, also within a word of the JSON in it.
_STARS = re.compile(r"\r?\n[ \t]*\*(?!/)[ \t]?")
_JOINED = re.compile(r"\"\s*\+\s*\"")
#: Failed tries in one text: each may read the text to its end before it fails.
_TRIES = 60
_MOST = 5
_LINES = 5_000
_DECODER = json.JSONDecoder(strict=False)


def wrapped(text: str) -> list[Any]:
    """The objects and lists in a text, the longest first, at most five; none where there are none.

    Objects line by line are one list. Of a text that begins as JSON only what begins there counts: the
    rest are pieces of an answer that was cut off.
    """
    if text.lstrip("\ufeff \r\n\t")[:1] in ("{", "["):
        return _at_the_beginning(text.strip("\ufeff \r\n\t"))
    found: list[tuple[int, Any]] = []
    for variant in _variants(text):
        found = list(variant)
        if found:
            break
    longest = sorted(found, key=lambda one: -one[0])[:_MOST]
    return [value for _, value in longest]


def inner(value: Any) -> list[Any]:
    """JSON that stands as a string in decoded JSON: the value itself or one of an object's own values."""
    strings = [value] if isinstance(value, str) else list(value.values()) if isinstance(value, dict) else []
    found = []
    for one in strings[:200]:
        if isinstance(one, str) and one.lstrip()[:1] in ("{", "["):
            try:
                found.append(json.loads(one))
            except (ValueError, RecursionError):
                continue
    return found[:_MOST]


def _at_the_beginning(text: str) -> list[Any]:
    try:
        first, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return []
    rest = text[end:].strip()
    if not rest.startswith("{"):
        return [first]
    values = [first]
    for line in rest.splitlines()[:_LINES]:
        try:
            values.append(json.loads(line.strip().rstrip(",") or "null"))
        except (ValueError, RecursionError):
            return [first]
    return [[value for value in values if value is not None]]


def _variants(text: str) -> Iterator[Iterator[tuple[int, Any]]]:
    """A block comment's lines joined, the text as it is, without comment marks, the strings of source in it."""
    if "/*" in text:
        yield _found(_STARS.sub("", text), _START)
    yield _found(text, _START)
    yield _found(_COMMENT.sub("", text), _START)
    yield _found(_JOINED.sub("", text), _QUOTED, json.loads)


def _found(
    text: str, begins: re.Pattern[str], read: Callable[[Any], Any] = lambda value: value
) -> Iterator[tuple[int, Any]]:
    """Length in characters and value of what can be decoded where `begins` matches, one after another."""
    place, failed = 0, 0
    while failed < _TRIES:
        start = begins.search(text, place)
        if start is None:
            return
        try:
            content, end = _DECODER.raw_decode(text, start.start())
            value = read(content)
        except (ValueError, TypeError, RecursionError):
            failed += 1
            place = start.start() + 1
            continue
        place = end
        yield end - start.start(), value
