"""finadwatch scorecard: how well texts are judged, measured on labelled ones."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import Day, example, existing_file, json_option
from finadwatch.context import Desk
from finadwatch.errors import NothingToScore, OutputRefused, SomeFailed
from finadwatch.i18n import t
from finadwatch.show import emit
from findings.model.vocabulary import Channel

if TYPE_CHECKING:
    from finadwatch.scorecards.card import Card
    from finadwatch.scorecards.count import Judged


@click.command(
    help=t(
        "用带标注的文本（JSONL，字段见 ruleset/schemas/README.md）给判定打分：精确率、召回率、F1、误报率，"
        "均附 95% 区间，按情形和文本种类列出。没有标注的行不得判出明确线索。",
        "Score the judge on labelled texts (JSONL, fields in ruleset/schemas/README.md): precision, recall, F1 "
        "and false alarms with 95 % intervals, by category and kind. Rows without labels must stay silent.",
    )
    + "\n\n"
    + example(
        "finadwatch scorecard labelled.jsonl silent.jsonl --html errors.html",
        "finadwatch scorecard labelled.jsonl --split dev --fail-under 0.85",
    )
)
@click.argument("files", metavar="LABELLED.jsonl...", nargs=-1, required=True, type=existing_file())
@click.option(
    "--split",
    type=click.Choice(("all", "dev", "holdout")),
    default="all",
    show_default=True,
    help=t(
        "只取一部分：dev 供调试，holdout 为按 group 留出的五分之一",
        "a part only: dev is for tuning, holdout the fifth kept aside by group",
    ),
)
@click.option(
    "--channel",
    type=click.Choice([c.value for c in Channel]),
    help=t(
        "全部按此渠道判定（默认依各行 channel，其次依种类）",
        "one channel for all rows (default: each row's own)",
    ),
)
@click.option("--as-of", type=Day(), help=t("按该日有效的法律判定", "judge by the law of that day"))
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=t("把全部差错写成一个网页", "write every error to one page"),
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 1),
    metavar="F1",
    help=t("情形 2–9 的微平均 F1 低于此值时退出码为 1", "exit 1 if the micro-F1 over 2–9 is lower"),
)
@json_option
@click.pass_obj
def command(
    desk: Desk,
    files: tuple[Path, ...],
    split: str,
    channel: str | None,
    as_of: date | None,
    workers: int,
    html: Path | None,
    fail_under: float | None,
    as_json: bool,
) -> int:
    """Judge, compare, print."""
    from finadwatch.scorecards.card import card
    from finadwatch.scorecards.judging import judge_all
    from finadwatch.scorecards.rows import read_rows
    from finadwatch.scorecards.split import Split, part
    from finadwatch.scorecards.table import print_card

    if html and html.exists() and any(html.samefile(file) for file in files):
        raise OutputRefused(html, t("它就是输入文件", "it is the input"))
    forced = Channel(channel) if channel else None
    rows = list(part((row for file in files for row in read_rows(file, forced)), Split(split)))
    judged = judge_all(rows, desk.judge, on=as_of, today=desk.today(), workers=workers) if rows else []
    if not judged:
        raise NothingToScore(split)
    made = card(
        judged,
        files=tuple(file.name for file in files),
        split=Split(split),
        as_of=as_of or desk.today(),
        unjudged=len(rows) - len(judged),
    )
    if html:
        _write(html, made, judged)
    emit(made) if as_json else print_card(made)
    if made.unjudged:
        raise SomeFailed(made.unjudged, len(rows))
    reached = made.figures.all.overall.f1.value
    return 1 if fail_under is not None and (reached is None or reached < fail_under) else 0


def _write(html: Path, made: "Card", judged: "list[Judged]") -> None:
    from finadwatch.scorecards.mistakes import wrong_rows
    from finadwatch.scorecards.page import page

    try:
        html.write_text(page(made, list(wrong_rows(judged))), "utf-8")
    except OSError as error:
        raise OutputRefused(html, error.strerror or str(error)) from error
