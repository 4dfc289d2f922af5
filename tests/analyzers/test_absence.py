"""When an ad without a risk warning lacks one: by its product, and by what it says of a return."""

from pathlib import Path

import pytest

from analyzers.absence import missing_warning, strength_of_absence
from analyzers.combine import Strength
from analyzers.evidence import Field
from analyzers.scan import Scanner
from findings.model.vocabulary import Level, Product
from tests.support.rulesets import NORMALISE, rule, tiny

RULES = [
    rule("guarantee.principal", [{"pattern": "保本"}]),
    rule("product.wealth", [{"pattern": "理财"}], role="product", product="wealth"),
    rule("product.p2p", [{"pattern": "出借"}], role="product", product="p2p"),
    rule("product.loan", [{"pattern": "贷款"}], role="product", product="loan"),
    rule("product.wealth_hint", [{"pattern": "利息"}], role="product", product="wealth", weight=0.3),
    rule("promotion.gain", [{"pattern": "赚"}], role="promotion", signal="offer"),
    rule("promotion.function", [{"pattern": "行情"}], role="promotion", signal="offer"),
]

CASES = [
    ("a wealth product", Product.WEALTH, "理财一元起", Level.CLEAR),
    ("a broker that lists functions", Product.SECURITIES, "行情与开户", Level.ARGUABLE),
    ("a broker that holds gains out", Product.SECURITIES, "行情好，跟着赚", Level.CLEAR),
    ("tips without functions", Product.SECURITIES, "明早给代码", Level.CLEAR),
    ("a plain loan", Product.LOAN, "贷款当天放", None),
    ("a loan app that sells wealth too", Product.LOAN, "贷款，出借", Level.ARGUABLE),
    ("a loan app that sells guaranteed wealth", Product.LOAN, "贷款，出借保本", Level.CLEAR),
    ("protection insurance", Product.INSURANCE, "住院就赔", None),
    ("insurance that holds gains out", Product.INSURANCE, "交五年就赚", Level.ARGUABLE),
    ("insurance with a guarantee", Product.INSURANCE, "万能险保本", Level.CLEAR),
    ("a bank's app with wealth products", Product.DEPOSIT, "存款与理财", Level.ARGUABLE),
    ("plain homes", Product.PROPERTY, "三房两厅", None),
    ("homes that pay", Product.PROPERTY, "买到就赚", Level.ARGUABLE),
    ("a hint of money and no trade", Product.OTHER, "利息按月到账", Level.CLEAR),
    ("a lottery", Product.LOTTERY, "跟着赚", None),
]


def fields_of(folder: Path, text: str) -> tuple[Field, ...]:
    scanner = Scanner(tiny(folder, *RULES), NORMALISE)
    normalised = NORMALISE(text)
    return (Field("text", text, normalised, tuple(scanner.scan(normalised.text))),)


@pytest.mark.parametrize(
    ("product", "text", "level"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_level(tmp_path: Path, product: Product, text: str, level: Level | None) -> None:
    fields = fields_of(tmp_path, text)
    strength = strength_of_absence(product, fields)
    found = missing_warning(product, fields)
    if level is None:
        assert found is None
        assert strength == Strength(0.0, 0.0)
    else:
        assert found is not None
        assert found[0] is level
        assert (strength.clear > 0) is (level is Level.CLEAR)


def test_a_claim_makes_it_surer(tmp_path: Path) -> None:
    plain = fields_of(tmp_path / "a", "理财")
    claimed = fields_of(tmp_path / "b", "理财保本")
    less, more = missing_warning(Product.WEALTH, plain), missing_warning(Product.WEALTH, claimed)
    assert less is not None
    assert more is not None
    assert less[1] < more[1]
    assert (
        strength_of_absence(Product.WEALTH, plain).clear < strength_of_absence(Product.WEALTH, claimed).clear
    )
