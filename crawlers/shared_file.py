"""A small file of the crawler's own that several crawls may change: locked, and replaced in one step."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Nobody else who asks here changes `file` meanwhile; its folder is made. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def replace_file(file: Path, data: bytes) -> None:
    """Put new content in place: a kill at any moment leaves the old or the new. Raises OSError."""
    new = file.with_suffix(".new")
    new.write_bytes(data)
    new.replace(file)
