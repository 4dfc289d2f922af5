"""The figures that the models' cards give, and the baseline beside them."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.floating] | npt.NDArray[np.integer]


def ranks(values: Numbers) -> npt.NDArray[np.float64]:
    """Rank from 1; equal values share their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean: npt.NDArray[np.float64] = last - (counts - 1) / 2.0
    return mean[inverse]


def auc(truth: Numbers, scores: Numbers) -> float:
    """Chance that a true one scores above a false one; NaN where either is absent."""
    positive = int((truth == 1).sum())
    negative = len(truth) - positive
    if not positive or not negative:
        return math.nan
    above = ranks(scores)[truth == 1].sum() - positive * (positive + 1) / 2
    return float(above / (positive * negative))


def spearman(truth: Numbers, scores: Numbers) -> float:
    """Rank correlation; NaN of fewer than two rows."""
    if len(truth) < 2:
        return math.nan
    return float(np.corrcoef(ranks(truth), ranks(scores))[0, 1])


def bigram_similarity(
    seen: Sequence[str], left: Sequence[str], right: Sequence[str]
) -> npt.NDArray[np.float64]:
    """Cosine of TF-IDF vectors over character bigrams, with document counts from `seen`."""
    documents: Counter[str] = Counter()
    for text in seen:
        documents.update({text[i : i + 2] for i in range(len(text) - 1)})
    total = len(seen)

    def vector(text: str) -> dict[str, float]:
        counts = Counter(text[i : i + 2] for i in range(len(text) - 1))
        weights = {g: n * (math.log((1 + total) / (1 + documents[g])) + 1) for g, n in counts.items()}
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        return {gram: weight / norm for gram, weight in weights.items()}

    def cosine(a: dict[str, float], b: dict[str, float]) -> float:
        return sum(weight * b.get(gram, 0.0) for gram, weight in a.items())

    return np.array([cosine(vector(a), vector(b)) for a, b in zip(left, right, strict=True)])
