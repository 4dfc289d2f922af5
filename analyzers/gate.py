"""Is this a promotion of a financial product at all?

News, education, warnings, court and job notices, contracts and help pages are not. After the
Guide on applying the Advertising Law (2025-06-19), news and knowledge pieces become one when the
same page carries the advertiser's contacts or a purchase link.

`signs` gathers what the rules say for and against. By rules alone the score is: (chance of a
promoting sign, of a category's sign at `CATEGORY_SHARE` of its weight) × (nothing excuses it), and
zero where neither a financial product nor a category's sign shows. With the trained models,
`analyzers.fusion` weighs the signs against what the heads read.
"""

from collections.abc import Sequence

import msgspec

from analyzers.evidence import Field, fired_rules, noisy_or

#: From this score on a text is read as a promotion, by rules alone.
THRESHOLD = 0.5
#: A banned phrase is a weaker sign of promotion than an offer: those who warn of it quote it too.
CATEGORY_SHARE = 0.75
#: What a contact or purchase link leaves of the excuse of being news or knowledge.
REACHABLE_SHARE = 0.3


class Signs(msgspec.Struct, frozen=True):
    """What the rules say of being a promotion: weights (0 to 1) by the rule that gave them.

    `yielding` are the excuses (news, knowledge) that contacts or a purchase link overcome;
    `reachable` says that there are such contacts, `product` that a financial product shows.
    """

    promoting: dict[str, float]
    claims: dict[str, float]
    excuses: dict[str, float]
    yielding: dict[str, float]
    reachable: bool
    product: bool


class Gate(msgspec.Struct, frozen=True):
    """The decision, its score (0 to 1) and the rules behind it."""

    promotion: bool
    score: float
    rules: tuple[str, ...]
    excused: tuple[str, ...]


def signs(fields: Sequence[Field]) -> Signs:
    """Gather the rules that speak for and against an ad's texts being a promotion."""
    promoting: dict[str, float] = {}
    claims: dict[str, float] = {}
    excuses: dict[str, float] = {}
    yielding: dict[str, float] = {}
    reachable = product = False
    for _, fired in fired_rules(fields):
        rule = fired.rule
        if rule.role == "promotion":
            promoting[rule.id] = rule.weight
            reachable = reachable or rule.signal in ("contact", "purchase")
        elif rule.role == "product":
            product = True
        elif rule.role == "exculpation":
            (yielding if rule.signal in ("news", "education") else excuses)[rule.id] = rule.weight
        elif rule.category is not None:
            claims[rule.id] = rule.weight
    return Signs(promoting, claims, excuses, yielding, reachable, product)


def score_of(seen: Signs) -> float:
    """The score by rules alone, 0 to 1."""
    if not seen.product and not seen.claims:
        return 0.0
    share = REACHABLE_SHARE if seen.reachable else 1.0
    excuse = noisy_or([*seen.excuses.values(), *(weight * share for weight in seen.yielding.values())])
    found = noisy_or(
        [*seen.promoting.values(), *(CATEGORY_SHARE * weight for weight in seen.claims.values())]
    )
    return found * (1.0 - excuse)


def gate(seen: Signs, score: float | None = None, threshold: float = THRESHOLD) -> Gate:
    """Decide. `score` is the fused probability where models were asked, with its own threshold."""
    found = score_of(seen) if score is None else score
    return Gate(found >= threshold, found, (*seen.promoting, *seen.claims), (*seen.excuses, *seen.yielding))
