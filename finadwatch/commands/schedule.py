"""finadwatch schedule: run plans at the times that they name."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from finadwatch.commands.options import broker_option, example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.show import emit, progress, table

if TYPE_CHECKING:
    from finadwatch.scheduling.files import Watched
    from finadwatch.scheduling.state import PlanState


@click.command(
    help=t(
        "按计划文件中的 schedule 定时执行监测；计划文件改动后自动重新读取，错过与中断的按计划补做或跳过。",
        "Run plans at the times that their files name. Changed files are read again; missed and interrupted "
        "runs are caught up or left, as each plan says.",
    )
    + "\n\n"
    + example(
        "finadwatch schedule plans/*.yaml",
        "finadwatch schedule plans/*.yaml --list",
        "finadwatch schedule plans/*.yaml --broker redis://10.1.0.5:6379/0 --store http://10.1.0.5:9200",
    )
)
@click.argument("plans", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--once", is_flag=True, help=t("只执行现在到期的计划，完成后结束", "run what is due now, and end")
)
@click.option(
    "--list", "listing", is_flag=True, help=t("只列出各计划的下次与上次", "only show next and last times")
)
@click.option(
    "--at-once",
    type=click.IntRange(1, 16),
    default=2,
    show_default=True,
    help=t(
        "同时执行的计划数；来源相同的计划总是先后执行", "plans at once; those that share a source never are"
    ),
)
@click.option(
    "--allow-private", is_flag=True, help=t("允许访问本机和内网地址", "allow loopback and private addresses")
)
@broker_option
@click.option(
    "--here",
    is_flag=True,
    help=t("即使配置了消息队列也在本机抓取", "crawl on this machine although a broker is configured"),
)
@store_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    plans: tuple[Path, ...],
    once: bool,
    listing: bool,
    at_once: int,
    allow_private: bool,
    broker: str | None,
    here: bool,
    store_url: str | None,
    as_json: bool,
) -> int:
    """Keep the schedule until stopped; 1 if a plan failed (`--once`) or a file has a fault (`--list`)."""
    from finadwatch.scheduling.errors import NothingScheduled
    from finadwatch.scheduling.files import PlanFiles
    from finadwatch.scheduling.state import ScheduleState, sole_scheduler

    desk: Desk = ctx.obj
    files = PlanFiles(plans)
    folder = desk.config.home / "schedule"
    if listing:
        files.refresh()
        return _list(desk, files.all(), ScheduleState(folder).plans, as_json=as_json)
    if as_json:
        raise click.UsageError(t("--json 需要 --list", "--json needs --list"))
    with sole_scheduler(folder):
        from finadwatch.scheduling.keeper import Crawls, Keeper
        from finadwatch.scheduling.loop import keep, keep_by_beat
        from finadwatch.scheduling.says import say_faults

        queue = _queue(desk, None if here else broker, here=here)
        crawls = Crawls(
            before=_global_words(ctx),
            after=_crawl_words(broker, store_url, queued=queue is not None, allow_private=allow_private),
            queued=queue is not None,
            at_once=at_once,
        )
        files.refresh()
        say_faults(files.all())
        if not files.plans():
            raise NothingScheduled
        keeper = Keeper(desk, files, ScheduleState(folder), crawls, store_url)
        for title in files.plans():
            progress(t(f"定时计划“{title}”", f"scheduled: {title!r}"))
        if queue is not None and not once:
            keep_by_beat(keeper, queue)
        else:
            keep(keeper, once=once)
        return 1 if once and keeper.failed else 0


def _queue(desk: Desk, broker: str | None, *, here: bool) -> Any:
    """The Celery application if plans go to queues, else None."""
    if here or not (broker or desk.config.broker):
        return None
    from finadwatch.cluster.broker import application, broker_url, require_cluster

    require_cluster()
    return application(broker_url(desk.config, broker), desk.config.broker_visibility_s, desk.sources())


def _global_words(ctx: click.Context) -> tuple[str, ...]:
    """What this call was given for the whole program goes to its crawls too."""
    given = ctx.parent.params if ctx.parent else {}
    config = ("--config", str(given["config"])) if given.get("config") else ()
    return (*config, "--lang", language())


def _crawl_words(
    broker: str | None, store_url: str | None, *, queued: bool, allow_private: bool
) -> tuple[str, ...]:
    if queued and allow_private:
        raise click.UsageError(
            t(
                "--allow-private 由抓取进程决定：请用于 finadwatch worker",
                "--allow-private is the worker's to decide: give it to finadwatch worker",
            )
        )
    where = (("--broker", broker) if broker else ()) if queued else ("--here",)
    store = ("--store", store_url) if store_url else ()
    return (*where, *store, *(("--allow-private",) if allow_private else ()))


def _list(desk: Desk, files: "list[Watched]", kept: "dict[str, PlanState]", *, as_json: bool) -> int:
    from crawlers.times import next_time
    from finadwatch.scheduling.says import local, outcome

    rows = []
    for file in files:
        if file.plan is None or file.plan.schedule is None:
            if file.fault is not None:
                progress(file.fault.said(language()))
            continue
        schedule, state = file.plan.schedule, kept.get(file.plan.title)
        following = next_time(schedule, _from(desk, state))
        if as_json:
            emit(
                {
                    "plan": file.plan.title,
                    "file": str(file.path),
                    "schedule": schedule,
                    "next": following,
                    "begun": state and state.begun,
                    "last": state and state.ended,
                }
            )
        ended = state.ended if state else None
        rows.append(
            (
                file.plan.title,
                " | ".join(schedule.cron),
                f"{local(following, schedule)} {schedule.zone}",
                local(state.begun.due, schedule) if state and state.begun else "",
                local(ended.due, schedule) if ended else "",
                outcome(ended) if ended else "",
            )
        )
    if not as_json:
        table(
            t("定时计划", "Schedule"),
            (
                t("计划", "plan"),
                "cron",
                t("下次", "next"),
                t("进行中（到期）", "begun (due)"),
                t("上次到期", "last due"),
                t("结果", "outcome"),
            ),
            rows,
        )
    return 0 if all(file.fault is None for file in files) else 1


def _from(desk: Desk, state: "PlanState | None") -> datetime:
    """Times count from here: a time already decided comes no more."""
    return max(desk.now(), state.decided) if state else desk.now()
