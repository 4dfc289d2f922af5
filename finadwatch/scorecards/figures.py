"""All figures of a scorecard, from judged rows; pure."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from finadwatch.scorecards.count import (
    CATEGORIES,
    PROMOTION,
    QUESTIONS,
    Counts,
    Floats,
    Judged,
    count,
    group_of,
)
from finadwatch.scorecards.intervals import RESAMPLES, SEED, Measure, Rate, measure, resampled, wilson

#: A category with fewer cases is told with the other rare ones: alone its interval says nothing.
FEW = 30


class Scores(msgspec.Struct, frozen=True):
    """The scores of a set of rows. `overall` is the micro-average over categories 2–9.

    `false_alarms` is the share of texts that promote nothing, labelled so or silent, with a clear
    finding of categories 2–9.
    """

    rows: int
    overall: Measure
    categories: dict[int, Measure]
    promotion: Measure
    false_alarms: Rate


class Pool(msgspec.Struct, frozen=True):
    """The categories with few cases, scored as one."""

    categories: tuple[int, ...]
    measure: Measure


class Figures(msgspec.Struct, frozen=True):
    """A scorecard: all rows, the rare categories pooled (None: none is rare), silent rows, by kind."""

    groups: int
    resamples: int
    seed: int
    all: Scores
    pooled: Pool | None
    silent: Rate
    kinds: dict[str, Scores]


def figures(judged: Sequence[Judged]) -> Figures:
    """Score judged rows. The order of the rows changes nothing."""
    counts = count(judged)
    drawn = resampled(counts.table)
    everything = _Slice(counts, drawn, range(len(counts.kinds)))
    rare = tuple(c for c in CATEGORIES if everything.measure([c]).cases < FEW)
    return Figures(
        groups=len({group_of(one.row) for one in judged}),
        resamples=RESAMPLES,
        seed=SEED,
        all=_scores(judged, everything),
        pooled=Pool(rare, everything.measure(rare)) if rare else None,
        silent=_alarms(one for one in judged if one.row.silent),
        kinds={
            kind: _scores([one for one in judged if one.row.kind == kind], _Slice(counts, drawn, [at]))
            for at, kind in enumerate(counts.kinds)
        },
    )


class _Slice:
    """Counts of some kinds, summed and resampled."""

    def __init__(self, counts: Counts, drawn: Floats, kinds: Sequence[int]) -> None:
        chosen = list(kinds)
        self._total: Floats = counts.table.sum(axis=0)[chosen].sum(axis=0)
        self._drawn: Floats = np.asarray(drawn[:, chosen].sum(axis=1))

    def measure(self, questions: Sequence[int]) -> Measure:
        """The scores of some questions together."""
        chosen = list(questions)
        return measure(self._total[chosen].sum(axis=0), self._drawn[:, chosen].sum(axis=1))


def _scores(judged: Sequence[Judged], part: _Slice) -> Scores:
    return Scores(
        rows=len(judged),
        overall=part.measure(CATEGORIES),
        categories={category: part.measure([category]) for category in range(1, QUESTIONS)},
        promotion=part.measure([PROMOTION]),
        false_alarms=_alarms(one for one in judged if not one.row.promotion),
    )


def _alarms(judged: Iterable[Judged]) -> Rate:
    alarmed = [one.alarmed for one in judged]
    return wilson(sum(alarmed), len(alarmed))
