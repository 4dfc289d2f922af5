"""Reading by meaning: scores for what rules can't list, sentence vectors, nearest examples.

`Semantics.load` takes a sentence-transformers model by folder or official name, and the heads. Long texts are scored in passages and the highest score of a
passage counts: a landing page breaks a rule where its worst paragraph does.
"""

import json
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from analyzers.embedding import Embedder, Vectors, load_embedder, unit
from analyzers.heads import PROMOTION, Heads
from analyzers.text_windows import windows

# Code points. The heads learnt from whole texts of 190 on average; scored in passages of 500,
# landing pages lost five points of F1 against whole ones (models/heads/README.md).
PASSAGE = 2_000
CATEGORIES = range(1, 10)


class SemanticScores(NamedTuple):
    """What the heads say of one text. Calibrated probabilities; `vector` is the whole text's."""

    promotion: float
    categories: dict[int, float]
    vector: Vectors


class Exemplar(NamedTuple):
    """An example of the project's own writing, as the explanation of a score."""

    id: str
    text: str
    categories: tuple[int, ...]
    promotion: bool


class Neighbour(NamedTuple):
    """An exemplar and its cosine similarity, -1 to 1."""

    exemplar: Exemplar
    similarity: float


class Semantics:
    """The embedding model, the heads and the exemplars, loaded once a process."""

    def __init__(self, embedder: Embedder, heads: Heads, exemplars: Sequence[Exemplar] = ()) -> None:
        self.embedder = embedder
        self._heads = heads
        self._exemplars = tuple(exemplars)
        self._exemplar_vectors = embedder.embed([exemplar.text for exemplar in exemplars])

    @classmethod
    def load(cls, embedding: str | Path, heads: Path) -> "Semantics":
        """Load an embedding model (folder or official name) and `heads.npz` (file, or its folder)."""
        embedder = load_embedder(embedding)
        file = heads / "heads.npz" if heads.is_dir() else heads
        return cls(embedder, Heads(file), read_exemplars(files("ruleset") / "samples"))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, (n, dims), float32."""
        return self.embedder.embed(texts)

    def score(self, texts: Sequence[str]) -> list[SemanticScores]:
        """Score each text; an empty one promotes nothing."""
        spans = [
            (i, text[start:end]) for i, text in enumerate(texts) for start, end in windows(text, PASSAGE)
        ]
        passages = [passage for _, passage in spans]
        vectors = self.embedder.embed(passages)
        probabilities = self._heads.probabilities(passages)
        owners = np.array([i for i, _ in spans], dtype=np.int64)
        starts = np.searchsorted(owners, np.arange(len(texts) + 1))
        lengths = np.array([[len(passage)] for passage in passages], dtype=np.float32)
        scores = []
        for start, end in pairwise(starts.tolist()):
            if start == end:
                scores.append(
                    SemanticScores(
                        0.0, dict.fromkeys(CATEGORIES, 0.0), np.zeros(vectors.shape[1], dtype=np.float32)
                    )
                )
                continue
            top = probabilities[start:end].max(axis=0)
            vector = unit((vectors[start:end] * lengths[start:end]).sum(axis=0, keepdims=True))[0]
            categories = {category: float(top[category]) for category in CATEGORIES}
            scores.append(SemanticScores(float(top[PROMOTION]), categories, vector))
        return scores

    def nearest(self, vector: Vectors, k: int = 3) -> list[Neighbour]:
        """Find the `k` exemplars nearest to a unit vector, nearest first."""
        if not self._exemplars:
            return []
        similarity = self._exemplar_vectors @ vector
        order = np.argsort(-similarity, kind="stable")[:k]
        return [Neighbour(self._exemplars[i], float(similarity[i])) for i in order]


def read_exemplars(folder: Traversable) -> list[Exemplar]:
    """Read the ruleset's own samples (JSON Lines with id, text, promotion, cats); none where there is no folder."""
    if not folder.is_dir():
        return []
    exemplars = []
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".jsonl"):
            continue
        for line in file.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                row = json.loads(line)
                exemplars.append(
                    Exemplar(str(row["id"]), row["text"], tuple(row["cats"]), bool(row["promotion"]))
                )
    return exemplars
