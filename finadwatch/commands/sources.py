"""finadwatch sources: what can be watched."""

import click

from finadwatch.commands.options import example, json_option
from finadwatch.i18n import t
from finadwatch.show import emit, table


@click.command(help=t("列出监测来源。", "List the sources.") + "\n\n" + example("finadwatch sources --json"))
@json_option
def command(as_json: bool) -> None:
    """List every source with its kind, pace and the day its selectors were confirmed."""
    from crawlers.sources import load_sources

    sources = load_sources().values()
    if as_json:
        for source in sources:
            emit(source)
        return
    table(
        t("监测来源", "Sources"),
        (
            t("名称", "name"),
            t("说明", "title"),
            t("种类", "kind"),
            t("间隔（秒）", "delay (s)"),
            t("核对日期", "verified on"),
        ),
        [
            (s.name, s.title_zh, s.kind, s.pacing.delay_s, s.verified_on or t("未核对", "not yet"))
            for s in sources
        ],
    )
