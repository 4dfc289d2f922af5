"""Text signals and licence verdict to findings. Pure; a lead with its reasons, never a verdict.

A licence never removes a finding of category 1, 3, 4, 5, 7 or 9. Category 6 rests on the licence
verdict, and category 2 doesn't reach a licensed institution's deposits and contractual benefits.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

import msgspec

from analyzers.absence import DrawnWarnings, inconspicuous, missing_warning, strength_of_absence
from analyzers.combine import Strength, level_of, score_of, strength
from analyzers.evidence import Field, fired_rules, length_of
from analyzers.fired import basis_of, own_basis, rules_of, severity_of, signals_in, trade_of, warnings_in
from analyzers.gate import Gate
from analyzers.licence_effect import licence_rule, tempered
from analyzers.notices import notices_of
from analyzers.quoting import distinct, quote, shortened, spans_in
from analyzers.routing import general_route, names, route
from analyzers.rules import Rule, Ruleset
from findings.model.judgement import (
    Finding,
    Handler,
    Judgement,
    Notice,
    Resolution,
    RiskWarning,
    ScreenInput,
    Span,
)
from findings.model.seats import Seats
from findings.model.vocabulary import Level, LicenceStatus, Product

if TYPE_CHECKING:
    from analyzers.fusion import Fusion
    from analyzers.heads import HeadScores

#: A clear licence-verdict lead without a rule; weaker than most rules.
LICENCE_SCORE = 0.7


class Witness(Protocol):
    """Explains scores of the semantic model."""

    def quotation(self, category: int, fields: Sequence[Field], scores: "HeadScores") -> Span | None:
        """The words that speak most for a category."""

    def example(self, category: int, words: str) -> str | None:
        """A known text of the category that is near to some words in meaning."""


class Subject(msgspec.Struct, frozen=True):
    """What is judged: an ad as it was read. `fusion` weighs `scores`, `witness` explains them.

    `drawn` is how the risk warnings of its page were seen, where a browser drew it; `seats` are
    those of its publisher and advertiser.
    """

    ad: ScreenInput
    fields: tuple[Field, ...]
    gate: Gate
    product: Product
    scores: "HeadScores | None" = None
    model: str = "rules"
    fusion: "Fusion | None" = None
    witness: Witness | None = None
    drawn: DrawnWarnings | None = None
    seats: Seats = Seats()

    @property
    def promotion(self) -> bool:
        """Whether it promotes a financial product."""
        return self.gate.promotion


class Judge:
    """Judges what was read, with one ruleset. `lang` (zh, en) is the language of explanations."""

    def __init__(self, ruleset: Ruleset, lang: str = "zh") -> None:
        self._ruleset = ruleset
        self._lang = lang

    def judge(self, subject: Subject, resolution: Resolution, on: date) -> Judgement:
        """Say what an ad suggests under the law and registers of the day `on`."""
        warned = warnings_in(subject.fields)
        findings: list[Finding] = []
        if subject.promotion:
            fused = _fused(subject)
            absent = self._absence(subject, on, warned, fused)
            findings += [absent] if absent else []
            for category in range(2, 10):
                finding = self._finding(category, subject, resolution, on, fused)
                findings += [finding] if finding else []
        else:
            findings += self._outside_promotion(subject, resolution, on)
        notices = notices_of(
            self._ruleset,
            resolution.listing,
            on,
            subject.ad.channel,
            self._lang,
            promotion=subject.promotion,
        )
        handlers = self._handlers(subject, findings, resolution, notices, on)
        return Judgement(
            id=subject.ad.id,
            promotion=subject.promotion,
            product=subject.product if subject.promotion else Product.NONE,
            risk_warning=RiskWarning(bool(warned), distinct(warned)),
            findings=tuple(findings),
            form=(),
            advertiser=resolution.advertiser,
            licence=resolution.licence,
            route=names(handlers),
            ruleset=self._ruleset.version,
            model=subject.model,
            notices=notices,
            handlers=handlers,
        )

    def _handlers(
        self,
        subject: Subject,
        findings: Sequence[Finding],
        resolution: Resolution,
        notices: Sequence[Notice],
        on: date,
    ) -> tuple[Handler, ...]:
        """Who owns the leads; a notice alone goes to whoever owns any lead on an ad."""
        routing, status, channel = self._ruleset.routing, resolution.licence.status, subject.ad.channel
        found = route(routing, findings, subject.product, status, channel, subject.seats, on, self._lang)
        if found or not notices:
            return found
        return general_route(routing, subject.seats, on, self._lang)

    def _absence(
        self, subject: Subject, on: date, warned: Sequence[Span], fused: "_Fused | None"
    ) -> Finding | None:
        if warned:
            return self._unseen(subject, on, warned)
        if fused is not None:
            level, score = fused.level(1, strength_of_absence(subject.product, subject.fields), ())
        else:
            level, score = missing_warning(subject.product, subject.fields) or (None, 0.0)
        if level is None:
            return None
        said = self._ruleset.categories[1].explanation.said(self._lang)
        return self._without_warning("absence.risk_warning", level, score, said, subject, on)

    def _unseen(self, subject: Subject, on: date, warned: Sequence[Span]) -> Finding | None:
        """Category 1 where a warning is there and nobody would notice it, by rules alone."""
        form = self._ruleset.form
        if subject.drawn is None or form is None:
            return None
        faint = inconspicuous(warned, subject.drawn, form.warning)
        missing = missing_warning(subject.product, subject.fields)
        if faint is None or missing is None:
            return None
        level = Level.CLEAR if (faint.level, missing[0]) == (Level.CLEAR, Level.CLEAR) else Level.ARGUABLE
        said = form.warning.explanation.said(self._lang).replace("{reason}", faint.said(self._lang))
        return self._without_warning("absence.conspicuous", level, missing[1], said, subject, on)

    def _without_warning(
        self, rule: str, level: Level, score: float, explanation: str, subject: Subject, on: date
    ) -> Finding:
        category = self._ruleset.categories[1]
        return Finding(
            category=1,
            level=level,
            rules=(rule,),
            score=_rounded(score),
            severity=category.severity,
            spans=(),
            type=None,
            basis=basis_of(category.basis, on, subject.ad.channel),
            explanation=explanation,
            remedy=category.remedy.said(self._lang),
        )

    def _finding(
        self, number: int, subject: Subject, resolution: Resolution, on: date, fused: "_Fused | None"
    ) -> Finding | None:
        found = rules_of(number, subject.ad, subject.fields, subject.product, resolution.licence.status)
        rules = [rule for rule, _ in found]
        if fused is not None:
            level, score = fused.level(number, strength(rules), rules)
        else:
            level, score = level_of(rules), score_of(rules)
        names = [rule.id for rule in rules] or [f"semantics.category_{number}"]
        if number == 6 and level is None and licence_rule(subject.product, resolution.licence.status):
            level, score = Level.CLEAR, LICENCE_SCORE
            names = ["licence.status"]
        level = tempered(number, level, subject.product, resolution)
        if level is None:
            return None
        spans = [span for _, spans in found for span in spans]
        if not spans:
            spans = _evidence(subject, number, by_model=not rules and names != ["licence.status"])
        return self._compose(number, level, names, score, rules, spans, subject, resolution, on)

    def _outside_promotion(self, subject: Subject, resolution: Resolution, on: date) -> list[Finding]:
        """Findings of the few rules that don't ask for a promotion (`promotion: false`)."""
        findings = []
        asking_nothing = {
            fired.rule.category for _, fired in fired_rules(subject.fields) if not fired.rule.needs_promotion
        }
        for number in range(2, 10):
            if number not in asking_nothing:
                continue
            found = rules_of(
                number,
                subject.ad,
                subject.fields,
                subject.product,
                resolution.licence.status,
                promotion=False,
            )
            rules = [rule for rule, _ in found]
            score = score_of(rules)
            level = tempered(number, level_of(rules), subject.product, resolution)
            if level is not None:
                spans = [span for _, spans in found for span in spans]
                names = [rule.id for rule in rules]
                findings.append(
                    self._compose(number, level, names, score, rules, spans, subject, resolution, on)
                )
        return findings

    def _compose(
        self,
        number: int,
        level: Level,
        names: Sequence[str],
        score: float,
        rules: Sequence[Rule],
        spans: Sequence[Span],
        subject: Subject,
        resolution: Resolution,
        on: date,
    ) -> Finding:
        category = self._ruleset.categories[number]
        quoted = distinct(spans)
        said = rules[0].explanation if rules and rules[0].explanation else category.explanation
        remedy = rules[0].remedy if rules and rules[0].remedy else category.remedy
        explanation = said.said(self._lang).replace("{quote}", quote(spans or quoted))
        return Finding(
            category=number,
            level=level,
            rules=tuple(names),
            score=_rounded(score),
            severity=severity_of(rules, category, level),
            spans=quoted,
            type=trade_of(subject.fields, rules) if number == 8 else None,
            basis=own_basis(rules, category, on, subject.ad.channel),
            explanation=explanation + self._example(number, rules, quoted, subject) + self._note(resolution),
            remedy=remedy.said(self._lang),
        )

    def _example(self, number: int, rules: Sequence[Rule], quoted: Sequence[Span], subject: Subject) -> str:
        """What the semantic model found the quoted words to be like, where no rule fired."""
        if rules or subject.witness is None or not quoted:
            return ""
        example = subject.witness.example(number, quoted[0].text)
        if example is None:
            return ""
        shown = shortened(example)
        return f" It reads like “{shown}”." if self._lang == "en" else f"与样例“{shown}”相近。"

    def _note(self, resolution: Resolution) -> str:
        if resolution.licence.status is not LicenceStatus.LISTED_NEGATIVE:
            return ""
        return (
            " The advertiser stands on the negative list." if self._lang == "en" else "广告主列于负面清单。"
        )


