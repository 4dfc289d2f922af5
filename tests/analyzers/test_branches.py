"""Alternatives of patterns, the words they stand for, and that taking them apart finds the same."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.branches import Branch, branches
from tests.support.rulesets import fired, rule

TEXTS = st.text("稳赚钱年不保本息1a", max_size=12)
PATTERNS = ("稳?赚|赚钱", "保本(?:保息)?|本保", "[不稳]{1,2}赚", "(?:年|1)(?:本|息)")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("稳?赚|年[0-9.]+", [Branch("稳?赚", ("稳赚", "赚"), None), Branch("年[0-9.]+", (), None)]),
        ("不.赚", [Branch("不.赚", (), 3)]),
        ("a\\.b{2}", [Branch("a\\.b{2}", ("a.bb",), 4)]),
        ("(?i)赚|本", [Branch("(?i)赚|本", (), None)]),
        ("(?:赚|本", [Branch("(?:赚|本", (), None)]),
    ],
)
def test_taken_apart(pattern: str, found: list[Branch]) -> None:
    assert branches(pattern) == found


@given(text=TEXTS, pattern=st.sampled_from(PATTERNS))
def test_words_are_what_the_pattern_matches(text: str, pattern: str) -> None:
    words = {word for branch in branches(pattern) for word in branch.words}
    assert (text in words) == (re.fullmatch(pattern, text) is not None)


def test_of_alternatives_that_end_together_the_leftmost_counts(tmp_path: Path) -> None:
    assert fired(tmp_path, "稳赚钱", rule("a.b", [{"pattern": "稳赚|赚|赚钱"}])) == {"a.b": ["稳赚", "赚钱"]}
