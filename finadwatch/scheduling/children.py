"""The crawls that a schedule starts: each a process of its own (Twisted's reactor starts once in one), its
words kept in a file."""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

#: Logs kept; the oldest go.
MOST_LOGS = 500
#: Seconds that an interrupted crawl has to end pages under way and store them.
_PATIENCE_S = 60.0


class Child:
    """One `finadwatch crawl`, in a session of its own: what stops the scheduler stops it once, in order."""

    def __init__(self, words: Sequence[str], log: Path, run_id: str, sources: frozenset[str]) -> None:
        self.run_id = run_id
        self.sources = sources
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as file:
            self._process = subprocess.Popen(  # noqa: S603 — our own program, words of our own
                [sys.executable, "-m", "finadwatch", *words],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def ended(self) -> int | None:
        """The exit code (negative: the signal that killed it), or None while it lives."""
        return self._process.poll()

    def interrupt(self) -> None:
        """What Ctrl-C sends: the crawl stores what is at hand and leaves its run to be gone on with."""
        if self.ended() is None:
            self._process.send_signal(signal.SIGINT)

    def wait(self, until: float) -> None:
        """Wait until it ended; kill it at a time of the monotonic clock."""
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def stop(children: Sequence[Child]) -> None:
    """Interrupt all, and return when none lives."""
    for child in children:
        child.interrupt()
    until = time.monotonic() + _PATIENCE_S
    for child in children:
        child.wait(until)


def prune(folder: Path) -> None:
    """Remove the oldest logs beyond `MOST_LOGS`."""
    logs = sorted(folder.glob("*.log"), key=lambda log: log.stat().st_mtime)
    for log in logs[:-MOST_LOGS]:
        log.unlink(missing_ok=True)
