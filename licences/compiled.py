"""What a list is asked by: arrays that are made once from its entries and mapped into memory.

`Tables` holds hashes of keys and the numbers of the entries that have them, sorted by hash;
`Compiler` makes them from a stream of entries without keeping one of them.
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import msgspec
import numpy as np
from numpy.typing import NDArray

from licences.hashing import Hashes, hash_keys
from licences.keys import KeyKind, keys_of, text_names
from licences.model import Entry, LicenceEntry, NegativeEntry
from licences.names import has_legal_form, text_key
from licences.textnames import TextNames, beginnings

_BATCH = 1 << 16  # keys hashed together
#: Words that one list gives a segmenter: what it takes in without being slowed down.
MAX_WORDS = 20_000
_encode = msgspec.json.encode


@dataclass(frozen=True)
class Tables:
    """All arrays of one list, or of several small ones merged.

    `offsets[n]` is the first byte of entry n, counted from the first entry; `ids` and `digests`
    are 64 bits of its id and of its content without `source`. `words` are short names for a
    segmenter, in UTF-8, a line each.
    """

    hashes: Hashes
    numbers: NDArray[np.uint32]
    offsets: NDArray[np.uint64]
    ids: Hashes
    digests: Hashes
    words: NDArray[np.uint8]
    text: TextNames

    @cached_property
    def _view(self) -> memoryview:
        return self.hashes.data

    def find(self, key_hash: int, most: int) -> list[int]:
        """Numbers of entries that have a key of this hash, ascending; no more than `most`."""
        view = self._view
        place = bisect_left(view, key_hash)
        end = place
        while end < len(view) and end - place < most and view[end] == key_hash:
            end += 1
        return self.numbers[place:end].tolist() if end > place else []


@dataclass(frozen=True, slots=True)
class _Rows:
    """Hashes gathered so far, in the order of the entries."""

    hashes: list[Hashes]
    numbers: list[NDArray[np.uint32]]


def _joined(parts: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    return np.concatenate([np.zeros(0, dtype=np.uint64), *parts])


def _sorted(hashes: Hashes, numbers: NDArray[np.uint32]) -> tuple[Hashes, NDArray[np.uint32]]:
    order = np.argsort(hashes, kind="stable")  # entries with one hash stay in their order
    return hashes[order], numbers[order]


def _short64(content: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "little")


def _content(entry: Entry) -> bytes:
    """What an entry says: which file it came from is left out."""
    if not isinstance(entry, NegativeEntry) and entry.source is not None:
        entry = msgspec.structs.replace(entry, source=None)
    return _encode(entry)


class Compiler:
    """Takes the entries of a list one after the other; `tables` ends it.

    At a million entries it holds about 200 MB of hashes, and twice that while it sorts them.
    """

    def __init__(self) -> None:
        self._kinds: list[KeyKind] = []
        self._keys: list[str] = []
        self._owners = array("I")
        self._names: set[str] = set()
        self._rows = _Rows([], [])
        self._begins: list[NDArray[np.uint64]] = []
        self._text: list[Hashes] = []
        self._offsets = array("Q", [0])
        self._ids = array("Q")
        self._digests = array("Q")
        self._words: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, entry: Entry, size: int) -> None:
        """Take the next entry; `size` is that of its line in bytes."""
        number = len(self._ids)
        keys = keys_of(entry)
        for kind, key in keys:
            self._kinds.append(kind)
            self._keys.append(key)
            self._owners.append(number)
        if isinstance(entry, LicenceEntry):
            self._names |= text_names(keys)
            self._take_words(entry)
        self._offsets.append(self._offsets[-1] + size)
        self._ids.append(_short64(entry.id.encode("utf-8", "surrogatepass")))
        self._digests.append(_short64(_content(entry)))
        if len(self._keys) >= _BATCH:
            self._flush()

    def _take_words(self, entry: LicenceEntry) -> None:
        for name in (entry.name, *entry.brands):
            if len(self._words) < MAX_WORDS and not has_legal_form(name) and text_key(name) in self._names:
                self._words[name] = None

    def _flush(self) -> None:
        self._rows.hashes.append(hash_keys(self._kinds, self._keys))
        self._rows.numbers.append(np.array(self._owners, dtype=np.uint32))
        names = list(self._names)
        self._begins.append(np.unique(beginnings(names)))
        self._text.append(hash_keys([KeyKind.TEXT] * len(names), names))
        self._kinds.clear()
        self._keys.clear()
        del self._owners[:]
        self._names.clear()

    def tables(self) -> Tables:
        """The tables of all entries taken."""
        self._flush()
        numbers = np.concatenate(self._rows.numbers)
        hashes, numbers = _sorted(_joined(self._rows.hashes), numbers)
        words = "\n".join(self._words).encode("utf-8", "surrogatepass")
        return Tables(
            hashes=hashes,
            numbers=numbers,
            offsets=np.array(self._offsets, dtype=np.uint64),
            ids=np.array(self._ids, dtype=np.uint64),
            digests=np.array(self._digests, dtype=np.uint64),
            words=np.frombuffer(words, dtype=np.uint8),
            text=TextNames.of(_joined(self._begins), _joined(self._text)),
        )


def merged(parts: Sequence[Tables]) -> Tables:
    """The tables of lists one after the other; entries are numbered on."""
    bases = np.cumsum([0, *(len(one.ids) for one in parts)])
    shifted = [one.numbers + np.uint32(base) for one, base in zip(parts, bases, strict=False)]
    hashes, numbers = _sorted(np.concatenate([one.hashes for one in parts]), np.concatenate(shifted))
    nothing = np.zeros(0, dtype=np.uint64)
    return Tables(
        hashes=hashes,
        numbers=numbers,
        offsets=nothing,
        ids=nothing,
        digests=nothing,
        words=nothing.view(np.uint8),
        text=TextNames.merged(one.text for one in parts),
    )
