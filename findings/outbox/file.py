"""The outbox's SQLite file: opened, bounded, put aside when it is broken; its errors in the project's words."""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path

from findings.errors import OutboxAway, OutboxDamaged, OutboxFull
from findings.stores.sqlite.database import statements

#: "FADO": marks a file as an outbox.
APPLICATION_ID = 0x4641444F
#: Layout of the tables; counts up with every change of schema.sql. What is new there is made in an older file.
VERSION = 2
#: Seconds to wait for another process that is writing.
BUSY_SECONDS = 30.0
#: Bytes above the limit that only a sender may use: to note a refusal in a full outbox.
SLACK = 16 * 1024 * 1024
#: What of a log file stays on disk after it was written back, in bytes.
_LOG_KEPT = 16 * 1024 * 1024
#: The system's refusals to write: full disk, quota, a limit on file sizes (it shows as an I/O error).
_NO_ROOM = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class OutboxFile:
    """One connection to the file, shared by the threads of a process through a lock.

    Every process that has the file open holds a shared lock on the small file beside it: a broken
    outbox is put aside only when nobody else could still write into it.
    """

    def __init__(self, path: Path, megabytes: int, *, sender: bool) -> None:
        self.path = path
        self.megabytes = megabytes
        self._use = path.with_name(f"{path.name}.use")
        self._sender = sender
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._in_use: int | None = None

    @contextmanager
    def transaction(self, kind: str = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
        """One transaction, on disk (synchronous FULL) when the context ends; rolled back on any error.

        Raises OutboxFull, OutboxAway, OutboxDamaged.
        """
        with self._lock, self._errors():
            connection = self.open()
            connection.execute(f"BEGIN {kind}")
            try:
                yield connection
                connection.commit()
            except BaseException:
                with suppress(sqlite3.Error):  # the fault that matters is the first one
                    connection.rollback()
                raise

    def open(self) -> sqlite3.Connection:
        """The connection; the file and its folder are made where there are none."""
        with self._lock, self._errors():
            return self._connection or self._open()

    def shrink(self) -> None:
        """Give free pages back to the system."""
        with self._lock, self._errors():
            # `execute` would stop after the first page: the statement has a step for each and no rows.
            self.open().executescript("PRAGMA incremental_vacuum")

    def close(self) -> None:
        """Close the connection and let the file go."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            if self._in_use is not None:
                os.close(self._in_use)
                self._in_use = None

    def set_aside(self) -> list[Path]:
        """Broken outboxes that were put aside here."""
        return sorted(self.path.parent.glob(f"{self.path.name}.broken-*[0-9]"))

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._in_use = os.open(self._use, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._in_use, fcntl.LOCK_SH)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise OutboxAway(str(self.path), error.strerror or str(error)) from error
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if self._version(connection) < VERSION:
            self._make(connection)
        # What was taken must outlive a power cut: the page is not fetched again.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_KEPT}")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        most = self.megabytes * 1024 * 1024 + (SLACK if self._sender else 0)
        connection.execute(f"PRAGMA max_page_count = {most // size}")

    def _version(self, connection: sqlite3.Connection) -> int:
        # One look at all three: another process may be making the file, and half of its answer is a stranger's.
        connection.execute("BEGIN")
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        connection.execute("COMMIT")
        if owner != APPLICATION_ID and (owner or tables):
            connection.close()
            raise self._damaged("it is a database of another program")
        if version > VERSION:
            raise OutboxAway(str(self.path), f"its layout {version} is of a newer release")
        return version

    def _make(self, connection: sqlite3.Connection) -> None:
        """Make the tables: one process at a time, for a new file can't be turned to WAL by two at once."""
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            if self._version(connection) == VERSION:
                return
            # Only before the first table can a file be told to give pages back.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            for statement in statements(files(__package__).joinpath("schema.sql").read_text("utf-8")):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.commit()
        finally:
            os.close(folder)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0)
            if code in _NO_ROOM:
                raise OutboxFull(str(self.path), self.megabytes, str(error)) from error
            if code & 0xFF in _BROKEN or "no such table" in str(error):
                raise self._damaged(str(error)) from error
            raise OutboxAway(str(self.path), str(error)) from error

    def _damaged(self, reason: str) -> OutboxDamaged:
        """The error for a broken file, which is put aside unless other processes have it open."""
        self.close()
        return OutboxDamaged(str(self.path), reason, self._put_aside())

    def _put_aside(self) -> str | None:
        use = os.open(self._use, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            aside = self.path.with_name(f"{self.path.name}.broken-{time.time_ns()}")
            for end in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    self.path.with_name(f"{self.path.name}{end}").rename(
                        aside.with_name(f"{aside.name}{end}")
                    )
        except OSError:
            return None
        finally:
            os.close(use)
        return str(aside)
