"""Where sentences end in a normalised text. Offsets are code points."""

import re
from bisect import bisect_left, bisect_right

_ENDS = re.compile(r"[。!?;\n]")
#: Text messages often have no full stop at all: a sentence reaches no further than this.
REACH = 80


class Sentences:
    """The sentences of one normalised text; boundaries are found when first asked for."""

    __slots__ = ("_ends", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._ends: list[int] | None = None

    @property
    def ends(self) -> list[int]:
        """Positions of the characters that end a sentence."""
        if self._ends is None:
            self._ends = [match.start() for match in _ENDS.finditer(self.text)]
        return self._ends

    def around(self, start: int, end: int) -> tuple[int, int]:
        """The sentence that holds a span, at most `REACH` to either side."""
        ends = self.ends
        before = bisect_left(ends, start) - 1
        after = bisect_left(ends, max(end - 1, start))
        left = ends[before] + 1 if before >= 0 else 0
        right = ends[after] if after < len(ends) else len(self.text)
        return max(left, start - REACH), max(end, min(right, end + REACH))

    def apart(self, start: int, end: int) -> bool:
        """Whether a sentence ends between two positions."""
        ends = self.ends
        return bisect_left(ends, start) < bisect_right(ends, end - 1) if end > start else False

    def split(self, limit: int) -> list[tuple[int, int]]:
        """The non-empty sentences as spans, none longer than `limit`."""
        spans: list[tuple[int, int]] = []
        start = 0
        for end in [*self.ends, len(self.text)]:
            spans += [
                (at, min(at + limit, end)) for at in range(start, end, limit) if self.text[at:end].strip()
            ]
            start = end + 1
        return spans
