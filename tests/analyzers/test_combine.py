"""Scores and levels: laws of the combination, and what each side can do alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.combine import MOST, evidence_of, level_of, score_of, strength
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
    ("nothing", [], None),
    ("a clear rule", [made(0.5)], Level.CLEAR),
    ("an arguable rule", [made(0.9, Level.ARGUABLE)], Level.ARGUABLE),
    ("both levels", [made(0.9, Level.ARGUABLE), made(0.3)], Level.CLEAR),
]


@pytest.mark.parametrize(("rules", "level"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_levels(rules: list[Rule], level: Level | None) -> None:
    assert level_of(rules) is level


def test_an_arguable_rule_counts_for_less() -> None:
    assert score_of([made(0.5, Level.ARGUABLE)]) < score_of([made(0.5)]) == 0.5


def test_strength_keeps_the_levels_apart() -> None:
    said = strength([made(0.5), made(0.9, Level.ARGUABLE)])
    assert said.clear == pytest.approx(0.693, abs=1e-3)
    assert said.arguable == pytest.approx(2.303, abs=1e-3)


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0, 1))
def test_evidence_is_bounded_and_grows_with_every_sign(weights: list[float], more: float) -> None:
    assert 0 <= evidence_of(weights) <= evidence_of([*weights, more]) <= MOST


@given(st.lists(st.floats(0, 1), max_size=8), st.floats(0, 1))
def test_another_sign_never_lowers_the_chance(weights: list[float], more: float) -> None:
    assert 0 <= noisy_or(weights) <= noisy_or([*weights, more]) + 1e-12 <= 1 + 1e-9
