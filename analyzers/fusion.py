"""What rules and heads say together: small logistic regressions, learned and readable.

The rules give weights of evidence, the heads log-odds; the regressions that weigh them are in
`fusion.json`, which a person can read: for being a promotion and for each category the weight of
every feature, what experience adds to or takes from single rules, and the probabilities from which
a finding is clear or at least arguable. A rule that is newer than the file counts for its own weight.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from math import exp, log
from pathlib import Path

import msgspec

from analyzers.combine import Strength, evidence_of
from analyzers.errors import ModelMissing, ModelUnusable
from analyzers.gate import Signs
from analyzers.heads import PROMOTION, clear, mentioned

PROMOTION_FEATURES = ("text", "signs", "claims", "excuse", "yielding", "reached", "nothing", "length")
CATEGORY_FEATURES = ("text", "mention", "promotion", "clear", "arguable", "length")
#: What each feature may do: speak for only (1), against only (-1), or both (0).
PROMOTION_SIGNS = (1, 1, 1, -1, -1, 1, -1, 0)
CATEGORY_SIGNS = (1, 1, 1, 1, 1, 0)
#: Log-odds of the heads are held within this: one odd n-gram outvotes no rule.
WIDEST = 6.0
CATEGORIES = range(1, 10)


class Regression(msgspec.Struct, frozen=True):
    """A logistic regression: the bias, the weight of each feature, and of each rule that fired, by name."""

    bias: float
    weights: Mapping[str, float]
    rules: Mapping[str, float] = {}

    def probability(
        self, names: Sequence[str], features: Sequence[float], fired: Iterable[str] = ()
    ) -> float:
        """The probability of a feature vector, where rules of these ids fired."""
        odds = self.bias + sum(
            self.weights[name] * value for name, value in zip(names, features, strict=True)
        )
        odds += sum(self.rules.get(rule, 0.0) for rule in fired)
        return 1.0 / (1.0 + exp(-odds)) if odds > -500 else 0.0


class CategoryFusion(msgspec.Struct, frozen=True):
    """Both regressions of a category and their thresholds: clear, and clear or arguable."""

    clear: Regression
    mention: Regression
    clear_from: float
    mention_from: float


class Fusion(msgspec.Struct, frozen=True):
    """The whole of `fusion.json`."""

    promotion: Regression
    promotion_from: float
    categories: Mapping[int, CategoryFusion]

    @classmethod
    def load(cls, file: Path) -> "Fusion":
        """Read `fusion.json`. Raises ModelMissing, or ModelUnusable where a part or feature is missing."""
        if not file.is_file():
            raise ModelMissing("fusion", str(file))
        try:
            read = msgspec.convert(json.loads(file.read_text(encoding="utf-8")), cls, strict=False)
            _check(read)
        except (OSError, ValueError, KeyError) as error:  # msgspec.ValidationError is a ValueError
            raise ModelUnusable("fusion", str(file), error) from error
        return read


def promotion_features(seen: Signs, logits: Sequence[float], length: int) -> list[float]:
    """Features of being a promotion, in the order of `PROMOTION_FEATURES`. `length` in code points."""
    yielding = evidence_of(seen.yielding.values())
    return [
        _held(logits[PROMOTION]),
        evidence_of(seen.promoting.values()),
        evidence_of(seen.claims.values()),
        evidence_of(seen.excuses.values()),
        yielding,
        yielding if seen.reachable else 0.0,
        0.0 if seen.product or seen.claims else 1.0,
        _size(length),
    ]


def category_features(
    category: int, said: Strength, logits: Sequence[float], promotion: float, length: int
) -> list[float]:
    """Features of a category (1 to 9), in the order of `CATEGORY_FEATURES`. `promotion` is a probability."""
    return [
        _held(logits[clear(category)]),
        _held(logits[mentioned(category)]),
        _held(log(max(promotion, 1e-9) / max(1.0 - promotion, 1e-9))),
        said.clear,
        said.arguable,
        _size(length),
    ]


def _held(odds: float) -> float:
    return min(max(float(odds), -WIDEST), WIDEST)


def _size(length: int) -> float:
    """The length of a text as a number near 0 (20 code points) to 5 (4,000)."""
    return log(1 + length / 30)


def _check(read: Fusion) -> None:
    if set(read.categories) != set(CATEGORIES):
        raise ValueError(f"categories are {sorted(read.categories)}, not 1 to 9")
    _names(read.promotion, PROMOTION_FEATURES)
    for fusion in read.categories.values():
        _names(fusion.clear, CATEGORY_FEATURES)
        _names(fusion.mention, CATEGORY_FEATURES)


def _names(regression: Regression, wanted: Iterable[str]) -> None:
    if set(regression.weights) != set(wanted):
        raise ValueError(f"features are {sorted(regression.weights)}, not {sorted(wanted)}")
