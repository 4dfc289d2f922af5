"""Train the linear heads: promotion or not, and the nine categories.

    python -m models.train_heads --shared ../shared --out models/heads

Labelled rows and silent texts teach; a label that officers could dispute (`soft`) takes no
loss. The sentence around each quotation that carries a label teaches that label once more, so
that heads trained on whole pages know the words that matter. Scores come from cross-validation by group; the calibration and the thresholds are fitted
on those. The held-out fifth is scored once, at the end.

The features are computed by the room that uses them; it is named by its import path here,
because rooms don't import each other.
"""

import argparse
import importlib
import importlib.resources
import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.corpus import LABELLED, SILENT, Row, group_of, held_out, rows
from models.linear import Floats, Ints, Linear, Sparse, fit, platt, take

HEADS = 10  # promotion, then categories 1 to 9
FOLDS = 5
L2 = 0.004
QUOTE_WEIGHT = 0.5
LONGEST_QUOTE = 60  # code points; of a longer sentence the quotation alone is taken
NEEDED_PRECISION = 0.9
FEATURES = "analyzers.ngrams:hash_ngrams"
WEIGHING = "analyzers.heads:weigh"
FOLDER = Path(__file__).parent / "heads"

_SENTENCE = re.compile(r"[^。！？!?；;\n]+")

Features = Callable[[Sequence[str]], tuple[Ints, Ints]]
Weighing = Callable[[Ints, Ints, Floats], Floats]


