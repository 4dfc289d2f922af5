"""A SQLite file: opening it, transactions, and its errors in the project's words."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path

import msgspec

from findings.errors import IndexMissing, QueryValueError, StoreAway, StoreDamaged, WriteRefused
from findings.stores.sqlite.migrations import complete, migrate

#: Layout of the tables (`PRAGMA user_version`); counts up with every change of schema.sql.
SCHEMA_VERSION = 7
#: "FADW": marks a file as ours, so that `create` never adds tables to another program's database.
APPLICATION_ID = 0x46414457
#: Seconds to wait for another process that is writing.
BUSY_SECONDS = 30.0


class Database:
    """One file, shared by the threads of a process through one connection and a lock."""

    def __init__(self, path: Path, url: str) -> None:
        self.path = path
        self.url = url
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    def create(self) -> list[str]:
        """Make the file (for its owner alone) and the tables that are missing; return their names."""
        with self._lock, self.errors():
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            except OSError as error:
                raise StoreAway(self.url, error.strerror or str(error)) from error
            with closing(self._open()) as connection:
                self._refuse_others(connection)
                connection.execute("PRAGMA journal_mode = WAL")
                before = _tables(connection)
                self._complete(connection)
                return sorted(_tables(connection) - before)

    def layout(self) -> int:
        """The layout that the file has now. Raises IndexMissing where there are no tables yet."""
        if not self.path.is_file():
            raise IndexMissing(self.url)
        with self.errors(), closing(self._open()) as connection:
            self._refuse_others(connection)
            if (version := self._version(connection)) == 0:
                raise IndexMissing(self.url)
            return version

    def connect(self) -> sqlite3.Connection:
        """A new connection; a layout of an older release is brought up to this one's first.

        Raises IndexMissing where there are no tables yet.
        """
        if not self.path.is_file():
            raise IndexMissing(self.url)
        connection = self._open()
        try:
            self._refuse_others(connection)
            version = self._version(connection)
            if version == 0:
                raise IndexMissing(self.url)
            if version < SCHEMA_VERSION:
                self._complete(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            # A task counts as done once its bundle is stored: that must outlive a power cut too.
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def transaction(self, kind: str = "DEFERRED", document_id: str = "") -> Iterator[sqlite3.Connection]:
        """One transaction (`DEFERRED` to read, `IMMEDIATE` to write); rolled back on any error.

        `document_id` names what is being written, for WriteRefused.
        """
        with self._lock, self.errors(document_id):
            if self._connection is None:
                self._connection = self.connect()
            connection = self._connection
            connection.execute(f"BEGIN {kind}")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own with one unchanging view, for reads that go on for long."""
        with self.errors():
            connection = self.connect()
            with closing(connection):
                connection.execute("BEGIN")
                yield connection

    def close(self) -> None:
        """Close the shared connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def errors(self, document_id: str = "") -> Iterator[None]:
        """Turn SQLite's errors into the project's."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                raise IndexMissing(self.url) from error
            raise StoreAway(self.url, str(error)) from error
        except UnicodeEncodeError as error:  # an id with half of a surrogate pair: what is stored has none
            raise QueryValueError("id", error.object, "it is no valid text", zh="不是有效文本") from error
        except (sqlite3.IntegrityError, sqlite3.DataError) as error:
            raise WriteRefused(document_id, str(error)) from error
        except (sqlite3.DatabaseError, msgspec.MsgspecError) as error:  # pages, or what a record says
            raise StoreDamaged(self.url, str(error)) from error

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    def _complete(self, connection: sqlite3.Connection) -> None:
        """Make what is missing, in one transaction that no other process sees half of."""
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Only here: another process may have done it while this one waited.
            version = self._version(connection)
            migrate(connection, version)
            for statement in statements(files(__package__).joinpath("schema.sql").read_text("utf-8")):
                connection.execute(statement)
            complete(connection, version)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except BaseException:
            connection.rollback()
            raise
        connection.commit()

    def _version(self, connection: sqlite3.Connection) -> int:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise StoreDamaged(self.url, f"its layout {version} is of a newer release")
        return version

    def _refuse_others(self, connection: sqlite3.Connection) -> None:
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        if owner != APPLICATION_ID and _tables(connection):
            raise StoreDamaged(self.url, "it is a database of another program")
        self._version(connection)


def statements(script: str) -> Iterator[str]:
    """The statements of a script: `executescript` would end the transaction that they belong to."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {name for (name,) in rows if not name.startswith(("sqlite_", "ad_letters_", "ad_names_"))}
