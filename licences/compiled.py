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
from licences.model import Entry, FirmEntry, LicenceEntry, NegativeEntry
from licences.names import has_legal_form, text_key
from licences.near import entry_cores, entry_near_keys
from licences.textnames import TextNames, beginnings

_BATCH = 1 << 16  # keys hashed together
#: Words that one list gives a segmenter: what it takes in without being slowed down.
MAX_WORDS = 20_000
_encode = msgspec.json.encode


@dataclass(frozen=True)
class Tables:
    """All arrays of one list, or of several small ones merged.

    `near` are the upper halves of the hashes of near keys, of which a list has twenty times as
    many as entries, and `near_numbers` their entries: a wrong one among two hundred costs a look.
    `offsets[n]` is the first byte of entry n, counted from the first entry; `ids` and `digests`
    are 64 bits of its id and of its content without `source`. `words` are short names for a
    segmenter, in UTF-8, a line each.
    """

    hashes: Hashes
    numbers: NDArray[np.uint32]
    near: NDArray[np.uint32]
    near_numbers: NDArray[np.uint32]
    offsets: NDArray[np.uint64]
    ids: Hashes
    digests: Hashes
    words: NDArray[np.uint8]
    text: TextNames

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview]:
        return self.hashes.data, self.near.data

    def find(self, key_hash: int, most: int) -> list[int]:
        """Numbers of entries that have a key of this hash, ascending; no more than `most`."""
        start, end = _run(self._views[0], key_hash, most)
        return self.numbers[start:end].tolist() if end > start else []

    def find_near(self, key_hash: int, most: int) -> list[int]:
        """Numbers of entries that have a near key of this hash, or of one with the same upper half."""
        start, end = _run(self._views[1], key_hash >> 32, most)
        return self.near_numbers[start:end].tolist() if end > start else []

    def count(self, key_hash: int, most: int) -> int:
        """How many entries have a key of this hash, as far as `most`."""
        start, end = _run(self._views[0], key_hash, most)
        return end - start


def _run(view: memoryview, value: int, most: int) -> tuple[int, int]:
    """Where a value stands in a sorted array: first place and place behind the last, `most` at most."""
    start = end = bisect_left(view, value)
    last = min(len(view), start + most)
    while end < last and view[end] == value:
        end += 1
    return start, end


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


def _packed(upper: Hashes, numbers: NDArray[np.uint32]) -> Hashes:
    return (upper.astype(np.uint64) << np.uint64(32)) | numbers


def _unpacked(packed: Hashes) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Sorted by upper half, then by entry."""
    packed.sort()
    return (packed >> np.uint64(32)).astype(np.uint32), packed.astype(np.uint32)


def _short64(content: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "little")


def _content(entry: Entry) -> bytes:
    """What an entry says: which file it came from is left out."""
    if not isinstance(entry, NegativeEntry) and entry.source is not None:
        entry = msgspec.structs.replace(entry, source=None)
    return _encode(entry)


class Compiler:
    """Takes the entries of a list one after the other; `tables` ends it.

    At a million entries it holds about 300 MB of hashes, and twice that while it sorts them.
    """

    def __init__(self) -> None:
        self._kinds: list[KeyKind] = []
        self._keys: list[str] = []
        self._owners = array("I")
        self._names: set[str] = set()
        self._rows = _Rows([], [])
        self._near_keys: list[str] = []
        self._near_owners = array("I")
        self._near: list[NDArray[np.uint64]] = []
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
        if isinstance(entry, LicenceEntry | FirmEntry):
            self._take_similar(entry, number)
        if isinstance(entry, LicenceEntry):
            self._names |= text_names(keys)
            self._take_words(entry)
        self._offsets.append(self._offsets[-1] + size)
        self._ids.append(_short64(entry.id.encode("utf-8", "surrogatepass")))
        self._digests.append(_short64(_content(entry)))
        if len(self._keys) + len(self._near_keys) >= _BATCH:
            self._flush()

    def _take_similar(self, entry: LicenceEntry | FirmEntry, number: int) -> None:
        """Its cores; and where a slip is looked for, among those who may advertise, its near keys."""
        for core in filter(None, entry_cores(entry)):
            self._kinds.append(KeyKind.CORE)
            self._keys.append(core)
            self._owners.append(number)
        if isinstance(entry, LicenceEntry):
            near = entry_near_keys(entry)
            self._near_keys += near
            self._near_owners.extend([number] * len(near))

    def _take_words(self, entry: LicenceEntry) -> None:
        for name in (entry.name, *entry.brands):
            if len(self._words) < MAX_WORDS and not has_legal_form(name) and text_key(name) in self._names:
                self._words[name] = None

    def _flush(self) -> None:
        self._rows.hashes.append(hash_keys(self._kinds, self._keys))
        self._rows.numbers.append(np.array(self._owners, dtype=np.uint32))
        upper = hash_keys([KeyKind.NEAR] * len(self._near_keys), self._near_keys) >> np.uint64(32)
        self._near.append(_packed(upper, np.array(self._near_owners, dtype=np.uint32)))
        names = list(self._names)
        self._begins.append(np.unique(beginnings(names)))
        self._text.append(hash_keys([KeyKind.TEXT] * len(names), names))
        self._kinds.clear()
        self._keys.clear()
        del self._owners[:]
        self._near_keys.clear()
        del self._near_owners[:]
        self._names.clear()

    def tables(self) -> Tables:
        """The tables of all entries taken."""
        self._flush()
        numbers = np.concatenate(self._rows.numbers)
        hashes, numbers = _sorted(_joined(self._rows.hashes), numbers)
        packed = _joined(self._near)
        self._near.clear()  # twenty keys an entry: no second copy while they are sorted
        near, near_numbers = _unpacked(packed)
        del packed
        words = "\n".join(self._words).encode("utf-8", "surrogatepass")
        return Tables(
            hashes=hashes,
            numbers=numbers,
            near=near,
            near_numbers=near_numbers,
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
    near_shifted = [one.near_numbers + np.uint32(base) for one, base in zip(parts, bases, strict=False)]
    packed = _packed(
        np.concatenate([one.near for one in parts]).astype(np.uint64), np.concatenate(near_shifted)
    )
    near, near_numbers = _unpacked(packed)
    nothing = np.zeros(0, dtype=np.uint64)
    return Tables(
        hashes=hashes,
        numbers=numbers,
        near=near,
        near_numbers=near_numbers,
        offsets=nothing,
        ids=nothing,
        digests=nothing,
        words=nothing.view(np.uint8),
        text=TextNames.merged(one.text for one in parts),
    )
