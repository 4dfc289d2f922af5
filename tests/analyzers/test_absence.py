"""When an ad without a risk warning lacks one: by its product, and by what it says of a return."""

from pathlib import Path

import pytest

from analyzers.absence import DrawnWarnings, inconspicuous, missing_warning, strength_of_absence
from analyzers.combine import Strength
from analyzers.evidence import Field
from analyzers.form_rules import WarningRules
from analyzers.ruleset import load_ruleset
from analyzers.scan import Scanner
from findings.model.crawl import TextRun
from findings.model.judgement import Span
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


@pytest.fixture(scope="module")
def warning() -> WarningRules:
    form = load_ruleset().form
    assert form is not None
    return form.warning


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


def run(size: float = 12, contrast: float | None = 5, *, visible: bool = True) -> TextRun:
    return TextRun(text="市场有风险， 投资须谨慎", size_px=size, contrast=contrast, visible=visible)


@pytest.mark.parametrize(
    ("runs", "level"),
    [
        ([run()], None),
        ([run(contrast=None)], None),
        ([run(visible=False)], Level.CLEAR),
        ([run(size=4)], Level.CLEAR),
        ([run(contrast=1.1)], Level.CLEAR),
        ([run(size=9)], Level.ARGUABLE),
        ([run(contrast=1.7)], Level.ARGUABLE),
        ([run(visible=False), run(size=9)], Level.ARGUABLE),
        ([run(visible=False), run()], None),
        ([], None),
    ],
)
def test_a_warning_that_nobody_notices(
    warning: WarningRules, runs: list[TextRun], level: Level | None
) -> None:
    warned = [Span("text", 10, 15, "投资须谨慎")]
    faint = inconspicuous(warned, DrawnWarnings(tuple(runs), 10), warning)
    assert (faint.level if faint else None) is level


@pytest.mark.parametrize(
    "span",
    [
        Span("text", 3, 8, "投资须谨慎"),
        Span("title", 10, 15, "投资须谨慎"),
        Span("text", 10, 15, "理财非存款"),
    ],
    ids=["in the creative", "in the title", "not among those drawn"],
)
def test_a_warning_elsewhere_counts_as_noticed(warning: WarningRules, span: Span) -> None:
    assert inconspicuous([span], DrawnWarnings((run(visible=False),), 10), warning) is None
