"""How often each chunk was begun on this machine: a small file a chunk, a byte a beginning.

A chunk that kills its worker (a page that crashes the process, memory running out) would come
back for ever; after `MOST` beginnings without an end it is given up and its tasks end in `error`.
"""

import hashlib
import os
import time
from pathlib import Path

#: Beginnings of one chunk on one machine, those that ended because a service was away not counted.
MOST = 5
#: Files are removed after so many seconds: another machine did the rest. A week.
_KEPT_S = 7 * 24 * 3600


class Attempts:
    """The counter of one chunk, by what is its own, in a folder that the workers of one machine share."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder = folder
        self._file = folder / hashlib.sha256(key.encode()).hexdigest()[:32]

    def begin(self) -> int:
        """Count a beginning, so that it outlasts this process, and return how many there were with it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._prune()
        with self._file.open("ab") as file:
            file.write(b".")
            file.flush()
            os.fsync(file.fileno())
            return file.tell()

    def undo(self) -> None:
        """This beginning did not count: a service was away, or a person stopped the worker."""
        with self._file.open("ab") as file:
            file.truncate(max(0, file.tell() - 1))

    def end(self) -> None:
        """The chunk is done, or given up."""
        self._file.unlink(missing_ok=True)

    def _prune(self) -> None:
        for file in self._folder.iterdir():
            try:
                if time.time() - file.stat().st_mtime > _KEPT_S:
                    file.unlink()
            except FileNotFoundError:
                continue  # another worker was faster
