"""The processes below this one: how much memory each page of the browser takes."""

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

_PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")


class Process(msgspec.Struct, frozen=True):
    """One process: `page` where it draws pages; `memory` is what it holds for itself, in bytes."""

    pid: int
    page: bool
    memory: int


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


def kill_pages_over(most: int, together: int) -> int:
    """End the processes that `pages_over` names below this one; how many there were."""
    over = pages_over(browser_processes(), most, together)
    for one in over:
        with suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGKILL)
    return len(over)


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
    try:
        fields = Path(f"/proc/{pid}/statm").read_text("ascii").split()
    except OSError:
        return None  # it has ended meanwhile
    if b"chrom" not in command.partition(b"\0")[0].lower():
        return None
    resident, shared = int(fields[1]), int(fields[2])
    return Process(pid, b"--type=renderer" in command, (resident - shared) * _PAGE_SIZE)


def _command(pid: int) -> bytes:
    """A process's command line; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
