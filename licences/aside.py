"""Files that are written aside and then put in place in one step.

A file in the making bears a name of its own and a lock as long as its writer lives. So what
a killed writer left is known for that and swept away, and two writers never share a file.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_MARK = ".aside-"


class Aside:
    """One file in the making."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self.file = file

    def put(self, final: Path) -> None:
        """Bring all of it to the disk and put it in place; who has the older file open keeps that."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.path.replace(final)


@contextmanager
def aside(folder: Path) -> Iterator[Aside]:
    """A new file in a folder, open for writing and reading; gone afterwards if it wasn't put in place."""
    while True:
        path = folder / f"{_MARK}{secrets.token_hex(8)}"
        with path.open("x+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not path.exists():  # swept away before it was locked
                continue
            try:
                yield Aside(path, file)
            finally:
                path.unlink(missing_ok=True)
            return


def sweep(folder: Path) -> None:
    """Remove what writers that were killed left in a folder."""
    for path in folder.glob(f"{_MARK}*"):
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
        except OSError:  # its writer lives, or another has swept it
            continue
