"""Which rules fire in a normalised text, and where. Pure once the patterns are compiled."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import msgspec

from analyzers.normalise import Normaliser, default_normaliser
from analyzers.patterns import Hits, PatternSet, expressions
from analyzers.rules import Atom, Conditions, Near, Rule, Ruleset
from analyzers.sentences import Sentences

Spans = list[tuple[int, int]]

#: Hits of one rule that are looked at, first ones first: only a hostile text has more.
MAX_SPANS = 1_000


class Fired(msgspec.Struct, frozen=True):
    """A rule that fired: its spans in the normalised text, in code points, in order."""

    rule: Rule
    spans: tuple[tuple[int, int], ...]


class Scanner:
    """Scans normalised texts with one ruleset. Safe from several threads.

    `cache` is a folder for the compiled patterns; without it they are compiled each time.
    """

    def __init__(
        self, ruleset: Ruleset, normalise: Normaliser | None = None, cache: Path | None = None
    ) -> None:
        self.ruleset = ruleset
        self._patterns = PatternSet(expressions(ruleset, normalise or default_normaliser()), cache)
        self._triggers: dict[str, list[int]] = {}
        self._rules = ruleset.active
        for number, rule in enumerate(self._rules):
            for key in {item.atoms()[0].key for item in rule.detection.any}:
                self._triggers.setdefault(key, []).append(number)

    def scan(self, text: str) -> list[Fired]:
        """The rules whose detection and textual conditions hold, in the order of the ruleset."""
        hits = self._patterns.find(text)
        if not hits:
            return []
        sentences = Sentences(text)
        fired: list[Fired] = []
        for number in sorted({rule for key in hits for rule in self._triggers.get(key, ())}):
            rule = self._rules[number]
            spans = spans_of(rule, hits, sentences)
            if spans:
                fired.append(Fired(rule, tuple(spans)))
        return fired


def spans_of(rule: Rule, hits: Hits, sentences: Sentences) -> Spans:
    """Where a rule fires: hits of its detection that pass its textual conditions."""
    conditions = rule.conditions
    if _any_key(conditions.unless_anywhere, hits):
        return []
    if conditions.requires_anywhere and not _any_key(conditions.requires_anywhere, hits):
        return []
    found: set[tuple[int, int]] = set()
    for item in rule.detection.any:
        if item.near is not None:
            found |= near(item.near, hits, sentences)
        else:
            found.update(hits.get(item.atoms()[0].key, ()))
    return [span for span in sorted(found)[:MAX_SPANS] if _holds(span, conditions, hits, sentences)]


def _any_key(atoms: Sequence[Atom], hits: Hits) -> bool:
    return any(atom.key in hits for atom in atoms)


def _holds(span: tuple[int, int], conditions: Conditions, hits: Hits, sentences: Sentences) -> bool:
    """Whether the contexts of one hit are as its rule asks."""
    return not (
        _before(conditions.unless_before, span, hits, sentences)
        or _after(conditions.unless_after, span, hits, sentences)
        or _beside(conditions.unless_same_sentence, span, hits, sentences)
        or (conditions.requires_before and not _before(conditions.requires_before, span, hits, sentences))
        or (conditions.requires_after and not _after(conditions.requires_after, span, hits, sentences))
        or (
            conditions.requires_same_sentence
            and not _beside(conditions.requires_same_sentence, span, hits, sentences)
        )
    )


def _before(atoms: Sequence[Atom], span: tuple[int, int], hits: Hits, sentences: Sentences) -> bool:
    """Whether an atom starts before the hit and ends near enough, in the same sentence.

    It may reach into the hit: 不保本 is a negation before 保本.
    """
    start = span[0]
    for atom in atoms:
        spans = hits.get(atom.key)
        if not spans:
            continue
        at = bisect_left(spans, (start, 0))
        floor = start - (atom.within or 0)
        for left, right in reversed(spans[max(0, at - 8) : at]):
            if right >= floor and not sentences.apart(left, start):
                return True
    return False


def _after(atoms: Sequence[Atom], span: tuple[int, int], hits: Hits, sentences: Sentences) -> bool:
    start, end = span
    for atom in atoms:
        spans = hits.get(atom.key)
        if not spans:
            continue
        ceiling = end + (atom.within or 0)
        for at in range(bisect_left(spans, (start, 0)), len(spans)):
            left, right = spans[at]
            if left > ceiling:
                break
            if right > end and (left, right) != span and not sentences.apart(end, left):
                return True
    return False


def _beside(atoms: Sequence[Atom], span: tuple[int, int], hits: Hits, sentences: Sentences) -> bool:
    """Whether an atom stands in the sentence of the hit, other than as the hit itself."""
    if not any(atom.key in hits for atom in atoms):
        return False
    left, right = sentences.around(*span)
    for atom in atoms:
        spans = hits.get(atom.key, ())
        for at in range(bisect_left(spans, (left, 0)), len(spans)):
            other = spans[at]
            if other[0] >= right:
                break
            if other[1] <= right and other != span:
                return True
    return False


def near(condition: Near, hits: Hits, sentences: Sentences) -> set[tuple[int, int]]:
    """Spans over all atoms of a `near`, each from the first character of the first to the last of the last."""
    lists = [hits.get(atom.key, ()) for atom in condition.of]
    if not all(lists):
        return set()
    orders = [tuple(lists)] if condition.ordered else list(permutations(lists))
    found: set[tuple[int, int]] = set()
    for order in orders:
        for start, first_end in order[0]:
            end = _chain(first_end, order[1:], condition.within)
            if end is not None and not sentences.apart(start, end):
                found.add((start, end))
    return found


def _chain(end: int, rest: Sequence[Sequence[tuple[int, int]]], within: int) -> int | None:
    """The end of the chain that takes the nearest hit of each list in turn, or None."""
    for spans in rest:
        at = bisect_left(spans, (end, 0))
        if at == len(spans) or spans[at][0] - end > within:
            return None
        end = spans[at][1]
    return end
