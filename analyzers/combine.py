"""From the rules that fired to one score and level a category, by rules alone.

Noisy-or of the rules' weights, an arguable rule at `ARGUABLE_SHARE` of its weight. With trained
models, `analyzers.fusion` weighs the same strengths against what the heads read.
"""

from collections.abc import Iterable, Sequence
from math import log

import msgspec

from analyzers.evidence import noisy_or
from analyzers.rules import Rule
from findings.model.vocabulary import Level

ARGUABLE_SHARE = 0.6
#: No single rule is surer than this, and no pile of rules counts for more than `MOST`.
SUREST = 0.98
MOST = 6.0


class Strength(msgspec.Struct, frozen=True):
    """How much the rules of a category say, as weights of evidence (natural logarithms, 0 to `MOST`)."""

    clear: float
    arguable: float


def evidence_of(weights: Iterable[float]) -> float:
    """The weight of evidence of independent signs: minus the logarithm of the chance that all err."""
    return min(sum(-log(1.0 - min(weight, SUREST)) for weight in weights), MOST)


def strength(rules: Sequence[Rule]) -> Strength:
    """How much rules say, those of level clear and arguable apart."""
    return Strength(
        evidence_of(rule.weight for rule in rules if rule.level is Level.CLEAR),
        evidence_of(rule.weight for rule in rules if rule.level is not Level.CLEAR),
    )


def score_of(rules: Sequence[Rule]) -> float:
    """One score, 0 to 1, from the rules that fired."""
    return noisy_or(rule.weight * (1.0 if rule.level is Level.CLEAR else ARGUABLE_SHARE) for rule in rules)


def level_of(rules: Sequence[Rule]) -> Level | None:
    """Clear, arguable, or no finding at all: by the rules' own level."""
    if not rules:
        return None
    return Level.CLEAR if any(rule.level is Level.CLEAR for rule in rules) else Level.ARGUABLE
