"""Errors of the command line and the wiring.

FinAdWatchError
├── SomeFailed          a command went through, but some items failed and are named
└── WorkerLost          a screening process died (out of memory, killed)
UsageError
├── ConfigError         the configuration file is wrong; every fault is listed
├── InputMissing        a file given on the command line is not there or not readable
├── ComplaintsRefused   a file of complaints that no plan can be made of
├── LabelsRefused       a line of a labelled file is no labelled text
├── NothingToScore      the files named hold no text that can be scored
├── NothingToLearn      no verdict that can be learned from
├── LearnedDamaged      a line of the kept verdicts can't be read
├── NoSuchRule          a rule asked for by id is not in the ruleset
├── NoSuchFirm          no imported business register knows a firm
├── SeveralFirms        a name that several firms bear
├── NoSuchRegister      no list of that kind was imported under a name
├── NoSavedSearch       a saved search asked for by name is not the officer's
├── UnmaskedRefused     personal data was asked for by somebody whose work does not need it
├── NotInStore          a case or a run that was asked for by id is not in the store
├── NothingToResume     no run was interrupted, or the one asked for has ended
├── QueuedRun           a run on the queues was to be gone on with without them
├── PlanBusy            a run of the same plan goes on
├── DueTaken            a due time of a plan already has its run
├── PlanLost            the plan kept with a run can't be read any more
└── OutputRefused       a file given for output can't be written, or is the input
ServiceAway
├── DiskAway            the system refused a file: a full disk, missing rights
└── BrowserMissing      no Chromium on this machine
"""

from collections.abc import Sequence
from pathlib import Path

from findings.model.errors import FinAdWatchError, Said, ServiceAway, UsageError


class SomeFailed(FinAdWatchError):
    """The work is done but for some items, which were named on the way."""

    def __init__(self, failed: int, of: int) -> None:
        super().__init__(
            f"{failed} of {of} items failed; each is named above",
            zh=f"{of} 项中有 {failed} 项未能处理，均已在上文列出",
        )
        self.failed = failed


class WorkerLost(FinAdWatchError):
    """A worker process ended before its work."""

    def __init__(self) -> None:
        super().__init__(
            "a screening process was killed, most often for want of memory: run again with fewer --workers",
            zh="一个判定进程被终止（多因内存不足）：请减少 --workers 后重试",
        )


class ConfigError(UsageError):
    """The configuration can't be used as it is."""

    def __init__(self, path: Path, faults: list[Said]) -> None:
        super().__init__(
            f"the configuration {path} is wrong, correct it: {'; '.join(faults)}",
            zh=f"配置文件 {path} 有误，请改正：{'；'.join(fault.zh for fault in faults)}",
        )
        self.path = path
        self.faults = faults


class InputMissing(UsageError):
    """A file named on the command line can't be read."""

    def __init__(self, path: Path | str, reason: str = "no such file") -> None:
        super().__init__(
            f"{path} can't be read ({reason}): check the path", zh=f"无法读取 {path}（{reason}）：请检查路径"
        )
        self.path = path


class ComplaintsRefused(UsageError):
    """A file of complaints that no plan can be made of."""

    def __init__(self, path: Path, reason: Said) -> None:
        super().__init__(f"{path}: {reason}", zh=f"{path}：{reason.zh}")
        self.path = path


class LabelsRefused(UsageError):
    """A line of a labelled file can't be used. `line` counts from 1."""

    def __init__(self, path: Path, line: int, reason: Said) -> None:
        super().__init__(
            f"{path}, line {line} is no labelled text ({reason}): mend it; "
            "the fields are described in ruleset/schemas/README.md",
            zh=f"{path} 第 {line} 行不是带标注的文本（{reason.zh}）：请改正，字段见 ruleset/schemas/README.md",
        )
        self.path = path
        self.line = line


class NothingToScore(UsageError):
    """No row was judged."""

    def __init__(self, split: str) -> None:
        super().__init__(
            f"no text could be scored (split {split}): name files with rows in that part",
            zh=f"没有可评分的文本（部分 {split}）：请指定含有该部分数据的文件",
        )


class NothingToLearn(UsageError):
    """No verdict was given and none is kept."""

    def __init__(self) -> None:
        super().__init__(
            "there is no verdict to learn from: give JSONL files, see finadwatch rules learn --help",
            zh="没有可学习的核查结论：请给出 JSONL 文件，格式见 finadwatch rules learn --help",
        )


