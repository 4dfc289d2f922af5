"""finadwatch runs: what ran, with its coverage."""

import click

from finadwatch.commands.options import example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.errors import NotInStore
from finadwatch.i18n import t
from finadwatch.show import emit, table
from finadwatch.summary import READ, print_coverage
from findings.model.records import Run
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
        for run in store.runs():
            coverage, counts = store.coverage(run.id), store.task_counts(run.id)
            state = _state(run, store)
            read = sum(source.outcomes.get(name, 0) for source in coverage.sources for name in READ)
            if as_json:
                emit(
                    {
                        "run": run,
                        "state": state,
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
                    f"{run.started_at:%Y-%m-%d %H:%M}",
                    f"{run.ended_at:%Y-%m-%d %H:%M}" if run.ended_at else t(*STATES[state]),
                    f"{counts.done}/{counts.open}",
                    f"{read}/{counts.done}",
                    f"{coverage.ads}/{coverage.sightings}",
                )
            )
    if not as_json:
        table(
            t("历次监测", "Runs"),
            (
                t("编号", "id"),
                t("计划", "plan"),
                t("开始 (UTC)", "started (UTC)"),
                t("结束 (UTC)", "ended (UTC)"),
                t("已完成/未完成", "done/open"),
                t("读到/任务", "read/tasks"),
                t("广告/出现", "ads/sightings"),
            ),
            rows,
        )


#: How a run stands that has not ended: crawled by a process now, on the queues, or left by its process.
STATES = {
    "ended": ("已结束", "ended"),
    "running": ("进行中", "running"),
    "queued": ("已下发", "queued"),
    "interrupted": ("已中断", "interrupted"),
}


def _state(run: Run, store: FindingStore) -> str:
    if run.ended_at is not None:
        return "ended"
    if store.held(run.id):
        return "running"
    return "queued" if run.queued else "interrupted"
