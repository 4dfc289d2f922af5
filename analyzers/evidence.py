"""What was seen in one ad: fields, rules that fired, scores of the semantic model."""

from collections.abc import Iterable, Iterator
from math import prod

import msgspec

from analyzers.normalise import Normalised
from analyzers.scan import Fired
from findings.model.judgement import Box, Span


class Field(msgspec.Struct, frozen=True):
    """One text of an ad: `name` is text, title or image. `lines` are boxes on an image, of lines or of characters.

    One is (start, end, box), offsets in code points of `original`; a quotation has the box around all it touches.
    """

    name: str
    original: str
    normalised: Normalised
    fired: tuple[Fired, ...]
    lines: tuple[tuple[int, int, Box], ...] = ()

    def span(self, start: int, end: int) -> Span:
        """A quotation of the original from a span of the normalised text."""
        left, right = self.normalised.original_span(start, end)
        return Span(self.name, left, right, self.original[left:right], self._box(left, right))

    def _box(self, start: int, end: int) -> Box | None:
        touched = [box for left, right, box in self.lines if left < end and start < right]
        if not touched:
            return None
        x = min(box.x for box in touched)
        y = min(box.y for box in touched)
        return Box(
            x,
            y,
            max(box.x + box.width for box in touched) - x,
            max(box.y + box.height for box in touched) - y,
        )


def fired_rules(fields: Iterable[Field]) -> Iterator[tuple[Field, Fired]]:
    """Every rule that fired, with the field it fired in."""
    for field in fields:
        for fired in field.fired:
            yield field, fired


def rules_in(fields: Iterable[Field]) -> list[str]:
    """The ids of the rules that fired, each once, in their order by name."""
    return sorted({fired.rule.id for _, fired in fired_rules(fields)})


def length_of(fields: Iterable[Field]) -> int:
    """How much an ad says, in code points of its normalised texts."""
    return sum(len(field.normalised.text) for field in fields)


def noisy_or(weights: Iterable[float]) -> float:
    """The chance that at least one of independent signs is right."""
    return 1.0 - prod(1.0 - weight for weight in weights)
