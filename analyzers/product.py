"""Which financial product an ad promotes, from the rules of role `product`."""

from collections import defaultdict
from collections.abc import Sequence

from analyzers.evidence import Field, fired_rules
from findings.model.vocabulary import Product

#: A product named in the headline, or in the opening (code points), is what the ad is about.
TITLE_FACTOR = 1.6
OPENING_FACTOR = 1.3
OPENING = 60
#: Further mentions count a quarter each, at most this many.
REPEAT_SHARE = 0.25
REPEATS = 4


def product_of(fields: Sequence[Field]) -> Product:
    """The product with the strongest signs; NONE where no product shows.

    Each rule counts its weight, more where it fires early, and a little for every repetition.
    Ties go to the product listed first in the vocabulary.
    """
    points: dict[Product, float] = defaultdict(float)
    for field, fired in fired_rules(fields):
        rule = fired.rule
        if rule.role != "product" or rule.product is None:
            continue
        first = fired.spans[0][0]
        place = TITLE_FACTOR if field.name == "title" else OPENING_FACTOR if first < OPENING else 1.0
        repeats = min(len(fired.spans) - 1, REPEATS)
        points[rule.product] += rule.weight * (place + REPEAT_SHARE * repeats)
    if not points:
        return Product.NONE
    order = list(Product)
    return max(points, key=lambda product: (points[product], -order.index(product)))
