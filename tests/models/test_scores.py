import numpy as np
import pytest

from models.scores import auc, bigram_similarity, ranks, spearman


@pytest.mark.parametrize(
    ("truth", "scores", "expected"),
    [
        pytest.param([0, 0, 1, 1], [1, 2, 3, 4], 1.0, id="perfect"),
        pytest.param([1, 1, 0, 0], [1, 2, 3, 4], 0.0, id="upside-down"),
        pytest.param([0, 1], [5, 5], 0.5, id="tie"),
    ],
)
def test_auc(truth: list[int], scores: list[float], expected: float) -> None:
    assert auc(np.array(truth), np.array(scores)) == expected


def test_auc_of_one_class_is_no_number() -> None:
    assert np.isnan(auc(np.array([1, 1]), np.array([0.1, 0.2])))


def test_ranks_share_a_tie() -> None:
    assert ranks(np.array([10.0, 20.0, 10.0])).tolist() == [1.5, 3.0, 1.5]


def test_spearman_of_any_rising_curve_is_one() -> None:
    assert spearman(np.array([1, 2, 3]), np.array([1.0, 10.0, 1000.0])) == pytest.approx(1)


def test_spearman_of_one_row_is_no_number() -> None:
    assert np.isnan(spearman(np.array([1]), np.array([1.0])))


def test_bigram_similarity() -> None:
    same, none, empty = bigram_similarity(["保本理财"], ["保本理财", "保本", ""], ["保本理财", "贷款", "甲"])
    assert same == pytest.approx(1)
    assert (none, empty) == (0, 0)
