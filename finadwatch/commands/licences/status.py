"""finadwatch licences status: what lists there are, of when, and what they prove."""

from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import example, json_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit, table

if TYPE_CHECKING:
    from licences.model import RegisterStatus

#: What a kind of list is for: (Chinese, English).
_KINDS = {
    "licence": ("准入", "licences"),
    "negative": ("负面", "negative"),
    "firms": ("工商", "firms"),
    "filings": ("备案", "filings"),
}


def _proves(row: "RegisterStatus") -> str:
    """What absence from the list means, in a word."""
    if row.hints:
        return t("仅供参考", "hints only")
    if row.kind.value != "licence":
        return ""
    if not row.complete:
        return t("不完整", "incomplete")
    return t("完整", "complete")


@click.command(
    help=t(
        "各名录的种类、日期、条数、是否过期、是否完整、未能导入的行、保留的版本。",
        "Kind, date, entries, staleness, completeness, rows left out and versions kept of every list.",
    )
    + "\n\n"
    + example("finadwatch licences status", "finadwatch licences status --json")
)
@json_option
@click.pass_obj
def status(desk: Desk, as_json: bool) -> None:
    """Show every list."""
    import msgspec

    from licences.versions import kept_versions

    folder = desk.config.licences_folder
    rows = [
        msgspec.structs.replace(row, kept=tuple(kept_versions(folder, row.register)))
        for row in desk.registers().status(desk.today())
    ]
    if as_json:
        for row in rows:
            emit(row)
        return
    table(
        t("名录", "Registers"),
        (
            t("代号", "register"),
            t("种类", "kind"),
            t("截止日期", "as of"),
            t("条数", "entries"),
            t("有效至", "fresh until"),
            t("完整性", "complete"),
            t("地域", "territory"),
            t("未导入", "left out"),
            t("版本", "versions"),
            t("来源", "source"),
        ),
        [
            (
                row.register,
                t(*_KINDS[row.kind.value]),
                row.as_of,
                row.entries,
                f"{row.fresh_until}{t('（已过期）', ' (stale)') if row.stale else ''}",
                _proves(row),
                "、".join(row.territory),
                row.refused or "",
                len(row.kept) or "",
                row.source,
            )
            for row in rows
        ],
    )
