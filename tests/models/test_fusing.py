"""The fusion as it is trained: the judge weighs the same features to the same probability."""

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.fusion import Regression
from models.examples import Example
from models.fusing import (
    CLEAR_RANGE,
    FORGOTTEN,
    Columns,
    f1,
    forgotten,
    in_view,
    probability,
    regression,
    threshold,
)

NAMES, SIGNS = ("for", "against", "both"), (1, -1, 0)
RULES = ("hype.multiple", "promotion.terms", "warning.risk")


@pytest.fixture(scope="module")
def fitted() -> tuple[np.ndarray, dict[str, Any]]:
    """200 rows of chance, true where the first feature and the first rule say so."""
    chance = np.random.default_rng(7)
    x = chance.normal(size=(200, 3)).astype(np.float32)
    fired = [[rule for rule in RULES if chance.random() < 0.4] for _ in range(200)]
    rows = Columns(RULES)(list(zip(x.tolist(), fired, strict=True)))
    truth = (rows[:, 0] + 2 * rows[:, 3] + chance.normal(size=200) > 1).astype(np.float32)
    return rows, regression(rows, truth, np.ones(200, np.float32), NAMES, SIGNS, RULES)


def test_no_feature_turns_against_its_sign(fitted: tuple[np.ndarray, dict[str, Any]]) -> None:
    weights = fitted[1]["weights"]
    assert weights["for"] > 0.3
    assert weights["against"] <= 0
    assert fitted[1]["rules"]["hype.multiple"] > 0.3


def test_the_judge_reads_the_same_probability(fitted: tuple[np.ndarray, dict[str, Any]]) -> None:
    rows, found = fitted
    read = msgspec.convert(found, Regression)
    for row, expected in zip(rows, probability(rows, found, RULES), strict=True):
        fired = [rule for rule, on in zip(RULES, row[3:], strict=True) if on]
        assert read.probability(NAMES, row[:3].tolist(), fired) == pytest.approx(float(expected), abs=1e-5)


@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=1, max_size=30))
def test_a_threshold_stays_in_its_range(rows: list[tuple[float, bool]]) -> None:
    p = np.array([row[0] for row in rows], dtype=np.float32)
    truth = np.array([row[1] for row in rows], dtype=np.float32)
    assert CLEAR_RANGE[0] <= threshold(p, truth, np.ones(len(rows), np.float32)) <= CLEAR_RANGE[1]


def test_a_fixed_share_of_the_rules_is_taken_away() -> None:
    rules = [f"rule.{number}" for number in range(2000)]
    gone = [rule for rule in rules if forgotten("m0001")(rule)]
    assert len(gone) / len(rules) == pytest.approx(FORGOTTEN, abs=0.05)
    assert gone == [rule for rule in rules if forgotten("m0001")(rule)]
    assert gone != [rule for rule in rules if forgotten("m0002")(rule)]


@pytest.mark.parametrize(
    ("source", "name", "seen"),
    [
        ("real", "app_1", True),
        ("everyday", "plain.jsonl:9", False),
        ("own", "m0001", True),
        ("own", "s12-0001", False),
        ("evaded", "s12-0001~e", False),
    ],
)
def test_who_had_which_rows_in_view(source: str, name: str, *, seen: bool) -> None:
    assert in_view(Example({"id": name}, source, "")) is seen


def test_what_is_masked_is_in_no_score() -> None:
    truth = np.array([[1], [1], [0], [0]], dtype=np.float32)
    masks = np.array([[1], [0], [1], [0]], dtype=np.float32)
    fired = np.array([[True], [False], [True], [True]])
    assert f1(truth, masks, fired, np.ones(4, dtype=bool), [0]) == [0.667, 0.5, 1.0, 1]
