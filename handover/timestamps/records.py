"""What is known of each stamp list, as a small JSON file beside the evidence, and which lists lack tokens.

`lists/<day>/<hash of the list>.json` by the day (UTC) of its last capture; `owed/<day>.<hash>` while a token is
still to be had. Lists, tokens and root certificates themselves are files of the evidence store.
"""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from findings.backup.manifest import sync_folder, write_whole
from handover.timestamps.errors import RecordBroken, StampingBusy
from handover.timestamps.model import ListRecord

#: A record has two tokens and two gaps; a longer file is none.
_MOST_BYTES = 1_000_000
#: File systems count time in steps; within one of them a folder's time says nothing.
_TICK_NS = 1_000_000_000
_NAME = re.compile(r"([0-9a-f]{64})\.json")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OWED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9a-f]{64})")


def day_of(record: ListRecord) -> str:
    """Under which day a record lies."""
    return record.end.astimezone(UTC).date().isoformat()


class Records:
    """The records of the stamp lists below the folder of the time stamps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one on this folder who makes lists and asks for tokens. Raises StampingBusy."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StampingBusy(str(self.folder)) from error
            os.utime(handle)
            yield
        finally:
            os.close(handle)

    def rested_s(self, now: datetime) -> float | None:
        """Seconds since the last round began; None where there was none."""
        try:
            return now.timestamp() - (self.folder / "lock").stat().st_mtime
        except FileNotFoundError:
            return None

    def put(self, record: ListRecord, *, owed: bool) -> None:
        """Keep what is known of a list, on disk on return; `owed` while a token of it is still to be had."""
        day, sha256 = day_of(record), record.listing.sha256
        marker = self.folder / "owed" / f"{day}.{sha256}"
        lists = self.folder / "lists" / day
        if owed and not marker.exists():
            marker.parent.mkdir(exist_ok=True, mode=0o700)
            marker.touch(mode=0o600)
            sync_folder(marker.parent)
        lists.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync_folder(lists.parent)
        write_whole(lists / f"{sha256}.json", msgspec.json.encode(record) + b"\n")
        if not owed:
            self.settled(day, sha256)

    def settled(self, day: str, sha256: str) -> None:
        """No token of this list is to be had any more."""
        (self.folder / "owed" / f"{day}.{sha256}").unlink(missing_ok=True)

    def get(self, day: str, sha256: str) -> ListRecord | None:
        """What is known of a list; None where there is none. Raises RecordBroken."""
        path = self.folder / "lists" / day / f"{sha256}.json"
        try:
            with path.open("rb") as file:
                data = file.read(_MOST_BYTES)
            record = msgspec.json.decode(data, type=ListRecord)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise RecordBroken(str(path), str(error)) from error
        if record.listing.sha256 != sha256:
            raise RecordBroken(str(path), f"is of {record.listing.sha256[:64]}")
        return record

    def owed(self) -> list[tuple[str, str]]:
        """Day and hash of the lists that lack tokens, newest day first."""
        names = (_OWED.fullmatch(path.name) for path in (self.folder / "owed").glob("*"))
        return sorted(((found[1], found[2]) for found in names if found), reverse=True)

    def days(self) -> list[str]:
        """The days that have lists, in order."""
        return sorted(path.name for path in (self.folder / "lists").glob("*") if _DAY.fullmatch(path.name))

    def changed(self, day: str) -> int | None:
        """Another number whenever a list came to a day; None while it may change again under the same one."""
        try:
            at = (self.folder / "lists" / day).stat().st_mtime_ns
        except FileNotFoundError:
            return 0
        return at if time.time_ns() - at > _TICK_NS else None

    def names(self, day: str) -> list[str]:
        """The hashes of the lists of a day."""
        found = (_NAME.fullmatch(path.name) for path in (self.folder / "lists" / day).glob("*.json"))
        return sorted(name[1] for name in found if name)
