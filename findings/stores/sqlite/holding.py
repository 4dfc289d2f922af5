"""Who crawls a run: a lock of the system on a small file beside the database.

The system lets go of it when the process ends, however it ends, so there is no stale one.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from findings.errors import RunTaken, StoreAway
from findings.model.errors import Said

#: `file_held` takes the lock for a moment: how often, and after how many seconds, to ask again.
_TRIES, _PAUSE_S = 5, 0.05


class FileHold:
    """A lock that can't be lost while its process lives."""

    def confirm(self) -> None:
        """Nothing can have happened to it."""


@contextmanager
def hold_file(database: Path, url: str, run_id: str) -> Iterator[FileHold]:
    """Hold a run of a database. Raises RunTaken, StoreAway."""
    path = _file(database, run_id)
    handle = _lock(path, url, run_id)
    try:
        yield FileHold()
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def file_held(database: Path, run_id: str) -> bool:
    """Whether a living process holds a run."""
    try:
        handle = os.open(_file(database, run_id), os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _lock(path: Path, url: str, run_id: str) -> int:
    tries = _TRIES
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreAway(url, error.strerror or str(error)) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            pid = os.read(handle, 20).decode("ascii", "replace").strip()
            os.close(handle)
            if tries == 0:
                raise RunTaken(run_id, _process(pid)) from error
            tries -= 1
            sleep(_PAUSE_S)
            continue
        if _same(handle, path):
            os.ftruncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
            return handle
        os.close(handle)  # the one before us took the file away with its lock


def _process(pid: str) -> Said:
    return Said(f"process {pid}", zh=f"进程 {pid} ") if pid else Said("another process", zh="另一进程")


def _same(handle: int, path: Path) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    ours = os.fstat(handle)
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


def _file(database: Path, run_id: str) -> Path:
    # An id is given by people too: only its hash becomes part of a path.
    name = hashlib.sha256(run_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return database.with_name(f"{database.name}.{name}.lock")
