import numpy as np
import pytest

from models.linear import Sparse, fit, platt, take


def rows_of(*buckets: list[int]) -> Sparse:
    offsets = np.cumsum([0, *map(len, buckets)])
    columns = np.array([bucket for row in buckets for bucket in row], dtype=np.int64)
    return Sparse(columns, offsets, np.ones(len(columns), dtype=np.float32), width=8)


def test_fit_learns_which_bucket_speaks_for_which_head() -> None:
    rows = rows_of([1, 2], [2], [1], [3], [3, 2], [2])
    truth = np.array([[1, 0], [0, 0], [1, 0], [0, 1], [0, 1], [0, 0]], dtype=np.float32)
    heads = fit(rows, truth, np.ones_like(truth), l2=0.01)
    assert ((heads.scores(rows) > 0) == (truth > 0)).all()


def test_a_masked_label_teaches_nothing() -> None:
    rows = rows_of([1], [2])
    mask = np.array([[1.0], [0.0]], dtype=np.float32)
    wrong = np.array([[1.0], [1.0]], dtype=np.float32)
    right = np.array([[1.0], [0.0]], dtype=np.float32)
    assert fit(rows, wrong, mask, 0.1).weights.tolist() == fit(rows, right, mask, 0.1).weights.tolist()


def test_take_keeps_rows_whole() -> None:
    taken = take(rows_of([1, 2], [], [5]), np.array([2, 1, 0]))
    assert taken.columns.tolist() == [5, 1, 2]
    assert taken.offsets.tolist() == [0, 1, 1, 3]


def test_platt_finds_the_line_the_labels_came_from() -> None:
    chance = np.random.default_rng(3)
    scores = chance.normal(-2, 3, 20_000).astype(np.float32)
    truth = (chance.random(20_000) < 1 / (1 + np.exp(-(0.7 * scores + 0.4)))).astype(np.float32)
    assert platt(scores, truth, np.ones_like(truth)) == pytest.approx((0.7, 0.4), abs=0.1)


def test_platt_holds_where_positives_are_few() -> None:
    """Newton's whole step diverged here and gave a negative slope."""
    chance = np.random.default_rng(1)
    truth = (chance.random(5000) < 0.01).astype(np.float32)
    scores = (chance.normal(-8, 2, 5000) + truth * 6).astype(np.float32)
    slope, _ = platt(scores, truth, np.ones_like(truth))
    assert 0.5 < slope < 5
