"""finadwatch licences import: a register file becomes the current list."""

from datetime import date
from pathlib import Path

import click

from finadwatch.commands.options import Day, existing_file, json_option
from finadwatch.context import Desk
from finadwatch.errors import SomeFailed
from finadwatch.i18n import t
from finadwatch.show import emit, safe


@click.command(
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
