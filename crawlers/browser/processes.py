"""The processes below this one: how much memory each page of the browser takes."""

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

_PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")


class Process(msgspec.Struct, frozen=True):
    """One process: `page` where it draws pages, `main` where it is the browser that all others belong to.

    `memory` is what it holds for itself, in bytes; `ticks` the processor time it has used, in the system's ticks.
    """

    pid: int
    page: bool
    memory: int
    main: bool = False
    ticks: int = 0


_NEW = Process(0, page=True, memory=0)


class Bounds(msgspec.Struct, frozen=True):
    """Most bytes: of one page, of all pages together, and of the browser's own process.

    Over `own` the page that works hardest is ended as long as the browser grows, over `own_at_last` the browser.
    """

    page: int
    pages: int
    own: int
    own_at_last: int


def browser_processes() -> list[Process]:
    """The processes of Chromium below this one."""
    return [found for pid in _below(os.getpid()) if (found := _process(pid)) is not None]


def drivers() -> frozenset[int]:
    """Playwright's drivers below this process, by process id."""
    return frozenset(pid for pid in _below(os.getpid()) if b"run-driver" in _command(pid))


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[:1] not in (["Z"], ["X"], [])


def pages_over(processes: Iterable[Process], most: int, together: int) -> list[Process]:
    """Those that draw pages and hold more than `most` bytes, then the largest ones while all hold more than `together`."""
    pages = sorted((one for one in processes if one.page), key=lambda one: one.memory)
    held = sum(one.memory for one in pages)
    over = []
    while pages and (pages[-1].memory > most or held > together):
        over.append(pages.pop())
        held -= over[-1].memory
    return over


def to_end(now: Iterable[Process], before: Iterable[Process], bounds: Bounds) -> list[Process]:
    """What is to be ended so that the bounds hold, from what runs now and ran at the look before.

    A page that floods the browser with messages (its console) fills the browser's memory, not its own: then
    the page that used most of the processor since the look before is taken for the flood.
    """
    now = list(now)
    old = {one.pid: one for one in before}
    over = pages_over(now, bounds.page, bounds.pages)
    for main in (one for one in now if one.main and one.memory > bounds.own):
        if main.memory > bounds.own_at_last:
            over.append(main)
        elif main.pid in old and main.memory > old[main.pid].memory:
            pages = [one for one in now if one.page and one not in over]
            over += sorted(pages, key=lambda one: one.ticks - old.get(one.pid, _NEW).ticks)[-1:]
    return over


def keep_within(bounds: Bounds, before: Iterable[Process]) -> list[Process]:
    """End what `to_end` names below this process; what was seen running."""
    now = browser_processes()
    for one in to_end(now, before, bounds):
        with suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGKILL)
    return now


def _below(root: int) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with suppress(OSError, ValueError, IndexError):
            # The name, in brackets, may hold anything: fields are counted from its end.
            parent = int((entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    todo = [root]
    while todo:
        below = children.get(todo.pop(), [])
        yield from below
        todo.extend(below)


def _process(pid: int) -> Process | None:
    command = _command(pid)
    if b"chrom" not in command.partition(b"\0")[0].lower():
        return None
    try:
        fields = Path(f"/proc/{pid}/statm").read_text("ascii").split()
        # After the name, in brackets, which may hold anything: state is field 0, utime 11, stime 12 (proc(5)).
        spent = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[11:13]
    except OSError:
        return None  # it has ended meanwhile
    return Process(
        pid,
        page=b"--type=renderer" in command,
        memory=(int(fields[1]) - int(fields[2])) * _PAGE_SIZE,
        main=b"--type=" not in command,
        ticks=sum(map(int, spent)),
    )


def _command(pid: int) -> bytes:
    """A process's command line; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
