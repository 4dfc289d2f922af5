"""Category 1: an ad for something with an expected return, and no risk warning anywhere.

Article 25 of the Advertising Law asks for the warning only where a return is expected: not for plain
loans, payment, protection insurance, deposits, lotteries.
"""

from collections.abc import Sequence

from analyzers.evidence import Field, Scores, fired_rules, noisy_or
from findings.model.vocabulary import Level, Product

#: Products whose very point is a return.
RETURN = frozenset(
    {
        Product.WEALTH,
        Product.FUND,
        Product.PRIVATE_FUND,
        Product.SECURITIES,
        Product.FUTURES,
        Product.FOREX_METALS,
        Product.CRYPTO,
        Product.P2P,
        Product.CROWDFUNDING,
        Product.TRAINING,
    }
)
#: Categories that claim something about a return; an app that only lists functions has none of them.
CLAIMS = frozenset({2, 3, 4, 5, 7, 8})
#: From this probability of the semantic model on, category 1 is clear without a rule's claim.
MODEL_CLEAR = 0.5


def expects_return(product: Product) -> bool:
    """Whether the product belongs to those with an expected return."""
    return product in RETURN


def missing_warning(product: Product, fields: Sequence[Field], scores: Scores | None) -> tuple[Level, float]:
    """Level and score of a missing warning: clear with a claim or an offer of terms, else arguable."""
    claims = [
        fired.rule.weight
        for _, fired in fired_rules(fields)
        if fired.rule.category in CLAIMS or (fired.rule.role == "promotion" and fired.rule.signal == "offer")
    ]
    score = noisy_or(claims) if claims else 0.3
    if scores is not None and 1 in scores.categories:
        model = scores.categories[1]
        return (Level.CLEAR if model >= MODEL_CLEAR else Level.ARGUABLE), model
    return (Level.CLEAR if claims else Level.ARGUABLE), score
