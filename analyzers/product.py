"""Which financial product an ad promotes, from the rules of role `product`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from analyzers.evidence import Field, fired_rules
from findings.model.vocabulary import Product

#: A product named in the headline, or in the opening (code points), is what the ad is about.
TITLE_FACTOR = 1.6
OPENING_FACTOR = 1.3
OPENING = 60
#: Further mentions count a quarter each, at most this many.
REPEAT_SHARE = 0.25
REPEATS = 4
#: A rule of less weight only hints: it decides where nothing stronger speaks.
HINT = 0.33
#: A product keeps this share of its points beside a plain sign of the other: a course that teaches
#: shares is full of shares. Where tips are given (`TIPS`), the course is their dress.
YIELDS: Mapping[Product, tuple[Product, float]] = {Product.SECURITIES: (Product.TRAINING, 0.3)}
TIPS = "荐股"


def product_of(fields: Sequence[Field]) -> Product:
    """The product with the strongest signs; NONE where no product shows.

    Each rule counts its weight, more where it fires early, and a little for every repetition.
    Ties go to the product listed first in the vocabulary.
    """
    points: dict[Product, float] = defaultdict(float)
    plain = plain_products(fields)
    for field, fired in fired_rules(fields):
        rule = fired.rule
        if rule.role != "product" or rule.product is None:
            continue
        first = fired.spans[0][0]
        place = TITLE_FACTOR if field.name == "title" else OPENING_FACTOR if first < OPENING else 1.0
        repeats = min(len(fired.spans) - 1, REPEATS)
        points[rule.product] += rule.weight * (place + REPEAT_SHARE * repeats)
    tips = any(fired.rule.type == TIPS for _, fired in fired_rules(fields))
    for product, (other, share) in YIELDS.items():
        if product in points and other in plain and not tips:
            points[product] *= share
    if not points:
        return Product.NONE
    order = list(Product)
    return max(points, key=lambda product: (points[product], -order.index(product)))


def plain_products(fields: Sequence[Field]) -> frozenset[Product]:
    """Every product that is plainly named, the main one or beside it; hints don't count."""
    return frozenset(
        fired.rule.product
        for _, fired in fired_rules(fields)
        if fired.rule.role == "product" and fired.rule.product is not None and fired.rule.weight > HINT
    )
