"""The queue's order: graver, wider and surer first; the formula can be read."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from findings.model.vocabulary import Severity
from findings.review.priority import explain, priority
from tests.support.casework import facts
from tests.support.records import NOON

FACTS = st.builds(
    lambda severity, score, sightings, regions, sources, days: facts(
        severity=severity,
        score=score,
        sightings=sightings,
        regions=tuple(f"地{n}" for n in range(regions)),
        sources=tuple(f"来源{n}" for n in range(sources)),
        last_seen=NOON + timedelta(days=days),
    ),
    st.sampled_from([None, *Severity]),
    st.floats(0.05, 1),
    st.integers(1, 5000),
    st.integers(0, 40),
    st.integers(1, 20),
    st.integers(0, 90),
)


@given(FACTS)
def test_a_priority_lies_between_0_and_100_and_is_the_product_of_what_it_names(of: object) -> None:
    explained = explain(of)  # type: ignore[arg-type]
    assert 0 <= explained.value <= 100
    product = 100 * explained.severity * explained.reach * explained.confidence
    assert explained.value == round(product, 2)
    assert explained.reach == sum(part.value for part in explained.parts) / 4


def test_each_thing_that_grows_moves_a_case_up() -> None:
    base = facts(severity=Severity.MEDIUM, score=0.5, sightings=5)
    for more in (
        {"severity": Severity.HIGH},
        {"score": 0.6},
        {"sightings": 6},
        {"regions": ("上海", "江苏")},
        {"sources": ("baidu", "sogou")},
        {"last_seen": NOON + timedelta(days=1)},
    ):
        assert priority(replace(base, **more)) > priority(base), more  # type: ignore[arg-type]


def test_the_widest_gravest_surest_case_has_100() -> None:
    most = facts(
        score=1.0,
        sightings=1000,
        regions=tuple(f"地{n}" for n in range(31)),
        sources=tuple(f"来源{n}" for n in range(10)),
        last_seen=NOON + timedelta(days=29),
    )
    assert priority(most) == 100


def test_no_finding_is_no_lead_and_a_lead_of_form_counts_half() -> None:
    assert priority(facts(severity=None, score=0.0)) == 0
    assert explain(facts(score=0.0)).confidence == 0.5


def test_the_formula_is_said_with_its_numbers() -> None:
    said = explain(facts(sightings=12)).said
    assert said.zh.startswith("优先级 ")
    assert "检出 12 次、1 地、1 个来源、历时 1 天" in said.zh
    assert "12 detections" in said
