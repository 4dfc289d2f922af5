"""What counts as hit, false alarm and miss."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finadwatch.scorecards.count import ALARMS, HITS, MISSES, PROMOTION, QUESTIONS, Judged, count, decisions
from tests.support.labelled import judged, row

NUMBERS = st.sets(st.integers(1, 9))


def places(one: Judged) -> dict[int, int | None]:
    return {decision.question: decision.place for decision in decisions(one)}


@pytest.mark.parametrize(
    ("cats", "soft", "clear", "arguable", "place"),
    [
        pytest.param([2], [], [2], [], HITS, id="hit"),
        pytest.param([2], [], [], [], MISSES, id="miss"),
        pytest.param([2], [], [], [2], MISSES, id="an-arguable-lead-is-no-hit"),
        pytest.param([], [], [2], [], ALARMS, id="alarm"),
        pytest.param([], [], [], [2], None, id="an-arguable-lead-is-no-alarm"),
        pytest.param([], [], [], [], None, id="rightly-silent"),
    ],
)
def test_only_clear_findings_count(
    cats: list[int], soft: list[int], clear: list[int], arguable: list[int], place: int | None
) -> None:
    assert places(judged(row(cats, soft), clear, arguable))[2] == place


@pytest.mark.parametrize("clear", [[], [2]])
def test_what_is_arguable_by_label_counts_neither_way(clear: list[int]) -> None:
    assert 2 not in places(judged(row(soft=[2]), clear))


def test_promotion_is_a_question_of_its_own() -> None:
    assert places(judged(row(promotion=False), promotion=True))[PROMOTION] == ALARMS
    assert places(judged(row(promotion=True), promotion=False))[PROMOTION] == MISSES


def test_a_silent_row_answers_nothing_but_can_be_alarmed() -> None:
    silent = row(promotion=None)
    assert places(judged(silent, [2])) == {}
    assert judged(silent, [2]).alarmed
    assert not judged(silent, [1], [2]).alarmed


@given(
    st.lists(
        st.tuples(
            NUMBERS, NUMBERS, NUMBERS, st.booleans(), st.sampled_from(["a", "b"]), st.sampled_from("xyz")
        ),
        max_size=12,
    )
)
def test_counts_add_up(
    drawn: list[tuple[set[int], set[int], set[int], bool, str, str]],
) -> None:
    made = [
        judged(row(cats - soft, soft, kind=kind, group=group, line=at), clear, promotion=said)
        for at, (cats, soft, clear, said, kind, group) in enumerate(drawn)
    ]
    counts = count(made)
    total = counts.table.sum(axis=(0, 1))
    assert counts.table.shape[0] == len({one.row.group for one in made})
    for number in range(1, QUESTIONS):
        cases = sum(number in one.row.cats for one in made)
        found = sum(
            any(f.category == number for f in one.judgement.findings) and number not in one.row.soft
            for one in made
        )
        assert total[number, HITS] + total[number, MISSES] == cases
        assert total[number, HITS] + total[number, ALARMS] == found
    assert total[PROMOTION, HITS] + total[PROMOTION, MISSES] == len(made)


def test_the_order_of_rows_changes_nothing() -> None:
    made = [judged(row([2], name=str(at), group=f"g{at % 3}", line=at), [at % 2 + 2]) for at in range(9)]
    assert np.array_equal(count(made).table, count(made[::-1]).table)


def test_rows_without_a_group_are_each_their_own_even_with_the_same_id() -> None:
    assert count([judged(row(line=1)), judged(row(line=2))]).table.shape[0] == 2
