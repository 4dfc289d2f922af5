"""Which product an ad is about."""

from pathlib import Path

import pytest

from analyzers.evidence import Field
from analyzers.product import plain_products, product_of
from analyzers.scan import Scanner
from findings.model.vocabulary import Product
from tests.support.rulesets import NORMALISE, rule, tiny

CASES = [
    ("none", "", "天气", Product.NONE),
    ("one", "", "基金", Product.FUND),
    ("the earlier of two", "", "贷款服务，" + "一" * 80 + "基金", Product.LOAN),
    ("the headline outweighs", "基金", "贷款", Product.FUND),
    ("the repeated one", "", "贷款，基金、基金、基金", Product.FUND),
]


@pytest.mark.parametrize(
    ("title", "text", "product"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_product(tmp_path: Path, title: str, text: str, product: Product) -> None:
    ruleset = tiny(
        tmp_path,
        rule("product.fund", [{"pattern": "基金"}], role="product", product="fund"),
        rule("product.loan", [{"pattern": "贷款"}], role="product", product="loan"),
    )
    scanner = Scanner(ruleset, NORMALISE)
    fields = []
    for name, original in (("title", title), ("text", text)):
        normalised = NORMALISE(original)
        fields.append(Field(name, original, normalised, tuple(scanner.scan(normalised.text))))
    assert product_of(fields) is product


def test_a_course_about_shares_is_a_course(tmp_path: Path) -> None:
    ruleset = tiny(
        tmp_path,
        rule("product.securities", [{"pattern": "股票"}], role="product", product="securities"),
        rule("product.training", [{"pattern": "课程"}], role="product", product="training"),
        rule("product.wealth_hint", [{"pattern": "利息"}], role="product", product="wealth", weight=0.3),
    )
    normalised = NORMALISE("股票、股票、股票课程，利息")
    fields = (Field("text", "", normalised, tuple(Scanner(ruleset, NORMALISE).scan(normalised.text))),)
    assert product_of(fields) is Product.TRAINING
    assert plain_products(fields) == {Product.SECURITIES, Product.TRAINING}
