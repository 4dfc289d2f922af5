"""A query read as what it may have been meant to be: one fault in a place or a trade put right.

A word that the lists know is recognised through one fault, as far as what is left of it tells it from all others.
The readings are looked for beside the name as it stands, never instead of it.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

import msgspec
from msgspec.structs import replace

from licences.faults import Fault, FaultKind, fault_between
from licences.likeness import Slot
from licences.lookalikes import folded
from licences.parts import NameParts, parts_of
from licences.wordlists import words

#: The shortest word that a fault leaves enough of; one of two characters is known by look-alikes, turned or with one more.
_LONG: Final = 3
#: The longest words of trade and place that are mended.
_LONGEST: Final = 14
#: A known word inside the one that is meant says enough unless this much more is meant.
_MORE: Final = 2
#: Before a known trade a core of so few characters holds nothing of a longer one; behind known places, of a place.
_CORE_OF_TRADE: Final = 2
_CORE_OF_PLACE: Final = 3
_CORE: Final = 2
_TURNED: Final = (FaultKind.SWAPPED, FaultKind.ADDED, FaultKind.DOUBLED)


class Reading(msgspec.Struct, frozen=True, gc=False):
    """A name's parts after mending, and the faults that were put right with the parts they lay in."""

    parts: NameParts
    faults: tuple[tuple[Slot, Fault], ...] = ()


class _Known:
    """Words by what one fault may leave of them, look-alikes counting as one."""

    def __init__(self, meanings: dict[str, str], *, open_end: bool) -> None:
        """`meanings` of the words; `open_end`: what follows a word is other text; otherwise what stands before it."""
        self._open_end = open_end
        self._meanings = meanings
        self._left: dict[str, list[str]] = {}
        for word in sorted(meanings):
            shape = folded(word)
            for piece in {shape, *(_less_one(shape) if len(shape) >= _LONG else (shape[::-1],))}:
                self._left.setdefault(piece, []).append(word)
        self._pairs = {piece[at : at + 2] for piece in self._left for at in range(len(piece) - 1)}

    def may_begin(self, shape: str) -> bool:
        """Whether a word with one fault may begin so."""
        pairs = (shape[0:2], shape[1:3], shape[0:3:2], shape[1::-1])
        return any(pair in self._pairs for pair in pairs)

    def meant(self, written: str) -> tuple[str, Fault] | None:
        """The word that a text is with one fault, and the fault.

        None for a word itself and where there is no one word.
        """
        shape = folded(written)
        found: dict[str, Fault] = {}
        for piece in (shape, *_less_one(shape)):
            for word in self._left.get(piece, ()):
                fault = _fault(written, word)
                if fault is not None and not self._beside(fault, word):
                    found[word] = fault
        least = min(map(_change, found.values()), default=0)
        best = {word: fault for word, fault in found.items() if _change(fault) == least}
        meanings = {self._meanings[word] for word in best}
        return max(best.items(), key=lambda one: len(one[0])) if len(meanings) == 1 else None

    def _beside(self, fault: Fault, word: str) -> bool:
        """Whether what was added stands beside the word, where it belongs to the other text."""
        ends = (0, len(word)) if len(word) < _LONG else (len(word) if self._open_end else 0,)
        return fault.kind is FaultKind.ADDED and fault.at in ends


def _change(fault: Fault) -> int:
    """How much a fault changes a word."""
    if folded(fault.wrong) == folded(fault.right) or fault.kind in (FaultKind.SWAPPED, FaultKind.DOUBLED):
        return 0
    return 2 if fault.kind is FaultKind.REPLACED else 1


def _less_one(text: str) -> list[str]:
    return [text[:at] + text[at + 1 :] for at in range(len(text))]


def _fault(written: str, word: str) -> Fault | None:
    fault = fault_between(written, word)
    if fault is not None:
        enough = len(word) >= _LONG or fault.kind in _TURNED or folded(fault.wrong) == folded(fault.right)
        return fault if enough else None
    if written != word and folded(written) == folded(word):
        at = next(at for at, char in enumerate(word) if written[at] != char)
        return Fault(FaultKind.REPLACED, at, written[at:], word[at:])
    return None


@cache
def _places() -> _Known:
    return _Known({word: place.short for word, place in words().places.items()}, open_end=True)


@cache
def _trades() -> _Known:
    return _Known(words().trades, open_end=False)


