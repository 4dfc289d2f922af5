"""finadwatch licences import: a register file becomes the current list."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from finadwatch.commands.licences.changes import print_changes
from finadwatch.commands.options import Day, example, existing_file, json_option
from finadwatch.context import Desk, on_terminal
from finadwatch.errors import SomeFailed
from finadwatch.i18n import t
from finadwatch.show import emit, progress, safe

if TYPE_CHECKING:
    from licences.reports import ImportReport


@click.command(
    "import",
    help=t(
        "导入名录（CSV、XLSX、XLS、PDF、HTML 表格）；不合格的行逐一列出，其余导入。",
        "Import a list (CSV, XLSX, XLS, PDF, HTML); rows that don't parse are named, the rest goes in.",
    )
    + "\n\n"
    + example(
        "finadwatch licences import 法人名单.pdf --register nfra --as-of 2026-06-30 --preview",
        "finadwatch licences import 小贷公司.xlsx --register small_loan --territory 上海 --as-of 2026-09-30",
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
@click.option(
    "--territory",
    multiple=True,
    metavar=t("省份", "PROVINCE"),
    help=t(
        "地方名录属于哪个省份（可重复；全国名录写 全国）",
        "whose list it is (may be repeated; 全国 = the country)",
    ),
)
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
    territory: tuple[str, ...],
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
        territory=territory,
        now=desk.local_now(),
        allow_shrink=allow_shrink,
        preview=preview,
        tell=_tell if on_terminal() else lambda _: None,
    )
    if as_json:
        emit(report)
    else:
        _print(report, desk.today())
    if report.counts.refused:
        raise SomeFailed(report.counts.refused, report.rows)


def _tell(entries: int) -> None:
    progress(t(f"已读取 {entries} 条", f"{entries} entries read"))


def _place(row: int | None, sheet: str | None, page: int | None) -> str:
    """Where in the file, as a person looks for it."""
    parts = [
        safe(sheet) if sheet else "",
        t(f"第 {page} 页", f"page {page}") if page else "",
        t(f"第 {row} 行", f"row {row}") if row else "",
    ]
    return " ".join(filter(None, parts)) or t("全表", "the file")


def proves(report: "ImportReport", today: date) -> str:
    """What it means that somebody is not on the list."""
    from licences.scope import scope_table

    if not report.complete:
        return t("该名录不能用来证明某机构没有牌照。", "Absence from this list proves nothing.")
    until = report.fresh_until
    if today > until:
        return t(
            f"该名录的有效期限至 {until}，已过期：查到的仍算，没查到不代表无许可。",
            f"The list was fresh until {until}: who is on it still counts, absence proves nothing.",
        )
    titles = scope_table().product_titles
    if not report.products:
        return t(
            f"该名录须与其他名录合起来才能说明无许可（有效期限至 {until}）。",
            f"Absence counts only together with other lists (until {until}).",
        )
    named = t("、".join(map(titles.__getitem__, report.products)), ", ".join(report.products))
    return t(
        f"该名录视为完整（有效期限至 {until}）：不在其中者，下列产品判为“名录未见”：{named}。名录不完整时请用对照文件（complete: false）。",
        f"Taken as complete until {until}: who is not on it counts as missing for {named}. For a list that is not, give a mapping with complete: false.",
    )


def _print(report: "ImportReport", today: date) -> None:
    """Doubts and refused rows to standard error, what changes to standard output."""
    for note in report.notes:
        click.echo(
            f"· {_place(note.row, note.sheet, note.page)}: {safe(t(note.text, note.text_en))}", err=True
        )
    for gap in report.gaps:
        click.echo(f"! {_place(gap.row, gap.sheet, gap.page)}: {safe(t(gap.text, gap.text_en))}", err=True)
    for row in report.refused:
        click.echo(
            f"✗ {_place(row.row, row.sheet, row.page)}: {safe(t(row.reason, row.reason_en))}", err=True
        )
    counts = report.counts
    for shown, count, name in ((report.notes, counts.notes, "·"), (report.refused, counts.refused, "✗")):
        if len(shown) < count:
            click.echo(f"{name} {t(f'另有 {count - len(shown)} 条', f'{count - len(shown)} more')}", err=True)
    if not report.stored:
        print_changes(report.added, report.gone, report.changed, counts)
    where = "、".join(report.territory)
    click.echo(
        t(
            f"{report.register}（{report.as_of}{'，' + where if where else ''}）：{report.entries} 条，新增 {counts.added}，变更 {counts.changed}，减少 {counts.gone}，未能导入 {counts.refused}",
            f"{report.register} ({report.as_of}{', ' + where if where else ''}): {report.entries} entries, {counts.added} added, {counts.changed} changed, {counts.gone} gone, {counts.refused} refused",
        )
    )
    click.echo(proves(report, today))
    if not report.stored:
        click.echo(t("仅预览，未导入。", "Compared only; nothing was stored."))
