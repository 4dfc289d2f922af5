"""The linear heads: is it a promotion, and which of the nine categories, each as a probability.

Each head is a logistic regression on hashed character n-grams (weighted by rarity, scaled to
length one), followed by a Platt calibration. Adding the sentence vector as a feature was
measured and made it worse (models/heads/README.md).
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analyzers.errors import ModelMissing, ModelUnusable
from analyzers.ngrams import BUCKETS, hash_ngrams

Floats = npt.NDArray[np.float32]

PROMOTION = 0
HEADS = 10  # promotion, then categories 1 to 9
TINY = np.float32(1e-12)  # keeps a text of worthless n-grams from a division by zero
PARTS = {
    "rarity": (BUCKETS,),
    "weights": (BUCKETS, HEADS),
    "bias": (HEADS,),
    "slope": (HEADS,),
    "shift": (HEADS,),
}


def weigh(buckets: npt.NDArray[np.int64], offsets: npt.NDArray[np.int64], rarity: Floats) -> Floats:
    """Give each n-gram of each text its rarity, scaled so that a text's weights have length one."""
    weights = rarity[buckets]
    if not len(weights):
        return weights
    squares = np.append(weights * weights, np.float32(0))  # so that an empty last text has a place to start
    sums = np.add.reduceat(squares, offsets[:-1])
    # Of an empty text in the middle reduceat gives a neighbour's square; nothing is scaled by it.
    norms = np.sqrt(np.maximum(sums, TINY))
    scaled: Floats = weights / np.repeat(norms, np.diff(offsets))
    return scaled


class Heads:
    """Ten linear heads read from `heads.npz`. They work beside any embedding model."""

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
        self._rarity: Floats = loaded["rarity"]
        # Calibration is linear before the sigmoid, so it goes into the weights.
        self._weights: Floats = loaded["weights"] * loaded["slope"]
        self._bias: Floats = loaded["bias"] * loaded["slope"] + loaded["shift"]

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Score texts: (n, 10), promotion first, then categories 1 to 9."""
        buckets, offsets = hash_ngrams(texts)
        weighted = self._weights[buckets] * weigh(buckets, offsets, self._rarity)[:, None]
        scores = np.tile(self._bias, (len(texts), 1))
        filled = np.flatnonzero(offsets[1:] > offsets[:-1])
        if len(filled):
            # Empty texts own no row, so the starts of the others split the rows exactly.
            scores[filled] += np.add.reduceat(weighted, offsets[filled], axis=0)
        return sigmoid(scores)


def sigmoid(values: Floats) -> Floats:
    """Map scores to 0…1 without overflow."""
    halves: Floats = 0.5 * (1 + np.tanh(0.5 * values))
    return halves