class _Fused:
    """The fusion asked about one ad; what all categories share is gathered once."""

    def __init__(self, fusion: "Fusion", scores: "HeadScores", subject: Subject) -> None:
        self._fusion = fusion
        self._logits: list[float] = scores.logits.tolist()
        self._promotion = subject.gate.score
        self._length = length_of(subject.fields)
        self._signals = signals_in(subject.fields)

    def level(self, number: int, said: Strength, rules: Sequence[Rule]) -> tuple[Level | None, float]:
        """Level and probability of a category by rules and heads together.

        The probability is that of the level given: of applying clearly, or at least arguably.
        """
        from analyzers.fusion import CATEGORY_FEATURES, category_features

        fusion = self._fusion.categories[number]
        features = category_features(number, said, self._logits, self._promotion, self._length)
        fired = sorted(self._signals.union(rule.id for rule in rules))
        sure = fusion.clear.probability(CATEGORY_FEATURES, features, fired)
        if sure >= fusion.clear_from:
            return Level.CLEAR, sure
        mentioned = fusion.mention.probability(CATEGORY_FEATURES, features, fired)
        return (Level.ARGUABLE, mentioned) if mentioned >= fusion.mention_from else (None, sure)


def _fused(subject: Subject) -> _Fused | None:
    if subject.fusion is None or subject.scores is None:
        return None
    return _Fused(subject.fusion, subject.scores, subject)


def _evidence(subject: Subject, number: int, *, by_model: bool) -> list[Span]:
    """What to quote without a rule: the model's sentence, else what speaks of the trade (6, 8), the offer, the opening."""
    if by_model and subject.witness is not None and subject.scores is not None:
        span = subject.witness.quotation(number, subject.fields, subject.scores)
        if span is not None:
            return [span]
    wanted: Mapping[str, int] = {"trade": 0, "product": 1, "promotion": 2}
    ranked = sorted(
        (
            (wanted[fired.rule.role or ""], -fired.rule.weight, at, field, fired)
            for at, (field, fired) in enumerate(fired_rules(subject.fields))
            if fired.rule.role in wanted and not (fired.rule.role == "trade" and number != 8)
        ),
        key=lambda row: row[:3],
    )
    spans = [span for _, _, _, field, fired in ranked[:2] for span in spans_in(field, fired.spans[:2])]
    if not spans:
        field = subject.fields[-1]
        if field.normalised.text:
            spans = [field.span(0, min(30, len(field.normalised.text)))]
    return spans


def _rounded(score: float) -> float:
    return round(min(max(score, 0.0), 1.0), 4)
