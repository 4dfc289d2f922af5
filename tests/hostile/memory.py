"""How much memory a crawl and what it starts take, read from the system while they run."""

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

_LOOK_S = 1.0


class Peaks(msgspec.Struct):
    """The most bytes seen at one look: of the crawl itself, of the guard, of browser and driver together."""

    crawl: int = 0
    guard: int = 0
    browser: int = 0

    def most(self, other: "Peaks") -> "Peaks":
        """The larger of each."""
        return Peaks(
            max(self.crawl, other.crawl), max(self.guard, other.guard), max(self.browser, other.browser)
        )


class Looking:
    """Looks once a second inside `with`. Processes are told by the TMPDIR that they were started with."""

    def __init__(self, pid: int, temporary: Path) -> None:
        self.peaks = Peaks()
        self._pid = pid
        self._mark = b"TMPDIR=" + os.fsencode(temporary)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_LOOK_S):
            self.peaks = self.peaks.most(self._now())

    def _now(self) -> Peaks:
        now = Peaks()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self._mark not in (process / "environ").read_bytes():
                    continue
                if int(process.name) == self._pid:
                    now.crawl = _kilobytes(process / "status", "VmHWM:") * 1024
                elif b"crawlers.guard.process" in (process / "cmdline").read_bytes():
                    now.guard += _kilobytes(process / "status", "VmHWM:") * 1024
                else:  # its processes share most of their memory: each counts for its share of that
                    now.browser += _kilobytes(process / "smaps_rollup", "Pss:") * 1024
            except (OSError, StopIteration):
                continue  # it ended meanwhile
        return now


def _kilobytes(file: Path, name: str) -> int:
    return int(
        next(line.split()[1] for line in file.read_text("ascii").splitlines() if line.startswith(name))
    )
