"""What those who train the models need of the analyzers: a text as the judge sees it, rule by rule.

The trainers in `models` name these functions by their import path; rooms don't import each other.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from analyzers.absence import strength_of_absence
from analyzers.analyzer import Analyzer, AnalyzerOptions
from analyzers.combine import strength
from analyzers.evidence import Field, length_of, rules_in
from analyzers.fired import rules_of, signals_in
from analyzers.fusion import category_features, promotion_features
from analyzers.gate import signs
from analyzers.product import product_of
from findings.model.judgement import ScreenInput
from findings.model.vocabulary import Channel, LicenceStatus

CATEGORIES = range(1, 10)


class Seen(NamedTuple):
    """An ad as the rules read it."""

    ad: ScreenInput
    fields: tuple[Field, ...]
    warned: bool

    @property
    def texts(self) -> list[str]:
        """The normalised texts, as the heads read them."""
        return [field.normalised.text for field in self.fields]

    @property
    def rules(self) -> list[str]:
        """The ids of the rules that fired."""
        return rules_in(self.fields)


class Observer:
    """Reads texts with the shipped rules and no model."""

    def __init__(self) -> None:
        self._analyzer = Analyzer.load(AnalyzerOptions(ocr=False))

    def see(self, text: str, channel: str) -> Seen:
        """Read one text of a channel (search, web, app, sms, im, live)."""
        ad = ScreenInput(text=text, channel=Channel(channel))
        fields = self._analyzer.read(ad).fields
        warned = any(fired.rule.role == "warning" for field in fields for fired in field.fired)
        return Seen(ad, fields, warned)


def without(seen: Seen, dropped: Callable[[str], bool]) -> Seen:
    """The same ad as if some rules, by id, didn't exist; warnings stay."""
    fields = tuple(
        msgspec.structs.replace(
            field,
            fired=tuple(
                fired for fired in field.fired if fired.rule.role == "warning" or not dropped(fired.rule.id)
            ),
        )
        for field in seen.fields
    )
    return seen._replace(fields=fields)


def promotion_row(seen: Seen, logits: Sequence[float]) -> tuple[list[float], list[str]]:
    """The fusion's features of being a promotion, and the rules that fired."""
    features = promotion_features(signs(seen.fields), logits, length_of(seen.fields))
    return features, rules_in(seen.fields)


def category_rows(
    seen: Seen, logits: Sequence[float], promotion: float
) -> list[tuple[list[float], list[str]]]:
    """The fusion's features of the categories 1 to 9, each with the rules it knows that fired.

    `promotion` is the fused probability.
    """
    product = product_of(seen.fields)
    length = length_of(seen.fields)
    signals = signals_in(seen.fields)
    found = []
    for number in CATEGORIES:
        fired = [
            rule
            for rule, _ in rules_of(number, seen.ad, seen.fields, product, LicenceStatus.UNKNOWN)
            if number > 1
        ]
        said = strength_of_absence(product, seen.fields) if number == 1 else strength(fired)
        features = category_features(number, said, logits, promotion, length)
        found.append((features, sorted(signals.union(rule.id for rule in fired))))
    return found
