"""Reading by meaning: what the heads make of a text, sentence vectors, nearest examples.

`Semantics.load` takes a sentence-transformers model by folder or official name, the heads and
their fusion with the rules. Long texts are read in passages (`analyzers.heads`).
"""

import json
from collections.abc import Sequence
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from analyzers.embedding import Embedder, Vectors, load_embedder
from analyzers.fusion import Fusion
from analyzers.heads import Heads, HeadScores

#: Longer samples (code points) explain nothing at a glance.
LONGEST_EXEMPLAR = 120


class Exemplar(NamedTuple):
    """An example of the project's own writing, as the explanation of a score."""

    id: str
    text: str
    categories: tuple[int, ...]


class Neighbour(NamedTuple):
    """An exemplar and its cosine similarity, -1 to 1."""

    exemplar: Exemplar
    similarity: float


class Semantics:
    """The embedding model, the heads, their fusion and the exemplars, loaded once a process."""

    def __init__(
        self, embedder: Embedder, heads: Heads, fusion: Fusion, exemplars: Sequence[Exemplar] = ()
    ) -> None:
        self.embedder = embedder
        self.fusion = fusion
        self._heads = heads
        self._exemplars = tuple(exemplars)

    @classmethod
    def load(cls, embedding: str | Path, heads: Path) -> "Semantics":
        """Load an embedding model (folder or official name), `heads.npz` and `fusion.json` beside it.

        `heads` is the folder or the file `heads.npz`. Raises ModelMissing, ModelUnusable.
        """
        file = heads / "heads.npz" if heads.is_dir() else heads
        return cls(
            load_embedder(embedding),
            Heads(file),
            Fusion.load(file.parent / "fusion.json"),
            read_exemplars(files("ruleset") / "samples"),
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, (n, dims), float32."""
        return self.embedder.embed(texts)

    def read(self, documents: Sequence[Sequence[str]]) -> list[HeadScores]:
        """What the heads make of documents, each its normalised texts; one without text promotes nothing."""
        return self._heads.read(documents)

    def score_passages(self, texts: Sequence[str]) -> Vectors:
        """What each text, read as a passage, adds to the heads: (n, heads) log-odds."""
        return self._heads.passages(texts)

    @cached_property
    def _examples(self) -> dict[int, tuple[list[Exemplar], Vectors]]:
        """The exemplars of each category beside their vectors, so that none of another is compared."""
        vectors = self.embedder.embed([exemplar.text for exemplar in self._exemplars])
        listed: dict[int, list[int]] = {}
        for at, exemplar in enumerate(self._exemplars):
            for category in exemplar.categories:
                listed.setdefault(category, []).append(at)
        return {
            category: ([self._exemplars[at] for at in rows], vectors[rows])
            for category, rows in listed.items()
        }

    def nearest(self, vector: Vectors, category: int) -> Neighbour | None:
        """The exemplar of a category (1 to 9) nearest to a unit vector."""
        if category not in self._examples:
            return None
        exemplars, vectors = self._examples[category]
        similarity = vectors @ vector
        at = int(similarity.argmax())
        return Neighbour(exemplars[at], float(similarity[at]))


def read_exemplars(folder: Traversable) -> list[Exemplar]:
    """Read the ruleset's own samples that break a rule (JSON Lines); none where there is no folder."""
    if not folder.is_dir():
        return []
    exemplars = []
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".jsonl"):
            continue
        for line in file.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                row = json.loads(line)
                if row["cats"] and len(row["text"]) <= LONGEST_EXEMPLAR:
                    exemplars.append(Exemplar(str(row["id"]), row["text"], tuple(row["cats"])))
    return exemplars
