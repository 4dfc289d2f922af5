"""What agrees with the labels: decisions on one row, and counts by group, kind and question.

Questions are the nine categories and, as number 0, whether a text promotes a financial product. Only
clear findings count; a category labelled `soft` counts neither way; a silent row answers no question.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finadwatch.scorecards.rows import Row
from findings.model.judgement import Judgement
from findings.model.vocabulary import Level

#: The number of the question whether a text is a promotion.
PROMOTION = 0
QUESTIONS = 10
#: The categories that the micro-average is over; category 1 stands apart.
CATEGORIES = tuple(range(2, 10))
#: Places of the last axis of counts.
HITS, ALARMS, MISSES = range(3)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """A row and what the judge says of it."""

    row: Row
    judgement: Judgement

    @property
    def alarmed(self) -> bool:
        """Whether it has a clear finding of categories 2–9."""
        return bool(clear(self.judgement) & set(CATEGORIES))


@dataclass(frozen=True)
class Decision:
    """One question answered by label and judge."""

    question: int
    expected: bool
    found: bool

    @property
    def place(self) -> int | None:
        """HITS, ALARMS or MISSES; None where both say no."""
        if self.expected:
            return HITS if self.found else MISSES
        return ALARMS if self.found else None


def clear(judgement: Judgement) -> set[int]:
    """The categories of clear findings."""
    return {finding.category for finding in judgement.findings if finding.level is Level.CLEAR}


def decisions(judged: Judged) -> Iterator[Decision]:
    """Every question that the labels of a row answer."""
    row, found = judged.row, clear(judged.judgement)
    if row.promotion is None:
        return
    if PROMOTION not in row.unasked:
        yield Decision(PROMOTION, row.promotion, judged.judgement.promotion)
    for category in range(1, QUESTIONS):
        if category not in row.soft and category not in row.unasked:
            yield Decision(category, category in row.cats, category in found)


@dataclass(frozen=True)
class Counts:
    """Hits, false alarms and misses: `table[group, kind, question, place]`, of labelled rows only."""

    kinds: tuple[str, ...]
    table: Floats


def count(all_judged: Sequence[Judged]) -> Counts:
    """Count by group; groups and kinds in the order of their names, whatever the order of the rows."""
    groups = {name: at for at, name in enumerate(sorted({group_of(one.row) for one in all_judged}))}
    kinds = tuple(sorted({one.row.kind for one in all_judged}))
    kind_at = {name: at for at, name in enumerate(kinds)}
    table = np.zeros((len(groups), len(kinds), QUESTIONS, 3))
    for one in all_judged:
        here = table[groups[group_of(one.row)], kind_at[one.row.kind]]
        for decision in decisions(one):
            if decision.place is not None:
                here[decision.question, decision.place] += 1
    return Counts(kinds, table)


def group_of(row: Row) -> str:
    """What is drawn together: near-duplicates share a group, any other row is one of its own."""
    return f"group {row.group}" if row.group else f"row {row.file} {row.line}"
