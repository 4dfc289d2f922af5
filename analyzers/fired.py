"""What fired in an ad, and what follows from the rules alone: which apply to it, how grave, on what law. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from analyzers.evidence import Field, fired_rules
from analyzers.quoting import spans_in
from analyzers.rules import Category, Rule, RuleBasis
from findings.model.judgement import Basis, ScreenInput, Span
from findings.model.vocabulary import Channel, Level, LicenceStatus, Product, Severity


def signals_in(fields: Iterable[Field]) -> set[str]:
    """The ids of the signals that fired: rules of a role, which every category's regression knows."""
    return {fired.rule.id for _, fired in fired_rules(fields) if fired.rule.role is not None}


def rules_of(
    number: int,
    ad: ScreenInput,
    fields: Sequence[Field],
    product: Product,
    status: LicenceStatus,
    *,
    promotion: bool = True,
) -> list[tuple[Rule, list[Span]]]:
    """The rules of a category that fired and whose conditions about the ad hold, strongest first.

    Outside a promotion, those alone that don't ask for one.
    """
    spans: dict[str, list[Span]] = {}
    rules: dict[str, Rule] = {}
    for field, fired in fired_rules(fields):
        rule = fired.rule
        if (
            rule.category == number
            and (promotion or not rule.needs_promotion)
            and _about(rule, ad.channel, product, status)
        ):
            rules[rule.id] = rule
            spans.setdefault(rule.id, []).extend(spans_in(field, fired.spans))
    ordered = sorted(rules.values(), key=lambda rule: (rule.level is not Level.CLEAR, -rule.weight, rule.id))
    return [(rule, spans[rule.id]) for rule in ordered]


def _about(rule: Rule, channel: Channel, product: Product, status: LicenceStatus) -> bool:
    asked = rule.conditions
    return (
        (not asked.products or product in asked.products)
        and product not in asked.not_products
        and (not asked.channels or channel in asked.channels)
        and (not asked.licence_status or status in asked.licence_status)
    )


def warnings_in(fields: Iterable[Field]) -> list[Span]:
    """Where the risk warnings stand."""
    return [
        span
        for field, fired in fired_rules(fields)
        if fired.rule.role == "warning"
        for span in spans_in(field, fired.spans)
    ]


def severity_of(rules: Sequence[Rule], category: Category, level: Level) -> Severity:
    """The gravest of the rules', else the category's; an arguable finding is medium at most."""
    worst = max((rule.severity for rule in rules), key=lambda s: s.rank, default=category.severity)
    if level is Level.ARGUABLE and worst is Severity.HIGH:
        return Severity.MEDIUM
    return worst


def trade_of(fields: Sequence[Field], rules: Sequence[Rule]) -> str:
    """The trade of a category 8 finding: its strongest rule's, else the strongest trade signal's."""
    for rule in rules:
        if rule.type:
            return rule.type
    signals = [fired.rule for _, fired in fired_rules(fields) if fired.rule.role == "trade"]
    best = max(signals, key=lambda rule: rule.weight, default=None)
    return best.type if best and best.type else "其他"


def own_basis(rules: Sequence[Rule], category: Category, on: date, channel: Channel) -> tuple[Basis, ...]:
    """The articles that the rules name, else those of their category."""
    own = basis_of([basis for rule in rules for basis in rule.basis], on, channel)
    return own or basis_of(category.basis, on, channel)


def basis_of(bases: Iterable[RuleBasis], on: date, channel: Channel) -> tuple[Basis, ...]:
    """The articles in force on a day for a channel, each once, at most six."""
    chosen = {
        (basis.law, basis.article): Basis(basis.law, basis.article, basis.penalty, basis.confidence)
        for basis in reversed(list(bases))
        if basis.applies(on, channel)
    }
    return tuple(reversed(chosen.values()))[:6]
