"""finadwatch screen: judge ads given as JSON lines."""

import sys
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from finadwatch.commands.options import Day, example
from finadwatch.context import Desk, on_terminal
from finadwatch.errors import InputMissing, OutputRefused, SomeFailed
from finadwatch.i18n import t
from finadwatch.show import progress
from findings.model.vocabulary import Severity

#: Repeated ids that are named line by line; the rest is counted.
NAMED = 20


@click.command(
    help=t(
        "逐行判定广告文本（JSONL，一行一个对象，字段见 findings/schemas）。",
        "Judge ads given as JSON lines, one object a line; fields in findings/schemas.",
    )
    + "\n\n"
    + example("finadwatch screen ads.jsonl -o findings.jsonl --as-of 2026-11-22 --workers 2")
)
@click.argument("source", metavar="IN.jsonl", type=click.Path(path_type=Path, allow_dash=True))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), default="-")
@click.option("--as-of", type=Day(), help=t("按该日有效的法律判定", "judge by the law of that day"))
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option(
    "--fail-on",
    type=click.Choice([s.value for s in Severity]),
    help=t("出现该级别及以上线索时退出码为 1", "exit 1 if a finding is at least that severe"),
)
@click.option(
    "--lists",
    metavar="ID",
    help=t(
        "用当时的全部名录再判一次（结论中的 lists）",
        "all lists as they were asked then (`lists` of a verdict)",
    ),
)
@click.pass_obj
def command(
    desk: Desk,
    source: Path,
    output: Path,
    as_of: date | None,
    workers: int,
    fail_on: str | None,
    lists: str | None,
) -> int:
    """Judge a stream of ads."""
    from finadwatch.screening import Tally, numbered, screen

    tally = Tally()
    with ExitStack() as files:
        lines = _reader(source, files)
        sink = _writer(output, files, source)
        base = Path.cwd() if str(source) == "-" else source.absolute().parent
        answers = screen(
            numbered(lines),
            partial(desk.judge, lists),
            on=as_of,
            today=desk.today(),
            base=base,
            workers=workers,
        )
        for answer in answers:
            if tally.count(answer) and len(tally.repeated) <= NAMED:
                progress(
                    t(
                        f"第 {answer.line} 行的编号 {answer.id} 重复",
                        f"line {answer.line}: id {answer.id} came before",
                    )
                )
            sink.write(answer.json + b"\n")
            if on_terminal() and tally.lines % 1000 == 0:
                progress(t(f"已判定 {tally.lines} 条", f"{tally.lines} judged"))
        sink.flush()
    if len(tally.repeated) > NAMED:
        progress(t(f"共有 {len(tally.repeated)} 行编号重复", f"{len(tally.repeated)} lines repeat an id"))
    if tally.failed:
        raise SomeFailed(tally.failed, tally.lines)
    wanted = Severity(fail_on) if fail_on else None
    return 1 if wanted and tally.worst and tally.worst.rank >= wanted.rank else 0


def _reader(source: Path, files: ExitStack) -> BinaryIO:
    if str(source) == "-":
        return sys.stdin.buffer
    try:
        return files.enter_context(source.open("rb"))
    except OSError as error:
        raise InputMissing(source, error.strerror or str(error)) from error


def _writer(output: Path, files: ExitStack, source: Path) -> BinaryIO:
    if str(output) == "-":
        return sys.stdout.buffer
    if output.exists() and str(source) != "-" and output.samefile(source):
        raise OutputRefused(output, t("它就是输入文件", "it is the input"))
    try:
        return files.enter_context(output.open("wb"))
    except OSError as error:
        raise OutputRefused(output, error.strerror or str(error)) from error
