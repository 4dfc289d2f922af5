"""Teaching trained heads: what was said is learned, what wasn't said stays."""

from pathlib import Path

import numpy as np
import pytest

from analyzers.heads import BUCKETS, HEADS, Heads, clear, mentioned
from models.learning_on import (
    Answer,
    Lesson,
    Prior,
    ballast_texts,
    learn_on,
    load_prior,
    truth_of,
)
from models.linear import Linear
from models.train_heads import save_heads

YES, ARGUABLE, NO = Answer.YES, Answer.ARGUABLE, Answer.NO
NEW = [
    Lesson(f"{name}计划，放进来的原封不动退您，还多给一份", {0: YES, 2: YES})
    for name in ("云桥", "柳岸", "青禾", "石坡")
]
UNSEEN = "南湾账户，放进来的原封不动退您，还多给一份"
BALLAST = [
    f"{name}{what}"
    for name in ("东街", "西街", "南街", "北街", "河边")
    for what in ("图书馆周末开放", "天气转凉请添衣", "公交改线通知", "银行网点今日营业")
]


@pytest.fixture(scope="module")
def prior() -> Prior:
    """Heads that say no to everything, a little differently from head to head."""
    chance = np.random.default_rng(4)
    weights, passage_weights = (chance.normal(0, 0.01, (BUCKETS, HEADS)).astype(np.float32) for _ in range(2))
    bias = np.linspace(-3, -2, HEADS, dtype=np.float32)
    rarity = np.ones(BUCKETS, dtype=np.float32)
    return Prior(Linear(weights, bias, passage_weights, np.zeros(HEADS, np.float32), 0.5), (rarity, rarity))


def read(tmp_path: Path, prior: Prior, heads: Linear, text: str) -> np.ndarray:
    save_heads(tmp_path, prior.rarities, heads)
    return Heads(tmp_path / "heads.npz").read([[text]])[0].logits


@pytest.mark.slow
def test_a_new_phrase_is_found_in_a_text_never_seen_and_nothing_else_moves(
    tmp_path: Path, prior: Prior
) -> None:
    heads = learn_on(prior, NEW, BALLAST)
    before, after = (read(tmp_path, prior, one, UNSEEN) for one in (prior.heads, heads))
    learned = [0, clear(2), mentioned(2)]
    assert (after[learned] > before[learned] + 1).all()
    others = np.setdiff1d(np.arange(HEADS), learned)
    assert after[others] == pytest.approx(before[others], abs=0.05)
    quiet = "南街图书馆周末开放"
    assert read(tmp_path, prior, heads, quiet) == pytest.approx(
        read(tmp_path, prior, prior.heads, quiet), abs=0.3
    )


@pytest.mark.slow
def test_the_ballast_alone_moves_nothing(prior: Prior) -> None:
    heads = learn_on(prior, [], BALLAST)
    assert np.abs(heads.weights - prior.heads.weights).max() < 1e-5
    assert np.abs(heads.bias - prior.heads.bias).max() < 1e-5


@pytest.mark.slow
def test_the_same_lessons_give_the_same_bytes(tmp_path: Path, prior: Prior) -> None:
    files = [tmp_path / name / "heads.npz" for name in "ab"]
    for file in files:
        save_heads(file.parent, prior.rarities, learn_on(prior, NEW, BALLAST))
    assert files[0].read_bytes() == files[1].read_bytes()


def test_heads_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "models/heads/heads.npz"
    prior = load_prior(shipped)
    save_heads(tmp_path, prior.rarities, prior.heads)
    again = load_prior(tmp_path / "heads.npz")
    assert np.array_equal(prior.rarities[0], again.rarities[0])
    # Not pytest.approx: it takes three seconds for half a million weights.
    np.testing.assert_allclose(again.heads.weights, prior.heads.weights, rtol=1e-6, atol=1e-5)


def test_only_answers_are_taught() -> None:
    truth, weights = truth_of([Lesson("", {2: YES, 5: ARGUABLE, 8: NO}), Lesson("", {0: NO})])
    assert np.flatnonzero(weights[0]).tolist() == [2, 8, 9 + 2, 9 + 5, 9 + 8]
    assert np.flatnonzero(truth[0]).tolist() == [2, 9 + 2, 9 + 5]
    assert np.flatnonzero(weights[1]).tolist() == [0]
    assert not truth[1].any()


def test_the_ballast_is_own_samples_but_not_those_that_check() -> None:
    from finadwatch.learning.rows import own_check_rows

    ballast = set(ballast_texts())
    assert len(ballast) > 1000
    assert ballast.isdisjoint(row.text for row in own_check_rows())
