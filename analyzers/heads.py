"""The linear heads: is it a promotion, which of the nine categories clearly, which at least arguably.

Each head reads hashed character n-grams twice: of the whole text, and of each passage. Passages
are joined by a soft maximum, so that one sentence among four thousand characters of noise counts
as it would alone, and the passage that counted most is the head's own reason. What a head gives
is a log-odds; `analyzers.fusion` makes a probability of it.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analyzers.errors import ModelMissing, ModelUnusable
from analyzers.ngrams import BUCKETS, hash_ngrams
from analyzers.passages import passages

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

#: Promotion; categories 1 to 9 clearly; categories 1 to 9 clearly or arguably.
HEADS = 19
PROMOTION = 0
#: How soft the maximum over passages is (log-odds): as the heads were trained.
SOFTNESS = np.float32(0.5)
TINY = np.float32(1e-12)  # keeps a text of worthless n-grams from a division by zero
PARTS = {
    "rarity": (BUCKETS,),
    "passage_rarity": (BUCKETS,),
    "weights": (BUCKETS, HEADS),
    "weights_scale": (HEADS,),
    "passage_weights": (BUCKETS, HEADS),
    "passage_weights_scale": (HEADS,),
    "bias": (HEADS,),
    "passage_bias": (HEADS,),
}


class Place(NamedTuple):
    """A passage: `part` counts the document's texts from 0; offsets in code points of that text."""

    part: int
    start: int
    end: int


class HeadScores(NamedTuple):
    """Log-odds of the heads for one document, and of each of its passages beside them."""

    logits: Floats
    places: tuple[Place, ...]
    passage_logits: Floats


def clear(category: int) -> int:
    """The head that says whether a category (1 to 9) clearly applies."""
    return category


def mentioned(category: int) -> int:
    """The head that says whether a category (1 to 9) at least arguably applies."""
    return 9 + category


def weigh(buckets: Ints, offsets: Ints, rarity: Floats) -> Floats:
    """Give each n-gram of each text its rarity, scaled so that a text's weights have length one."""
    weights = rarity[buckets]
    if not len(weights):
        return weights
    lengths = np.diff(offsets)
    # Empty texts own no n-gram, so the starts of the others split them exactly: nothing beside a text
    # enters its sum, and its score has the same bits in any batch.
    sums = np.add.reduceat(weights * weights, offsets[:-1][lengths > 0])
    norms = np.sqrt(np.maximum(sums, TINY))
    scaled: Floats = weights / np.repeat(norms, lengths[lengths > 0])
    return scaled


def soft_maximum(logits: Floats, counts: Sequence[int]) -> Floats:
    """Join the passages of each document: rows of `logits` belong to documents by `counts`; none is 0."""
    joined = np.zeros((len(counts), logits.shape[1]), dtype=np.float32)
    filled = np.flatnonzero(counts)
    if not len(filled):
        return joined
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])[filled]
    highest = np.maximum.reduceat(logits, starts, axis=0)
    shifted = np.exp((logits - np.repeat(highest, np.asarray(counts)[filled], axis=0)) / SOFTNESS)
    joined[filled] = highest + SOFTNESS * np.log(np.add.reduceat(shifted, starts, axis=0))
    return joined


class Heads:
    """Linear heads read from `heads.npz`. They work beside any embedding model."""

    def __init__(self, file: Path) -> None:
        if not file.is_file():
            raise ModelMissing("heads", str(file))
        try:
            with np.load(file, allow_pickle=False) as arrays:
                loaded = {name: arrays[name].astype(np.float32) for name in PARTS}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ModelUnusable("heads", str(file), error) from error
        for name, shape in PARTS.items():
            if loaded[name].shape != shape:
                raise ModelUnusable(
                    "heads", str(file), f"{name} has the shape {loaded[name].shape}, not {shape}"
                )
        for name in ("weights", "passage_weights"):
            loaded[name] *= loaded.pop(f"{name}_scale")
        self._loaded = loaded

    @property
    def arrays(self) -> dict[str, Floats]:
        """The arrays of `PARTS` without the scales, which are multiplied in."""
        return self._loaded

    def read(self, documents: Sequence[Sequence[str]]) -> list[HeadScores]:
        """Score documents, each a sequence of normalised texts (title, text, words of an image)."""
        places = [
            tuple(
                Place(part, start, end)
                for part, text in enumerate(texts)
                for start, end in passages(text)
                if text[start:end].strip()
            )
            for texts in documents
        ]
        cut = [
            texts[place.part][place.start : place.end]
            for texts, listed in zip(documents, places, strict=True)
            for place in listed
        ]
        counts = [len(listed) for listed in places]
        passage_logits = self.passages(cut)
        logits = self._linear(["\n".join(texts) for texts in documents], "")
        logits += soft_maximum(passage_logits, counts)
        rows = np.split(passage_logits, np.cumsum(counts)[:-1]) if counts else []
        return [HeadScores(*found) for found in zip(logits, places, rows, strict=True)]

    def passages(self, texts: Sequence[str]) -> Floats:
        """What each text, read as a passage, adds to the heads: (n, HEADS) log-odds."""
        return self._linear(texts, "passage_")

    def _linear(self, texts: Sequence[str], which: str) -> Floats:
        weights, bias = self._loaded[which + "weights"], self._loaded[which + "bias"]
        buckets, offsets = hash_ngrams(texts)
        weighted = weights[buckets] * weigh(buckets, offsets, self._loaded[which + "rarity"])[:, None]
        scores = np.tile(bias, (len(texts), 1))
        filled = np.flatnonzero(offsets[1:] > offsets[:-1])
        if len(filled):
            # Empty texts own no row, so the starts of the others split the rows exactly.
            scores[filled] += np.add.reduceat(weighted, offsets[filled], axis=0)
        return scores
