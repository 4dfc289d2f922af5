"""Intervals hold their figure, stay between 0 and 1, and come out the same each time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from finadwatch.scorecards.intervals import NOTHING, Estimate, measure, resampled, wilson

TABLES = arrays.arrays(
    np.float64, st.tuples(st.integers(1, 30), st.just(3)), elements=st.integers(0, 5).map(float)
)


def holds(estimate: Estimate) -> bool:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return estimate == NOTHING
    return 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@given(st.integers(0, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_wilsons_interval_holds_the_rate(drawn: tuple[int, int]) -> None:
    assert holds(wilson(*drawn).estimate)


def test_wilsons_interval_is_the_published_one() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (hits, of), bounds in published.items():
        found = wilson(hits, of).estimate
        assert (found.low, found.high) == pytest.approx(bounds, abs=5e-5)


def test_no_rows_give_no_rate() -> None:
    assert wilson(0, 0).estimate == NOTHING


@given(TABLES)
def test_each_score_lies_in_its_interval(table: np.ndarray) -> None:
    found = measure(table.sum(axis=0), resampled(table, 50))
    assert all(holds(one) for one in (found.precision, found.recall, found.f1))
    assert found.cases == int(table[:, [0, 2]].sum())


@given(TABLES)
def test_a_resample_draws_as_many_groups_as_there_are(table: np.ndarray) -> None:
    ones = np.hstack([table, np.ones((len(table), 1))])
    assert (resampled(ones, 20)[:, -1] == len(table)).all()


def test_the_same_seed_gives_the_same_sums_whatever_the_number_drawn_at_once() -> None:
    table = np.arange(30.0).reshape(10, 3)
    assert np.array_equal(resampled(table, 250), resampled(table, 250))
    assert not np.array_equal(resampled(table, 250), resampled(table, 250, seed=1))


def test_scores_are_what_they_are_called() -> None:
    found = measure(np.array([6.0, 2, 3]), resampled(np.array([[6.0, 2, 3]]), 10))
    assert found.precision.value == pytest.approx(6 / 8)
    assert found.recall.value == pytest.approx(6 / 9)
    assert found.f1.value == pytest.approx(12 / 17)


def test_nothing_found_has_no_precision_and_nothing_to_find_no_recall() -> None:
    missed = measure(np.array([0.0, 0, 4]), resampled(np.array([[0.0, 0, 4]]), 10))
    assert (missed.precision, missed.recall.value, missed.f1.value) == (NOTHING, 0, 0)
    alarmed = measure(np.array([0.0, 4, 0]), resampled(np.array([[0.0, 4, 0]]), 10))
    assert (alarmed.precision.value, alarmed.recall, alarmed.f1.value) == (0, NOTHING, 0)


def test_near_duplicates_in_one_group_widen_the_interval() -> None:
    rng = np.random.default_rng(7)
    alone = np.zeros((200, 3))
    alone[np.arange(200), np.where(rng.random(200) < 0.8, 0, 2)] = 1
    together = alone.reshape(20, 10, 3)[:, :1].repeat(10, axis=1).sum(axis=1)
    narrow, wide = (width(measure(one.sum(axis=0), resampled(one)).recall) for one in (alone, together))
    assert wide > 2 * narrow


def width(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low
