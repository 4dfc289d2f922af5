"""What the heads saw: the words that speak most for a category, and the nearest example."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from analyzers.evidence import Field
from analyzers.heads import HeadScores, clear
from findings.model.judgement import Span

if TYPE_CHECKING:
    from analyzers.semantics import Semantics

#: A shorter passage (code points) is quoted whole; of a longer one the clause that speaks most.
SHORT = 30
#: Below this cosine similarity an example explains nothing.
LIKE = 0.6

_CLAUSE = re.compile(r"[^，,、：:；;|｜\s]+[，,、：:；;|｜\s]*")


class Witness:
    """Explains what one semantic model scored."""

    def __init__(self, semantics: "Semantics") -> None:
        self._semantics = semantics

    def quotation(self, category: int, fields: Sequence[Field], scores: HeadScores) -> Span | None:
        """The clause of the passage with the highest score for a category; None of a text without words."""
        if not scores.places:
            return None
        head = clear(category)
        place = scores.places[int(np.argmax(scores.passage_logits[:, head]))]
        field = fields[place.part]
        start, end = place.start, place.end
        if end - start > SHORT:
            clauses = _clauses(field.normalised.text, start, end)
            logits = self._semantics.score_passages([field.normalised.text[a:b] for a, b in clauses])
            start, end = clauses[int(np.argmax(logits[:, head]))]
        while start < end and field.normalised.text[end - 1].isspace():
            end -= 1
        while start < end and field.normalised.text[start].isspace():
            start += 1
        return field.span(start, end)

    def example(self, category: int, words: str) -> str | None:
        """The nearest of the project's own examples of a category, if it is near to some words at all."""
        near = self._semantics.nearest(self._semantics.embed([words])[0], category)
        return near.exemplar.text if near is not None and near.similarity >= LIKE else None


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The clauses of a passage; short ones join the next."""
    found: list[tuple[int, int]] = []
    left = start
    for match in _CLAUSE.finditer(text, start, end):
        if match.end() - left >= SHORT // 3 or match.end() == end:
            found.append((left, match.end()))
            left = match.end()
    return found or [(start, end)]
