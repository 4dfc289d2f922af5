"""Intervals of 95 %: bootstrap over groups for scores, Wilson's for plain rates."""

from math import sqrt

import msgspec
import numpy as np

from finadwatch.scorecards.count import ALARMS, HITS, MISSES, Floats

RESAMPLES = 1_000
SEED = 20_261_122
#: The normal quantile of a two-sided 95 %.
Z = 1.959963984540054
#: Resamples drawn at once: bounds memory at so many rows of one number a group.
_BLOCK = 100


class Estimate(msgspec.Struct, frozen=True):
    """A ratio and its interval; all three are None where nothing was there to divide by."""

    value: float | None
    low: float | None
    high: float | None


class Rate(msgspec.Struct, frozen=True):
    """How many of so many, with Wilson's interval."""

    hits: int
    of: int
    estimate: Estimate


class Measure(msgspec.Struct, frozen=True):
    """Scores of one question, or of several together. `cases` are the rows that should be found."""

    cases: int
    hits: int
    alarms: int
    misses: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


NOTHING = Estimate(None, None, None)


def wilson(hits: int, of: int) -> Rate:
    """A plain rate. E. B. Wilson, JASA 22 (1927): holds at 0 and 1 too, where ± says nothing."""
    if of == 0:
        return Rate(0, 0, NOTHING)
    share = hits / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / (1 + Z * Z / of)
    # at 0 and at 1 the bound is the rate itself but for rounding
    return Rate(
        hits, of, Estimate(share, max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share)))
    )


def resampled(table: Floats, resamples: int = RESAMPLES, seed: int = SEED) -> Floats:
    """Sums over groups drawn with replacement: `table[group, …]` to `[resample, …]`.

    The same table, number and seed give the same sums.
    """
    groups, shape = table.shape[0], table.shape[1:]
    flat = table.reshape(groups, -1)
    drawn = np.random.default_rng(seed)
    sums = np.empty((resamples, flat.shape[1]))
    for start in range(0, resamples, _BLOCK):
        size = min(_BLOCK, resamples - start)
        times = (
            drawn.multinomial(groups, np.full(groups, 1 / groups), size=size)
            if groups
            else np.zeros((size, 0))
        )
        sums[start : start + size] = times @ flat
    return sums.reshape(resamples, *shape)


def measure(total: Floats, drawn: Floats) -> Measure:
    """Scores of counts `total[place]`, their intervals from resampled ones `drawn[resample, place]`.

    Percentile intervals. Groups are few in small classes, and a skewed resample may miss the
    figure itself; the interval is then widened to hold it. Where no error was made, it has no width:
    a bootstrap can't draw errors that it never saw.
    """
    hits, alarms, misses = (int(total[place]) for place in (HITS, ALARMS, MISSES))
    scores = {}
    for name, (above, below) in _SCORES.items():
        point = _ratio(total @ above, total @ below)
        scores[name] = _interval(float(point), _ratio(drawn @ above, drawn @ below))
    return Measure(hits + misses, hits, alarms, misses, **scores)


#: Score → weights of hits, alarms and misses above and below the line.
_SCORES = {
    "precision": (np.array([1.0, 0, 0]), np.array([1.0, 1, 0])),
    "recall": (np.array([1.0, 0, 0]), np.array([1.0, 0, 1])),
    "f1": (np.array([2.0, 0, 0]), np.array([2.0, 1, 1])),
}


def _ratio(above: Floats, below: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.divide(above, below))


def _interval(point: float, drawn: Floats) -> Estimate:
    if np.isnan(point):
        return NOTHING
    low, high = np.nanpercentile(drawn, (2.5, 97.5)) if not np.isnan(drawn).all() else (point, point)
    return Estimate(point, min(float(low), point), max(float(high), point))
