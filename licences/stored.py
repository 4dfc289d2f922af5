"""One version of one list, ready to be asked: its lines, and the tables over them.

Lines are decoded when they are asked for. A list of a million entries so takes no memory but
what the system keeps of its files.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from hashlib import sha256
from mmap import mmap

import msgspec

from licences.compiled import Compiler, Tables
from licences.errors import VersionAltered
from licences.hashing import hash_key
from licences.keys import KeyKind, keys_of
from licences.model import (
    Entry,
    FilingEntry,
    FirmEntry,
    LicenceEntry,
    ListKind,
    NegativeEntry,
    Register,
)

#: So many entries with the same key are found: more share a word, not a name.
MOST_SAME = 1_000
_REMEMBERED = 4_096  # decoded entries a list keeps
_register = msgspec.json.Decoder(Register)
_DECODE: dict[ListKind, Callable[[bytes], Entry]] = {
    ListKind.LICENCE: msgspec.json.Decoder(LicenceEntry).decode,
    ListKind.NEGATIVE: msgspec.json.Decoder(NegativeEntry).decode,
    ListKind.FIRMS: msgspec.json.Decoder(FirmEntry).decode,
    ListKind.FILINGS: msgspec.json.Decoder(FilingEntry).decode,
}
#: What a list's lines are read from: bytes, or a file mapped into memory.
Content = bytes | mmap


def encode_list(register: Register, entries: Iterable[Entry]) -> bytes:
    """The bytes of one version: register, then entries, a line each."""
    encode = msgspec.json.encode
    return b"".join(encode(item) + b"\n" for item in (register, *entries))


def version_of(register: Register, digest: str) -> str:
    """`<as_of>-<8 hex of SHA-256>`."""
    return f"{register.as_of.isoformat()}-{digest[:8]}"


def _line_end(content: Content, start: int) -> int:
    """The place behind the line that starts there."""
    return content.find(b"\n", start) + 1 or len(content)


def _not_stored(origin: str, error: Exception) -> VersionAltered:
    return VersionAltered(
        f"{origin} is not a stored list ({error}); import the list again",
        zh=f"{origin} 不是已导入的名单（{error}）：请重新导入",
    )


class StoredList:
    """A list's entries, by number and by key. Numbers count from 0 in the order of the file."""

    def __init__(
        self, register: Register, version: str, content: Content, origin: str, tables: Tables | None = None
    ) -> None:
        """`content` is all of the list, first line included; without `tables` they are made when needed."""
        self.register = register
        self.version = version
        self._content = content
        self._origin = origin
        self._given = tables
        self.entry = lru_cache(_REMEMBERED)(self._entry)

    @classmethod
    def read(
        cls, content: Content, origin: str, version: str = "", tables: Tables | None = None
    ) -> "StoredList":
        """A list from its bytes; `origin` names it in errors. Raises VersionAltered.

        Without a version it gets that of its content.
        """
        try:
            register = _register.decode(content[: _line_end(content, 0)])
        except (ValueError, msgspec.MsgspecError) as error:
            raise _not_stored(origin, error) from error
        return cls(
            register, version or version_of(register, sha256(content).hexdigest()), content, origin, tables
        )

    @classmethod
    def of(cls, register: Register, entries: Iterable[Entry], version: str = "") -> "StoredList":
        """A list that no file holds."""
        return cls.read(encode_list(register, entries), register.id, version)

    @cached_property
    def _body(self) -> int:
        return _line_end(self._content, 0)

    @cached_property
    def tables(self) -> Tables:
        """The arrays it is asked by. Raises VersionAltered where a line is no entry."""
        if self._given is not None:
            return self._given
        compiler = Compiler()
        for size, entry in self._lines():
            compiler.add(entry, size)
        return compiler.tables()

    def _lines(self) -> Iterator[tuple[int, Entry]]:
        """Each line's length in bytes, its end included, and its entry."""
        decode, start, size = _DECODE[self.register.kind], self._body, len(self._content)
        while start < size:
            end = _line_end(self._content, start)
            try:
                yield end - start, decode(self._content[start:end])
            except (ValueError, msgspec.MsgspecError) as error:
                raise _not_stored(self._origin, error) from error
            start = end

    def __len__(self) -> int:
        return len(self.tables.ids)

    def _entry(self, number: int) -> Entry:
        start, end = (self._body + int(at) for at in self.tables.offsets[number : number + 2])
        return _DECODE[self.register.kind](self._content[start:end])

    def entries(self) -> Iterator[Entry]:
        """All entries in the order of the list, decoded one after the other."""
        for _, entry in self._lines():
            yield entry

    def find(self, kind: KeyKind, key: str) -> tuple[int, ...]:
        """The numbers of the entries that have this key, no more than MOST_SAME."""
        numbers = self.tables.find(hash_key(kind, key), MOST_SAME)
        return tuple(number for number in numbers if (kind, key) in keys_of(self.entry(number)))

    @property
    def words(self) -> list[str]:
        """Short names and brands of its licensees, as it writes them; of a long list the first."""
        text = self.tables.words.tobytes().decode("utf-8", "surrogatepass")
        return text.split("\n") if text else []
