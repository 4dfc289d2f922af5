"""finadwatch licences check: the verdict on one name."""

from datetime import date

import click

from finadwatch.commands.options import Day, json_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.labels import licence_label
from finadwatch.show import emit, safe
from findings.model.vocabulary import Product


@click.command(
    help=t(
        "核对一个名称、统一社会信用代码或许可证号可否为某类产品做广告。",
        "May the bearer of a name, code or licence number advertise a product.",
    )
)
@click.argument("name")
@click.option("--product", type=click.Choice([p.value for p in Product]), default="loan", show_default=True)
@click.option("--on", type=Day(), help=t("核对日期（默认今天）", "on that day"))
@json_option
@click.pass_obj
def check(desk: Desk, name: str, product: str, on: date | None, as_json: bool) -> None:
    """Resolve one name and print the verdict with the date of the list it rests on."""
    from licences.resolve import check_name

    resolution = check_name(name, Product(product), on or desk.today(), desk.registers())
    if as_json:
        emit(resolution)
        return
    verdict = resolution.licence
    dated = (
        f"{verdict.as_of}{t('，已过期', ', stale') if verdict.stale else ''}"
        if verdict.as_of
        else t("无名录", "no list")
    )
    click.echo(
        f"{licence_label(verdict.status)}  （{t('名录日期', 'as of')} {dated}）  {safe(verdict.reason)}"
    )
    if verdict.entry:
        click.echo(f"  → {safe(verdict.entry.full_name or verdict.entry.name)}  {verdict.entry.id}")
