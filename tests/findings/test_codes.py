"""The 统一社会信用代码 and its check character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.model.codes import USCC_ALPHABET, uscc_check_character, valid_uscc

# Published codes of three well-known companies: facts that pin the formula.
PUBLISHED = ["91330100799655058B", "9131000013221158XC", "91440300708461136T"]

bodies = st.builds(
    lambda head, region, rest: head + region + rest,
    st.text(USCC_ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(USCC_ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_are_valid(code: str) -> None:
    assert valid_uscc(code)


@given(bodies, st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_any_single_changed_character_breaks_the_check(body: str, at: int, other: str) -> None:
    code = body + uscc_check_character(body)
    changed = code[:at] + other + code[at + 1 :]
    assert valid_uscc(code)
    assert valid_uscc(changed) == (changed == code)


@given(bodies, st.integers(0, 16))
def test_two_neighbours_swapped_break_the_check(body: str, at: int) -> None:
    code = body + uscc_check_character(body)
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert valid_uscc(swapped) == (swapped == code)


WRONG = {
    "empty": "",
    "short": "9133010079965505",
    "full width": "９1330100799655058B",
    "lower case": "91330100799655058b",
    "letters in the region": "91AB0100799655058" + uscc_check_character("91AB0100799655058"),
}


@pytest.mark.parametrize("code", WRONG.values(), ids=WRONG)
def test_what_is_no_code(code: str) -> None:
    assert not valid_uscc(code)


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_outside_the_alphabet_are_refused(letter: str) -> None:
    assert not valid_uscc("9133010079965505" + letter + "B")


def test_the_check_character_needs_seventeen_characters() -> None:
    with pytest.raises(ValueError, match="17"):
        uscc_check_character("9133")
