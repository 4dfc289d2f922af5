"""A pattern taken apart: its alternatives, and of each the words it stands for or its fixed width.

A word is found faster than a pattern and needs no tracking of where it began; so does a pattern
that always takes the same number of code points. What isn't understood here stays one pattern.
"""

from itertools import product
from typing import NamedTuple

#: An alternative that stands for more words than this stays a pattern.
MOST_WORDS = 256


class Branch(NamedTuple):
    """One alternative: its words where it stands for few, else its source and width (None: it varies)."""

    source: str
    words: tuple[str, ...]
    width: int | None


class _Part(NamedTuple):
    """A piece of a pattern: the texts it stands for (None: too many) and its width (None: it varies)."""

    texts: frozenset[str] | None
    width: int | None


_ANY = _Part(None, 1)
_EDGE = _Part(None, 0)
_NOTHING = _Part(frozenset({""}), 0)


def branches(pattern: str) -> list[Branch]:
    """The alternatives of a pattern; the pattern as it is where it holds what isn't understood."""
    reader = _Reader(pattern)
    try:
        found = reader.alternatives()
        if reader.at != len(pattern):
            raise _NotUnderstood
    except (_NotUnderstood, IndexError, ValueError):
        return [Branch(pattern, (), None)]
    if any(part.texts is not None and "" in part.texts for _, part in found):
        return [Branch(pattern, (), None)]
    return [
        Branch(source, tuple(sorted({text.lower() for text in part.texts or ()})), part.width)
        for source, part in found
    ]


class _NotUnderstood(Exception):
    pass


class _Reader:
    """Reads a pattern from the left; `at` is the next character."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def alternatives(self) -> list[tuple[str, _Part]]:
        """Alternatives up to the end or a closing bracket, each with its source."""
        found = []
        while True:
            begin = self.at
            part = self._sequence()
            found.append((self.pattern[begin : self.at], part))
            if self._next() != "|":
                return found
            self.at += 1

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _sequence(self) -> _Part:
        whole = _NOTHING
        while self._next() not in ("", "|", ")"):
            whole = _joined(whole, self._repeated(self._one()))
        return whole

    def _one(self) -> _Part:
        char = self._next()
        self.at += 1
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        if char == ".":
            return _ANY
        if char in "^$":
            return _EDGE
        if char in "*+?{":
            raise _NotUnderstood
        return _Part(frozenset({char}), 1)

    def _group(self) -> _Part:
        if self._next() == "?":
            if self.pattern[self.at : self.at + 2] != "?:":
                raise _NotUnderstood
            self.at += 2
        parts = [part for _, part in self.alternatives()]
        if self._next() != ")":
            raise _NotUnderstood
        self.at += 1
        return _either(parts)

    def _escape(self) -> _Part:
        char = self.pattern[self.at]
        self.at += 1
        if char in "bB":
            return _EDGE
        if char in "dDwWsS":
            return _ANY
        if char.isalnum():
            raise _NotUnderstood
        return _Part(frozenset({char}), 1)

    def _class(self) -> _Part:
        if self._next() == "^":
            self.at += 1
            self._members()
            return _ANY
        return self._members()

    def _members(self) -> _Part:
        chars: set[str] = set()
        wide = False
        while (char := self.pattern[self.at]) != "]" or not (chars or wide):
            self.at += 1
            if char == "[":  # a class of POSIX such as [:alpha:]
                raise _NotUnderstood
            if char == "\\":
                part = self._escape()
                if part.width != 1:
                    raise _NotUnderstood
                chars |= part.texts or set()
                wide = wide or part.texts is None
            elif self._next() == "-" and self.pattern[self.at + 1] != "]":
                last = self.pattern[self.at + 1]
                if last == "\\":
                    raise _NotUnderstood
                self.at += 2
                wide = wide or ord(last) - ord(char) >= MOST_WORDS
                chars |= set() if wide else {chr(point) for point in range(ord(char), ord(last) + 1)}
            else:
                chars.add(char)
        self.at += 1
        return _ANY if wide else _Part(frozenset(chars), 1)

    def _repeated(self, part: _Part) -> _Part:
        """A piece with the quantifier behind it, greedy or not: every match is reported anyway."""
        sign = self._next()
        least, most = 1, 1
        if sign in ("*", "+"):
            self.at += 1
            least, most = 0, -1
        elif sign == "?":
            self.at += 1
            least, most = 0, 1
        elif sign == "{":
            end = self.pattern.index("}", self.at)
            left, comma, right = self.pattern[self.at + 1 : end].partition(",")
            least = int(left)
            most = int(right) if right else -1 if comma else least
            self.at = end + 1
        else:
            return part
        if self._next() == "?":
            self.at += 1
        if self._next() in ("*", "+", "{"):
            raise _NotUnderstood
        width = part.width * least if part.width is not None and least == most else None
        if part.texts is None or most < 0 or most > 8:
            return _Part(None, width)
        whole, total = _NOTHING, []
        for count in range(most + 1):
            total += [whole] if count >= least else []
            whole = _joined(whole, part)
        return _Part(_either(total).texts, width)


def _joined(left: _Part, right: _Part) -> _Part:
    width = left.width + right.width if left.width is not None and right.width is not None else None
    if left.texts is None or right.texts is None or len(left.texts) * len(right.texts) > MOST_WORDS:
        return _Part(None, width)
    return _Part(frozenset(a + b for a, b in product(left.texts, right.texts)), width)


def _either(parts: list[_Part]) -> _Part:
    widths = {part.width for part in parts}
    texts: set[str] = set()
    for part in parts:
        if part.texts is None:
            return _Part(None, widths.pop() if len(widths) == 1 else None)
        texts |= part.texts
    width = widths.pop() if len(widths) == 1 else None
    return _Part(frozenset(texts) if len(texts) <= MOST_WORDS else None, width)
