"""finadwatch takedown receipts: what an addressee sent back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import example, existing_file, office_options
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.show import emit, safe
from findings.model.handover import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finadwatch.receiving import Received
    from handover.receipts.reading import Left

_ANSWER_EN: dict[Answer, str] = {
    Answer.CLOSED: "closed",
    Answer.HANDLED: "handled",
    Answer.UNREACHABLE: "unreachable",
    Answer.NOT_OURS: "not theirs",
    Answer.NOT_DONE: "not done",
    Answer.UNCLEAR: "unclear",
}
#: Lines named to a person; `--json` names all.
_SHOWN = 50


@click.command(
    short_help=t("读入收件机关发回的回执，逐行核对", "read what an addressee sent back"),
    help=t(
        "读入收件机关发回的回执。XLSX、XLS、CSV 均可，列名、顺序可不同：按序号、案件线索编号、域名核对后记入各行，"
        "读不懂或对不上的逐行说明并留存。答复不会把广告认定为消失，只会提前复查。",
        "Read what an addressee sent back. XLSX, XLS or CSV, columns renamed and reordered as they come: lines are checked "
        "by row number, case and domain; what can't be read or matched is named line by line and kept. An answer "
        "never makes an ad gone: it brings the next visit forward.",
    )
    + "\n\n"
    + example(
        "finadwatch takedown receipts 回执.xlsx",
        "finadwatch takedown receipts 反馈.csv --batch 2026-0001 --dry-run",
    ),
)
@click.argument("file", type=existing_file())
@click.option(
    "--batch",
    metavar="NUMBER",
    help=t("所答复的批次（文件中没有编号时）", "the batch answered, where the file names none"),
)
@click.option("--dry-run", is_flag=True, help=t("只读、只说明，不记入", "read and tell, change nothing"))
@office_options
@click.pass_obj
def receipts(
    desk: Desk,
    file: Path,
    batch: str | None,
    dry_run: bool,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> int:
    """Read one file; 1 if some of its lines could not be used."""
    from finadwatch.handing_over.counter import Counter
    from finadwatch.receiving import receive

    with desk.store(store_url) as store:
        received = receive(Counter.open(desk, store, actor), file, batch, dry_run=dry_run)
    if as_json:
        emit(received.as_value(language()))
    else:
        _tell(received)
    return 1 if received.left or received.more_left else 0


def answer_label(answer: Answer) -> str:
    """An answer as a person reads it."""
    from handover.receipts.form import ANSWER_ZH

    return t(ANSWER_ZH[answer], _ANSWER_EN[answer])


def _tell(received: "Received") -> None:
    new = t("、", ", ").join(f"{answer_label(one)} {count}" for one, count in received.answers.items())
    tried = t("（试读，未记入）", " (dry run, nothing changed)") if received.dry_run else ""
    click.echo(
        t(
            f"批次 {safe(received.mark)}：新答复 {sum(received.answers.values())} 行{f'（{new}）' if new else ''}，"
            f"已有 {received.known} 行，未填 {received.unanswered} 行{tried}",
            f"batch {safe(received.mark)}: {sum(received.answers.values())} new answers{f' ({new})' if new else ''}, "
            f"{received.known} known, {received.unanswered} left blank{tried}",
        )
    )
    for note in received.notes:
        click.echo(safe(note.said(language())))
    _lines(t("未能记入", "not used"), received.left, received.more_left)
    _lines(t("已记入，但", "used, but"), received.doubts, 0)


def _lines(heading: str, left: "Iterable[Left]", more: int) -> None:
    found = list(left)
    for one in found[:_SHOWN]:
        place = f"{one.sheet} " if one.sheet else ""
        line = t(f"{heading}：{place}第 {one.line} 行", f"{heading}: {place}line {one.line}")
        click.echo(safe(f"{line}：{one.reason.said(language())}｜{one.text[:80]}"))
    if (rest := len(found) - _SHOWN + more) > 0:
        click.echo(t(f"……另有 {rest} 行", f"… and {rest} more"))
