"""Errors of the schedule.

UsageError
├── SchedulerTaken      another process keeps the schedule of this home
├── ScheduleDamaged     the kept state can't be read
└── NothingScheduled    none of the files named holds a plan with a schedule
"""

from pathlib import Path

from findings.model.errors import UsageError


class SchedulerTaken(UsageError):
    """Two schedulers on one state would overwrite what the other keeps."""

    def __init__(self, folder: Path, pid: str) -> None:
        super().__init__(
            f"process {pid} already keeps the schedule in {folder}: stop it, or give it these plans too",
            zh=f"进程 {pid} 已在用 {folder} 执行定时计划：请先停止它，或把这些计划一并交给它",
        )
        self.pid = pid


class ScheduleDamaged(UsageError):
    """The state was changed by hand, or is of a newer release."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} can't be read ({reason}): move it away; plans then count their times anew from now",
            zh=f"无法读取 {path}（{reason}）：请移走该文件，各计划将从现在起重新计时",
        )
        self.path = path


class NothingScheduled(UsageError):
    """No plan could be watched; each file was named with its fault."""

    def __init__(self) -> None:
        super().__init__(
            "none of these files holds a plan with a schedule: docs/schedule.md shows how one is written",
            zh="这些文件中没有可定时执行的计划：写法见 docs/schedule.md",
        )
