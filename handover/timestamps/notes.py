"""Notes of what was captured and has no time stamp yet: one small file a process, appended to and synced.

    2026-11-23T02:00:01.000000+00:00 1f… 9a… …   (a capture's time, then its hashes)

A writer locks its file for each note and looks whether it still lies under its name; who takes a file to stamp it
locks it, too, and moves it away. So no note is written to a file that was already read.
"""

import fcntl
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from findings.backup.manifest import sync_folder
from findings.errors import EvidenceStoreAway

_LINE = re.compile(rb"(\S{20,40})((?: [0-9a-f]{64})+)\n")
_ENDING = ".notes"


class Notes:
    """Where one process notes its captures. For one thread at a time."""

    def __init__(self, folder: Path) -> None:
        """`folder` is that of the time stamps; nothing is written before the first note."""
        self._pending = folder / "pending"
        self._path = self._pending / f"{os.getpid()}-{secrets.token_hex(6)}{_ENDING}"
        self._handle: int | None = None

    def note(self, at: datetime, hashes: Sequence[str]) -> None:
        """Note a capture of that time (UTC) and the hashes of all its files; on return they have reached the disk.

        Raises EvidenceStoreAway.
        """
        line = f"{at.astimezone(UTC).isoformat()} {' '.join(hashes)}\n".encode("ascii")
        try:
            while not self._append(line):
                self.close()
        except OSError as error:
            raise EvidenceStoreAway(str(self._pending), error.strerror or str(error)) from error

    def close(self) -> None:
        """Let the file go; what is in it stays to be stamped."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _append(self, line: bytes) -> bool:
        """Whether the line was written; False if the file was taken away before."""
        new = self._handle is None
        if self._handle is None:
            self._pending.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        handle = self._handle
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            if not _lies_at(self._path, handle):
                return False
            begin = os.fstat(handle).st_size
            try:
                _write(handle, line)
                os.fsync(handle)
            except OSError:
                with suppress(
                    OSError
                ):  # a full disk took a part of the line: no other note is to follow on it
                    os.ftruncate(handle, begin)
                raise
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
        if new:
            sync_folder(self._pending)
        return True


def waiting(folder: Path) -> bool:
    """Whether anything was noted and not yet put into a list."""
    return any(any((folder / name).glob(f"*{_ENDING}")) for name in ("pending", "taken"))


def oldest(folder: Path) -> datetime | None:
    """The time of the oldest capture that waits, as far as first lines tell; None where none waits."""
    firsts = []
    for name in ("pending", "taken"):
        for path in (folder / name).glob(f"*{_ENDING}"):
            with suppress(FileNotFoundError):  # it was taken just now
                firsts += [at for at, _ in _first(path)]
    return min(firsts, default=None)


def take(folder: Path) -> list[Path]:
    """Move all that was noted away from who writes; the files to stamp, also those that an earlier call left.

    For who holds the lock of the folder.
    """
    taken = folder / "taken"
    for path in sorted((folder / "pending").glob(f"*{_ENDING}")):
        taken.mkdir(exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            path.rename(taken / f"{path.stem}-{secrets.token_hex(6)}{_ENDING}")
        finally:
            os.close(handle)
    return sorted(taken.glob(f"*{_ENDING}"))


def read(path: Path) -> Iterator[tuple[datetime, list[str]]]:
    """The notes of a file. A line that a power cut left half is of a capture that was never stored."""
    with path.open("rb") as file:
        for line in file:
            if (found := _LINE.fullmatch(line)) is not None:
                with suppress(ValueError):
                    yield _time(found[1]), found[2].decode("ascii").split()


def forget(paths: Iterable[Path]) -> None:
    """Remove files whose notes stand in lists."""
    for path in paths:
        path.unlink(missing_ok=True)


def _first(path: Path) -> list[tuple[datetime, list[str]]]:
    return [found for found, _ in zip(read(path), range(1), strict=False)]


def _time(text: bytes) -> datetime:
    """Raises ValueError."""
    at = datetime.fromisoformat(text.decode("ascii"))
    if at.tzinfo is None:
        raise ValueError("no zone")
    return at.astimezone(UTC)


def _lies_at(path: Path, handle: int) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    held = os.fstat(handle)
    return (there.st_dev, there.st_ino) == (held.st_dev, held.st_ino)


def _write(handle: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]
