"""finadwatch rescreen: judge what is stored again, after rules, lists or models changed."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from finadwatch.commands.groups import default_group
from finadwatch.commands.options import Day, as_option, broker_option, example, json_option, store_option
from finadwatch.commands.search.filters import conditions, query_of
from finadwatch.context import Desk
from finadwatch.i18n import t

if TYPE_CHECKING:
    from findings.query import SearchQuery


@click.group(
    cls=default_group("run"),
    help=t(
        "规则、名录或模型变更后，对已存广告重新判定：只改写结论有变的广告，中断后再次执行即继续，每条只判一次。",
        "Judge stored ads again after rules, lists or models changed: only ads whose judgement changed are written. "
        "Interrupted, the same call goes on; each ad is judged once.",
    )
    + "\n\n"
    + example(
        "finadwatch rescreen --dry-run",
        "finadwatch rescreen --workers 2",
        "finadwatch rescreen --where 保本 --category 2 --since 2026-01-01",
        "finadwatch rescreen status",
    ),
)
def command() -> None:
    """Group."""


@command.command(
    help=t(
        "重新判定（缺省为全部广告；可用检索条件限定）。",
        "Judge again all stored ads, or those that a search finds.",
    )
    + "\n\n"
    + example("finadwatch rescreen run --source baidu --workers 2")
)
@click.option("--where", default="", metavar="WORDS", help=t("检索式，同 search", "words, as of a search"))
@conditions
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option(
    "--as-of",
    type=Day(),
    help=t("按该日有效的法律判定（缺省为最近出现之日）", "by the law of that day, not of the day last seen"),
)
@click.option(
    "--dry-run", is_flag=True, help=t("只显示将有哪些变化，不写入", "show what would change, write nothing")
)
@click.option(
    "--anew",
    is_flag=True,
    help=t("即使同样版本已判定完毕也从头再判", "begin again although these versions are through"),
)
@broker_option
@click.option(
    "--here",
    is_flag=True,
    help=t("即使配置了消息队列也在本机判定", "judge on this machine although a broker is configured"),
)
@click.option("--wait", is_flag=True, help=t("等各机全部判定完毕", "wait until the workers are through"))
@as_option
@store_option
@json_option
@click.pass_obj
def run(
    desk: Desk,
    /,
    where: str,
    workers: int,
    as_of: date | None,
    dry_run: bool,
    anew: bool,
    broker: str | None,
    here: bool,
    wait: bool,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Judge again, and say what came of it."""
    from finadwatch.rescreening.running import Asked, queue, rescreen

    asked = Asked(
        query=_query(desk, where, given),
        as_of=as_of,
        actor=actor,
        workers=workers,
        dry=dry_run,
        anew=anew,
        as_json=as_json,
    )
    if (broker or desk.config.broker) and not (here or dry_run):
        return queue(desk, asked, store_url, broker, wait=wait)
    if wait:
        raise click.UsageError(t("--wait 需要 --broker", "--wait needs --broker"))
    return rescreen(desk, asked, store_url)


def _query(desk: Desk, where: str, given: dict[str, Any]) -> "SearchQuery":
    from finadwatch.searching import with_full_names

    return with_full_names(desk, query_of((where,) if where else (), given))


@command.command(
    help=t(
        "列出各次重新判定及其进度；给出编号则显示其结果。", "List rescreens with their progress, or show one."
    )
    + "\n\n"
    + example("finadwatch rescreen status", "finadwatch rescreen status j1-0123… --json")
)
@click.argument("job_id", metavar="[JOB]", required=False)
@store_option
@json_option
@click.pass_obj
def status(desk: Desk, job_id: str | None, store_url: str | None, as_json: bool) -> None:
    """Show what is kept of rescreens."""
    from finadwatch.rescreening.running import show

    show(desk, job_id, store_url, as_json=as_json)
