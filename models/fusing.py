"""Learn how rules and heads are weighed together, from scores of heads that never saw the row.

The rules were written with some rows in view, where they are surer than anywhere else. On such
rows a part of the rules is taken away by a fixed draw, so that the fusion learns how far rules can
be trusted on a text nobody has seen.
"""

import zlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from models.examples import EVADED, FOLDS, Example, named, truth_of
from models.linear import Floats, logistic

#: Share of the rules that are taken away on rows their authors had in view.
FORGOTTEN = 0.25
#: Weight of a row by its source.
SHARES = {"real": 4.0, "case": 4.0, "silent": 2.0, "own": 1.0, "evaded": 0.5, "everyday": 0.5}
#: Own samples that the rules' authors had whole, and those of which they studied every other one, by the
#: CRC-32 of the id. Whatever is written later was in nobody's view.
OWN_RULES = ("m", "r")
STUDIED = ("s1-", "s2-", "s3-", "s4-", "s5-", "s5v-", "s6-", "s6s-")
#: Pull towards 0 of a feature's weight, and of what experience adds to a single rule.
L2 = 1.0
RULE_L2 = 8.0
#: Smaller adjustments of a rule are left out of the file.
SLIGHT = 0.02
#: A finding is clear from the probability of best F1, held within these. Own samples are richer in
#: categories than the field is, so they hardly count there.
CLEAR_RANGE = (0.25, 0.6)
#: What is less likely a promotion teaches a category nothing.
LIKELY = 0.1
FIELD = {"real": 4.0, "case": 4.0, "silent": 2.0, "own": 0.25, "evaded": 0.0, "everyday": 0.5}
LEARNING = "analyzers.learning"
FUSION = "analyzers.fusion"
NAMES = ("promotion", *(str(category) for category in range(1, 10)))
KINDS = ("app", "sms", "landing", "case", "own", "evaded")


class Fused(NamedTuple):
    """What goes into `fusion.json`, and the cross-validated scores."""

    fusion: dict[str, Any]
    scores: dict[str, Any]


def in_view(example: Example) -> bool:
    """Whether the authors of the rules had this row in view while they wrote."""
    if example.source not in ("own", "evaded"):
        return example.source != "everyday"
    name = str(example.row["id"]).removesuffix(EVADED)
    return name.startswith(OWN_RULES) or (name.startswith(STUDIED) and zlib.crc32(name.encode()) % 2 == 0)


def forgotten(name: str) -> Callable[[str], bool]:
    """A fixed draw over rules for one row."""
    return lambda rule: zlib.crc32(f"{name}/{rule}".encode()) % 1000 < FORGOTTEN * 1000


def fuse(examples: Sequence[Example], seen: Sequence[Any], logits: Floats) -> Fused:
    """Fit the fusion on all rows; its thresholds and its scores rest on fits that never saw the fold of a row."""
    said = Said(examples, seen, logits)
    folds = np.array([example.fold for example in examples])
    found = np.zeros((len(examples), 19), dtype=np.float32)
    for fold in range(FOLDS):
        found[folds == fold] = said.apply(said.fit(folds != fold))[folds == fold]
    fitted = said.fit(np.ones(len(examples), dtype=bool))
    fired = said.set_thresholds(fitted, found)
    report = {"cross_validation": by_kind(examples, said.truth[:, :10], said.masks, fired)}
    return Fused(fitted, report)


