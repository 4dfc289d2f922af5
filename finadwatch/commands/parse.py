"""finadwatch parse: read a saved page or answer."""

from pathlib import Path

import click

from finadwatch.commands.options import example, existing_file
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit


@click.command(
    help=t("解析已保存的结果页、门户页或商店应答。", "Read a saved result page, portal page or store answer.")
    + "\n\n"
    + example("finadwatch parse --source baidu page.html --url 'https://www.baidu.com/s?wd=理财'")
)
@click.option(
    "--source", "source_name", required=True, help=t("来源名（finadwatch sources）", "name of a source")
)
@click.argument("file", type=existing_file())
@click.option("--url", help=t("页面原地址", "where the page came from"))
@click.pass_obj
def command(desk: Desk, source_name: str, file: Path, url: str | None) -> None:
    """Parse one file and print the contract of design §6 as JSON."""
    from crawlers.filters import AdFilters
    from crawlers.parse import parse_page
    from crawlers.parse_output import to_contract
    from crawlers.sources import UnknownSource

    sources = desk.sources()
    if source_name not in sources:
        raise UnknownSource(source_name, sorted(sources))
    listed = desk.config.crawl.filter_list
    filters = AdFilters.load(Path(listed)) if listed else None
    source = sources[source_name]
    emit(to_contract(parse_page(source, file.read_bytes(), url, filters=filters), source.kind))
