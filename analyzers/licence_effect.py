"""What the licence verdict does to a finding of category 2 or 6."""

from findings.model.judgement import Resolution
from findings.model.vocabulary import Level, LicenceStatus, Product

#: Verdicts that say the advertiser may not, on its face, offer this.
BARRED = frozenset(
    {
        LicenceStatus.NOT_FOUND,
        LicenceStatus.CONTRADICTED,
        LicenceStatus.OUT_OF_SCOPE,
        LicenceStatus.EXPIRED,
        LicenceStatus.LISTED_NEGATIVE,
    }
)
#: Deposit-taking and credit, in whatever dress.
DEPOSIT_OR_CREDIT = frozenset(
    {Product.DEPOSIT, Product.WEALTH, Product.LOAN, Product.CREDIT_CARD, Product.P2P}
)
_CONTRACTUAL = frozenset({Product.DEPOSIT, Product.INSURANCE})


def licence_rule(product: Product, status: LicenceStatus) -> bool:
    """Whether the licence verdict alone makes a lead of category 6."""
    return status in BARRED and product in DEPOSIT_OR_CREDIT


def tempered(category: int, level: Level | None, product: Product, resolution: Resolution) -> Level | None:
    """The level of a finding once the licence verdict is known; None drops it."""
    if level is None:
        return None
    status = resolution.licence.status
    if category == 6:
        if status is LicenceStatus.LICENSED:
            return None
        if status is LicenceStatus.UNCONFIRMED:
            return Level.ARGUABLE
        return Level.CLEAR if status in BARRED else level
    if category == 2 and product in _CONTRACTUAL:
        if status is LicenceStatus.LICENSED:
            return None
        if status is LicenceStatus.UNCONFIRMED:
            return Level.ARGUABLE
    return level
