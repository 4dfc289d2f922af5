"""finadwatch licences status: what lists there are, and of when."""

import click

from finadwatch.commands.options import json_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit, table


@click.command(help=t("各名录的日期、条数、是否过期。", "Date, entries and staleness of every list."))
@json_option
@click.pass_obj
def status(desk: Desk, as_json: bool) -> None:
    """Show every list."""
    rows = desk.registers().status(desk.today())
    if as_json:
        for row in rows:
            emit(row)
        return
    table(
        t("名录", "Registers"),
        (
            t("代号", "register"),
            t("截止日期", "as of"),
            t("条数", "entries"),
            t("过期", "stale"),
            t("来源", "source"),
        ),
        [(r.register, r.as_of, r.entries, t("是", "yes") if r.stale else "", r.source) for r in rows],
    )
