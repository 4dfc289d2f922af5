"""Codes that the rows of a list gave so far, on disk: a million rows bring three million codes."""

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from types import TracebackType
from typing import Self

_CACHE_KIB = 64 << 10
_WAITING = (
    20_000  # codes written together, in the order of the table: one by one they cost five times as much
)
_BITS = 26  # of a code's digest; a table of as many bits says of nearly every new code that it is new


class SeenCodes:
    """Code → the row that gave it first. A context manager; its file is nameless and goes with it."""

    def __init__(self) -> None:
        self._store = sqlite3.connect("", isolation_level=None)  # a temporary file of SQLite's own
        self._store.execute("PRAGMA journal_mode = OFF")
        self._store.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._store.execute(
            "CREATE TABLE seen (code BLOB PRIMARY KEY, row INTEGER, sheet TEXT, names TEXT) WITHOUT ROWID"
        )
        self._store.execute("BEGIN")
        self._maybe = bytearray(1 << (_BITS - 3))
        self._waiting: list[tuple[bytes, int, str | None, str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()

    @staticmethod
    def _key(code: str) -> bytes:
        return blake2b(code.encode("utf-8", "surrogatepass"), digest_size=12).digest()

    def _found(self, code: str) -> tuple[int, str | None, str] | None:
        """Row, sheet and names of a code."""
        key = self._key(code)
        bit = int.from_bytes(key[:4], "little") >> (32 - _BITS)
        if not self._maybe[bit >> 3] >> (bit & 7) & 1:
            return None
        self._write()
        found: tuple[int, str | None, str] | None = self._store.execute(
            "SELECT row, sheet, names FROM seen WHERE code = ?", (key,)
        ).fetchone()
        return found

    def first(self, code: str) -> tuple[int, str | None] | None:
        """Row and sheet that gave a code first."""
        found = self._found(code)
        return found[:2] if found else None

    def names(self, code: str) -> tuple[str, ...]:
        """The names under which a code was given first."""
        found = self._found(code)
        return tuple(found[2].split("\n")) if found and found[2] else ()

    def add(self, codes: Sequence[str], row: int, sheet: str | None, names: Sequence[str] = ()) -> None:
        """Keep the codes of a row that went in, and who bears them there."""
        told = "\n".join(names)
        for key in map(self._key, codes):
            bit = int.from_bytes(key[:4], "little") >> (32 - _BITS)
            self._maybe[bit >> 3] |= 1 << (bit & 7)
            self._waiting.append((key, row, sheet, told))
        if len(self._waiting) >= _WAITING:
            self._write()

    def _write(self) -> None:
        self._waiting.sort(key=lambda one: one[0])  # stable: of one code twice the first stays
        self._store.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)", self._waiting)
        self._waiting.clear()
