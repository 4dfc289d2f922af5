"""Linear heads over sparse n-grams of whole texts and of their passages, with masked labels.

A document's log-odds are a linear score of the whole text plus a soft maximum of linear scores of
its passages: multiple-instance learning, where the label of a page is carried by some passage
nobody has pointed at. Where a labeller did quote a reason, the passage that holds it is told.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

#: Rounds of L-BFGS; the loss moves by less than a thousandth after that.
ROUNDS = 60
#: Log-odds that the heads start from: few categories apply to a text.
START = -2.0


class Sparse(NamedTuple):
    """Rows of weighted buckets: row i is `columns[offsets[i]:offsets[i+1]]` with `weights` alike."""

    columns: Ints
    offsets: Ints
    weights: Floats
    width: int


class Texts(NamedTuple):
    """Documents and their passages. `owners[p]` is the document of passage p, rising."""

    documents: Sparse
    passages: Sparse
    owners: Ints


class Labels(NamedTuple):
    """Truth of each head (0 or 1) and the weight of its loss, both (n, heads).

    `documents` are labelled whole; `passages` where a quotation stands in them, else with weight 0.
    """

    truth: Floats
    weights: Floats
    passage_truth: Floats
    passage_weights: Floats


@dataclass(frozen=True)
class Linear:
    """Weights of every head, for whole texts and for passages."""

    weights: Floats
    bias: Floats
    passage_weights: Floats
    passage_bias: Floats
    softness: float

    def scores(self, texts: Texts) -> Floats:
        """Score documents, (n, heads)."""
        passages = _product(texts.passages, self.passage_weights) + self.passage_bias
        counts = np.bincount(texts.owners, minlength=len(texts.documents.offsets) - 1)
        found: Floats = _product(texts.documents, self.weights) + self.bias
        filled = np.flatnonzero(counts)
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])[filled]
        highest = np.maximum.reduceat(passages, starts, axis=0)
        shifted = np.exp((passages - np.repeat(highest, counts[filled], axis=0)) / self.softness)
        found[filled] += highest + self.softness * np.log(np.add.reduceat(shifted, starts, axis=0))
        return found


def _product(rows: Sparse, weights: Floats) -> Floats:
    found = np.zeros((len(rows.offsets) - 1, weights.shape[1]), dtype=np.float32)
    filled = np.flatnonzero(np.diff(rows.offsets))
    if len(filled):
        weighted = weights[rows.columns] * rows.weights[:, None]
        found[filled] = np.add.reduceat(weighted, rows.offsets[filled], axis=0)
    return found


def take(rows: Sparse, chosen: Ints) -> Sparse:
    """Pick some rows."""
    lengths = np.diff(rows.offsets)[chosen]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    at = np.arange(offsets[-1]) + np.repeat(rows.offsets[chosen] - offsets[:-1], lengths)
    return Sparse(rows.columns[at], offsets, rows.weights[at], rows.width)


def fit(texts: Texts, labels: Labels, *, softness: float, l2: float, start: Linear | None = None) -> Linear:
    """Fit by L-BFGS from a fixed start, so the same data gives the same weights.

    A loss weight of 0 takes no loss. `l2` is the pull of every weight towards 0; with `start`, heads
    that know something already, every weight and bias is pulled towards theirs instead.
    """
    import torch

    documents, documents_t = _matrix(texts.documents)
    passages, passages_t = _matrix(texts.passages)
    owners = torch.from_numpy(texts.owners)
    truth, mask = torch.from_numpy(labels.truth), torch.from_numpy(labels.weights)
    told, told_mask = torch.from_numpy(labels.passage_truth), torch.from_numpy(labels.passage_weights)
    heads = truth.shape[1]
    weights = torch.zeros(texts.documents.width, heads, requires_grad=True)
    passage_weights = torch.zeros(texts.passages.width, heads, requires_grad=True)
    bias = torch.full((heads,), START, requires_grad=True)
    passage_bias = torch.zeros(heads, requires_grad=True)
    parts = [weights, passage_weights, bias, passage_bias]
    if start is not None:
        known = (start.weights, start.passage_weights, start.bias, start.passage_bias)
        with torch.no_grad():
            for part, value in zip(parts, known, strict=True):
                part.copy_(torch.from_numpy(value))
    pulled = parts if start is not None else parts[:2]
    homes = [part.detach().clone() if start is not None else torch.zeros_like(part) for part in pulled]
    optimiser = torch.optim.LBFGS(parts, max_iter=ROUNDS, history_size=8, line_search_fn="strong_wolfe")
    entropy = torch.nn.functional.binary_cross_entropy_with_logits

    def closure() -> float:
        # The gradient is written out: autograd through a sparse matrix keeps a dense copy of it.
        with torch.no_grad():
            each = torch.sparse.mm(passages, passage_weights) + passage_bias
            highest = torch.full((len(truth), heads), -1e9).scatter_reduce(
                0, owners[:, None].expand_as(each), each, "amax"
            )
            raised = torch.exp((each - highest[owners]) / softness)
            total = torch.zeros(len(truth), heads).index_add(0, owners, raised)
            joined = torch.where(highest > -1e8, highest + softness * torch.log(total), 0.0)
            score = torch.sparse.mm(documents, weights) + bias + joined
            wrong = (torch.sigmoid(score) - truth) * mask
            told_wrong = (torch.sigmoid(each + bias) - told) * told_mask
            passing = wrong[owners] * raised / total[owners] + told_wrong
            loss = (entropy(score, truth, reduction="none") * mask).sum()
            loss = loss + (entropy(each + bias, told, reduction="none") * told_mask).sum()
            weights.grad = torch.sparse.mm(documents_t, wrong)
            passage_weights.grad = torch.sparse.mm(passages_t, passing)
            bias.grad = wrong.sum(dim=0) + told_wrong.sum(dim=0)
            passage_bias.grad = passing.sum(dim=0)
            for part, home in zip(pulled, homes, strict=True):
                away = part - home
                loss = loss + l2 / 2 * (away**2).sum()
                part.grad = part.grad + l2 * away  # type: ignore[operator]  # set above
        return float(loss)

    optimiser.step(closure)  # type: ignore[no-untyped-call]  # torch has no types for L-BFGS
    found = [part.detach().numpy() for part in parts]
    return Linear(found[0], found[2], found[1], found[3], softness)


def _matrix(rows: Sparse) -> tuple[Any, Any]:
    """A sparse matrix of torch and its transpose."""
    import torch

    owners = torch.from_numpy(np.repeat(np.arange(len(rows.offsets) - 1), np.diff(rows.offsets)))
    columns, values = torch.from_numpy(rows.columns), torch.from_numpy(rows.weights)
    shape = (len(rows.offsets) - 1, rows.width)
    matrix = torch.sparse_coo_tensor(
        torch.stack([owners, columns]), values, shape, check_invariants=True
    ).coalesce()
    return matrix, matrix.t().coalesce()


def logistic(
    features: Floats, truth: Floats, weights: Floats, *, l2: npt.ArrayLike, signs: Ints
) -> tuple[Floats, float]:
    """A small logistic regression by bounded L-BFGS: returns (coefficients, bias).

    `l2` is the pull towards 0, of all features or of each. `signs` says of each feature
    whether it may only speak for (1), only against (-1) or both (0),
    so that no rule ever counts against its own category by chance of the data.
    """
    from scipy.optimize import minimize

    x = np.column_stack([features, np.ones(len(features))]).astype(np.float64)
    y, w = truth.astype(np.float64), weights.astype(np.float64)
    pull = np.append(np.broadcast_to(np.asarray(l2, dtype=np.float64), features.shape[1]), 0.0)

    def loss(at: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        z = x @ at
        p = 0.5 * (1 + np.tanh(0.5 * z))
        value = float((w * (np.logaddexp(0, z) - y * z)).sum() + 0.5 * (pull * at**2).sum())
        return value, x.T @ (w * (p - y)) + pull * at

    bounds = [(0, None) if s > 0 else (None, 0) if s < 0 else (None, None) for s in signs] + [(None, None)]
    found = minimize(loss, np.zeros(x.shape[1]), jac=True, bounds=bounds, method="L-BFGS-B")
    return found.x[:-1].astype(np.float32), float(found.x[-1])
