"""Files that outlive a power cut: written aside, renamed, on the disk before the call returns."""

import os
from pathlib import Path


def settle(path: Path) -> None:
    """Wait until a file's or folder's content is on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_whole(path: Path, data: bytes) -> None:
    """Write a file, or put another in its place, whole or not at all; on the disk on return. Raises OSError."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    with aside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(path)
    settle(path.parent)
