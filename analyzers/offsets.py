"""Offset maps: where each character of a rewritten text came from. Offsets are code points."""

from bisect import bisect_right
from collections.abc import Iterable

Edit = tuple[int, int, str]
"""Replace `text[start:end]` by a string."""


class Stage:
    """One rewriting of a text, as pieces that were copied or replaced."""

    __slots__ = ("_copied", "_out", "_source", "_source_end")

    def __init__(self, out: list[int], source: list[int], source_end: list[int], copied: list[bool]) -> None:
        self._out = out
        self._source = source
        self._source_end = source_end
        self._copied = copied

    def begin(self, position: int) -> int:
        """Where the source of the character at `position` begins."""
        piece = bisect_right(self._out, position) - 1
        if self._copied[piece]:
            return self._source[piece] + position - self._out[piece]
        return self._source[piece]

    def end(self, position: int) -> int:
        """Where the source of the character at `position` ends."""
        piece = bisect_right(self._out, position) - 1
        if self._copied[piece]:
            return self._source[piece] + position - self._out[piece] + 1
        return self._source_end[piece]


def apply_edits(text: str, edits: Iterable[Edit]) -> tuple[str, Stage | None]:
    """Apply edits, which must be in order and not overlap; None as stage means nothing changed."""
    parts: list[str] = []
    out: list[int] = []
    source: list[int] = []
    source_end: list[int] = []
    copied: list[bool] = []
    at = length = 0
    for start, end, replacement in edits:
        if start > at:
            parts.append(text[at:start])
            out.append(length)
            source.append(at)
            source_end.append(start)
            copied.append(True)
            length += start - at
        if replacement:
            parts.append(replacement)
            out.append(length)
            source.append(start)
            source_end.append(end)
            copied.append(False)
            length += len(replacement)
        at = end
    if at == 0 and not parts:
        return text, None
    if at < len(text) or not out:
        parts.append(text[at:])
        out.append(length)
        source.append(at)
        source_end.append(len(text))
        copied.append(True)
    return "".join(parts), Stage(out, source, source_end, copied)
