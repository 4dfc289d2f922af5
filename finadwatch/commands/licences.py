"""finadwatch licences: the whitelist and the negative list."""

from datetime import date
from pathlib import Path

import click

from finadwatch.commands.options import Day, example, existing_file, json_option
from finadwatch.context import Desk
from finadwatch.errors import SomeFailed
from finadwatch.i18n import t
from finadwatch.labels import licence_label
from finadwatch.show import emit, safe, table
from findings.model.vocabulary import Product


@click.group(
    help=t("准入清单与负面清单。", "The whitelist and the negative list.")
    + "\n\n"
    + example(
        "finadwatch licences import nfra.xlsx --register nfra --as-of 2026-10-31",
        "finadwatch licences check 海棠消费金融有限公司 --product loan",
    )
)
def command() -> None:
    """Group."""


@command.command(
    "import",
    help=t(
        "导入名录（CSV 或 XLSX）；不合格的行逐一列出，其余导入。",
        "Import a list; rows that don't parse are named.",
    ),
)
@click.argument("file", type=existing_file())
@click.option(
    "--register",
    "register_id",
    required=True,
    help=t("名录代号（见 licences/mappings）", "name of the register"),
)
@click.option("--as-of", type=Day(), required=True, help=t("名录截止日期", "date of the list"))
@click.option("--mapping", type=existing_file(), help=t("列名对照 YAML", "a mapping of columns (YAML)"))
@click.option("--preview", is_flag=True, help=t("只比较，不导入", "compare only"))
@click.option(
    "--allow-shrink", is_flag=True, help=t("允许条数大幅减少", "allow a list that lost most of its entries")
)
@json_option
@click.pass_obj
def import_(
    desk: Desk,
    file: Path,
    register_id: str,
    as_of: date,
    mapping: Path | None,
    preview: bool,
    allow_shrink: bool,
    as_json: bool,
) -> None:
    """Load a list aside, compare it, swap it in; exit 1 if some rows were refused."""
    from licences.importer import import_list

    report = import_list(
        file,
        register_id,
        as_of,
        desk.config.licences_folder,
        mapping=mapping,
        now=desk.local_now(),
        allow_shrink=allow_shrink,
        preview=preview,
    )
    if as_json:
        emit(report)
    else:
        for note in report.notes:
            click.echo(
                f"· {t('第', 'row')} {note.row} {t('行', '')}: {safe(t(note.text, note.text_en))}", err=True
            )
        for row in report.refused:
            click.echo(
                f"✗ {t('第', 'row')} {row.row} {t('行', '')}: {safe(t(row.reason, row.reason_en))}", err=True
            )
        click.echo(
            t(
                f"{register_id}（{as_of}）：新增 {len(report.added)}，变更 {len(report.changed)}，减少 {len(report.gone)}，未能导入 {len(report.refused)}",
                f"{register_id} ({as_of}): {len(report.added)} added, {len(report.changed)} changed, {len(report.gone)} gone, {len(report.refused)} refused",
            )
        )
    if report.refused:
        raise SomeFailed(len(report.refused), report.rows)


@command.command(help=t("各名录的日期、条数、是否过期。", "Date, entries and staleness of every list."))
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


@command.command(
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