class Examples:
    """Texts with the truth of each head, and a mask that is 0 where officers could differ."""

    def __init__(self, labelled: Sequence[Row], silent: Sequence[Row], features: Features) -> None:
        quotes = [quote for row in labelled for quote in quotations(row)]
        self.rows = [*labelled, *silent, *(row for row, _, _ in quotes)]
        self.labelled = len(labelled)
        self.scored = len(labelled) + len(silent)
        self.truth = np.zeros((len(self.rows), HEADS), dtype=np.float32)
        self.mask = np.ones((len(self.rows), HEADS), dtype=np.float32)
        for i, row in enumerate(labelled):
            self.truth[i, 0] = row["promotion"]
            self.truth[i, row["cats"]] = 1
            self.mask[i, row["soft"]] = 0
        self.mask[self.scored :] = 0
        for i, (_, category, _) in enumerate(quotes, start=self.scored):
            self.truth[i, [0, category]] = 1
            self.mask[i, [0, category]] = QUOTE_WEIGHT
        texts = [row["text"] for row in self.rows[: self.scored]] + [quote for _, _, quote in quotes]
        self.buckets, self.offsets = features(texts)
        self.fold = np.array([zlib.crc32(group_of(row).encode()) // 5 % FOLDS for row in self.rows])

    def rarity(self, chosen: Ints, buckets: int) -> Floats:
        """Inverse document frequency of each bucket over the chosen rows."""
        counts = np.zeros(buckets)
        for i in chosen:
            counts[self.buckets[self.offsets[i] : self.offsets[i + 1]]] += 1  # a row's buckets are distinct
        return np.log((1 + len(chosen)) / (1 + counts)).astype(np.float32)

    def weighted(self, rarity: Floats, weigh: Weighing) -> Sparse:
        """The features of every row."""
        return Sparse(self.buckets, self.offsets, weigh(self.buckets, self.offsets, rarity), len(rarity))


def quotations(row: Row) -> list[tuple[Row, int, str]]:
    """The sentence around each quoted reason of a label, where it is not most of the text."""
    found = []
    for category, quote in (row.get("spans") or {}).items():
        at = row["text"].find(quote) if len(quote) >= 4 else -1
        if at < 0:
            continue
        sentences = _SENTENCE.finditer(row["text"])
        sentence = next((m.group() for m in sentences if m.start() <= at < m.end()), quote)
        if len(sentence) < 0.7 * len(row["text"]):
            found.append((row, int(category), sentence if len(sentence) < LONGEST_QUOTE else quote))
    return found


def split(shared: Path, hidden: bool) -> tuple[list[Row], list[Row]]:
    """Read (labelled, silent) rows of the held-out fifth, or of the rest."""
    labelled, silent = (
        [row for name in names for row in rows(shared / "data" / name)] for names in (LABELLED, SILENT)
    )
    known = {row["id"] for row in labelled}
    labelled += [row for row in own_samples() if row["id"] not in known]
    return [row for row in labelled if held_out(row) == hidden], [
        row for row in silent if held_out(row) == hidden
    ]


def own_samples() -> Iterator[Row]:
    """The project's own samples, in the ruleset."""
    for file in sorted(Path(str(importlib.resources.files("ruleset"))).glob("samples/*.jsonl")):
        yield from rows(file)


def learn(examples: Examples, chosen: Ints, buckets: int, weigh: Weighing) -> tuple[Floats, Linear]:
    """Fit the heads on some rows; returns (rarity, heads)."""
    rarity = examples.rarity(chosen, buckets)
    sparse = take(examples.weighted(rarity, weigh), chosen)
    return rarity, fit(sparse, examples.truth[chosen], examples.mask[chosen], L2)


def cross_validate(examples: Examples, buckets: int, weigh: Weighing) -> Floats:
    """Score every row by heads that saw none of its group."""
    found = np.zeros_like(examples.truth)
    for fold in range(FOLDS):
        rarity, heads = learn(examples, np.flatnonzero(examples.fold != fold), buckets, weigh)
        others = np.flatnonzero(examples.fold == fold)
        found[others] = heads.scores(take(examples.weighted(rarity, weigh), others))
    return found


def best_threshold(p: Floats, truth: Floats, mask: Floats) -> float:
    """The probability at which F1 is highest."""
    precision, recall, at = _curve(p, truth, mask)
    return float(at[np.argmax(2 * precision * recall / np.maximum(precision + recall, 1e-9))])


def safe_threshold(p: Floats, truth: Floats, mask: Floats) -> float | None:
    """The lowest probability from which precision holds `NEEDED_PRECISION`; None where it never does."""
    precision, _, at = _curve(p, truth, mask)
    good = np.flatnonzero(precision >= NEEDED_PRECISION)
    return float(at[good[-1]]) if len(good) else None


def _curve(p: Floats, truth: Floats, mask: Floats) -> tuple[Floats, Floats, Floats]:
    p, truth = p[mask > 0], truth[mask > 0]
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(truth[order])
    precision = (hits / np.arange(1, len(p) + 1)).astype(np.float32)
    return precision, hits / max(hits[-1], 1), p[order]


def report(p: Floats, examples: Examples, thresholds: Floats) -> dict[str, Any]:
    """Precision, recall and F1 on the labelled rows, and how many silent texts fire."""
    n = examples.labelled
    p = p[: examples.scored]
    fired, truth, known = p[:n] >= thresholds, examples.truth[:n] > 0, examples.mask[:n] > 0
    hit, false, missed = (
        (a & b & known).sum(axis=0) for a, b in ((fired, truth), (fired, ~truth), (~fired, truth))
    )
    named = ["promotion", *(str(category) for category in range(1, HEADS))]
    result: dict[str, Any] = {
        name: {
            "cases": int(hit[i] + missed[i]),
            "precision": round(float(hit[i] / max(hit[i] + false[i], 1)), 3),
            "recall": round(float(hit[i] / max(hit[i] + missed[i], 1)), 3),
        }
        for i, name in enumerate(named)
    }
    tp, wrong = hit[2:].sum(), false[2:].sum() + missed[2:].sum()
    result["micro_f1_2_to_9"] = round(float(2 * tp / (2 * tp + wrong)), 4)
    silent = p[n:] >= thresholds
    result["silent_texts"] = len(silent)
    result["silent_firing_2_to_9"] = round(float(silent[:, 2:].any(axis=1).mean()), 5)
    result["silent_promotion"] = round(float(silent[:, 0].mean()), 5)
    return result


def calibrated(scores: Floats, slopes: Floats, shifts: Floats) -> Floats:
    """Turn scores into probabilities."""
    found: Floats = 0.5 * (1 + np.tanh(0.5 * (scores * slopes + shifts)))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Cross-validate, calibrate, train on all rows that are not held out, score those, write."""
    parser = argparse.ArgumentParser(prog="python -m models.train_heads", description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/")
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    import torch

    torch.set_num_threads(1)
    features: Features = named(FEATURES)
    weigh: Weighing = named(WEIGHING)
    buckets: int = named(FEATURES.split(":")[0] + ":BUCKETS")

    examples = Examples(*split(options.shared, hidden=False), features)
    scores = cross_validate(examples, buckets, weigh)
    seen = slice(examples.scored)  # the quotations teach, but are not scored
    truth, mask = examples.truth[seen], examples.mask[seen]
    fitted = np.array([platt(scores[seen, i], truth[:, i], mask[:, i]) for i in range(HEADS)])
    slopes, shifts = fitted.astype(np.float32).T
    p = calibrated(scores, slopes, shifts)
    columns = [(p[seen, i], truth[:, i], mask[:, i]) for i in range(HEADS)]
    best = [best_threshold(*column) for column in columns]
    safe = [safe_threshold(*column) for column in columns]
    thresholds = np.array(best, dtype=np.float32)

    rarity, heads = learn(examples, np.arange(len(examples.rows)), buckets, weigh)
    aside = Examples(*split(options.shared, hidden=True), features)
    p_aside = calibrated(heads.scores(aside.weighted(rarity, weigh)), slopes, shifts)
    options.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        options.out / "heads.npz",
        rarity=rarity.astype(np.float16),
        weights=heads.weights.astype(np.float16),
        bias=heads.bias,
        slope=slopes,
        shift=shifts,
    )
    sure = np.array([2.0 if value is None else value for value in safe], dtype=np.float32)
    summary = {
        "thresholds": {
            "best_f1": [round(v, 3) for v in best],
            "precision_0.9": [v and round(v, 3) for v in safe],
        },
        "cross_validation": report(p, examples, thresholds),
        "cross_validation_at_precision_0.9": report(p, examples, sure),
        "held_out": report(p_aside, aside, thresholds),
        "held_out_at_precision_0.9": report(p_aside, aside, sure),
    }
    (options.out / "scores.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")


def named(path: str) -> Any:
    """Import `module:name`."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


if __name__ == "__main__":
    main()