class Said:
    """What heads and rules say of every row, ready for regressions."""

    def __init__(self, examples: Sequence[Example], seen: Sequence[Any], logits: Floats) -> None:
        self._learning, self._fusion = named(LEARNING), named(FUSION)
        self.truth, _ = truth_of(examples)
        self.masks = mask_of(examples)
        self._shares = np.array([SHARES[example.source] for example in examples], dtype=np.float32)
        self._field = np.array([FIELD[example.source] for example in examples], dtype=np.float32)
        self._warned = np.array([ad.warned for ad in seen])
        self._seen = [
            self._learning.without(ad, forgotten(str(example.row["id"]))) if in_view(example) else ad
            for example, ad in zip(examples, seen, strict=True)
        ]
        self._columns = Columns(sorted({rule for ad in seen for rule in ad.rules}))
        self._logits = logits.tolist()
        rows = [self._learning.promotion_row(ad, z) for ad, z in zip(self._seen, self._logits, strict=True)]
        self._promotion = self._columns(rows)

    def _rows(self, promoted: Floats) -> list[Any]:
        """Features of all categories, given the probabilities of being a promotion."""
        return [
            self._learning.category_rows(ad, z, float(p))
            for ad, z, p in zip(self._seen, self._logits, promoted, strict=True)
        ]

    def _allowed(self, category: int) -> Any:
        return ~self._warned if category == 1 else np.ones(len(self._warned), dtype=bool)

    def fit(self, chosen: Any) -> dict[str, Any]:
        """`fusion.json` as the chosen rows (a mask) teach it, but for the thresholds."""
        fusion, rules = self._fusion, self._columns.rules
        promotion = regression(
            self._promotion[chosen],
            self.truth[chosen, 0],
            self._shares[chosen],
            fusion.PROMOTION_FEATURES,
            fusion.PROMOTION_SIGNS,
            rules,
        )
        promoted = probability(self._promotion, promotion, rules)
        rows = self._rows(promoted)
        categories: dict[str, Any] = {}
        for category in range(1, 10):
            x = self._columns([row[category - 1] for row in rows])
            on = chosen & (promoted >= LIKELY) & self._allowed(category)
            entry: dict[str, Any] = {}
            for kind, head, weights in (
                ("clear", category, self._shares * self.masks[:, category]),
                ("mention", 9 + category, self._shares),
            ):
                entry[kind] = regression(
                    x[on],
                    self.truth[on, head],
                    weights[on],
                    fusion.CATEGORY_FEATURES,
                    fusion.CATEGORY_SIGNS,
                    rules,
                )
            categories[str(category)] = entry
        return {"promotion": promotion, "categories": categories}

    def apply(self, fitted: dict[str, Any]) -> Floats:
        """Probabilities of every row, in the order of the heads."""
        rules = self._columns.rules
        promoted = probability(self._promotion, fitted["promotion"], rules)
        rows = self._rows(promoted)
        found = np.zeros((len(rows), 19), dtype=np.float32)
        found[:, 0] = promoted
        for category in range(1, 10):
            entry = fitted["categories"][str(category)]
            x = self._columns([row[category - 1] for row in rows])
            for kind, head in (("clear", category), ("mention", 9 + category)):
                p = probability(x, entry[kind], rules)
                found[:, head] = np.where(self._allowed(category), p, 0)
        return found

    def set_thresholds(self, fitted: dict[str, Any], found: Floats) -> Any:
        """Add thresholds chosen on `found`; returns what fires by them: promotion and clear categories."""
        fitted["promotion_from"] = threshold(found[:, 0], self.truth[:, 0], self._field)
        fired = np.zeros((len(found), 10), dtype=bool)
        fired[:, 0] = found[:, 0] >= fitted["promotion_from"]
        for category in range(1, 10):
            entry = fitted["categories"][str(category)]
            for kind, head, counts in (
                ("clear", category, self._field * self.masks[:, category]),
                ("mention", 9 + category, self._field),
            ):
                p = np.where(fired[:, 0], found[:, head], 0)
                entry[f"{kind}_from"] = threshold(p, self.truth[:, head], counts)
            fired[:, category] = fired[:, 0] & (found[:, category] >= entry["clear_from"])
        return fired


def mask_of(examples: Sequence[Example]) -> Floats:
    """1 where a label of promotion and the clear categories counts, 0 where officers could differ."""
    mask = np.ones((len(examples), 10), dtype=np.float32)
    for i, example in enumerate(examples):
        mask[i, list(example.row.get("soft", ()))] = 0
    return mask


