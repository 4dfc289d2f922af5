"""Form duties as values: what `ruleset/form.yaml` holds, its patterns compiled, its samples checked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property

import msgspec

from analyzers.errors import Fault
from analyzers.normalise import Normaliser
from analyzers.patterns import fault_of
from analyzers.rules import RuleBasis, Words
from analyzers.yamlfile import Document
from findings.model.errors import Said
from findings.model.vocabulary import FormDuty, Level, Severity

#: Code points of a creative, a layer or a query that patterns see.
MAX_WORDS = 2_000
_SPACE = re.compile(r"\s+")


class Reason(msgspec.Struct, frozen=True):
    """One way to miss a duty; the words hold places such as `{mark}`."""

    level: Level
    zh: str
    en: str


class Duty(msgspec.Struct, frozen=True):
    """What a finding of one duty says and rests on."""

    severity: Severity
    basis: tuple[RuleBasis, ...]
    reasons: Mapping[str, Reason]
    remedy: Words


class Limits(msgspec.Struct, frozen=True):
    """Below `clear` nobody can read it, below `arguable` two officers could differ."""

    clear: float
    arguable: float


class MarkRules(msgspec.Struct, frozen=True):
    """When an ad counts as marked: words that suffice, size in CSS pixels, contrast as in WCAG."""

    full: tuple[str, ...]
    size_px: Limits
    contrast: Limits


class WarningRules(msgspec.Struct, frozen=True):
    """When a risk warning counts as conspicuous; `explanation` where none does."""

    size_px: Limits
    contrast: Limits
    explanation: Words


class LayerRules(msgspec.Struct, frozen=True):
    """Which layers over a page are ads, and which timers hold a reader up."""

    close_px: float
    offer: tuple[str, ...]
    site: tuple[str, ...]
    timer: tuple[str, ...]


class LureSamples(msgspec.Struct, frozen=True):
    """Texts that must fire, and texts that must not."""

    fire: tuple[str, ...]
    silent: tuple[str, ...]


class Lure(msgspec.Struct, frozen=True):
    """One kind of luring creative."""

    type: Words
    level: Level
    any: tuple[str, ...]
    unless: tuple[str, ...]
    samples: LureSamples


class QuerySamples(msgspec.Struct, frozen=True):
    """Queries for a government service, perhaps for one, and for none."""

    clear: tuple[str, ...]
    arguable: tuple[str, ...]
    silent: tuple[str, ...]


class GovernmentRules(msgspec.Struct, frozen=True):
    """Which queries look for a government service."""

    clear: tuple[str, ...]
    arguable: tuple[str, ...]
    unless: tuple[str, ...]
    samples: QuerySamples


class FormRules(msgspec.Struct, frozen=True, dict=True):
    """All of `ruleset/form.yaml`."""

    duties: Mapping[FormDuty, Duty]
    mark: MarkRules
    warning: WarningRules
    layers: LayerRules
    lures: tuple[Lure, ...]
    government: GovernmentRules

    @cached_property
    def patterns(self) -> tuple[str, ...]:
        """Every pattern, each once."""
        listed = [*self.layers.offer, *self.layers.site, *self.layers.timer]
        listed += [*self.government.clear, *self.government.arguable, *self.government.unless]
        for lure in self.lures:
            listed += [*lure.any, *lure.unless]
        return tuple(dict.fromkeys(listed))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def found(patterns: Sequence[str], words: str) -> str | None:
    """What the first pattern that occurs matches in plain words, or None."""
    for pattern in patterns:
        match = _compiled(pattern).search(words)
        if match is not None:
            return match.group()
    return None


def plain(text: str, normalise: Normaliser) -> str:
    """The words that patterns see: normalised, without white space, at most `MAX_WORDS` code points."""
    return _SPACE.sub("", normalise(text[:MAX_WORDS]).text)


def lure_in(words: str, rules: FormRules) -> tuple[Lure, str] | None:
    """The first kind of lure that plain words show (surer kinds first) and what shows it, or None."""
    for lure in sorted(rules.lures, key=lambda one: one.level is not Level.CLEAR):
        quoted = found(lure.any, words)
        if quoted is not None and found(lure.unless, words) is None:
            return lure, quoted
    return None


def government_query(words: str, rules: FormRules) -> Level | None:
    """How surely a query in plain words looks for a government service; None where it doesn't."""
    asked = rules.government
    if found(asked.unless, words) is not None:
        return None
    if found(asked.clear, words) is not None:
        return Level.CLEAR
    return Level.ARGUABLE if found(asked.arguable, words) is not None else None


def form_faults(rules: FormRules, document: Document, normalise: Normaliser) -> Iterator[Fault]:
    """Patterns that don't compile, else samples that don't do what their list says.

    Patterns must be ones that Hyperscan takes: then they are regular, and no text makes them slow.
    """
    broken = [(pattern, fault_of(pattern)) for pattern in rules.patterns]
    for pattern, reason in broken:
        if reason is not None:
            said = Said(
                f"the pattern {pattern!r} does not compile: {reason}",
                zh=f"表达式 {pattern!r} 无法编译：{reason}",
            )
            yield document.fault((), said)
    if any(reason for _, reason in broken):
        return
    for at, lure in enumerate(rules.lures):
        one = msgspec.structs.replace(rules, lures=(lure,))
        for name, texts, wanted in (
            ("fire", lure.samples.fire, True),
            ("silent", lure.samples.silent, False),
        ):
            for n, text in enumerate(texts):
                if (lure_in(plain(text, normalise), one) is not None) is not wanted:
                    yield document.fault(("lures", at, "samples", name, n), _wrong(text, name))
    samples = rules.government.samples
    expected: list[tuple[str, Sequence[str], Level | None]] = [
        ("clear", samples.clear, Level.CLEAR),
        ("arguable", samples.arguable, Level.ARGUABLE),
        ("silent", samples.silent, None),
    ]
    for name, queries, level in expected:
        for n, text in enumerate(queries):
            if government_query(plain(text, normalise), rules) is not level:
                yield document.fault(("government", "samples", name, n), _wrong(text, name))


def _wrong(text: str, wanted: str) -> Said:
    return Said(f"the sample {text!r} is not {wanted}", zh=f"样例 {text!r} 的结果不是 {wanted}")
