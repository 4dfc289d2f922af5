from hypothesis import given
from hypothesis import strategies as st

from analyzers.sentences import REACH, Sentences


def test_a_sentence_around_a_span() -> None:
    text = "甲甲。乙乙乙!丙"
    assert Sentences(text).around(4, 5) == (3, 6)


def test_a_sentence_without_end_is_cut() -> None:
    assert Sentences("一" * 500).around(250, 252) == (250 - REACH, 252 + REACH)


def test_apart() -> None:
    sentences = Sentences("甲。乙")
    assert sentences.apart(0, 3)
    assert not sentences.apart(0, 1)
    assert not sentences.apart(2, 2)


@given(st.text(st.sampled_from("甲乙 。!\n"), max_size=60), st.integers(1, 10))
def test_the_split_leaves_out_only_ends_and_blanks(text: str, limit: int) -> None:
    spans = Sentences(text).split(limit)
    assert all(0 < end - start <= limit for start, end in spans)
    assert spans == sorted(spans)
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(char for char in text if char not in " 。!\n")
