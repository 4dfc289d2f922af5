"""Which rules fire in a normalised text, and where. Pure once the patterns are compiled."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from pathlib import Path

import msgspec

from analyzers.normalise import Normaliser, default_normaliser
from analyzers.patterns import Hits, PatternSet, Spans, expressions
from analyzers.rules import Atom, Rule, Ruleset
from analyzers.sentences import Sentences

#: Hits of one rule that are looked at, first ones first: only a hostile text has more.
MAX_SPANS = 1_000


class Fired(msgspec.Struct, frozen=True):
    """A rule that fired: its spans in the normalised text, in code points, in order."""

    rule: Rule
    spans: tuple[tuple[int, int], ...]


class _Group:
    """The atoms of one condition, by number with their distance, and all of them as bits."""

    __slots__ = ("atoms", "bits")

    def __init__(self, atoms: Iterable[Atom], numbers: Mapping[str, int]) -> None:
        self.atoms = [(numbers[atom.key], atom.within or 0) for atom in atoms if atom.key in numbers]
        self.bits = sum({1 << number for number, _ in self.atoms})


class _Compiled:
    """A rule with numbers in place of atoms, so that most are ruled out by a few operations on bits."""

    __slots__ = ("contexts", "forbidden", "nears", "needed", "plain", "rule")

    def __init__(self, rule: Rule, numbers: Mapping[str, int]) -> None:
        asked = rule.conditions
        self.rule = rule
        self.plain = [numbers[item.atoms()[0].key] for item in rule.detection.any
                      if item.near is None and item.atoms()[0].key in numbers]  # fmt: skip
        self.nears = [
            (
                [numbers[atom.key] for atom in item.near.of],
                _Group(item.near.of, numbers).bits,
                item.near.within,
                item.near.ordered,
            )
            for item in rule.detection.any
            if item.near is not None and all(atom.key in numbers for atom in item.near.of)
        ]
        self.contexts = [
            (holds, _Group(atoms, numbers), wanted)
            for holds, atoms, wanted in (
                (_before, asked.unless_before, False),
                (_after, asked.unless_after, False),
                (_beside, asked.unless_same_sentence, False),
                (_before, asked.requires_before, True),
                (_after, asked.requires_after, True),
                (_beside, asked.requires_same_sentence, True),
            )
            if atoms
        ]
        self.forbidden = _Group(asked.unless_anywhere, numbers).bits
        self.needed = [
            _Group(atoms, numbers).bits
            for atoms in (
                asked.requires_anywhere, asked.requires_before,
                asked.requires_after, asked.requires_same_sentence,
            )
            if atoms
        ]  # fmt: skip

    def spans(self, hits: Hits, sentences: Sentences) -> Spans:
        """Where the rule fires: hits of its detection that pass its textual conditions."""
        present = hits.present
        if self.forbidden & present:
            return []
        for bits in self.needed:
            if not bits & present:
                return []
        lists = [hits.spans(atom) for atom in self.plain if present >> atom & 1]
        found: set[tuple[int, int]] = set()
        for atoms, bits, within, ordered in self.nears:
            if bits & present == bits:
                found |= near([hits.spans(atom) for atom in atoms], within, sentences, ordered=ordered)
        if len(lists) == 1 and not found:
            ordered_spans = lists[0][:MAX_SPANS]
        else:
            ordered_spans = sorted(found.union(*lists))[:MAX_SPANS]
        for holds, group, wanted in self.contexts:
            if wanted or group.bits & present:
                ordered_spans = [
                    span for span in ordered_spans if holds(group, span, hits, sentences) is wanted
                ]
        return ordered_spans


class Scanner:
    """Scans normalised texts with one ruleset. Safe from several threads.

    `cache` is a folder for the compiled patterns; without it they are compiled each time.
    """

    def __init__(
        self, ruleset: Ruleset, normalise: Normaliser | None = None, cache: Path | None = None
    ) -> None:
        self.ruleset = ruleset
        rules = ruleset.active
        entries = expressions(ruleset, normalise or default_normaliser())
        self._patterns = PatternSet(entries, cache, _anywhere(rules))
        numbers = self._patterns.numbers
        self._rules = [_Compiled(rule, numbers) for rule in rules]
        self._triggers: dict[int, int] = {}
        self._triggering = 0
        for number, rule in enumerate(self._rules):
            for atom in {*rule.plain, *(atoms[0] for atoms, _, _, _ in rule.nears)}:
                self._triggers[atom] = self._triggers.get(atom, 0) | 1 << number
                self._triggering |= 1 << atom

    def scan(self, text: str) -> list[Fired]:
        """The rules whose detection and textual conditions hold, in the order of the ruleset."""
        hits = self._patterns.scan(text)
        candidates = 0
        for atom in _ones(hits.present & self._triggering):
            candidates |= self._triggers[atom]
        sentences = Sentences(text)
        fired: list[Fired] = []
        for number in _ones(candidates):
            rule = self._rules[number]
            spans = rule.spans(hits, sentences)
            if spans:
                fired.append(Fired(rule.rule, tuple(spans)))
        return fired


def _anywhere(rules: Iterable[Rule]) -> set[str]:
    """The keys of atoms of which only the presence matters."""
    placed: set[str] = set()
    free: set[str] = set()
    for rule in rules:
        conditions = rule.conditions
        loose = (*conditions.unless_anywhere, *conditions.requires_anywhere)
        free.update(atom.key for atom in loose)
        placed.update(atom.key for item in rule.detection.any for atom in item.atoms())
        placed.update(
            atom.key
            for atoms in (
                conditions.unless_before, conditions.unless_after, conditions.unless_same_sentence,
                conditions.requires_before, conditions.requires_after, conditions.requires_same_sentence,
            )
            for atom in atoms
        )  # fmt: skip
    return free - placed


def _ones(bits: int) -> Iterator[int]:
    """The places of the bits that are set, rising."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _before(group: _Group, span: tuple[int, int], hits: Hits, sentences: Sentences) -> bool:
    """Whether an atom starts before the hit and ends near enough, in the same sentence.

    It may reach into the hit: 不保本 is a negation before 保本.
    """
    start = span[0]
    present = hits.present
    for atom, within in group.atoms:
        if not present >> atom & 1:
            continue
        spans = hits.spans(atom)
        at = bisect_left(spans, (start, 0))
        floor = start - within
        for left, right in reversed(spans[max(0, at - 8) : at]):
            if right >= floor and not sentences.apart(left, start):
                return True
    return False


