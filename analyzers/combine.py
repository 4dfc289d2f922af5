"""From signs to one score and level a category.

Rules: noisy-or of the weights of the rules that fired, an arguable rule at `ARGUABLE_SHARE` of its
weight. With the semantic model's probability, the two are averaged as log-odds (`MODEL_SHARE`); where
no rule fired, the rules count as `SILENCE`, so that the model alone must be surer. A head's
probability is read against `MIDDLE`, as those of rare categories never come near 1.
"""

from collections.abc import Sequence

from analyzers.evidence import noisy_or
from analyzers.gate import blend
from analyzers.rules import Rule
from findings.model.vocabulary import Level

ARGUABLE_SHARE = 0.6
#: Chosen on labelled rows that neither rules nor heads had seen, as `SILENCE`.
MODEL_SHARE = 0.3
SILENCE = 0.3
#: The heads alone have their best F1 at probabilities from 0.1 to 0.45 (`models/heads/scores.json`). One
#: middle for all does as well on unseen rows as one a category, and outlives the next training.
MIDDLE = 0.28
#: Scores from which a finding is clear, or at least arguable.
CLEAR = 0.5
ARGUABLE = 0.3


def score_of(rules: Sequence[Rule], model: float | None) -> float:
    """One score, 0 to 1, from the rules that fired and the model's probability."""
    fired = noisy_or(rule.weight * (1.0 if rule.level is Level.CLEAR else ARGUABLE_SHARE) for rule in rules)
    if model is None:
        return fired
    return blend(fired if rules else SILENCE, model, MODEL_SHARE, MIDDLE)


def level_of(rules: Sequence[Rule], score: float, model: float | None) -> Level | None:
    """Clear, arguable, or no finding at all: by the rules' own level, with the model by the score."""
    if model is None:
        if not rules:
            return None
        return Level.CLEAR if any(rule.level is Level.CLEAR for rule in rules) else Level.ARGUABLE
    if score >= CLEAR:
        return Level.CLEAR
    return Level.ARGUABLE if score >= ARGUABLE else None
