"""Batches that were sent and whose confirmed cases are still to be noted as handed over: a note beside each, until done.

The note is on disk before the batch counts as sent, and goes when the last case is noted. So a process that is killed
in between leaves what has to be done, and whoever comes next ends it. A note of a batch that was not sent says nothing.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from handover.disk import put_whole
from handover.errors import OwingBroken

_END = ".owed"


class Owing(msgspec.Struct, frozen=True, kw_only=True):
    """What is still to be noted of one batch: `number` is its folder's, `batch` its id, `store` the address of the
    store of its `cases`."""

    number: str
    batch: str
    store: str
    cases: tuple[str, ...]


def owe(folder: Path, owing: Owing) -> None:
    """Write the note of a batch below `folder`, or put another in its place; on disk on return."""
    put_whole(_path(folder, owing.number), msgspec.json.encode(owing))


def owed(folder: Path) -> Iterator[Owing]:
    """The notes of all batches whose files are there, in order. Raises OwingBroken."""
    for path in sorted(folder.glob(f".*{_END}")):
        try:
            owing = msgspec.json.decode(path.read_bytes(), type=Owing)
        except FileNotFoundError:  # another process has ended it just now
            continue
        except msgspec.MsgspecError as error:
            raise OwingBroken(path, str(error)) from error
        if path == _path(folder, owing.number) and (folder / owing.number).is_dir():
            yield owing


def noted(folder: Path, number: str) -> None:
    """Take away the note of a batch: nothing is owed any more."""
    _path(folder, number).unlink(missing_ok=True)


def _path(folder: Path, number: str) -> Path:
    return folder / f".{number}{_END}"
