"""Lists that are asked together: one large one, or all small ones of a kind as one.

An installation has some dozens of small lists; asking each by itself would cost more than
the answer. Their tables are merged in memory; those of a large list stay in its file.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np

from licences.compiled import Tables, merged
from licences.hashing import hash_key
from licences.keys import KeyKind, keys_of
from licences.model import Entry, Register
from licences.stored import MOST_SAME, StoredList

#: Lists up to this many entries are merged: some 10 ms and 2 MB at most for each.
SMALL = 20_000
#: A near key that more entries share tells nothing apart.
MOST_NEAR = 64


class Segment:
    """Some lists in the order of their rank, asked as one."""

    def __init__(self, lists: Sequence[tuple[int, StoredList]]) -> None:
        """`lists` with their ranks among all lists, which order answers."""
        self._lists = lists
        self._bases = np.cumsum([0, *(len(one) for _, one in lists)]).tolist()
        tables = [one.tables for _, one in lists]
        self.tables: Tables = tables[0] if len(tables) == 1 else merged(tables)

    def _at(self, number: int) -> tuple[int, StoredList, int]:
        """The rank, the list and the number there of an entry by its number here."""
        place = bisect_right(self._bases, number) - 1
        rank, one = self._lists[place]
        return rank, one, number - self._bases[place]

    def entry(self, number: int) -> Entry:
        """The entry of a number that `near` gave."""
        _, one, own = self._at(number)
        return one.entry(own)

    def register_of(self, number: int) -> Register:
        """The list in which that entry stands."""
        return self._at(number)[1].register

    def near(self, key: str) -> list[int]:
        """The entries that have this near key; a few more may share its hash."""
        return self.tables.find_near(hash_key(KeyKind.NEAR, key), MOST_NEAR)

    def core_count(self, core: str) -> int:
        """How many entries have a name with this core, MOST_SAME at most."""
        return self.tables.count(hash_key(KeyKind.CORE, core), MOST_SAME)

    def find(self, kind: KeyKind, key: str, key_hash: int) -> Iterator[tuple[int, Register, Entry]]:
        """Rank, register and entry of all that have this key; `key_hash` is its hash."""
        for row in self.tables.find(key_hash, MOST_SAME):
            rank, one, number = self._at(row)
            entry = one.entry(number)
            if (kind, key) in keys_of(entry):
                yield rank, one.register, entry


def segments(lists: Sequence[tuple[int, StoredList]]) -> list[Segment]:
    """All lists of one kind: the small ones as one segment, each large one as its own."""
    small = [pair for pair in lists if len(pair[1]) <= SMALL]
    large = [[pair] for pair in lists if len(pair[1]) > SMALL]
    return [Segment(group) for group in (small, *large) if group]
