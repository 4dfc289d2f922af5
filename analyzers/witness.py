"""What the semantic model saw: the sentence that speaks most for a category, and the nearest example."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from analyzers.evidence import Field, Scores
from analyzers.sentences import Sentences
from findings.model.judgement import Span

if TYPE_CHECKING:
    from analyzers.semantics import Semantics

#: Sentences of an ad that are scored one by one, and code points of one of them.
MAX_SENTENCES = 40
SENTENCE = 60
#: Below this cosine similarity an example explains nothing.
LIKE = 0.6


class Witness:
    """Explains scores of one semantic model."""

    def __init__(self, semantics: "Semantics") -> None:
        self._semantics = semantics

    def quotation(self, category: int, fields: Sequence[Field]) -> Span | None:
        """The sentence of an ad with the highest score for a category."""
        places = [
            (field, start, end)
            for field in fields
            for start, end in Sentences(field.normalised.text).split(SENTENCE)
        ][:MAX_SENTENCES]
        if not places:
            return None
        scores = self._semantics.score([field.normalised.text[start:end] for field, start, end in places])
        best = max(range(len(places)), key=lambda at: scores[at].categories.get(category, 0.0))
        field, start, end = places[best]
        return field.span(start, end)

    def example(self, category: int, scores: Scores) -> str | None:
        """The nearest of the project's own examples of a category, if it is near at all."""
        if not scores.vector:
            return None
        near = self._semantics.nearest(np.asarray(scores.vector, dtype=np.float32), 5)
        return next(
            (
                one.exemplar.text
                for one in near
                if category in one.exemplar.categories and one.similarity >= LIKE
            ),
            None,
        )
