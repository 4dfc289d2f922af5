"""finadwatch licences check: the verdict on one name."""

from datetime import date
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import Day, example, json_option
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.labels import licence_label
from finadwatch.show import emit, safe
from findings.model.vocabulary import Product

if TYPE_CHECKING:
    from findings.model.judgement import Resolution
    from licences.registers import Registers


@click.command(
    help=t(
        "核对一个名称、统一社会信用代码或许可证号可否为某类产品做广告；可用旧版名录复现旧结论。",
        "May the bearer of a name, code or licence number advertise a product; older lists give older verdicts again.",
    )
    + "\n\n"
    + example(
        "finadwatch licences check 海棠消费金融有限公司 --product loan --region 上海",
        "finadwatch licences check 海棠消费金融有限公司 --on 2026-11-01 --list-version nfra@2026-06-30-1a2b3c4d",
    )
)
@click.argument("name")
@click.option("--product", type=click.Choice([p.value for p in Product]), default="loan", show_default=True)
@click.option("--on", type=Day(), help=t("核对日期（默认今天）", "on that day"))
@click.option("--region", help=t("广告展示的省份", "province where the ad was shown"))
@click.option(
    "--list-version",
    "named",
    multiple=True,
    metavar=t("名录@版本", "REGISTER@VERSION"),
    help=t(
        "用该版本，其余名录用现行版本（可重复）",
        "this version, the other lists as they are (may be repeated)",
    ),
)
@click.option(
    "--lists",
    "set_id",
    metavar="ID",
    help=t(
        "用当时查过的全部名录（结论中的 lists）", "all lists as they were asked then (`lists` of a verdict)"
    ),
)
@json_option
@click.pass_obj
def check(
    desk: Desk,
    name: str,
    product: str,
    on: date | None,
    region: str | None,
    named: tuple[str, ...],
    set_id: str | None,
    as_json: bool,
) -> None:
    """Resolve one name and print the verdict with the date of the list it rests on."""
    from licences.resolve import check_name

    registers = _registers(desk, named, set_id)
    resolution = check_name(name, Product(product), on or desk.today(), registers, language(), region=region)
    if as_json:
        emit(resolution)
    else:
        _print(resolution)


def _registers(desk: Desk, named: tuple[str, ...], set_id: str | None) -> "Registers":
    from licences.sets import parse_versions, replayed

    if named and set_id:
        raise click.UsageError(
            t("--lists 与 --list-version 只能给一项", "give --lists or --list-version, not both")
        )
    if set_id:
        return desk.registers_again(set_id)
    if named:
        return replayed(desk.config.licences_folder, parse_versions(named), whole=False)
    registers = desk.registers()
    desk.remember(registers)
    return registers


def _print(resolution: "Resolution") -> None:
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
    for remark in verdict.remarks:
        click.echo(f"  · {safe(remark)}")
    replay = f"--list-version {verdict.list_version}" if verdict.list_version else ""
    click.echo(f"  {t('复现', 'again with')}: {replay}  --lists {verdict.lists}".replace(":   ", ":  "))
