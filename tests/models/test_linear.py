import numpy as np
import pytest

from models.linear import Labels, Sparse, Texts, fit, logistic, take


def rows_of(*buckets: list[int]) -> Sparse:
    offsets = np.cumsum([0, *map(len, buckets)])
    columns = np.array([bucket for row in buckets for bucket in row], dtype=np.int64)
    return Sparse(columns, offsets, np.ones(len(columns), dtype=np.float32), width=8)


def texts_of(documents: list[list[list[int]]]) -> Texts:
    """Documents, each a list of passages, each a list of buckets."""
    owners = [at for at, passages in enumerate(documents) for _ in passages]
    whole = [sorted({bucket for passage in passages for bucket in passage}) for passages in documents]
    return Texts(
        rows_of(*whole),
        rows_of(*(passage for passages in documents for passage in passages)),
        np.array(owners, dtype=np.int64),
    )


def labels_of(truth: list[list[float]], passages: int, weights: list[list[float]] | None = None) -> Labels:
    found = np.array(truth, dtype=np.float32)
    none = np.zeros((passages, found.shape[1]), dtype=np.float32)
    return Labels(
        found, np.ones_like(found) if weights is None else np.array(weights, dtype=np.float32), none, none
    )


def test_fit_learns_which_bucket_speaks_for_which_head() -> None:
    texts = texts_of([[[1, 2]], [[2]], [[1]], [[3]], [[3, 2]], [[2]]])
    labels = labels_of([[1, 0], [0, 0], [1, 0], [0, 1], [0, 1], [0, 0]], 6)
    heads = fit(texts, labels, softness=0.5, l2=0.01)
    assert ((heads.scores(texts) > 0) == (labels.truth > 0)).all()


def test_one_passage_of_many_carries_the_label() -> None:
    noise = [[2], [4], [5], [6]]
    pages = [[*noise, [1]], [*noise, [3]], [[1], *noise], [[3], *noise], [*noise, [1, 2]], noise]
    texts = texts_of(pages)
    labels = labels_of([[1], [0], [1], [0], [1], [0]], sum(map(len, pages)))
    heads = fit(texts, labels, softness=0.5, l2=0.01)
    assert heads.passage_weights[1, 0] > heads.passage_weights[[2, 3, 4, 5, 6], 0].max()


def test_a_told_passage_teaches() -> None:
    texts = texts_of([[[1], [2]], [[3]]])
    labels = labels_of([[1], [0]], 3)
    told = labels._replace(
        passage_truth=np.array([[1], [0], [0]], dtype=np.float32),
        passage_weights=np.array([[1], [0], [0]], dtype=np.float32),
    )
    plain, pointed = (fit(texts, which, softness=0.5, l2=0.1).passage_weights for which in (labels, told))
    assert pointed[1, 0] - pointed[2, 0] > plain[1, 0] - plain[2, 0]


def test_a_masked_label_teaches_nothing() -> None:
    texts = texts_of([[[1]], [[2]]])
    wrong, right = (
        fit(texts, labels_of(truth, 2, [[1], [0]]), softness=0.5, l2=0.1).weights.tolist()
        for truth in ([[1.0], [1.0]], [[1.0], [0.0]])
    )
    assert wrong == right


def test_a_document_without_words_has_a_score() -> None:
    texts = texts_of([[[1]], [[]]])
    heads = fit(texts, labels_of([[1], [0]], 2), softness=0.5, l2=0.1)
    assert np.isfinite(heads.scores(texts)).all()


def test_take_keeps_rows_whole() -> None:
    taken = take(rows_of([1, 2], [], [5]), np.array([2, 1, 0]))
    assert taken.columns.tolist() == [5, 1, 2]
    assert taken.offsets.tolist() == [0, 1, 1, 3]


def test_logistic_finds_the_line_the_labels_came_from() -> None:
    chance = np.random.default_rng(3)
    x = chance.normal(0, 2, (20_000, 2)).astype(np.float32)
    truth = (chance.random(20_000) < 1 / (1 + np.exp(-(0.7 * x[:, 0] + 0.4)))).astype(np.float32)
    found, bias = logistic(x, truth, np.ones_like(truth), l2=0.1, signs=np.array([0, 0]))
    assert found.tolist() == pytest.approx([0.7, 0], abs=0.1)
    assert bias == pytest.approx(0.4, abs=0.1)


def test_a_feature_never_speaks_against_its_sign() -> None:
    x = np.array([[1.0], [0.0]] * 50, dtype=np.float32)
    truth = np.array([0.0, 1.0] * 50, dtype=np.float32)
    found, _ = logistic(x, truth, np.ones_like(truth), l2=0.1, signs=np.array([1]))
    assert found.tolist() == [0]


def test_a_start_pulls_every_weight_and_bias_towards_itself() -> None:
    texts = texts_of([[[1]], [[2]]])
    first = fit(texts, labels_of([[1], [0]], 2), softness=0.5, l2=0.1)
    unsaid = labels_of([[0], [1]], 2, [[0], [0]])
    assert fit(texts, unsaid, softness=0.5, l2=0.1, start=first).weights.tolist() == first.weights.tolist()
    turned = labels_of([[0], [1]], 2)
    stiff, loose = (fit(texts, turned, softness=0.5, l2=l2, start=first) for l2 in (100, 0.1))
    assert abs(stiff.weights - first.weights).max() < 0.1
    assert abs(stiff.bias - first.bias).max() < 0.1
    assert loose.weights[1, 0] < 0 < first.weights[1, 0]