class LearnedDamaged(UsageError):
    """The file of kept verdicts was changed by hand or cut off. `line` counts from 1."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(
            f"{path}, line {line} can't be read ({reason}): restore the file or remove that line",
            zh=f"{path} 第 {line} 行无法读取（{reason}）：请恢复该文件或删去此行",
        )
        self.path = path
        self.line = line


class NoSuchRule(UsageError):
    """A rule named on the command line does not exist, or is deprecated."""

    def __init__(self, rule: str) -> None:
        super().__init__(
            f"there is no active rule {rule}: ids are the names of the files in ruleset/rules",
            zh=f"没有启用的规则 {rule}：编号即 ruleset/rules 中的文件名",
        )


class NoSuchFirm(UsageError):
    """No imported business register has a firm under a name or code."""

    def __init__(self, asked: str) -> None:
        super().__init__(
            f"no business register has a firm {asked!r}: give its full registered name or its code, "
            "or import a list (finadwatch licences import FILE --register firms)",
            zh=f"企业登记名录中没有“{asked}”：请给出登记全称或统一社会信用代码，或先导入名录（finadwatch licences import 文件 --register firms）",
        )


class SeveralFirms(UsageError):
    """A name stands for several firms; `firms` are their codes and names."""

    def __init__(self, asked: str, firms: Sequence[str]) -> None:
        listed = "; ".join(firms)
        super().__init__(
            f"{asked!r} is the name of several firms: give the code ({listed})",
            zh=f"“{asked}”对应多家企业：请改用统一社会信用代码（{listed}）",
        )


class NoSuchRegister(UsageError):
    """No list of firms was imported under a name."""

    def __init__(self, register: str) -> None:
        super().__init__(
            f"no business register was imported as {register!r}: finadwatch licences status lists them",
            zh=f"没有以 {register!r} 导入的企业登记名录：可用 finadwatch licences status 查看",
        )


class UnmaskedRefused(UsageError):
    """Personal data is shown to officers whom the configuration names, nobody else."""

    def __init__(self, actor: str) -> None:
        super().__init__(
            f"{actor} may not see personal data unmasked: redaction.unmasked in the configuration names who may",
            zh=f"{actor} 无权查看未脱敏信息：可查看的人员由配置 redaction.unmasked 列出",
        )
        self.actor = actor


class NotInStore(UsageError):
    """A store holds nothing under an id named on the command line."""

    def __init__(self, item: str, store: str) -> None:
        super().__init__(
            f"the store {store} holds no {item}: finadwatch cases and finadwatch runs list the ids",
            zh=f"存储 {store} 中没有 {item}：编号可用 finadwatch cases 和 finadwatch runs 列出",
        )


class NoSavedSearch(UsageError):
    """An officer has kept no search under a name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"you have kept no search {name!r}: finadwatch search saved lists yours",
            zh=f"您没有保存名为“{name}”的检索：可用 finadwatch search saved 列出",
        )
        self.name = name


class NothingToResume(UsageError):
    """There is no such run to go on with."""

    def __init__(self, store: str, run_id: str = "") -> None:
        super().__init__(
            f"run {run_id} has ended, or was begun by a release that kept no tasks: start the plan anew"
            if run_id
            else f"the store {store} holds no interrupted run",
            zh=f"监测 {run_id} 已结束，或由未保存任务的旧版本启动：请重新执行监测计划"
            if run_id
            else f"存储 {store} 中没有中断的监测",
        )


class QueuedRun(UsageError):
    """The tasks of a run are on queues: fetched here too, workers would fetch them a second time."""

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"the tasks of run {run_id} are on queues: give --broker to queue the open ones again, "
            "or --here once no worker is left",
            zh=f"监测 {run_id} 的任务在消息队列中：请用 --broker 重新下发未完成的任务；确认没有抓取进程时可用 --here",
        )


class PlanBusy(UsageError):
    """One run of a plan with a schedule goes on at a time, over processes and machines."""

    def __init__(self, title: str, by: Said) -> None:
        super().__init__(
            f"plan {title!r} is at work already ({by}): wait until that run ends",
            zh=f"计划“{title}”已在执行（{by.zh}）：请等该次监测结束",
        )
        self.title = title


class DueTaken(UsageError):
    """Another scheduler was faster, or the run was begun before."""

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"this due time has its run already, {run_id}: finadwatch runs shows how it stands",
            zh=f"这一到期时间已有监测 {run_id}：可用 finadwatch runs 查看",
        )
        self.run_id = run_id


class PlanLost(UsageError):
    """A run can't be gone on with, because its plan is missing, altered or of another release."""

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"the plan kept with run {run_id} is missing, altered or of another release: start the plan anew",
            zh=f"监测 {run_id} 所存的计划缺失、被改动或来自其他版本：请重新执行监测计划",
        )


class OutputRefused(UsageError):
    """A file named for output can't be one."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(
            f"{path} can't be written ({reason}): name another file",
            zh=f"无法写入 {path}（{reason}）：请改用其他文件",
        )
        self.path = path


class DiskAway(ServiceAway):
    """The operating system refused a file or folder in the middle of the work."""

    def __init__(self, error: OSError) -> None:
        reason = error.strerror or str(error) or type(error).__name__
        what = f"{error.filename}: {reason}" if error.filename else reason
        super().__init__(
            f"the system refused a file ({what}): free space or set its rights, and run again",
            zh=f"系统拒绝了文件操作（{what}）：请清理空间或检查权限后重试",
        )


class BrowserMissing(ServiceAway):
    """No Chromium was found."""

    def __init__(self, named: str | None = None) -> None:
        at = f" at {named}" if named else ""
        super().__init__(
            f"no Chromium found{at}: install it (Debian/Ubuntu: apt-get install chromium) or set CHROMIUM to its path",
            zh=f"未找到 Chromium{f'（{named}）' if named else ''}：请安装"
            "（Debian/Ubuntu：apt-get install chromium），或用环境变量 CHROMIUM 指明路径",
        )
