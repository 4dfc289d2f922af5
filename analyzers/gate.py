"""Is this a promotion of a financial product at all?

News, education, warnings, court and job notices, contracts and help pages are not. After the
Guide on applying the Advertising Law (2025-06-19), news and knowledge pieces become one when the
same page carries the advertiser's contacts or a purchase link.

The score of the rules is: (chance of a promoting sign, of a category's sign at `CATEGORY_SHARE` of
its weight) × (nothing excuses it), and zero where no financial product shows. With the semantic
model, both are averaged as log-odds, the model's with `MODEL_SHARE`; the mean then has its own threshold.
Shares and thresholds were chosen on labelled rows that neither rules nor heads had seen.
"""

from collections.abc import Sequence
from math import exp, log

import msgspec

from analyzers.evidence import Field, fired_rules, noisy_or

#: From this score on a text is read as a promotion, by rules alone.
THRESHOLD = 0.5
#: The same for the mean of rules and model.
BLENDED_THRESHOLD = 0.3
#: A banned phrase is a weaker sign of promotion than an offer: those who warn of it quote it too.
CATEGORY_SHARE = 0.75
#: What a contact or purchase link leaves of the excuse of being news or knowledge.
REACHABLE_SHARE = 0.3
MODEL_SHARE = 0.6


class Gate(msgspec.Struct, frozen=True):
    """The decision, its score (0 to 1) and the rules behind it."""

    promotion: bool
    score: float
    rules: tuple[str, ...]
    excused: tuple[str, ...]


def gate(fields: Sequence[Field], model: float | None = None) -> Gate:
    """Decide whether an ad's texts promote a financial product.

    `model` is the semantic model's probability, where it was asked.
    """
    promoting: dict[str, float] = {}
    banned: dict[str, float] = {}
    product: dict[str, float] = {}
    excuses: dict[str, float] = {}
    yielding: set[str] = set()
    reachable = False
    for _, fired in fired_rules(fields):
        rule = fired.rule
        if rule.role == "promotion":
            promoting[rule.id] = rule.weight
            reachable = reachable or rule.signal in ("contact", "purchase")
        elif rule.role == "product":
            product[rule.id] = rule.weight
        elif rule.role == "exculpation":
            excuses[rule.id] = rule.weight
            if rule.signal in ("news", "education"):
                yielding.add(rule.id)
        elif rule.category is not None:
            banned[rule.id] = rule.weight
    excuse = noisy_or(
        weight * (REACHABLE_SHARE if reachable and rule in yielding else 1.0)
        for rule, weight in excuses.items()
    )
    score = 0.0
    if product or banned:
        signs = noisy_or([*promoting.values(), *(CATEGORY_SHARE * weight for weight in banned.values())])
        score = signs * (1.0 - excuse)
    threshold = THRESHOLD
    if model is not None:
        score, threshold = blend(score, model, MODEL_SHARE), BLENDED_THRESHOLD
    return Gate(score >= threshold, score, (*promoting, *banned), tuple(excuses))


def blend(rules: float, model: float, share: float, middle: float = 0.5) -> float:
    """The weighted mean of two probabilities as log-odds.

    `share` is the model's weight, 0 to 1; at `middle` the model speaks neither for nor against.
    """
    odds = (1.0 - share) * _log_odds(rules, 0.01) + share * (
        _log_odds(model, 0.002) - _log_odds(middle, 0.002)
    )
    return 1.0 / (1.0 + exp(-odds))


def _log_odds(probability: float, least: float) -> float:
    """The log-odds of a probability held between `least` and 1 - `least`."""
    bounded = min(max(probability, least), 1.0 - least)
    return log(bounded / (1.0 - bounded))
