from hypothesis import given
from hypothesis import strategies as st

from analyzers.offsets import Edit, apply_edits


def test_no_edit_is_no_stage() -> None:
    assert apply_edits("保本", []) == ("保本", None)


def test_pieces_map_back() -> None:
    text, stage = apply_edits("ab--cd", [(0, 1, "xyz"), (2, 4, "")])
    assert text == "xyzbcd"
    assert stage is not None
    assert [(stage.begin(at), stage.end(at)) for at in range(6)] == [
        (0, 1), (0, 1), (0, 1), (1, 2), (4, 5), (5, 6),
    ]  # fmt: skip


def test_a_text_that_vanishes() -> None:
    text, stage = apply_edits("--", [(0, 2, "")])
    assert (text, stage is None) == ("", False)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(st.text(st.sampled_from("abcdef"), max_size=30))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return text, [(start, end, draw(st.text(st.sampled_from("XY"), max_size=3))) for start, end in pairs]


@given(edited())
def test_copied_characters_are_those_of_the_source(case: tuple[str, list[Edit]]) -> None:
    source, edits = case
    text, stage = apply_edits(source, edits)
    if stage is None:
        assert text == source
        return
    for at, char in enumerate(text):
        start, end = stage.begin(at), stage.end(at)
        assert 0 <= start <= end <= len(source)
        if char.islower():
            assert source[start:end] == char
