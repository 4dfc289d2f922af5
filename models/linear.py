"""Multi-label logistic regression on sparse n-grams, with masked labels."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


class Sparse(NamedTuple):
    """Rows of weighted buckets: row i is `columns[offsets[i]:offsets[i+1]]` with `weights` alike."""

    columns: Ints
    offsets: Ints
    weights: Floats
    width: int


@dataclass(frozen=True)
class Linear:
    """Weights of every head: score = n-grams @ weights + bias."""

    weights: Floats
    bias: Floats

    def scores(self, rows: Sparse) -> Floats:
        """Score rows, (n, heads)."""
        part = np.zeros((len(rows.offsets) - 1, len(self.bias)), dtype=np.float32)
        filled = np.flatnonzero(rows.offsets[1:] > rows.offsets[:-1])
        if len(filled):
            weighted = self.weights[rows.columns] * rows.weights[:, None]
            part[filled] = np.add.reduceat(weighted, rows.offsets[filled], axis=0)
        found: Floats = part + self.bias
        return found


def take(rows: Sparse, chosen: Ints) -> Sparse:
    """Pick some rows."""
    at = np.concatenate([np.arange(rows.offsets[i], rows.offsets[i + 1]) for i in chosen])
    lengths = np.diff(rows.offsets)[chosen]
    return Sparse(rows.columns[at], np.concatenate([[0], np.cumsum(lengths)]), rows.weights[at], rows.width)


def fit(rows: Sparse, truth: Floats, mask: Floats, l2: float) -> Linear:
    """Fit by L-BFGS from zero, so the same data gives the same weights; a mask of 0 takes no loss."""
    import torch

    n = len(truth)
    owners = torch.from_numpy(np.repeat(np.arange(n), np.diff(rows.offsets)))
    columns, values = torch.from_numpy(rows.columns), torch.from_numpy(rows.weights)
    x = torch.sparse_coo_tensor(
        torch.stack([owners, columns]), values, (n, rows.width), check_invariants=True
    )
    transposed = x.t().coalesce()
    x = x.coalesce()
    y, m = torch.from_numpy(truth), torch.from_numpy(mask)
    weights = torch.zeros(rows.width, truth.shape[1], requires_grad=True)
    bias = torch.zeros(truth.shape[1], requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=80, history_size=8, line_search_fn="strong_wolfe")

    def closure() -> float:
        # The gradient is written out: autograd through a sparse matrix keeps a dense copy of it.
        with torch.no_grad():
            z = torch.sparse.mm(x, weights) + bias
            wrong = (torch.sigmoid(z) - y) * m
            loss = (torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="none") * m).sum()
            loss = loss + l2 / 2 * (weights**2).sum()
            weights.grad = torch.sparse.mm(transposed, wrong) + l2 * weights
            bias.grad = wrong.sum(dim=0)
        return float(loss)

    optimiser.step(closure)  # type: ignore[no-untyped-call]  # torch has no types for L-BFGS
    return Linear(weights.detach().numpy(), bias.detach().numpy())


def platt(scores: Floats, truth: Floats, mask: Floats) -> tuple[float, float]:
    """Fit probability = sigmoid(slope * score + shift) by Newton's method, smoothed as Platt did."""
    z, y = scores[mask > 0].astype(np.float64), truth[mask > 0].astype(np.float64)
    positive, negative = y.sum(), (1 - y).sum()
    target = np.where(y > 0, (positive + 1) / (positive + 2), 1 / (negative + 2))
    design = np.stack([z, np.ones_like(z)], axis=1)

    def loss(line: npt.NDArray[np.float64]) -> float:
        at = design @ line
        return float((np.logaddexp(0, at) - target * at).sum())

    found = np.array([1.0, 0.0])
    for _ in range(100):
        p = 0.5 * (1 + np.tanh(0.5 * (design @ found)))
        gradient = design.T @ (p - target)
        curvature = (design * (p * (1 - p))[:, None]).T @ design + 1e-6 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        # A whole Newton step overshoots where nearly all rows are plain negatives.
        while loss(found - step) > loss(found) and np.abs(step).max() > 1e-8:
            step = step / 2
        found = found - step
        if np.abs(step).max() < 1e-8:
            break
    return float(found[0]), float(found[1])
