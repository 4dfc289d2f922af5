"""One process at a time in a place: a lock of the system, which it takes back however a process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from findings.backup.errors import BackupBusy


@contextmanager
def alone(lock: Path, place: str) -> Iterator[None]:
    """Hold a place while the context lasts. Raises BackupBusy, OSError."""
    handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupBusy(place) from error
        yield
    finally:
        os.close(handle)
