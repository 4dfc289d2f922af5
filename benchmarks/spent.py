"""CPU seconds that a program and all it starts have used, by program: what a loaded machine can still tell."""

import os
from collections import Counter
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


class Spent:
    """CPU seconds of a process and all below it. Read from /proc: what dies between two looks is missed."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._most: dict[tuple[int, str], float] = {}

    def _look(self) -> None:
        """Read what each process has used by now."""
        parents, used = {}, {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                stat = (entry / "stat").read_text()
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            fields = stat.rpartition(") ")[2].split()
            pid = int(entry.name)
            parents[pid] = int(fields[1])
            used[pid] = (self._program(command), (int(fields[11]) + int(fields[12])) / _TICKS)
        for pid, (program, seconds) in used.items():
            if self._below(pid, parents):
                key = (pid, program)
                self._most[key] = max(seconds, self._most.get(key, 0.0))

    def _below(self, pid: int, parents: dict[int, int]) -> bool:
        while pid in parents and pid != self._root:
            pid = parents[pid]
        return pid == self._root

    @staticmethod
    def _program(command: bytes) -> str:
        if b"crawlers.guard" in command:
            return "guard"
        if b"--type=renderer" in command:
            return "chromium renderers"
        if b"--type=gpu" in command:
            return "chromium gpu"
        if b"--user-data-dir" in command or b"--type=" in command:
            return "chromium"
        return "driver" if b"driver" in command else "crawl"

    def by_program(self) -> Counter[str]:
        """Seconds so far."""
        self._look()
        found: Counter[str] = Counter()
        for (_, program), seconds in self._most.items():
            found[program] += seconds
        return found