def _place_starts(parts: NameParts) -> list[tuple[int, str]]:
    """Where a place begins or may begin: the offset and the known place that stands there."""
    at, starts, known = 0, [], words().places
    for piece in parts.pieces:
        if at >= parts.core_at:
            break
        starts.append((at, piece if piece in known else ""))
        at += len(piece)
    if not starts or len(parts.core) > _CORE_OF_PLACE:
        starts.append((at, ""))
    return starts


class _Way(msgspec.Struct, frozen=True, gc=False):
    """One way to put a word right: the fault, the key without it, and how many characters it leaves for a core."""

    fault: Fault
    key: str
    core: int


def _likeliest(ways: list[_Way]) -> tuple[str, Fault] | None:
    """Of the ways to put a word right the one by look-alikes alone, else the longest word that leaves a core."""
    if not ways:
        return None
    best = min(ways, key=lambda way: (_change(way.fault) > 0, way.core < _CORE))
    return best.key, best.fault


def _place_mended(parts: NameParts) -> tuple[str, Fault] | None:
    """The key with one of its places put right, and the fault."""
    stem, known = parts.stem, words().places
    if parts.regions and len(parts.core) <= _CORE_OF_PLACE and all(place in known for place in parts.regions):
        return None
    for start, there in _place_starts(parts):
        if not _places().may_begin(folded(stem[start : start + 3])):
            continue
        ways = []
        for size in range(min(_LONGEST, len(stem) - start - 1), max(len(there), 1), -1):
            written = stem[start : start + size]
            found = _places().meant(written) if written not in known else None
            if found is None or not _says_more(found[0], there, found[0].startswith(there)):
                continue
            word, fault = found
            if start or known[word].alone:
                left = parts.core_at + len(parts.core) - start - size
                ways.append(_Way(fault, parts.key[:start] + word + parts.key[start + size :], left))
        if ways:
            return _likeliest(ways)
    return None


def _trade_mended(parts: NameParts) -> tuple[str, Fault] | None:
    """The key with its trade put right, and the fault."""
    stem, known = parts.stem, words().trades
    there = next((stem[-size:] for size in range(_LONGEST, 1, -1) if stem[-size:] in known), "")
    if there and len(parts.core) <= _CORE_OF_TRADE:
        return None
    ways = []
    for size in range(min(_LONGEST, len(stem) - 1), max(len(there), 1), -1):
        found = _trades().meant(stem[-size:])
        if found is None or not _says_more(found[0], there, found[0].endswith(there)):
            continue
        word, fault = found
        start = len(stem) - size
        left = start - parts.core_at
        ways.append(_Way(fault, parts.key[:start] + word + parts.key[start + size :], left))
    return _likeliest(ways)


def _says_more(meant: str, there: str, around: bool) -> bool:
    """Whether a word that is meant is another than the sound one that is there, or enough longer to be told from it."""
    return not there or not around or len(meant) - len(there) >= _MORE


def _mended(
    reading: Reading, slot: Slot, mend: Callable[[NameParts], tuple[str, Fault] | None]
) -> Reading | None:
    found = mend(reading.parts)
    if found is None:
        return None
    key, fault = found
    return Reading(parts_of(key), (*reading.faults, (slot, fault)))


def _district(parts: NameParts) -> Iterator[Reading]:
    """A name whose core begins or ends with a district's short form, with that as its place: 渝中云岫, 云岫（渝中）."""
    core, known = parts.core, words()
    for sizes, before in (
        (known.place_sizes.get(core[:1], ()), True),
        (known.place_ends.get(core[-1:], ()), False),
    ):
        for size in sizes:
            word, rest = (core[:size], core[size:]) if before else (core[-size:], core[:-size])
            if rest and word in known.places:
                short = known.places[word].short
                trunk = short + rest + parts.tail[len(core) :]
                yield Reading(replace(parts, regions=(short,), core=rest, trunk=trunk))
                break


def readings(parts: NameParts) -> Iterator[Reading]:
    """A query with a place put right or seen in its core, a trade put right, or both; nothing where neither seems faulty."""
    if not parts.regions:
        yield from _district(parts)
    own = Reading(parts)
    place = _mended(own, Slot.PLACE, _place_mended)
    trade = _mended(own, Slot.TRADE, _trade_mended)
    both = _mended(place, Slot.TRADE, _trade_mended) if place is not None and trade is not None else None
    yield from (reading for reading in (both, place, trade) if reading is not None)
