"""Rules as values: what the files of `ruleset/` hold after they were read and checked."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Literal

import msgspec

from findings.model.vocabulary import Channel, Level, LicenceStatus, NoticeKind, Product, Severity

if TYPE_CHECKING:
    from analyzers.form_rules import FormRules
    from analyzers.routing import Routing

Role = Literal["promotion", "warning", "product", "exculpation", "trade"]
Signal = Literal[
    "offer", "action", "contact", "purchase",
    "news", "education", "warning", "court", "job", "contract", "help", "other",
]  # fmt: skip


class Words(msgspec.Struct, frozen=True):
    """Text in both languages."""

    zh: str
    en: str

    def said(self, lang: str) -> str:
        """English for `en`, else Chinese."""
        return self.en if lang == "en" else self.zh


class Atom(msgspec.Struct, frozen=True):
    """What one scan looks for: a pattern, or any word of a lexicon. Exactly one is set.

    `within` is a distance in code points, for contexts before or after a hit.
    """

    pattern: str | None = None
    lexicon: str | None = None
    within: int | None = None

    @property
    def key(self) -> str:
        """Names the atom in a scan's hits: `p:` and the pattern, or `l:` and the lexicon."""
        return f"p:{self.pattern}" if self.pattern is not None else f"l:{self.lexicon}"


class Near(msgspec.Struct, frozen=True):
    """All atoms in one sentence, at most `within` code points between neighbours."""

    of: tuple[Atom, ...]
    within: int
    ordered: bool = False


class DetectionItem(msgspec.Struct, frozen=True):
    """One way for a rule to fire. Exactly one is set."""

    pattern: str | None = None
    lexicon: str | None = None
    near: Near | None = None

    def atoms(self) -> tuple[Atom, ...]:
        """The atoms that must be looked for."""
        return self.near.of if self.near else (Atom(self.pattern, self.lexicon),)


class Detection(msgspec.Struct, frozen=True):
    """At least one item fires."""

    any: tuple[DetectionItem, ...]


class Conditions(msgspec.Struct, frozen=True):
    """What must hold around a hit, in the text, and about the ad."""

    promotion: bool | None = None
    products: tuple[Product, ...] = ()
    not_products: tuple[Product, ...] = ()
    unless_before: tuple[Atom, ...] = ()
    unless_after: tuple[Atom, ...] = ()
    unless_same_sentence: tuple[Atom, ...] = ()
    unless_anywhere: tuple[Atom, ...] = ()
    requires_before: tuple[Atom, ...] = ()
    requires_after: tuple[Atom, ...] = ()
    requires_same_sentence: tuple[Atom, ...] = ()
    requires_anywhere: tuple[Atom, ...] = ()
    channels: tuple[Channel, ...] = ()
    licence_status: tuple[LicenceStatus, ...] = ()

    def atoms(self) -> tuple[Atom, ...]:
        """All atoms that contexts ask for."""
        return (
            *self.unless_before, *self.unless_after, *self.unless_same_sentence, *self.unless_anywhere,
            *self.requires_before, *self.requires_after, *self.requires_same_sentence, *self.requires_anywhere,
        )  # fmt: skip


class RuleBasis(msgspec.Struct, frozen=True, rename={"since": "from"}):
    """One article, in force from `since` until `until` (exclusive), on some channels (none: all)."""

    law: str
    article: str
    penalty: str | None
    confidence: str
    since: date
    until: date | None
    channels: tuple[Channel, ...] = ()

    def applies(self, on: date, channel: Channel) -> bool:
        """Whether it was in force on that day for that channel."""
        if self.channels and channel not in self.channels:
            return False
        return self.since <= on and (self.until is None or on < self.until)


class Samples(msgspec.Struct, frozen=True):
    """Texts that must fire the rule, and texts that must not."""

    fire: tuple[str, ...]
    silent: tuple[str, ...]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. `category` makes it a finding, `role` a signal; exactly one is set."""

    id: str
    title: Words
    status: Literal["stable", "experimental", "deprecated"]
    weight: float
    created: date
    description: str
    detection: Detection
    samples: Samples
    category: int | None = None
    role: Role | None = None
    signal: Signal | None = None
    product: Product | None = None
    level: Level = Level.CLEAR
    severity: Severity = Severity.LOW
    type: str | None = None
    modified: date | None = None
    references: tuple[str, ...] = ()
    basis: tuple[RuleBasis, ...] = ()
    conditions: Conditions = Conditions()
    exceptions: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    explanation: Words | None = None
    remedy: Words | None = None

    @property
    def needs_promotion(self) -> bool:
        """Whether it fires only in a text read as promotion: categories do unless they say otherwise."""
        if self.conditions.promotion is not None:
            return self.conditions.promotion
        return self.category is not None

    def atoms(self) -> tuple[Atom, ...]:
        """Everything a scan must look for on behalf of this rule."""
        return (*(atom for item in self.detection.any for atom in item.atoms()), *self.conditions.atoms())


class Lexicon(msgspec.Struct, frozen=True):
    """A named list of words."""

    name: str
    description: str
    words: tuple[str, ...]


class Category(msgspec.Struct, frozen=True):
    """What a finding says where no rule's own words fit, and what a notice says."""

    severity: Severity
    basis: tuple[RuleBasis, ...]
    explanation: Words
    remedy: Words


class Ruleset(msgspec.Struct, frozen=True):
    """All rules, word lists and routing of one version. `digest` is SHA-256 over the files read."""

    version: str
    rules: tuple[Rule, ...]
    lexicons: Mapping[str, Lexicon]
    categories: Mapping[int, Category]
    routing: "Routing"
    digest: str
    form: "FormRules | None" = None
    notices: Mapping[NoticeKind, Category] = msgspec.field(default_factory=dict)

    @property
    def active(self) -> tuple[Rule, ...]:
        """The rules that fire: all but deprecated ones."""
        return tuple(rule for rule in self.rules if rule.status != "deprecated")
