"""Where judge and labels differ, one row at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from finadwatch.scorecards.count import ALARMS, MISSES, PROMOTION, Judged, clear, decisions
from findings.model.judgement import Finding


@dataclass(frozen=True)
class Mistake:
    """One wrong answer; `question` is a category, or 0 for promotion.

    `finding` is what the judge says of that category at any level: the false alarm itself, or
    an arguable lead where a clear one was missed.
    """

    question: int
    missed: bool
    finding: Finding | None
    quotation: str | None


@dataclass(frozen=True)
class Wrong:
    """A row with its mistakes, at least one."""

    judged: Judged
    mistakes: tuple[Mistake, ...]


def wrong_rows(judged: list[Judged]) -> Iterator[Wrong]:
    """The rows on which something is wrong, in order. On a silent row any clear finding of 2–9 is."""
    for one in judged:
        found = tuple(_mistakes(one))
        if found:
            yield Wrong(one, found)


def _mistakes(judged: Judged) -> Iterator[Mistake]:
    row, judgement = judged.row, judged.judgement
    if row.silent:
        for category in sorted(clear(judgement) - {1}):
            yield Mistake(category, False, judgement.finding(category), None)
    for decision in decisions(judged):
        if decision.place in (ALARMS, MISSES):
            number = decision.question
            finding = judgement.finding(number) if number != PROMOTION else None
            yield Mistake(number, decision.place == MISSES, finding, row.spans.get(str(number)) or None)
