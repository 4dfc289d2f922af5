"""finadwatch runs: what ran, with its coverage."""

import click

from finadwatch.commands.options import example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.errors import NotInStore
from finadwatch.i18n import t
from finadwatch.show import emit, table
from finadwatch.summary import READ, print_coverage


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
            coverage = store.coverage(run.id)
            tasks = sum(sum(source.outcomes.values()) for source in coverage.sources)
            read = sum(source.outcomes.get(name, 0) for source in coverage.sources for name in READ)
            if as_json:
                emit({"run": run, "tasks": tasks, "read": read, "ads": coverage.ads})
            rows.append(
                (run.id, run.plan, f"{run.started_at:%Y-%m-%d %H:%M}", f"{read}/{tasks}", coverage.ads)
            )
    if not as_json:
        table(
            t("历次监测", "Runs"),
            (
                t("编号", "id"),
                t("计划", "plan"),
                t("开始 (UTC)", "started (UTC)"),
                t("读到/任务", "read/tasks"),
                t("广告", "ads"),
            ),
            rows,
        )
