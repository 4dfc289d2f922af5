"""finadwatch crawl: fetch what a plan asks for, judge it, store it."""

from pathlib import Path

import click

from finadwatch.commands.options import example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from findings.model.vocabulary import Device


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
@click.option("--device", type=click.Choice([d.value for d in Device]), default="desktop", show_default=True)
@click.option(
    "--allow-private", is_flag=True, help=t("允许访问本机和内网地址", "allow loopback and private addresses")
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
    device: str,
    allow_private: bool,
    store_url: str | None,
    as_json: bool,
) -> int:
    """Run one plan and print its coverage."""
    from finadwatch.crawling import run_plan, the_plan
    from finadwatch.show import emit
    from finadwatch.summary import print_coverage

    chosen = the_plan(plan, urls, source_name, keywords, Device(device))
    coverage = run_plan(desk, chosen, store_url, allow_private=allow_private)
    if as_json:
        emit(coverage)
    else:
        print_coverage(coverage)
    return 1 if any(source.outcomes.get("error") for source in coverage.sources) else 0
