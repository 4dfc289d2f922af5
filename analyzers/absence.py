"""Category 1: an ad for something with an expected return, and no risk warning anywhere.

Article 25 of the Advertising Law asks for the warning only where a return is expected: not for plain
loans, payment, protection insurance, deposits, lotteries.
"""

from collections.abc import Sequence

from analyzers.combine import Strength, evidence_of
from analyzers.evidence import Field, fired_rules, noisy_or
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


def expects_return(product: Product) -> bool:
    """Whether the product belongs to those with an expected return."""
    return product in RETURN


def missing_warning(product: Product, fields: Sequence[Field]) -> tuple[Level, float]:
    """Level and score of a missing warning: clear with a claim or an offer of terms, else arguable."""
    claims = _claims(fields)
    return (Level.CLEAR, noisy_or(claims)) if claims else (Level.ARGUABLE, 0.3)


def strength_of_absence(product: Product, fields: Sequence[Field]) -> Strength:
    """The same as weights of evidence, for the fusion: nothing where the product promises no return."""
    if not expects_return(product):
        return Strength(0.0, 0.0)
    return Strength(evidence_of(_claims(fields)), 1.0)


def _claims(fields: Sequence[Field]) -> list[float]:
    return [
        fired.rule.weight
        for _, fired in fired_rules(fields)
        if fired.rule.category in CLAIMS or (fired.rule.role == "promotion" and fired.rule.signal == "offer")
    ]
