"""Folding keeps offsets and means the same in the index as in a highlight."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from findings.query import Highlight
from findings.search.fold import fold, fold_with_map, fold_words, letters, token
from findings.search.highlight import highlights

#: Letters of all kinds that folding treats in its own way, more often than chance would bring them.
LETTERS = st.text(
    st.one_of(st.characters(), st.sampled_from("保證证１2 \n\t\u3000\u200b%ﬀ㈱İßÉe\u0301¨\u2028平臺 "))
)

FOLDED = [
    ("full width", "ＶＩＰ１２．５％", "vip12.5%"),
    ("traditional", "平臺保證收益", "平台保证收益"),
    ("ligature and unit", "ﬀ ㎏", "ff kg"),
    ("circled digit", "①年", "1年"),
    ("white space of all kinds", "a \t\n\u3000\u2028b", "a b"),
    ("zero width", "保\u200b\u2060\ufeff本", "保本"),
    ("space, zero width, space", "a \u200b b", "a b"),
    ("compatibility ideograph", "\uf9b4", "领"),
    ("sharp s", "Straße", "strasse"),
    ("a simplified form that has a simpler one", "薴", fold(fold("薴"))),
    ("emoji stays", "😀", "😀"),
    ("lone surrogate goes", "a\ud800b", "ab"),
]


@pytest.mark.parametrize(("text", "folded"), [row[1:] for row in FOLDED], ids=[row[0] for row in FOLDED])
def test_spellings_that_count_as_one(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(LETTERS)
@example("¨ \u200b a")
def test_the_map_belongs_to_the_folded_text(text: str) -> None:
    folded, origin = fold_with_map(text)
    assert folded == fold(text)
    assert len(origin) == len(folded)
    assert origin == sorted(origin)
    assert all(0 <= place < len(text) for place in origin)


@given(LETTERS)
def test_the_index_has_one_token_a_folded_letter(text: str) -> None:
    assert letters(text).split(" ") == [token(letter) for letter in fold(text)] or fold(text) == ""


@given(st.lists(LETTERS))
@example(["长" * 30, "保證"])
@example(["", " ", "a "])
def test_words_fold_as_the_text_that_they_make(words: list[str]) -> None:
    assert fold_words(words) == fold(" ".join(words))


@given(LETTERS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(LETTERS, st.integers(0, 30), st.integers(1, 12))
def test_any_part_of_a_text_is_found_where_it_stands(text: str, start: int, length: int) -> None:
    """And the quotation at the place found folds to a text that holds the term."""
    term = fold(text[start : start + length]).strip()
    if not term:
        return
    places = highlights([term], "", text)
    assert places
    assert all(term in fold(text[place.start : place.end]) for place in places)


HIGHLIGHTS = [
    ("two terms in order of place", ["保息", "保本"], "保本保息", [(0, 2), (2, 4)]),
    ("a term twice", ["保"], "保本保息", [(0, 1), (2, 3)]),
    ("places of one term don't overlap", ["哈哈"], "哈哈哈", [(0, 2)]),
    ("overlapping terms", ["保本", "本保"], "保本保息", [(0, 2), (1, 3)]),
    ("a whole character where a part of it was found", ["株"], "㈱星河", [(0, 1)]),
    ("invisible characters inside", ["保本"], "保\u200b本", [(0, 3)]),
    ("a run of white space inside", ["a b"], "xa \n by", [(1, 6)]),
    ("white space at the end", ["a "], "a \n b", [(0, 4)]),
    ("beyond the basic plane", ["本"], "😀😀本", [(2, 3)]),
]


@pytest.mark.parametrize(
    ("terms", "text", "places"), [row[1:] for row in HIGHLIGHTS], ids=[row[0] for row in HIGHLIGHTS]
)
def test_highlights(terms: list[str], text: str, places: list[tuple[int, int]]) -> None:
    assert highlights(terms, "", text) == tuple(Highlight("text", *place) for place in places)


def test_without_terms_nothing_is_highlighted() -> None:
    assert highlights([], "保本", "保本") == ()


def test_a_hostile_text_gives_a_hundred_places() -> None:
    assert len(highlights(["a", "b"], "a" * 5000, "ab" * 5000)) == 200
