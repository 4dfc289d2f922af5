"""finadwatch report: 监测简报 and 专报 of a period, as DOCX, HTML and JSON."""

import re
from datetime import date
from pathlib import Path

import click

from finadwatch.commands.options import Day, example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit, safe

#: The values of `handover.reports.plan.Kind`: reports load only where one is made.
_KINDS = ("brief", "special")
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")


@click.command(
    help=t(
        "生成监测简报（全部）或专报（某一类别、来源或广告主）：DOCX、HTML（含图表）与 JSON。数字附覆盖率和得出该数的检索式；"
        "所列均为涉嫌线索。日期为北京时间，起止日均计入。",
        "Make a brief (the whole) or a special report (one category, source or advertiser): DOCX, HTML (with charts) and "
        "JSON. Numbers come with their coverage and the search that gives them; all are leads. Days are those of China, "
        "both counted.",
    )
    + "\n\n"
    + example(
        "finadwatch report --from 2026-11-01 --to 2026-11-30 -o 报告",
        "finadwatch report --from 2026-11-01 --to 2026-11-30 --kind special --category 2 -o 报告",
        "finadwatch report --from 2026-11-16 --to 2026-11-22 --json",
    ),
)
@click.option("--from", "since", type=Day(), required=True, help=t("起日", "first day"))
@click.option(
    "--to", "until", type=Day(), required=True, help=t("止日，不晚于今天", "last day, not after today")
)
@click.option(
    "--kind",
    type=click.Choice(_KINDS),
    default="brief",
    show_default=True,
    help=t("简报或专报", "a brief or a special report"),
)
@click.option("--category", type=click.IntRange(1, 9), help=t("专报：类别 1–9", "special: category 1–9"))
@click.option("--source", "sources", multiple=True, help=t("只看来源", "only these sources"))
@click.option(
    "--district",
    "provinces",
    multiple=True,
    help=t("只看属地（省、市，如 上海）", "only provinces whose authorities handle the ad (上海)"),
)
@click.option("--advertiser", help=t("专报：广告主名称的一部分", "special: part of a name of the advertiser"))
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help=t("写入的文件夹", "folder to write into"),
)
@click.option(
    "--console",
    metavar="URL",
    help=t(
        "工作台网址，数字链接到其检索页（默认取配置）",
        "address of the console that numbers lead to (else the configuration's)",
    ),
)
@store_option
@json_option
@click.pass_obj
def command(
    desk: Desk,
    since: date,
    until: date,
    kind: str,
    category: int | None,
    sources: tuple[str, ...],
    provinces: tuple[str, ...],
    advertiser: str | None,
    folder: Path | None,
    console: str | None,
    store_url: str | None,
    as_json: bool,
) -> None:
    """Make one report."""
    from finadwatch.reporting import figures_of, value_of, write_report
    from handover.reports.plan import Kind, ReportPlan

    if folder is None and not as_json:
        raise click.UsageError(
            t("请用 -o 给出文件夹，或用 --json", "say where to write it (-o FOLDER), or give --json")
        )
    if console is not None and not _ADDRESS.fullmatch(console):
        raise click.UsageError(t("--console 须为 http(s) 网址", "--console is no http(s) address"))
    plan = ReportPlan(
        kind=Kind(kind),
        since=since,
        until=until,
        category=category,
        sources=tuple(dict.fromkeys(sources)),
        provinces=tuple(dict.fromkeys(provinces)),
        advertiser=advertiser,
        districts=desk.config.review.districts,
    )
    figures = figures_of(desk, plan, store_url)
    files = write_report(desk, figures, folder, console or desk.config.report.console) if folder else []
    if as_json:
        emit({"files": [str(file) for file in files], "figures": value_of(figures)})
        return
    reading, ads = figures.reading, figures.ads
    click.echo(
        t(
            f"新发现广告 {ads.found.value} 条，涉嫌线索 {ads.leads.value} 条（覆盖率：{reading.asked} 个任务中 {reading.read} 个读到页面）",
            f"{ads.found.value} ads found, {ads.leads.value} leads (coverage: {reading.read} of {reading.asked} tasks)",
        )
    )
    for file in files:
        click.echo(safe(str(file)))
