"""finadwatch worker: take crawl tasks from a queue."""

from pathlib import Path

import click

from finadwatch.commands.options import broker_option, example, store_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import progress


@click.command(
    help=t(
        "运行抓取进程：从消息队列取任务，抓取、判定、入库，存好后才确认。同一来源在所有机器上同时只有一批任务在抓取。",
        "Run a worker: take tasks from the queues, crawl, judge, store, and acknowledge only then. "
        "Of one source one chunk at a time is crawled, over all machines.",
    )
    + "\n\n"
    + example(
        "finadwatch worker --broker redis://10.1.0.5:6379/0 --store http://10.1.0.5:9200",
        "finadwatch worker --broker redis://10.1.0.5:6379/0 --source baidu --source apple",
        "finadwatch worker --broker redis://10.1.0.5:6379/0 --rescreen",
    )
)
@broker_option
@click.option(
    "--source",
    "names",
    multiple=True,
    help=t("只取这些来源的任务，可多次给出", "only tasks of these sources; may be repeated"),
)
@click.option(
    "--allow-private", is_flag=True, help=t("允许访问本机和内网地址", "allow loopback and private addresses")
)
@click.option(
    "--rescreen",
    is_flag=True,
    help=t(
        "不抓取，只承担重新判定（rescreen）",
        "crawl nothing: take slices of rescreens",
    ),
)
@store_option
@click.pass_obj
def command(
    desk: Desk,
    broker: str | None,
    names: tuple[str, ...],
    allow_private: bool,
    rescreen: bool,
    store_url: str | None,
) -> int:
    """Work until stopped; exit 2 or 3 at once where a part is missing or away."""
    from crawlers.sources import UnknownSource
    from finadwatch.cluster.broker import broker_url, require_cluster, without_password
    from finadwatch.memory import keep_lean

    keep_lean()
    require_cluster()
    url = broker_url(desk.config, broker)
    if rescreen:
        if names or allow_private:
            raise click.UsageError(
                t(
                    "--rescreen 不抓取，不能与 --source、--allow-private 同用",
                    "--rescreen crawls nothing: give no --source and no --allow-private",
                )
            )
        return _rescreen(desk, url, store_url)
    known = desk.sources()
    for name in names:
        if name not in known:
            raise UnknownSource(name, sorted(known))
    _require_parts(desk, store_url)
    from finadwatch.cluster.work import Hands
    from finadwatch.cluster.worker import run_worker
    from finadwatch.stamping import stamped_beside

    hands = Hands(desk=desk, store_url=store_url, broker=url, allow_private=allow_private)
    sources = names or tuple(known)
    progress(
        t(
            f"等待任务：{without_password(url)}，来源 {'、'.join(sources)}；按 Ctrl-C 结束",
            f"waiting for tasks: {without_password(url)}, sources {', '.join(sources)}; Ctrl-C ends",
        )
    )
    with stamped_beside(desk):
        return run_worker(hands, sources)


def _rescreen(desk: Desk, url: str, store_url: str | None) -> int:
    """Take slices of rescreens; what judges is loaded once before, so that a missing part is said at the start."""
    from finadwatch.cluster.broker import without_password
    from finadwatch.cluster.rescreens import RescreenHands
    from finadwatch.cluster.worker import run_rescreen_worker

    desk.judge()
    with desk.store(store_url, create=True) as store:
        store.rescreens().jobs()
    progress(
        t(
            f"等待重新判定任务：{without_password(url)}；按 Ctrl-C 结束",
            f"waiting for rescreens: {without_password(url)}; Ctrl-C ends",
        )
    )
    return run_rescreen_worker(RescreenHands(desk=desk, store_url=store_url, broker=url))


def _require_parts(desk: Desk, store_url: str | None) -> None:
    """Missing parts are said once at the start, not once a chunk."""
    from analyzers.errors import ModelMissing

    desk.chromium()
    model = desk.config.hanlp
    if Path(model).is_absolute() and not (Path(model) / "config.json").exists():
        raise ModelMissing("HanLP", model)
    with desk.store(store_url, create=True) as store:
        store.runs()
