"""finadwatch sources: what can be watched, and whether it still reads as it did."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import example, existing_file, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.show import emit, progress, safe, table

if TYPE_CHECKING:
    from crawlers.sources import Source
    from finadwatch.drift import SourceCheck


@click.group(
    invoke_without_command=True,
    help=t(
        "列出监测来源；check 检查页面是否改版。",
        "List the sources; `check` tells whether their pages changed.",
    )
    + "\n\n"
    + example("finadwatch sources --json", "finadwatch sources check"),
)
@json_option
@click.pass_obj
@click.pass_context
def command(ctx: click.Context, desk: Desk, as_json: bool) -> None:
    """List every source with its kind, pace and the day its selectors were confirmed."""
    if ctx.invoked_subcommand is not None:
        return
    from crawlers.sources import load_sources

    sources = desk.sources().values()
    shipped = load_sources()
    if as_json:
        for source in sources:
            emit({**_said(source), "own": source.name not in shipped})
        return
    table(
        t("监测来源", "Sources"),
        (
            t("名称", "name"),
            t("说明", "title"),
            t("种类", "kind"),
            t("间隔（秒）", "delay (s)"),
            t("核对日期", "verified on"),
            t("定义", "defined"),
        ),
        [
            (
                s.name,
                s.title_zh,
                s.kind,
                s.pacing.delay_s,
                s.verified_on or t("未核对", "not yet"),
                t("内置", "ships") if s.name in shipped else t("自有", "own"),
            )
            for s in sources
        ],
    )


@command.command(
    help=t(
        "把每个来源最近一日的页面与此前一周比较：字段缺失、解析规则失效、结果消失。发现异常时退出码为 1。",
        "Compare each source's newest day with the week before: missing fields, selectors that no longer "
        "fit, results that vanished. Exits 1 on a fault.",
    )
    + "\n\n"
    + example("finadwatch sources check", "finadwatch sources check --days 14 --json")
)
@click.option(
    "--days",
    type=click.IntRange(1, 90),
    default=7,
    show_default=True,
    help=t("与此前多少天比较", "compare with so many days before"),
)
@store_option
@json_option
@click.pass_obj
def check(desk: Desk, days: int, store_url: str | None, as_json: bool) -> int:
    """Check all sources of a store; 1 if one has a fault."""
    from finadwatch.drift import check_sources

    today = desk.today()
    with desk.store(store_url) as store:
        kept = store.source_days(today - timedelta(days=2 * days), today + timedelta(days=1))
        checks = list(check_sources(kept, days, today))
    if as_json:
        for found in checks:
            emit(_plain(found))
    elif checks:
        _print(checks, days)
    else:
        click.echo(
            t(
                f"最近 {days} 天没有抓取记录，无从检查",
                f"no pages in the last {days} days: there is nothing to check",
            )
        )
    return 1 if any(found.faults for found in checks) else 0


@command.command(
    help=t(
        "把投诉举报登记表（XLSX、XLS、CSV）写成监测计划：网址和应用逐一核查，只写了主体的按名称搜索；不读取投诉人信息。",
        "Make a monitoring plan of a table of complaints: addresses and apps are visited, firms without one are searched "
        "for. Who complained is never read.",
    )
    + "\n\n"
    + example("finadwatch sources complaints 举报登记.xlsx -o 投诉核查.yaml --search baidu")
)
@click.argument("file", type=existing_file())
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help=t("写入的计划文件", "the plan to write"),
)
@click.option(
    "--search",
    "search",
    multiple=True,
    metavar="SOURCE",
    help=t("按主体名称搜索的来源", "search for firms in"),
)
@click.option("--title", help=t("计划名称", "title of the plan"))
@json_option
@click.pass_obj
def complaints(
    desk: Desk, file: Path, output: Path, search: tuple[str, ...], title: str | None, as_json: bool
) -> int:
    """Write the plan; 1 if rows gave nothing to visit, each named."""
    from finadwatch.complaints import take_complaints

    for name in search:
        if name not in desk.sources():
            raise click.UsageError(t(f"没有来源 {name}", f"no such source: {name}"))
    taken = take_complaints(desk, file, output, search, title)
    if as_json:
        emit(
            {
                "complaints": taken.complaints,
                "urls": taken.urls,
                "packages": taken.packages,
                "keywords": taken.keywords,
                "unread": [[one.line, one.number, one.why.said(language())] for one in taken.unread],
            }
        )
        return 1 if taken.unread else 0
    for one in taken.unread:
        progress(
            t(f"第 {one.line} 行 {safe(one.number)}：", f"row {one.line} {safe(one.number)}: ")
            + safe(one.why.said(language()))
        )
    click.echo(
        t(
            f"{taken.complaints} 件投诉举报：{taken.urls} 个网址、{taken.packages} 个应用、{taken.keywords} 个主体，已写入 {output}；"
            f"{len(taken.unread)} 行无可核查内容",
            f"{taken.complaints} complaints: {taken.urls} addresses, {taken.packages} apps, {taken.keywords} firms, in {output}; "
            f"{len(taken.unread)} rows give nothing to visit",
        )
    )
    return 1 if taken.unread else 0


def _said(source: "Source") -> dict[str, object]:
    """What a plan's author needs to know of a source; its selectors stand in its file."""
    return {
        "name": source.name,
        "title_zh": source.title_zh,
        "kind": source.kind,
        "channel": source.channel,
        "url": source.url,
        "pages": source.pages,
        "lookup": source.lookup is not None,
        "pacing": source.pacing,
        "trust": source.trust,
        "verified_on": source.verified_on,
        "verified_pages": source.verified_pages,
    }


def _plain(found: "SourceCheck") -> dict[str, object]:
    return {
        "source": found.source,
        "day": found.day,
        "pages": found.pages,
        "pages_before": found.pages_before,
        "selector_broken": [found.broken, found.broken_before],
        "turned_away": [found.turned_away, found.turned_away_before],
        "fields": [
            {
                "field": share.field,
                "results": share.now.total,
                "missing": round(share.missing, 4),
                "results_before": share.before.total,
                "missing_before": round(share.missing_before, 4),
                "alarm": share.alarm,
            }
            for share in found.fields
        ],
        "faults": [fault.said(language()) for fault in found.faults],
    }


def _print(checks: list["SourceCheck"], days: int) -> None:
    table(
        t(f"来源检查（最近一日对此前 {days} 天）", f"Sources (newest day against {days} days before)"),
        (
            t("来源", "source"),
            t("日期", "day"),
            t("页数", "pages"),
            t("此前页数", "before"),
            t("规则失效", "broken"),
            t("被拦截", "turned away"),
            t("结论", "result"),
        ),
        [
            (
                found.source,
                found.day,
                found.pages,
                found.pages_before,
                _share(found.broken, found.pages),
                _share(found.turned_away, found.pages),
                _result(found),
            )
            for found in checks
        ],
    )
    for found in checks:
        for fault in found.faults:
            click.echo(
                f"{found.source}：{fault.said(language())}"
                if language() == "zh"
                else f"{found.source}: {fault}"
            )


def _result(found: "SourceCheck") -> str:
    if found.faults:
        return t(f"异常 {len(found.faults)} 项", f"{len(found.faults)} faults")
    if not found.pages_before:
        return t("无此前数据", "nothing to compare with")
    return t("正常", "as before")


def _share(count: int, of: int) -> str:
    return f"{count / of:.0%}" if of else "-"
