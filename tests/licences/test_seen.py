"""Codes that rows gave are known at once, whether they are written yet or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences import seen
from licences.seen import SeenCodes

given_rows = st.lists(
    st.tuples(st.lists(st.sampled_from("甲乙丙丁"), max_size=3), st.booleans()), max_size=30
)


@given(given_rows, st.integers(1, 5))
def test_the_first_row_of_a_code_is_kept(rows: list[tuple[list[str], bool]], waiting: int) -> None:
    kept: dict[str, int] = {}
    with pytest.MonkeyPatch.context() as patch, SeenCodes() as codes:
        patch.setattr(seen, "_WAITING", waiting)
        for number, (given_codes, asked) in enumerate(rows):
            codes.add(given_codes, number, "表", ["名", f"名{number}"])
            for code in given_codes:
                kept.setdefault(code, number)
            for code in "甲乙丙丁" if asked else ():
                first = kept.get(code)
                assert codes.first(code) == (None if first is None else (first, "表"))
                assert codes.names(code) == (() if first is None else ("名", f"名{first}"))


def test_a_code_that_shares_its_bit_with_another_is_still_new() -> None:
    with SeenCodes() as codes:
        codes._maybe = bytearray(b"\xff" * len(codes._maybe))  # every code may be known
        assert codes.first("甲") is None
        codes.add(["甲"], 7, None)
        assert codes.first("甲") == (7, None)
        assert codes.names("甲") == ()
