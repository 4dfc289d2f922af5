"""finadwatch runs: what ran, with its coverage."""

import click

from finadwatch.commands.options import example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.errors import NotInStore
from finadwatch.i18n import t
from finadwatch.redacting import hidden
from finadwatch.show import emit, table
from finadwatch.summary import READ, print_coverage
from findings.model.records import Run
from findings.model.zone import CHINA
from findings.store import FindingStore


@click.command(
    help=t("列出历次监测；给出编号则显示其覆盖率。", "List runs; with an id, its coverage.")
    + "\n\n"
    + example("finadwatch runs", "finadwatch runs r1-0123… --json")
)
@click.argument("run_id", required=False)
@store_option
@json_option
@click.pass_obj
def command(desk: Desk, run_id: str | None, store_url: str | None, as_json: bool) -> None:
    """List the runs of one store."""
    with desk.store(store_url) as store:
        if run_id:
            if all(run.id != run_id for run in store.runs()):
                raise NotInStore(run_id, store.url)
            coverage = store.coverage(run_id)
            emit(coverage) if as_json else print_coverage(coverage)
            return
        rows = []
        for run in map(hidden, store.runs()):
            coverage, counts = store.coverage(run.id), store.task_counts(run.id)
            state = _state(run, store)
            read = sum(source.outcomes.get(name, 0) for source in coverage.sources for name in READ)
            if as_json:
                emit(
                    {
                        "run": run,
                        "state": state,
                        "trigger": "schedule" if run.due_at else "hand",
                        "delay_s": delay_s(run),
                        "tasks": counts.done,
                        "open": counts.open,
                        "read": read,
                        "ads": coverage.ads,
                        "sightings": coverage.sightings,
                    }
                )
            rows.append(
                (
                    run.id,
                    run.plan,
                    trigger(run),
                    f"{run.started_at:%Y-%m-%d %H:%M}",
                    f"{run.ended_at:%Y-%m-%d %H:%M}" if run.ended_at else t(*STATES[state]),
                    f"{counts.done}/{counts.open}",
                    f"{read}/{counts.done}",
                    f"{coverage.ads}/{coverage.sightings}",
                    "" if run.exit is None else run.exit,
                )
            )
    if not as_json:
        table(
            t("历次监测", "Runs"),
            (
                t("编号", "id"),
                t("计划", "plan"),
                t("起因（到期时间，延迟）", "trigger (due, delay)"),
                t("开始 (UTC)", "started (UTC)"),
                t("结束 (UTC)", "ended (UTC)"),
                t("已完成/未完成", "done/open"),
                t("读到/任务", "read/tasks"),
                t("广告/出现", "ads/sightings"),
                t("退出码", "exit"),
            ),
            rows,
        )


def delay_s(run: Run) -> float | None:
    """Seconds from the time that a schedule named to the start; None for a run begun by hand."""
    return None if run.due_at is None else (run.started_at - run.due_at).total_seconds()


def trigger(run: Run) -> str:
    """What began a run: a person, or a schedule, with its time in China and how late it was."""
    delay = delay_s(run)
    if run.due_at is None or delay is None:
        return t("人工", "by hand")
    return f"{t('计划', 'schedule')} {run.due_at.astimezone(CHINA):%m-%d %H:%M} +{lasting(delay)}"


def lasting(seconds: float) -> str:
    """A time span as a person reads it: `45s`, `12m`, `3h`, `2d`."""
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f}{unit}"
    return f"{seconds:.0f}s"


#: How a run stands that has not ended: crawled by a process now, left at a limit of its plan, on the
#: queues, or left by its process.
STATES = {
    "ended": ("已结束", "ended"),
    "running": ("进行中", "running"),
    "stopped": ("已到限额", "stopped at a limit"),
    "queued": ("已下发", "queued"),
    "interrupted": ("已中断", "interrupted"),
}


def _state(run: Run, store: FindingStore) -> str:
    if run.ended_at is not None:
        return "ended"
    if store.held(run.id):
        return "running"
    if run.exit in (0, 1):
        return "stopped"
    return "queued" if run.queued else "interrupted"
