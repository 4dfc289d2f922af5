"""finadwatch takedown templates: the templates of letters and records, to be edited in Word."""

from pathlib import Path

import click

from finadwatch.commands.options import example
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.recording import templates_folder


@click.command(
    help=t(
        "导出函件和笔录的 Word 模板，供本机关修改；已有的文件不覆盖。不给文件夹则检查本机关的模板能否使用。",
        "Export the Word templates of letters and records for an office to edit; no file is overwritten. Without a "
        "folder, check those of the office.",
    )
    + "\n\n"
    + example("finadwatch takedown templates 模板", "finadwatch takedown templates")
)
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def templates(desk: Desk, folder: Path | None) -> int:
    """Write the templates that ship; or exit 1 if one of the office's can't be filled, each named."""
    from handover.documents.templates import NAMES, load
    from handover.documents.trying import tried

    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            target = folder / name
            if target.exists():
                click.echo(t(f"已有，未覆盖：{target}", f"there already, left: {target}"))
                continue
            target.write_bytes(load(name, None))
            click.echo(str(target))
        return 0
    own = templates_folder(desk)
    faults = 0
    for name in NAMES:
        fault = tried(name, own)
        faults += fault is not None
        whose = (
            t("本机关", "the office's") if own is not None and (own / name).is_file() else t("自带", "ours")
        )
        click.echo(f"{'✗' if fault else '✓'} {name}（{whose}）" + (f": {fault.zh}" if fault else ""))
    return 1 if faults else 0
