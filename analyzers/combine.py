"""From signs to one score and level a category.

Rules: noisy-or of the weights of the rules that fired, an arguable rule at `ARGUABLE_SHARE` of its
weight. With the semantic model's probability, the two are averaged as log-odds (`MODEL_SHARE`); where no
rule fired, the rules count as `SILENCE`, so that the model alone must be surer.
"""

from collections.abc import Sequence

from analyzers.evidence import noisy_or
from analyzers.gate import blend
from analyzers.rules import Rule
from findings.model.vocabulary import Level

ARGUABLE_SHARE = 0.6
MODEL_SHARE = 0.5
SILENCE = 0.15
CLEAR = 0.5
ARGUABLE = 0.3


def score_of(rules: Sequence[Rule], model: float | None) -> float:
    """One score, 0 to 1, from the rules that fired and the model's probability."""
    fired = noisy_or(rule.weight * (1.0 if rule.level is Level.CLEAR else ARGUABLE_SHARE) for rule in rules)
    if model is None:
        return fired
    return blend(fired if rules else SILENCE, model, MODEL_SHARE)


def level_of(rules: Sequence[Rule], score: float, model: float | None) -> Level | None:
    """Clear, arguable, or no finding at all.

    Without the model, the rules decide by their own level. With it the score decides, and
    rules that call themselves arguable need the model to be sure of a clear finding.
    """
    if model is None:
        if not rules:
            return None
        return Level.CLEAR if any(rule.level is Level.CLEAR for rule in rules) else Level.ARGUABLE
    if score >= CLEAR and (not rules or any(rule.level is Level.CLEAR for rule in rules) or model >= CLEAR):
        return Level.CLEAR
    return Level.ARGUABLE if score >= ARGUABLE else None
