"""The fusion file: what it must hold, and the laws of what it weighs."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.combine import Strength
from analyzers.errors import ModelMissing, ModelUnusable
from analyzers.fusion import (
    CATEGORY_FEATURES,
    CATEGORY_SIGNS,
    PROMOTION_FEATURES,
    PROMOTION_SIGNS,
    Fusion,
    category_features,
    promotion_features,
)
from analyzers.gate import Signs
from analyzers.heads import HEADS

SHIPPED = Path(__file__).parents[2] / "models/heads/fusion.json"
FUSION = Fusion.load(SHIPPED)


def edited(tmp_path: Path, change: Any) -> Path:
    content = json.loads(SHIPPED.read_text())
    change(content)
    path = tmp_path / "fusion.json"
    path.write_text(json.dumps(content))
    return path


FAULTS = [
    ("a category is missing", lambda c: c["categories"].pop("4")),
    ("a feature is missing", lambda c: c["promotion"]["weights"].pop("text")),
    ("a feature is unknown", lambda c: c["categories"]["2"]["clear"]["weights"].update(magic=1)),
    ("a threshold is no number", lambda c: c["categories"]["2"].update(clear_from="high")),
]


@pytest.mark.parametrize("change", [row[1] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_faulty_file_is_one_clear_error(tmp_path: Path, change: Any) -> None:
    with pytest.raises(ModelUnusable, match="fusion"):
        Fusion.load(edited(tmp_path, change))


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        Fusion.load(tmp_path / "fusion.json")


@given(st.integers(1, 9), st.floats(0, 6), st.floats(0, 6), st.floats(0.01, 0.99), st.integers(0, 200_000))
def test_a_stronger_rule_never_lowers_a_category(
    category: int, one: float, other: float, promotion: float, length: int
) -> None:
    low, high = sorted((one, other))
    logits = [0.0] * HEADS
    regression = FUSION.categories[category].clear
    less, more = (
        regression.probability(
            CATEGORY_FEATURES, category_features(category, Strength(said, 0), logits, promotion, length)
        )
        for said in (low, high)
    )
    assert 0 <= less <= more <= 1


def test_no_excuse_speaks_for_a_promotion_and_no_sign_against() -> None:
    weights = FUSION.promotion.weights
    for name, sign in zip(PROMOTION_FEATURES, PROMOTION_SIGNS, strict=True):
        assert weights[name] * sign >= 0
    for fusion in FUSION.categories.values():
        for name, sign in zip(CATEGORY_FEATURES, CATEGORY_SIGNS, strict=True):
            assert fusion.clear.weights[name] * sign >= 0


def test_a_contact_gives_back_what_the_excuse_of_news_took() -> None:
    news = Signs({}, {}, {}, {"excuse.news": 0.8}, False, True)
    linked = Signs({}, {}, {}, {"excuse.news": 0.8}, True, True)
    logits = [0.0] * HEADS
    alone, reached = (
        FUSION.promotion.probability(PROMOTION_FEATURES, promotion_features(seen, logits, 100))
        for seen in (news, linked)
    )
    assert reached >= alone