def _after(group: _Group, span: tuple[int, int], hits: Hits, sentences: Sentences) -> bool:
    start, end = span
    present = hits.present
    for atom, within in group.atoms:
        if not present >> atom & 1:
            continue
        spans = hits.spans(atom)
        ceiling = end + within
        for at in range(bisect_left(spans, (start, 0)), len(spans)):
            left, right = spans[at]
            if left > ceiling:
                break
            if right > end and (left, right) != span and not sentences.apart(end, left):
                return True
    return False


def _beside(group: _Group, span: tuple[int, int], hits: Hits, sentences: Sentences) -> bool:
    """Whether an atom stands in the sentence of the hit, other than as the hit itself."""
    left, right = sentences.around(*span)
    present = hits.present
    for atom, _ in group.atoms:
        if not present >> atom & 1:
            continue
        spans = hits.spans(atom)
        for at in range(bisect_left(spans, (left, 0)), len(spans)):
            other = spans[at]
            if other[0] >= right:
                break
            if other[1] <= right and other != span:
                return True
    return False


def near(
    lists: Sequence[Spans], within: int, sentences: Sentences, *, ordered: bool = False
) -> set[tuple[int, int]]:
    """Spans over one hit of every list, each from the first character of the first to the last of the last."""
    orders: Iterable[Sequence[Spans]] = [lists] if ordered else permutations(lists)
    found: set[tuple[int, int]] = set()
    for order in orders:
        rest = order[1:]
        for start, first_end in order[0]:
            end = _chain(first_end, rest, within)
            if end is not None and not sentences.apart(start, end):
                found.add((start, end))
    return found


def _chain(end: int, rest: Sequence[Spans], within: int) -> int | None:
    """The end of the chain that takes the nearest hit of each list in turn, or None."""
    for spans in rest:
        at = bisect_left(spans, (end, 0))
        if at == len(spans) or spans[at][0] - end > within:
            return None
        end = spans[at][1]
    return end
