"""One 64-bit hash of a key: alone, a million at a time, and of all pieces of a text at once.

A polynomial over code points, mixed with the kind of key and the length. It is no secret and
can be collided with on purpose, so whoever finds a key by its hash asks the entry itself.
Stable on every machine: Python's own hash differs from process to process.
"""

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_MASK = (1 << 64) - 1
_BASE = 0x9E3779B97F4A7C15  # odd, so that a power of it can be divided by
_INVERSE = pow(_BASE, -1, 1 << 64)
_KIND, _LENGTH = 0xD6E8FEB86659FD93, 0xC2B2AE3D27D4EB4F
_MIX1, _MIX2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_TABLE = 1 << 15  # powers that are kept: longer keys and texts count their own


def _seed(kind: int, length: int) -> int:
    return kind * _KIND + length * _LENGTH


@lru_cache(1_024)  # several lists are asked for the same keys
def hash_key(kind: int, key: str) -> int:
    """The hash of one key."""
    value = 0
    for char in reversed(key):
        value = (value * _BASE + ord(char) + 1) & _MASK
    value = (value + _seed(kind, len(key))) & _MASK
    value = ((value ^ (value >> 30)) * _MIX1) & _MASK
    value = ((value ^ (value >> 27)) * _MIX2) & _MASK
    return value ^ (value >> 31)


def _mixed(values: Hashes) -> Hashes:
    values = (values ^ (values >> np.uint64(30))) * np.uint64(_MIX1)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(_MIX2)
    return values ^ (values >> np.uint64(31))


def _powers_of(base: int, count: int) -> Hashes:
    factors = np.full(count, base, dtype=np.uint64)
    factors[:1] = 1
    return np.cumprod(factors, dtype=np.uint64)  # wraps modulo 2**64


@cache
def _kept(base: int) -> Hashes:
    return _powers_of(base, _TABLE)


def _powers(base: int, count: int) -> Hashes:
    return _kept(base)[:count] if count <= _TABLE else _powers_of(base, count)


def _codes(text: str) -> Hashes:
    # a lone surrogate is no reason to fail: hosts and packages come as the file has them
    raw = text.encode("utf-32-le", "surrogatepass")
    return np.frombuffer(raw, dtype=np.uint32).astype(np.uint64) + np.uint64(1)


def hash_keys(kinds: Sequence[int], keys: Sequence[str]) -> Hashes:
    """The hashes of many keys; `kinds` has one for each."""
    lengths = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
    ends = np.cumsum(lengths)
    codes = _codes("".join(keys))
    places = np.arange(len(codes)) - np.repeat(ends - lengths, lengths)
    terms = codes * _powers(_BASE, int(lengths.max(initial=0)))[places]
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(terms, out=sums[1:])
    seeds = np.fromiter(kinds, dtype=np.uint64, count=len(keys)) * np.uint64(_KIND)
    return _mixed(sums[ends] - sums[ends - lengths] + seeds + lengths.astype(np.uint64) * np.uint64(_LENGTH))


class Pieces:
    """A text of which every piece can be hashed at once, without cutting it out."""

    def __init__(self, text: str) -> None:
        self.codes = _codes(text)
        size = len(self.codes)
        self._sums = np.zeros(size + 1, dtype=np.uint64)
        np.cumsum(self.codes * _powers(_BASE, size), out=self._sums[1:])
        self._shifts = _powers(_INVERSE, size)

    def hashes(self, kind: int, starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> Hashes:
        """The hashes of pieces that lie inside the text."""
        values = (self._sums[starts + sizes] - self._sums[starts]) * self._shifts[starts]
        return _mixed(values + np.uint64(kind * _KIND & _MASK) + sizes.astype(np.uint64) * np.uint64(_LENGTH))
