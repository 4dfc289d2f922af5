"""The file in which a list's tables lie: `<version>.index` beside `<version>.jsonl`.

A line of JSON, then the arrays one after the other, each at a multiple of 64 bytes, as the
processor has them. The line says which list it is of (its whole SHA-256), by which rules its
keys were made, and the check sum of every array.
"""

import mmap
import sys
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from licences.compiled import Tables
from licences.keys import fingerprint
from licences.textnames import TextNames

FORMAT = 1
_ALIGN = 64
_MOST_HEAD = 16 << 10  # bytes of the first line
_LISTED = ("hashes", "numbers", "near", "near_numbers", "offsets", "ids", "digests", "words")
_TEXT = ("pairs", "starts", "sizes", "hashes", "bits")
_TYPES = {
    "numbers": np.uint32,
    "near": np.uint32,
    "near_numbers": np.uint32,
    "words": np.uint8,
    "text.starts": np.uint32,
    "text.sizes": np.uint8,
    "text.bits": np.uint8,
}
_NAMES = (*_LISTED, *(f"text.{name}" for name in _TEXT))


class Section(msgspec.Struct, frozen=True):
    """Where an array lies: first byte, bytes, CRC-32 of them."""

    start: int
    size: int
    crc: int


class Head(msgspec.Struct, frozen=True):
    """The first line of the file."""

    format: int
    keys: str
    byte_order: str
    list_sha256: str
    sections: dict[str, Section]


class NotUsable(Exception):
    """A compiled file that is missing, damaged, or of other rules: its list is compiled again."""


_head = msgspec.json.Decoder(Head)


def _arrays(tables: Tables) -> dict[str, NDArray[Any]]:
    plain = {name: getattr(tables, name) for name in _LISTED}
    return plain | {f"text.{name}": getattr(tables.text, name) for name in _TEXT}


def _padded(size: int) -> int:
    return -(-size // _ALIGN) * _ALIGN


def write_tables(file: BinaryIO, tables: Tables, list_sha256: str) -> None:
    """Write the tables of the list of that SHA-256."""
    place = _MOST_HEAD
    sections = {}
    arrays = {name: np.ascontiguousarray(array) for name, array in _arrays(tables).items()}
    for name, array in arrays.items():
        sections[name] = Section(place, array.nbytes, zlib.crc32(array.view(np.uint8).data))
        place = _padded(place + array.nbytes)
    head = msgspec.json.encode(Head(FORMAT, fingerprint(), sys.byteorder, list_sha256, sections))
    file.write((head + b"\n").ljust(_MOST_HEAD, b" "))
    for name, array in arrays.items():
        file.seek(sections[name].start)
        file.write(array.view(np.uint8).data)
    file.truncate(place)


class CompiledFile:
    """A compiled file, mapped. Raises NotUsable unless its head fits this program and the file."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            line = self._content[:_MOST_HEAD].split(b"\n", 1)[0]
            self.head = _head.decode(line)
        except FileNotFoundError as error:
            raise NotUsable("there is none") from error
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            raise NotUsable(f"its head can't be read: {error}") from error
        head = self.head
        if (head.format, head.keys, head.byte_order) != (FORMAT, fingerprint(), sys.byteorder):
            raise NotUsable("it was made by another release")
        size = len(self._content)
        if head.sections.keys() != set(_NAMES) or any(
            one.start % _ALIGN or not _MOST_HEAD <= one.start <= one.start + one.size <= size
            for one in head.sections.values()
        ):
            raise NotUsable("it is cut off")

    def check(self) -> None:
        """Read all of it. Raises NotUsable where an array is not as it was written."""
        for name, section in self.head.sections.items():
            with memoryview(self._content)[section.start : section.start + section.size] as part:
                if zlib.crc32(part) != section.crc:
                    raise NotUsable(f"its array {name!r} is damaged")

    def tables(self) -> Tables:
        """The tables, read from the disk as they are used."""
        arrays = {name: self._array(name) for name in _NAMES}
        text = TextNames(**{name: arrays[f"text.{name}"] for name in _TEXT})
        return Tables(text=text, **{name: arrays[name] for name in _LISTED})

    def _array(self, name: str) -> NDArray[Any]:
        section, kind = self.head.sections[name], np.dtype(_TYPES.get(name, np.uint64))
        return np.frombuffer(self._content, kind, section.size // kind.itemsize, section.start)
