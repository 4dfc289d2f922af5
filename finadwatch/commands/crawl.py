"""finadwatch crawl: fetch what a plan asks for, judge it, store it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import Instant, broker_option, example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from findings.model.vocabulary import Device

if TYPE_CHECKING:
    from crawlers.plan import Plan
    from findings.query import Coverage


@click.command(
    help=t(
        "按监测计划、网址清单或来源加关键词抓取；默认遵守 robots.txt，拒绝访问本机和内网地址。",
        "Crawl a plan, a list of URLs, or one source by keywords. Obeys robots.txt; refuses private addresses.",
    )
    + "\n\n"
    + example(
        "finadwatch crawl plan.yaml",
        "finadwatch crawl --urls urls.txt",
        "finadwatch crawl --source baidu --keyword 保本理财 --keyword 无抵押贷款",
        "finadwatch crawl plan.yaml --broker redis://10.1.0.5:6379/0 --wait",
        "finadwatch crawl --resume",
    )
)
@click.argument("plan", required=False, type=click.Path(path_type=Path))
@click.option(
    "--urls",
    type=click.Path(path_type=Path, allow_dash=True),
    help=t("网址清单，一行一个；- 为标准输入", "file of URLs, one a line; - is standard input"),
)
@click.option("--source", "source_name", help=t("来源名", "name of a source"))
@click.option(
    "--keyword", "keywords", multiple=True, help=t("关键词，可多次给出", "keyword; may be repeated")
)
@click.option(
    "--resume",
    is_flag=False,
    flag_value="",
    metavar="[RUN]",
    help=t(
        "继续中断的监测（缺省为最近一次），只抓取未完成的任务",
        "go on with an interrupted run (the newest if none is named): only its open tasks",
    ),
)
@click.option(
    "--due",
    type=Instant(),
    help=t(
        "本次监测所应的计划时间；由 finadwatch schedule 给出",
        "the time of the plan's schedule that the run is for; finadwatch schedule gives it",
    ),
)
@click.option("--device", type=click.Choice([d.value for d in Device]), default="desktop", show_default=True)
@click.option(
    "--allow-private", is_flag=True, help=t("允许访问本机和内网地址", "allow loopback and private addresses")
)
@broker_option
@click.option(
    "--here",
    is_flag=True,
    help=t("即使配置了消息队列也在本机抓取", "crawl on this machine although a broker is configured"),
)
@click.option(
    "--wait", is_flag=True, help=t("等全部任务入库后显示覆盖率", "wait until all queued tasks are stored")
)
@store_option
@json_option
@click.pass_obj
def command(
    desk: Desk,
    plan: Path | None,
    urls: Path | None,
    source_name: str | None,
    keywords: tuple[str, ...],
    resume: str | None,
    due: datetime | None,
    device: str,
    allow_private: bool,
    broker: str | None,
    here: bool,
    wait: bool,
    store_url: str | None,
    as_json: bool,
) -> int:
    """Run one plan or go on with a run, and print its coverage; or queue it for workers."""
    from finadwatch.crawling import resume_run, run_plan, the_plan
    from finadwatch.ledger import exit_of
    from finadwatch.memory import keep_lean
    from finadwatch.show import emit
    from finadwatch.summary import print_coverage

    keep_lean()
    if resume is None:
        chosen = the_plan(desk, plan, urls, source_name, keywords, Device(device))
    elif plan or urls or source_name or keywords or due:
        raise click.UsageError(
            t(
                "--resume 按该次监测所存的计划继续，不能再给出计划、--urls、--source 或 --keyword",
                "--resume goes on by the plan kept with the run: give no plan, --urls, --source or --keyword",
            )
        )
    else:
        chosen = None
    if due and chosen and chosen.schedule is None:
        raise click.UsageError(
            t("--due 需要带 schedule 的计划文件", "--due needs a plan file with a schedule")
        )
    if (broker or desk.config.broker) and not here:
        if allow_private:
            raise click.UsageError(
                t(
                    "--allow-private 由抓取进程决定：请用于 finadwatch worker",
                    "--allow-private is the worker's to decide: give it to finadwatch worker",
                )
            )
        found = _queue(desk, chosen, resume or "", store_url, broker, due, wait=wait, as_json=as_json)
        if found is None:
            return 0
        coverage = found
    elif wait:
        raise click.UsageError(t("--wait 需要 --broker", "--wait needs --broker"))
    elif chosen is None:
        coverage = resume_run(desk, resume or "", store_url, here=here, allow_private=allow_private)
    else:
        coverage = run_plan(desk, chosen, store_url, allow_private=allow_private, due=due)
    if as_json:
        emit(coverage)
    else:
        print_coverage(coverage)
    return exit_of(coverage)


def _queue(
    desk: Desk,
    plan: "Plan | None",
    run_id: str,
    store_url: str | None,
    broker: str | None,
    due: datetime | None,
    *,
    wait: bool,
    as_json: bool,
) -> "Coverage | None":
    """Queue a plan, or the open tasks of a run; its coverage where the call waits for it, else None
    and a line about what was queued."""
    from finadwatch.cluster.broker import broker_url, require_cluster
    from finadwatch.cluster.queueing import queue_again, queue_plan, wait_for
    from finadwatch.show import emit, progress

    require_cluster()
    url = broker_url(desk.config, broker)
    if plan is None:
        queued = queue_again(desk, run_id, store_url, url)
    else:
        queued = queue_plan(desk, plan, store_url, url, due)
    count = queued.tasks
    said = t(f"监测 {queued.run_id}：{count} 个任务已下发", f"run {queued.run_id}: {count} tasks queued")
    if wait:
        progress(said)
        return wait_for(desk, queued, store_url)
    if as_json:
        emit({"run_id": queued.run_id, "tasks": count, "messages": queued.messages})
    else:
        click.echo(said)
    return None
