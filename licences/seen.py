"""Codes that the rows of a list gave so far, on disk: a million rows bring three million codes."""

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from types import TracebackType
from typing import Self

_CACHE_KIB = 64 << 10


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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()

    @staticmethod
    def _key(code: str) -> bytes:
        return blake2b(code.encode("utf-8", "surrogatepass"), digest_size=12).digest()

    def first(self, code: str) -> tuple[int, str | None] | None:
        """Row and sheet that gave a code first."""
        found: tuple[int, str | None] | None = self._store.execute(
            "SELECT row, sheet FROM seen WHERE code = ?", (self._key(code),)
        ).fetchone()
        return found

    def names(self, code: str) -> tuple[str, ...]:
        """The names under which a code was given first."""
        found = self._store.execute("SELECT names FROM seen WHERE code = ?", (self._key(code),)).fetchone()
        return tuple(found[0].split("\n")) if found and found[0] else ()

    def add(self, codes: Sequence[str], row: int, sheet: str | None, names: Sequence[str] = ()) -> None:
        """Keep the codes of a row that went in, and who bears them there."""
        told = "\n".join(names)
        self._store.executemany(
            "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)",
            [(self._key(code), row, sheet, told) for code in codes],
        )