class Columns:
    """Feature rows as a matrix: the named features, then one column a rule, 1 where it fired."""

    def __init__(self, rules: Sequence[str]) -> None:
        self.rules = rules
        self._at = {rule: at for at, rule in enumerate(rules)}

    def __call__(self, rows: Sequence[tuple[Sequence[float], Sequence[str]]]) -> Floats:
        """Make the matrix."""
        named_features = len(rows[0][0])
        found = np.zeros((len(rows), named_features + len(self.rules)), dtype=np.float32)
        for i, (features, fired) in enumerate(rows):
            found[i, :named_features] = features
            found[i, [named_features + self._at[rule] for rule in fired]] = 1
        return found


def regression(
    x: Floats,
    truth: Floats,
    weights: Floats,
    names: Sequence[str],
    signs: Sequence[int],
    rules: Sequence[str],
) -> dict[str, Any]:
    """A fitted logistic regression as `fusion.json` has it."""
    pull = np.array([L2] * len(names) + [RULE_L2] * len(rules))
    found, bias = logistic(x, truth, weights, l2=pull, signs=np.array([*signs, *([0] * len(rules))]))
    adjusted = zip(rules, found[len(names) :], strict=True)
    return {
        "bias": round(bias, 4),
        "weights": {
            name: round(float(value), 4) for name, value in zip(names, found[: len(names)], strict=True)
        },
        "rules": {rule: round(float(value), 3) for rule, value in adjusted if abs(value) >= SLIGHT},
    }


def probability(x: Floats, fitted: dict[str, Any], rules: Sequence[str]) -> Floats:
    """What a regression says of feature rows."""
    own = [fitted["rules"].get(rule, 0.0) for rule in rules]
    z = x @ np.array([*fitted["weights"].values(), *own], dtype=np.float32) + fitted["bias"]
    found: Floats = 0.5 * (1 + np.tanh(0.5 * z))
    return found


def threshold(p: Floats, truth: Floats, weights: Floats) -> float:
    """The probability of best weighted F1, held within `CLEAR_RANGE`."""
    at = np.linspace(*CLEAR_RANGE, 31)
    hits = [float((weights * truth * (p >= t)).sum()) for t in at]
    fired = [float((weights * (p >= t)).sum()) for t in at]
    f1 = [2 * h / max(f + float((weights * truth).sum()), 1e-9) for h, f in zip(hits, fired, strict=True)]
    return round(float(at[int(np.argmax(f1))]), 3)


def by_kind(examples: Sequence[Example], truth: Floats, masks: Floats, fired: Any) -> dict[str, Any]:
    """Micro-F1 over 2–9, category 1 and promotion by kind of text, and how many silent texts fire.

    On rows in the view of the rules' authors these flatter.
    """
    kinds = np.array([kind_of(example) for example in examples])
    report: dict[str, Any] = {}
    for kind in (*KINDS, "own unseen"):
        chosen = kinds == kind
        if kind == "own unseen":
            chosen = (kinds == "own") & np.array([not in_view(example) for example in examples])
        if chosen.any():
            report[kind] = {
                "rows": int(chosen.sum()),
                "promotion": f1(truth, masks, fired, chosen, [0]),
                "2-9": f1(truth, masks, fired, chosen, range(2, 10)),
                **{name: f1(truth, masks, fired, chosen, [i]) for i, name in enumerate(NAMES) if i},
            }
    silent = kinds == "silent"
    report["silent"] = {
        "rows": int(silent.sum()),
        "firing 2-9": round(float(fired[silent][:, 2:].any(axis=1).mean()), 5) if silent.any() else 0.0,
    }
    return report


def kind_of(example: Example) -> str:
    """The kind of text a row is reported under."""
    if example.source != "real":
        return example.source
    return str(example.row.get("kind") or "landing")


def f1(truth: Floats, masks: Floats, fired: Any, chosen: Any, columns: Any) -> list[float]:
    """[F1, precision, recall, cases] over some heads."""
    t, m, f = truth[chosen][:, columns] > 0, masks[chosen][:, columns] > 0, fired[chosen][:, columns]
    hit, false, missed = (int((a & b & m).sum()) for a, b in ((f, t), (f, ~t), (~f, t)))
    rate = 2 * hit / max(2 * hit + false + missed, 1)
    return [
        round(rate, 3),
        round(hit / max(hit + false, 1), 3),
        round(hit / max(hit + missed, 1), 3),
        hit + missed,
    ]
