"""Labelled rows judged the product's own way: as lines of `finadwatch screen`, in one process or several."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from finadwatch.context import on_terminal
from finadwatch.i18n import t
from finadwatch.judging import Judge
from finadwatch.scorecards.count import Judged
from finadwatch.scorecards.rows import Row
from finadwatch.screening import Line, screen
from finadwatch.show import progress
from findings.model.judgement import Judgement


@dataclass(frozen=True)
class Unjudged:
    """A row that the judge could not take, and why."""

    row: Row
    reason: str


#: Rows that could not be judged are named one by one up to this number; the rest is counted.
NAMED = 20

_judgement = msgspec.json.Decoder(Judgement)


def judge_rows(
    rows: Sequence[Row], open_judge: Callable[[], Judge], *, on: date | None, today: date, workers: int = 1
) -> Iterator[Judged | Unjudged]:
    """Judge rows in order. `open_judge` must be picklable when `workers` is over 1."""
    lines = (Line(at, msgspec.json.encode(row.ad)) for at, row in enumerate(rows, start=1))
    answers = screen(lines, open_judge, on=on, today=today, base=Path(), workers=workers)
    for row, answer in zip(rows, answers, strict=True):
        if answer.failed:
            yield Unjudged(row, msgspec.json.decode(answer.json)["error"]["message"])
        else:
            yield Judged(row, _judgement.decode(answer.json))


def judge_all(
    rows: Sequence[Row], open_judge: Callable[[], Judge], *, on: date | None, today: date, workers: int = 1
) -> list[Judged]:
    """The judged rows; those that could not be are named on standard error and left out."""
    judged: list[Judged] = []
    failed = 0
    for one in judge_rows(rows, open_judge, on=on, today=today, workers=workers):
        if isinstance(one, Judged):
            judged.append(one)
        else:
            failed += 1
            if failed <= NAMED:
                progress(f"✗ {one.row.file}:{one.row.line}: {one.reason}")
        if on_terminal() and (len(judged) + failed) % 1000 == 0:
            progress(t(f"已判定 {len(judged)} 条", f"{len(judged)} judged"))
    return judged
