"""Category 1: an ad for something with an expected return, and no risk warning anywhere.

Article 25 of the Advertising Law asks for the warning only where a return is expected: not for plain
loans, payment, protection insurance, deposits, lotteries. What counts is the product, and where the
product says nothing of it, what the ad says: homes that pay rent, policies that pay dividends, goods
that are bought back, wealth products on a bank's app.
"""

from collections.abc import Sequence

import msgspec

from analyzers.combine import Strength, evidence_of
from analyzers.evidence import Field, fired_rules, noisy_or
from analyzers.form_rules import WarningRules
from analyzers.product import plain_products
from findings.model.crawl import TextRun
from findings.model.judgement import Span
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
#: Products beside which wealth products are often sold.
MIXED = frozenset({Product.INSURANCE, Product.PROPERTY, Product.DEPOSIT, Product.OTHER})
#: What makes an ad of another trade one of wealth as well (mixed apps).
BESIDE = frozenset({Product.P2P, Product.FUND, Product.PRIVATE_FUND, Product.CROWDFUNDING})
#: Categories that claim something about a return; a broker's list of functions has none of them.
CLAIMS = frozenset({2, 3, 4, 5, 7})
#: Signals that hold a return out, whatever the product.
GAINS = frozenset({"promotion.gain", "promotion.money_talk"})
#: Signals of a house that only lists what its app or desk does.
PLAIN = frozenset({"promotion.function", "promotion.named", "promotion.menu"})
#: Houses that may list functions without holding anything out.
LISTING = frozenset({Product.SECURITIES, Product.FUTURES})
#: What is said without any claim: surer for a wealth product than for an arguable one.
WITHOUT_CLAIM = 0.75
ARGUABLE_SCORE = 0.3


class DrawnWarnings(msgspec.Struct, frozen=True):
    """The risk warnings of a landing page as they were drawn. The page's words begin at `begins` in the
    judged text; what stands before is the creative's."""

    runs: tuple[TextRun, ...]
    begins: int


class Faint(msgspec.Struct, frozen=True):
    """How surely a warning goes unnoticed, and why."""

    level: Level
    run: TextRun

    def said(self, lang: str) -> str:
        """The reason: not visible, or size and contrast."""
        run = self.run
        if not run.visible:
            return "it can't be seen" if lang == "en" else "不可见"
        contrast = "" if run.contrast is None else f"{run.contrast:g}"
        if lang == "en":
            return f"{run.size_px:g} px" + (f", contrast {contrast}" if contrast else "")
        return f"字高 {run.size_px:g} 像素" + (f"，对比度 {contrast}" if contrast else "")


def inconspicuous(warned: Sequence[Span], drawn: DrawnWarnings, rules: WarningRules) -> Faint | None:
    """The best drawn of an ad's warnings where none of them is conspicuous; None where one is, or may be.

    A warning in the creative or a picture, or one whose drawing nobody recorded, counts as conspicuous.
    """
    shown = ["".join(run.text.split()) for run in drawn.runs]
    for span in warned:
        words = "".join(span.text.split())
        if span.field != "text" or span.start < drawn.begins or not any(words in text for text in shown):
            return None
    graded = [Faint(level, run) for run in drawn.runs if (level := _grade(run, rules)) is not None]
    if not drawn.runs or len(graded) < len(drawn.runs):
        return None
    return min(graded, key=lambda one: (one.level is Level.CLEAR, not one.run.visible, -one.run.size_px))


def _grade(run: TextRun, rules: WarningRules) -> Level | None:
    contrast = rules.contrast.arguable if run.contrast is None else run.contrast
    if not run.visible or run.size_px < rules.size_px.clear or contrast < rules.contrast.clear:
        return Level.CLEAR
    if run.size_px < rules.size_px.arguable or contrast < rules.contrast.arguable:
        return Level.ARGUABLE
    return None


def missing_warning(product: Product, fields: Sequence[Field]) -> tuple[Level, float] | None:
    """Level and score of a missing warning, by rules alone; None where no return is expected."""
    level = _level(product, fields)
    if level is Level.CLEAR:
        return level, noisy_or([WITHOUT_CLAIM, *_claims(fields)])
    return (level, ARGUABLE_SCORE) if level else None


def strength_of_absence(product: Product, fields: Sequence[Field]) -> Strength:
    """The same as weights of evidence, for the fusion: nothing where no return is expected."""
    level = _level(product, fields)
    if level is None:
        return Strength(0.0, 0.0)
    if level is Level.ARGUABLE:
        return Strength(0.0, 1.0)
    return Strength(evidence_of([WITHOUT_CLAIM, *_claims(fields)]), 1.0)


def _level(product: Product, fields: Sequence[Field]) -> Level | None:
    ids = {fired.rule.id for _, fired in fired_rules(fields)}
    claimed = bool(_claims(fields))
    if product in RETURN:
        lists = product in LISTING and bool(ids & PLAIN) and not claimed
        return Level.ARGUABLE if lists else Level.CLEAR
    shown = plain_products(fields)
    if product in (Product.OTHER, Product.NONE) and not shown:
        return Level.CLEAR  # money is talked of, and no trade that could do without the warning
    guaranteed = any(fired.rule.category == 2 for _, fired in fired_rules(fields))
    if shown & BESIDE:
        return Level.CLEAR if guaranteed or claimed else Level.ARGUABLE
    if product is Product.OTHER:
        return Level.CLEAR if guaranteed or ids & GAINS else None
    if product in (Product.INSURANCE, Product.PROPERTY) and (guaranteed or ids & GAINS):
        invested = product is Product.INSURANCE or Product.WEALTH in shown
        return Level.CLEAR if guaranteed and invested else Level.ARGUABLE
    return Level.ARGUABLE if Product.WEALTH in shown and product in MIXED else None


def _claims(fields: Sequence[Field]) -> list[float]:
    return [
        fired.rule.weight
        for _, fired in fired_rules(fields)
        if (fired.rule.category in CLAIMS and fired.rule.level is Level.CLEAR) or fired.rule.id in GAINS
    ]
