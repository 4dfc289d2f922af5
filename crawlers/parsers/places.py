"""Paths through decoded JSON that know where they came from: `*` a list's entries, `**` every object below."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from crawlers.parsers.embedded import at
from crawlers.sources.model import Condition

#: Most values that one path may lead to.
_MOST = 50_000
_NO = frozenset(("", "0", "false", "no", "null", "none", "n"))


class Place(msgspec.Struct, frozen=True):
    """A value with the containers around it."""

    value: Any
    above: "Place | None" = None


class Way:
    """Everything that a path leads to in a document. `hollow` says after the walk that a list on it was empty."""

    def __init__(self, document: Any, path: str) -> None:
        self.hollow = False
        self._start = Place(document)
        self._steps = tuple(path.split(".")) if path else ()

    def __iter__(self) -> Iterator[Place]:
        todo = [(self._start, 0)]
        seen = 0
        while todo and seen < _MOST:
            place, step = todo.pop()
            seen += 1
            if step == len(self._steps):
                yield place
            elif self._steps[step] == "**":
                todo.extend((below, step) for below in _below(place) if isinstance(below.value, dict | list))
                if isinstance(place.value, dict):
                    todo.append((place, step + 1))
            elif self._steps[step] == "*":
                if isinstance(place.value, list):
                    self.hollow = self.hollow or not place.value
                    todo.extend((below, step + 1) for below in _below(place))
            else:
                value = at(place.value, self._steps[step])
                if value is not None:
                    todo.append((Place(value, place), step + 1))


def _below(place: Place) -> Iterator[Place]:
    """The entries of a list or an object, last first: they go on a stack."""
    value = place.value
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return (Place(one, place) for one in reversed(inner))


def look(place: Place, path: str) -> Any:
    """The value at a path from a place; each caret at the beginning goes one container up."""
    start: Place | None = place
    while path.startswith("^") and start is not None:
        start, path = start.above, path[1:]
    return None if start is None else at(start.value, path)


def holds(place: Place, condition: Condition) -> bool:
    """Whether the value of a condition says yes, or matches."""
    value = look(place, condition.at)
    if condition.matches is not None:
        if isinstance(value, bool) or not isinstance(value, str | int):
            return False
        return _pattern(condition.matches).search(str(value)[:1000]) is not None
    if isinstance(value, str):
        return value.strip().lower() not in _NO
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value > 0
    return bool(value)


def is_inside(place: Place, containers: frozenset[int] | set[int]) -> bool:
    """Whether one of the containers (by `id`) is around a place."""
    above = place.above
    while above is not None:
        if id(above.value) in containers:
            return True
        above = above.above
    return False


@lru_cache(maxsize=256)
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression)
