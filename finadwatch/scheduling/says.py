"""What a scheduler says on standard error, one line each."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from crawlers.plan import Schedule
from finadwatch.commands.runs import lasting
from finadwatch.i18n import language, t
from finadwatch.scheduling.files import Watched
from finadwatch.scheduling.state import Ended
from finadwatch.show import progress


def local(at: datetime, schedule: Schedule) -> str:
    """An instant as the plan's own clock shows it."""
    return f"{at.astimezone(ZoneInfo(schedule.zone)):%Y-%m-%d %H:%M}"


def outcome(ended: Ended) -> str:
    """What became of the last due time, in a few words."""
    if ended.outcome == "skipped":
        return t("错过，已跳过", "missed, skipped")
    if ended.exit is None or ended.exit == 130:
        return t("已中断", "interrupted")
    return (
        t("完成", "done")
        if ended.exit == 0
        else t(f"失败（退出码 {ended.exit}）", f"failed (exit {ended.exit})")
    )


def say_faults(files: Iterable[Watched]) -> None:
    """Name plans that can't run."""
    for file in files:
        if file.fault is not None:
            progress(file.fault.said(language()))


def say_started(title: str, schedule: Schedule, due: datetime, now: datetime, missed: int) -> None:
    """A crawl begins."""
    late = lasting((now - due).total_seconds())
    more = t(f"，另有 {missed} 次错过", f", {missed} more were missed") if missed else ""
    at = local(due, schedule)
    progress(
        t(
            f"计划“{title}”：到期 {at}，现在开始（延迟 {late}{more}）",
            f"plan {title!r}: due {at}, begins now ({late} late{more})",
        )
    )


def say_skipped(title: str, schedule: Schedule, due: datetime, missed: int) -> None:
    """Missed times that the plan does not want caught up."""
    at = local(due, schedule)
    progress(
        t(
            f"计划“{title}”：错过 {missed} 次，最近为 {at}，按计划跳过",
            f"plan {title!r}: {missed} times were missed, the last {at}: skipped as the plan says",
        )
    )


def say_at_work(title: str, other: str) -> str:
    """The sentence for a plan that goes on elsewhere: in a `process`, or as a run on the queues."""
    if other == "process":
        return t(
            f"计划“{title}”正由另一进程执行，等其结束",
            f"plan {title!r} is at work in another process: waiting for its end",
        )
    return t(
        f"计划“{title}”：监测 {other} 的任务在消息队列中，等其结束；若消息已丢失：finadwatch crawl --resume {other}",
        f"plan {title!r}: run {other} is on the queues: waiting for its end; "
        f"if its messages were lost: finadwatch crawl --resume {other}",
    )


def say_failed(title: str, code: int, log: Path, again: datetime | None = None) -> None:
    """A crawl ended with an exit code other than 0; a negative one is the signal that killed it."""
    why = {
        1: t("部分任务未能完成", "some tasks failed"),
        2: t("计划或配置有误", "the plan or the configuration is wrong"),
        3: t("所需的服务没有应答", "a service that it needs is away"),
        130: t("被中断", "it was interrupted"),
    }.get(code, t("异常终止", "it ended abnormally"))
    how = t(f"退出码 {code}", f"exit code {code}") if code >= 0 else t(f"信号 {-code}", f"signal {-code}")
    retry = t(f"；{again:%H:%M:%S} UTC 重试", f"; tried again at {again:%H:%M:%S} UTC") if again else ""
    progress(
        t(
            f"计划“{title}”失败：{why}（{how}{retry}），详见 {log}",
            f"plan {title!r} failed: {why} ({how}{retry}); see {log}",
        )
    )


def say_interrupted(title: str, run_id: str) -> None:
    """A run was left unfinished."""
    progress(
        t(
            f"计划“{title}”：监测 {run_id} 未完成；继续：finadwatch crawl --resume {run_id}",
            f"plan {title!r}: run {run_id} is unfinished; go on: finadwatch crawl --resume {run_id}",
        )
    )
