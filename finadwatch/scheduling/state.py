"""What the schedule remembers over restarts: one small file, replaced whole, so that no kill leaves half of it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from crawlers.plan import Schedule
from finadwatch.scheduling.errors import ScheduleDamaged, SchedulerTaken

#: Raised when an older release could misread the file.
VERSION = 1


class Begun(msgspec.Struct, kw_only=True):
    """A due time that was decided to run and has not ended. `missed` counts the times it stands for besides.

    `again_at` is when it is tried again after a service was away, `waits_s` how long that waits.
    """

    due: datetime
    run_id: str
    missed: int
    again_at: datetime | None = None
    waits_s: float = 0.0


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the last due time: `skipped`, or `ran` with the exit code of its run (None: interrupted)."""

    due: datetime
    outcome: str
    at: datetime
    missed: int
    run_id: str | None = None
    exit: int | None = None


class PlanState(msgspec.Struct, kw_only=True):
    """What is known of one plan: times up to `decided` are decided, by this `schedule`.

    `tries` counts how often the crawl of an interrupted run failed.
    """

    schedule: Schedule
    decided: datetime
    begun: Begun | None = None
    ended: Ended | None = None
    tries: dict[str, int] = {}


class _Kept(msgspec.Struct, kw_only=True):
    version: int = VERSION
    plans: dict[str, PlanState] = {}


class ScheduleState:
    """The file of one home. Plans are known by their titles; whoever changes one saves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / "state.json"
        self.plans: dict[str, PlanState] = self._read().plans

    def save(self) -> None:
        """Write everything down; on return it outlasts a power cut. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        with new.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(_Kept(plans=self.plans))))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _read(self) -> _Kept:
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except FileNotFoundError:
            return _Kept()
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ScheduleDamaged(self._path, str(error)) from error
        if kept.version != VERSION:
            raise ScheduleDamaged(self._path, f"version {kept.version}")
        return kept


@contextmanager
def sole_scheduler(folder: Path) -> Iterator[None]:
    """Be the one scheduler of a home while the context lasts; the system ends it with the process.

    Raises SchedulerTaken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise SchedulerTaken(folder, file.read(20).strip() or "?") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
