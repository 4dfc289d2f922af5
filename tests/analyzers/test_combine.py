"""Scores and levels: laws of the combination, and what each side can do alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.combine import level_of, score_of
from analyzers.evidence import noisy_or
from analyzers.rules import Detection, DetectionItem, Rule, Samples, Words
from findings.model.vocabulary import Level


def made(weight: float, level: Level = Level.CLEAR) -> Rule:
    from datetime import date

    return Rule(
        id="a.b",
        title=Words("题", "title"),
        status="stable",
        weight=weight,
        created=date(2026, 11, 22),
        description="for a test",
        detection=Detection((DetectionItem(pattern="x"),)),
        samples=Samples((), ()),
        category=2,
        level=level,
    )


CASES = [
    ("nothing", [], None, None),
    ("a clear rule", [made(0.5)], None, Level.CLEAR),
    ("an arguable rule", [made(0.9, Level.ARGUABLE)], None, Level.ARGUABLE),
    ("both levels", [made(0.9, Level.ARGUABLE), made(0.3)], None, Level.CLEAR),
    ("the model agrees", [made(0.8)], 0.9, Level.CLEAR),
    ("the model is sure alone", [], 0.99, Level.CLEAR),
    ("the model is unsure alone", [], 0.3, Level.ARGUABLE),
    ("the model doubts alone", [], 0.01, None),
    ("the model lifts an arguable rule", [made(0.7, Level.ARGUABLE)], 0.95, Level.CLEAR),
    ("the model sinks a weak rule", [made(0.4)], 0.01, None),
    ("a strong rule stands against the model", [made(0.97)], 0.01, Level.CLEAR),
]


@pytest.mark.parametrize(
    ("rules", "model", "level"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_levels(rules: list[Rule], model: float | None, level: Level | None) -> None:
    assert level_of(rules, score_of(rules, model), model) is level


@given(st.floats(0.01, 0.99), st.floats(0, 1), st.floats(0, 1))
def test_a_surer_model_never_lowers_a_score(weight: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    rules = [made(weight)]
    assert score_of(rules, low) <= score_of(rules, high)


@given(st.lists(st.floats(0, 1), max_size=8), st.floats(0, 1))
def test_another_sign_never_lowers_the_chance(weights: list[float], more: float) -> None:
    assert 0 <= noisy_or(weights) <= noisy_or([*weights, more]) + 1e-12 <= 1 + 1e-9
