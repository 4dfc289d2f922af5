"""Teach trained heads a few texts more, without forgetting what they know.

The heads in the project (the prior) start the fit and every weight is pulled towards theirs. Beside
the new texts stands a ballast of texts that the prior is asked about itself: its own answers are the
truth there, so that the ballast alone moves nothing and holds the heads where new texts say nothing
(learning without forgetting, Li & Hoiem 2016). No folder of training texts is needed.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from models.corpus import held_out
from models.examples import HEADS, LONGEST, Example, Material, named, own_samples
from models.linear import Floats, Labels, Linear, fit
from models.train_heads import L2

NORMALISER = "analyzers.normalise:default_normaliser"
#: The question whether a text promotes a financial product; the others are the categories 1 to 9.
PROMOTION = 0


class Answer(StrEnum):
    """What is known of one question about a text; what isn't known is no answer at all."""

    YES = "yes"
    ARGUABLE = "arguable"
    NO = "no"


class Lesson(NamedTuple):
    """A text and the answers that are known, by question. No question without an answer is taught."""

    text: str
    answers: Mapping[int, Answer]


class Prior(NamedTuple):
    """Heads as they were trained, and how rare each n-gram was then (texts, passages)."""

    heads: Linear
    rarities: tuple[Floats, Floats]


def load_prior(file: Path) -> Prior:
    """Read `heads.npz`. Raises what `analyzers.heads.Heads` raises of a file that is missing or broken."""
    analyzers = named(HEADS)
    found: dict[str, Floats] = analyzers.Heads(file).arrays
    heads = Linear(
        found["weights"],
        found["bias"],
        found["passage_weights"],
        found["passage_bias"],
        float(analyzers.SOFTNESS),
    )
    return Prior(heads, (found["rarity"], found["passage_rarity"]))


def ballast_texts() -> list[str]:
    """The project's own samples but for the fifth that is kept for checking."""
    return [row["text"] for row in own_samples() if not held_out(row)]


def learn_on(prior: Prior, lessons: Sequence[Lesson], ballast: Sequence[str]) -> Linear:
    """Fit the heads to lessons, held by prior and ballast. The same input gives the same weights."""
    import torch

    torch.set_num_threads(1)  # sums over several threads differ in their last digits
    normalise: Callable[[str], Any] = named(NORMALISER)()
    texts = [lesson.text for lesson in lessons] + list(ballast)
    material = Material(
        [Example({"id": str(at)}, "own", normalise(text[:LONGEST]).text) for at, text in enumerate(texts)]
    )
    everything = np.arange(len(texts))
    features = material.texts(everything, prior.rarities)
    truth, weights = truth_of(lessons)
    kept = 1 / (1 + np.exp(-prior.heads.scores(features)[len(lessons) :]))
    told = np.zeros((len(features.owners), truth.shape[1]), dtype=np.float32)
    labels = Labels(
        np.concatenate([truth, kept]),
        np.concatenate([weights, np.ones_like(kept)]),
        told,
        np.zeros_like(told),
    )
    return fit(features, labels, softness=prior.heads.softness, l2=L2, start=prior.heads)


def truth_of(lessons: Sequence[Lesson]) -> tuple[Floats, Floats]:
    """Truth and loss weights of every head, (n, heads); a head without an answer takes no loss."""
    heads: int = named(HEADS).HEADS
    truth = np.zeros((len(lessons), heads), dtype=np.float32)
    weights = np.zeros((len(lessons), heads), dtype=np.float32)
    for at, lesson in enumerate(lessons):
        for question, answer in lesson.answers.items():
            weights[at, question] = answer is not Answer.ARGUABLE
            truth[at, question] = answer is Answer.YES
            if question != PROMOTION:
                weights[at, 9 + question] = 1
                truth[at, 9 + question] = answer is not Answer.NO
    return truth, weights
