"""What can go wrong with a crawl as a whole. What goes wrong with one task is its outcome.

CrawlError(FinAdWatchError)   exit 1
└── TasksFailed               some results could not be stored; they are named
PlanError(UsageError)         exit 2: a plan or a URL list that can't be used
BrowserAway(ServiceAway)      exit 3: no Chromium, or one that does not start
"""

from collections.abc import Sequence

from findings.model.errors import FinAdWatchError, Said, ServiceAway, UsageError


class CrawlError(FinAdWatchError):
    """A crawl did not end as it should."""


class TasksFailed(CrawlError):
    """The results of some tasks could not be stored. `tasks` holds their ids."""

    def __init__(self, tasks: Sequence[str], first: str) -> None:
        self.tasks = tuple(tasks)
        self.first = first
        super().__init__(
            f"the results of {len(self.tasks)} tasks could not be stored (the first: {first}); "
            "remove the cause and run the same plan again",
            zh=f"有 {len(self.tasks)} 个任务的结果未能保存（首个：{first}）；排除原因后重跑同一计划即可补齐",
        )


class PlanError(UsageError):
    """A plan is missing, unreadable or wrong. `faults` holds one sentence a fault, with its place."""

    def __init__(self, file: str, faults: Sequence[Said]) -> None:
        self.file = file
        self.faults = tuple(faults)
        super().__init__(
            f"the plan {file} can't be used: {'; '.join(self.faults)}",
            zh=f"监测计划 {file} 无法使用：{'；'.join(fault.zh for fault in self.faults)}",
        )


class BrowserAway(ServiceAway):
    """Chromium is not installed where it is looked for, or does not start."""

    def __init__(self, looked_for: str) -> None:
        self.looked_for = looked_for
        super().__init__(
            f"no Chromium that starts was found ({looked_for}); install it (Debian: apt install chromium) "
            "or name its path as crawl.chromium in the configuration",
            zh=f"找不到或无法启动 Chromium（{looked_for}）；请安装（Debian：apt install chromium），"
            "或用配置项 crawl.chromium 指明路径",
        )
