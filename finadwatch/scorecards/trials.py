"""Each rule tried on labelled texts: how often it fires, and on how many of the right ones.

A rule of a category counts where it would make a finding with the rules alone: its conditions on the
text, the channel, the product and on being a promotion hold (licence verdicts are not asked for). It is
right on a row labelled with its category, disputed where the category is arguable, else wrong. A signal
is held against the label it speaks of: promotion, warning, product, trade; rows without that label
count neither way.
"""

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from analyzers.evidence import Field
from analyzers.lint import excused
from analyzers.normalise import Normaliser
from analyzers.quoting import distinct, spans_in
from analyzers.rules import Rule, Ruleset
from analyzers.scan import Scanner
from finadwatch.scorecards.intervals import Rate, wilson
from finadwatch.scorecards.rows import Row
from findings.model.judgement import Span
from findings.model.vocabulary import Product


class Verdict(StrEnum):
    """What the labels say of one firing; UNKNOWN: they don't answer."""

    RIGHT = "right"
    DISPUTED = "disputed"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class Firing(msgspec.Struct, frozen=True):
    """A rule that fired in a row, and the words it fired on."""

    file: str
    line: int
    id: str
    verdict: Verdict
    spans: tuple[Span, ...]


class Trial(msgspec.Struct, frozen=True):
    """One rule on all rows. `precision` is right among right and wrong; `errors` are the wrong firings."""

    rule: str
    category: int | None
    role: str | None
    level: str
    fired: int
    right: int
    disputed: int
    wrong: int
    precision: Rate
    errors: tuple[Firing, ...]


def trials(
    ruleset: Ruleset,
    normalise: Normaliser,
    rows: Sequence[Row],
    *,
    only: str | None = None,
    cache: Path | None = None,
) -> list[Trial]:
    """Try every active rule, or the `only` one, on every row, in the order of the ruleset.

    The others are scanned for all the same: they say what is a promotion. `cache` is a folder for
    compiled patterns.
    """
    scanner = Scanner(ruleset, normalise, cache)
    tried = {rule.id: rule for rule in ruleset.active if only is None or rule.id == only}
    found: dict[str, list[Firing]] = {rule: [] for rule in tried}
    for row in rows:
        for rule, firing in _firings(row, scanner, normalise, tried):
            found[rule].append(firing)
    return [_trial(rule, found[rule.id]) for rule in tried.values()]


def _firings(
    row: Row, scanner: Scanner, normalise: Normaliser, tried: Collection[str]
) -> Iterator[tuple[str, Firing]]:
    normalised = normalise(row.text)
    field = Field("text", row.text, normalised, tuple(scanner.scan(normalised.text)))
    for fired in field.fired:
        rule = fired.rule
        if rule.id not in tried:
            continue
        if rule.conditions.channels and row.channel not in rule.conditions.channels:
            continue
        if not excused(rule, row.text, scanner, normalise):
            spans = distinct(spans_in(field, fired.spans))
            yield rule.id, Firing(row.file, row.line, row.id, verdict(rule, row), spans)


def verdict(rule: Rule, row: Row) -> Verdict:
    """What a row's labels say of a rule that fired in it."""
    if rule.category is not None:
        if rule.category in row.soft:
            return Verdict.DISPUTED
        return _told(rule.category in row.cats)
    if row.silent:
        return Verdict.UNKNOWN
    match rule.role:
        case "promotion":
            return _told(row.promotion)
        case "exculpation":
            return _told(not row.promotion)
        case "warning":
            return _told(row.warning)
        case "product":
            unsaid = row.product in (None, Product.NONE)  # not promoted, whatever the text is about
            return _told(None if unsaid else row.product == rule.product)
        case _:  # trade
            return _told(None if row.type is None else row.type == rule.type)


def _told(right: bool | None) -> Verdict:
    return Verdict.UNKNOWN if right is None else Verdict.RIGHT if right else Verdict.WRONG


def _trial(rule: Rule, firings: Sequence[Firing]) -> Trial:
    right, disputed, wrong = (
        sum(one.verdict is told for one in firings)
        for told in (Verdict.RIGHT, Verdict.DISPUTED, Verdict.WRONG)
    )
    return Trial(
        rule=rule.id,
        category=rule.category,
        role=rule.role,
        level=rule.level.value,
        fired=len(firings),
        right=right,
        disputed=disputed,
        wrong=wrong,
        precision=wilson(right, right + wrong),
        errors=tuple(one for one in firings if one.verdict is Verdict.WRONG),
    )
