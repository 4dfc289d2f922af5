"""Passages cover a text in order and are neither too short nor too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.passages import LEAST, MOST, passages


@given(st.text(alphabet="保本息，。\n 、a", max_size=2_000))
def test_passages_cover_the_text_in_order(text: str) -> None:
    found = passages(text)
    assert [start for start, _ in found] == ([0] + [end for _, end in found])[: len(found)]
    assert (found[-1][1] if found else 0) == len(text)
    assert all(0 < end - start <= MOST + LEAST for start, end in found)
    assert all(end - start >= LEAST for start, end in found[:-1])


CASES = [
    ("short sentences join", "好。" * 13, [(0, 26)]),
    ("a long sentence stands alone", "甲" * 40 + "。" + "乙" * 40, [(0, 41), (41, 81)]),
    ("an overlong one is cut at a pause", "甲" * 100 + "，" + "乙" * 100, [(0, 101), (101, 201)]),
    ("one without a pause is cut hard", "甲" * 200, [(0, MOST), (MOST, 200)]),
    ("nothing", "", []),
]


@pytest.mark.parametrize(("text", "spans"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_where_passages_end(text: str, spans: list[tuple[int, int]]) -> None:
    assert passages(text) == spans


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", ["保" * 1_000_000, "保\n" * 500_000], ids=["one-line", "many-lines"])
def test_a_million_characters_are_read_in_one_go(text: str) -> None:
    # Seconds; work that grew with the square of the length would take days.
    assert passages(text)[-1][1] == len(text)
