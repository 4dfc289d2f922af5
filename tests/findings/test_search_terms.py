"""What an officer types, read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.errors import QuerySyntaxError
from findings.search.terms import MAX_WORDS, parse_terms

TERMS = [
    ("nothing", "  \t\u3000", ()),
    ("one term", "保本", ("保本",)),
    ("terms by any space", "保本\u3000保息\n年化", ("保本", "保息", "年化")),
    ("a quotation keeps spaces", '"a  b" c', ("a b", "c")),
    ("a quotation ends a term", 'x"a b"y', ("x", "a b", "y")),
    ("an empty quotation is no term", '"" 保本', ("保本",)),
    ("a quotation of spaces is no term", '" " 保本', ("保本",)),
    ("Chinese quotation marks", "“a b”「c d」", ("a b", "c d")),
    ("a Chinese opening, an ASCII closing", '“a b" c', ("a b", "c")),
    ("repeated terms count once", "保本 保本 ＡＢ ab", ("保本", "ab")),
    ("invisible terms are left out", "\u200b 保本", ("保本",)),
    ("an apostrophe is a letter", "it's", ("it's",)),
]


@pytest.mark.parametrize(("words", "terms"), [row[1:] for row in TERMS], ids=[row[0] for row in TERMS])
def test_terms(words: str, terms: tuple[str, ...]) -> None:
    assert parse_terms(words) == terms


@pytest.mark.parametrize(("words", "place"), [('"', 0), ('a "b" "c', 6), ("保本“保息", 2), ('a"', 1)])
def test_a_quotation_mark_never_closed(words: str, place: int) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        parse_terms(words)
    assert raised.value.position == place
    assert f"character {place + 1} " in str(raised.value)


def test_a_query_too_long() -> None:
    assert parse_terms("保" * MAX_WORDS) == ("保" * MAX_WORDS,)
    with pytest.raises(QuerySyntaxError):
        parse_terms("保" * (MAX_WORDS + 1))


@given(st.text(st.one_of(st.characters(), st.sampled_from('"“”「」 保a'))))
def test_any_query_is_read_or_refused_with_a_place(words: str) -> None:
    try:
        terms = parse_terms(words)
    except QuerySyntaxError as error:
        place = error.position
    else:
        place = None
        assert all(term.strip() for term in terms)
    assert place is None or words[place] in '"“”「'
