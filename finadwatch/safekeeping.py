"""What backup and restore share: where the evidence lies, and how progress is told."""

import time
from collections.abc import Callable
from pathlib import Path

from finadwatch.i18n import t

#: Seconds between two reports.
TOLD_EVERY_S = 5.0


def evidence_place(store: str, place: str, given: Path | None, *, without: bool) -> Path | None:
    """The folder of evidence in a backup; None for none.

    The nodes of a cluster see another disk than this machine, so there it must be named.
    """
    if without:
        return None
    if given is None and store.startswith("sqlite:"):
        return Path(place) / "evidence"
    return given


def on_the_way(say: Callable[[str], None]) -> Callable[[int, int], None]:
    """Reports how far a copy is, now and then."""
    last = time.monotonic()

    def told(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= TOLD_EVERY_S:
            last = time.monotonic()
            say(t(f"已完成 {done}/{total}", f"{done} of {total} done"))

    return told
