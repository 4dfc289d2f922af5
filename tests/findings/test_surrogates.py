"""Halves of surrogate pairs never reach a file, and nothing else is touched."""

from hypothesis import given
from hypothesis import strategies as st

from findings.model.surrogates import without_halves

letters = st.text(st.characters() | st.sampled_from("\ud800\udc00理财"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | letters,
    lambda inner: st.lists(inner) | st.dictionaries(letters, inner),
    max_leaves=12,
)


@given(letters)
def test_offsets_stay_and_utf8_can_carry_it(text: str) -> None:
    pairs = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    mended = without_halves(text)
    mended.encode("utf-8")
    assert len(mended) == len(pairs)


@given(values)
def test_mended_twice_is_mended_once(value: object) -> None:
    once = without_halves(value)
    assert without_halves(once) == once


@given(st.text())
def test_whole_text_stays(text: str) -> None:
    assert without_halves(text) == text
