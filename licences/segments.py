"""Lists that are asked together: one large one, or all small ones of a kind as one.

An installation has some dozens of small lists; asking each by itself would cost more than
the answer. Their tables are merged in memory; those of a large list stay in its file.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np

from licences.compiled import Tables, merged
from licences.keys import KeyKind, keys_of
from licences.model import Entry, Register
from licences.stored import MOST_SAME, StoredList

#: Lists up to this many entries are merged: some 10 ms and 2 MB at most for each.
SMALL = 20_000


class Segment:
    """Some lists in the order of their rank, asked as one."""

    def __init__(self, lists: Sequence[tuple[int, StoredList]]) -> None:
        """`lists` with their ranks among all lists, which order answers."""
        self._lists = lists
        self._bases = np.cumsum([0, *(len(one) for _, one in lists)]).tolist()
        tables = [one.tables for _, one in lists]
        self.tables: Tables = tables[0] if len(tables) == 1 else merged(tables)

    def find(self, kind: KeyKind, key: str, key_hash: int) -> Iterator[tuple[int, Register, Entry]]:
        """Rank, register and entry of all that have this key; `key_hash` is its hash."""
        for row in self.tables.find(key_hash, MOST_SAME):
            place = bisect_right(self._bases, row) - 1
            rank, one = self._lists[place]
            entry = one.entry(row - self._bases[place])
            if (kind, key) in keys_of(entry):
                yield rank, one.register, entry


def segments(lists: Sequence[tuple[int, StoredList]]) -> list[Segment]:
    """All lists of one kind: the small ones as one segment, each large one as its own."""
    small = [pair for pair in lists if len(pair[1]) <= SMALL]
    large = [[pair] for pair in lists if len(pair[1]) > SMALL]
    return [Segment(group) for group in (small, *large) if group]
