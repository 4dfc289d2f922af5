"""The names that are looked for inside running text, and where a text has them.

A text of 22,000 characters has a million pieces that a list of a million names could mean.
So pieces are sorted out at once, by cheap means first: two characters that some name begins
with, in a length that such a name has; then a bit for the piece's hash; then the hash itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from licences.hashing import Hashes, Pieces, hash_keys
from licences.keys import KeyKind

_CODE_BITS = 21  # of a code point
_SIZE_BITS = 7  # of a name's length: keys.TEXT_NAME_LENGTH fits
_CHUNK = 1 << 16  # pieces looked at together: what they take stays in the processor's cache
_MOST_BITS = 30  # of the table of bits: 128 MiB


@dataclass(frozen=True, slots=True)
class TextNames:
    """Names by their beginning: all arrays sorted.

    `pairs` are first two characters, `starts[i]:starts[i+1]` the place of their lengths in
    `sizes`; `hashes` are those of all names; `bits` has one set for each, by its highest bits.
    """

    pairs: NDArray[np.uint64]
    starts: NDArray[np.uint32]
    sizes: NDArray[np.uint8]
    hashes: Hashes
    bits: NDArray[np.uint8]

    @classmethod
    def of(cls, begins: NDArray[np.uint64], hashes: Hashes) -> "TextNames":
        """From what `beginnings` gave for names, doubled or not, and their hashes."""
        begins, hashes = np.unique(begins), np.unique(hashes)
        pairs, places = np.unique(begins >> np.uint64(_SIZE_BITS), return_index=True)
        starts = np.append(places, len(begins)).astype(np.uint32)
        sizes = (begins & np.uint64((1 << _SIZE_BITS) - 1)).astype(np.uint8)
        width = min(_MOST_BITS, max(3, (16 * len(hashes)).bit_length()))
        flags = np.zeros(1 << width, dtype=np.bool_)
        flags[(hashes >> np.uint64(64 - width)).astype(np.int64)] = True
        return cls(pairs, starts, sizes, hashes, np.packbits(flags, bitorder="little"))

    @classmethod
    def merged(cls, parts: Iterable["TextNames"]) -> "TextNames":
        """One table of several."""
        kept = list(parts)
        begins = [
            (np.repeat(one.pairs, np.diff(one.starts)) << np.uint64(_SIZE_BITS)) | one.sizes for one in kept
        ]
        none = np.zeros(0, dtype=np.uint64)
        return cls.of(np.concatenate([none, *begins]), np.concatenate([none, *(one.hashes for one in kept)]))

    def _standing(self, hashes: Hashes) -> NDArray[np.bool_]:
        at = (hashes >> np.uint64(64 - (8 * len(self.bits)).bit_length() + 1)).astype(np.int64)
        maybe = np.flatnonzero((self.bits[at >> 3] >> (at & 7).astype(np.uint8)) & 1)
        found = np.zeros(len(hashes), dtype=np.bool_)
        wanted = hashes[maybe]
        near = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        found[maybe] = self.hashes[near] == wanted
        return found

    def pieces(self, text: Pieces) -> Iterator[tuple[int, int]]:
        """Places and lengths of the pieces of a text whose hash is that of a name."""
        if len(self.hashes) == 0 or len(text.codes) < 2:
            return
        begins = ((text.codes[:-1] - np.uint64(1)) << np.uint64(_CODE_BITS)) | (text.codes[1:] - np.uint64(1))
        near = np.minimum(np.searchsorted(self.pairs, begins), len(self.pairs) - 1)
        places = np.flatnonzero(self.pairs[near] == begins)
        if len(places) == 0:
            return
        rows = near[places]
        counts = self.starts[rows + 1].astype(np.int64) - self.starts[rows]
        ends = np.cumsum(counts)
        first = 0
        while first < len(places):
            done = int(ends[first - 1]) if first else 0
            last = max(first + 1, int(np.searchsorted(ends, done + _CHUNK, side="right")))
            some = counts[first:last]
            within = np.arange(int(ends[last - 1]) - done) - np.repeat(ends[first:last] - some - done, some)
            sizes = self.sizes[np.repeat(self.starts[rows[first:last]], some) + within].astype(np.int64)
            starts = np.repeat(places[first:last], some)
            inside = starts + sizes <= len(text.codes)
            starts, sizes = starts[inside], sizes[inside]
            found = self._standing(text.hashes(KeyKind.TEXT, starts, sizes))
            yield from zip(starts[found].tolist(), sizes[found].tolist(), strict=True)
            first = last


def beginnings(names: Iterable[str]) -> NDArray[np.uint64]:
    """First two characters and length of each name, as one number."""
    packed = [((ord(name[0]) << _CODE_BITS | ord(name[1])) << _SIZE_BITS) | len(name) for name in names]
    return np.array(packed, dtype=np.uint64)


def text_names_of(names: list[str]) -> TextNames:
    """The table of a few names."""
    return TextNames.of(beginnings(names), hash_keys([KeyKind.TEXT] * len(names), names))
