"""What an officer types, read; and written down again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.errors import QuerySyntaxError
from findings.search.expression import (
    AtLeast,
    Below,
    Either,
    Every,
    Expression,
    Is,
    Not,
    Phrase,
    asks_for_something,
    either,
    every,
    negated,
    wanted,
)
from findings.search.fields import FIELDS, day_begins
from findings.search.printing import written
from findings.search.syntax import MAX_DEPTH, MAX_LEAVES, MAX_WORDS, first_denial, parse
from tests.support.searching import NOVEMBER, trees


def word(term: str) -> Phrase:
    return Phrase("words", term)


A, B, C = word("保本"), word("保息"), word("年化")

READ: list[tuple[str, str, Expression | None]] = [
    ("nothing", "  \t\u3000", None),
    ("one word", "保本", A),
    ("words by any space", "保本\u3000保息\n年化", Every((A, B, C))),
    ("a quotation keeps spaces", '"a  b" c', Every((word("a b"), word("c")))),
    ("a quotation ends a word", 'x"a b"y', Every((word("x"), word("a b"), word("y")))),
    ("Chinese quotation marks", "“a b”「c d」", Every((word("a b"), word("c d")))),
    ("a Chinese opening, an ASCII closing", '“a b" c', Every((word("a b"), word("c")))),
    ("a word twice counts once", "保本 保本 ＡＢ ab", Every((A, word("ab")))),
    ("what can't be seen is left out", "\u200b 保本\u200b", A),
    ("an apostrophe is a letter", "it's", word("it's")),
    ("full width and traditional", "保證１２％", word("保证12%")),
    ("or", "保本 OR 保息", Either((A, B))),
    ("Chinese operators", "保本 或 保息 与 非 年化", Either((A, Every((B, Not(C)))))),
    ("and binds before or", "保本 保息 OR 年化", Either((Every((A, B)), C))),
    ("brackets", "保本 AND (保息 OR 年化)", Every((A, Either((B, C))))),
    ("full-width brackets, right behind a word", "保本（保息 或 年化）", Every((A, Either((B, C))))),
    ("minus", "保本 -保息", Every((A, Not(B)))),
    ("minus before a bracket and a quotation", '保本 -(保息 OR 年化) -"a b"',
     Every((A, Not(Either((B, C))), Not(word("a b"))))),
    ("a denial denied", "NOT NOT 保本", A),
    ("brackets in brackets", "((保本))", A),
    ("a minus alone is text", "保本 - 保息", Every((A, word("-"), B))),
    ("a minus inside is text", "保本-保息", word("保本-保息")),
    ("operators in small letters are text", "保本 or 保息", Every((A, word("or"), B))),
    ("a quoted operator is text", '保本 "OR" "或"', Every((A, word("or"), word("或")))),
    ("an operator's character in a word", "与保本 或者", Every((word("与保本"), word("或者")))),
    ("brackets of a name", "星河(上海)公司", word("星河(上海)公司")),
    ("full-width brackets of a name", "(星河（上海）公司 OR 年化)", Either((word("星河(上海)公司"), C))),
    ("an operator before a bracket", "保本 NOT(保息)", Every((A, Not(B)))),
    ("a field", "title:保本", Phrase("title", "保本")),
    ("a field in Chinese, full-width colon", "标题：保本 广告主:“星河 理财”",
     Every((Phrase("title", "保本"), Phrase("advertiser", "星河 理财")))),
    ("a field denied", "保本 -domain:a.example", Every((A, Not(Is("domain", "a.example"))))),
    ("an address where a host is meant", "域名:https://A.example:80/x?y", Is("domain", "a.example")),
    ("choices in both languages", "category:2 类别:保证性承诺 licence:持牌 state:待核 severity:高",
     Every((Is("category", 2), Is("licence_status", "licensed"), Is("state", "open"), Is("severity", 2)))),
    ("days", "since:2026-11-01 until:2026-11-30",
     Every((AtLeast("first_seen", day_begins(NOVEMBER)), Below("first_seen", day_begins(NOVEMBER.replace(month=12)))))),
    ("a day without an end", "until:9999-12-31", Below("first_seen", day_begins(date.max))),
    ("a number", "score:0.5", AtLeast("score", 0.5)),
    ("a filing number of one site", '备案:"沪ICP备 12345678号-2"', Is("icp", "沪icp备12345678号")),
    ("a colon in text", "热线:400 QQ:12345 12:30", Every((word("热线:400"), word("qq:12345"), word("12:30")))),
    ("an address is text", "https://a.example/x", word("https://a.example/x")),
]  # fmt: skip


@pytest.mark.parametrize(("words", "tree"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_what_is_typed_is_read(words: str, tree: Expression | None) -> None:
    assert parse(words) == tree


BAD = [
    ('"', 0),
    ('a "b" "c', 6),
    ("保本“保息", 2),
    ("(保本", 0),
    ("保本 (保息 (年化)", 3),
    ("保本)", 2),
    (")", 0),
    ("()", 1),
    ("OR 保本", 0),
    ("保本 OR", 5),
    ("保本 OR OR 保息", 6),
    ("保本 AND", 6),
    ("AND", 0),
    ("NOT", 3),
    ("保本 NOT", 6),
    ("(保本 OR )", 7),
    ('""', 0),
    ('保本 " "', 3),
    ('保本 "\u200b"', 3),
    ("title:", 6),
    ("category:10", 9),
    ("保本 类别：十", 6),
    ("severity:huge", 9),
    ("since:2026-13-01", 6),
    ("until:10000-01-01", 6),
    ("score:1.5", 6),
    ("score:nan", 6),
    ("advertizer:星河", 0),
    ("保" * (MAX_WORDS + 1), MAX_WORDS),
    ("a " * MAX_LEAVES + "b", 2 * MAX_LEAVES),
    ("-" * (MAX_DEPTH + 1) + "保", MAX_DEPTH + 1),
    ("(" * (MAX_DEPTH + 1) + "保" + ")" * (MAX_DEPTH + 1), MAX_DEPTH + 1),
]


@pytest.mark.parametrize(("words", "place"), BAD, ids=[words[:20] for words, _ in BAD])
def test_a_fault_is_said_with_its_place(words: str, place: int) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        parse(words)
    assert raised.value.position == place
    assert f"character {place + 1} " in str(raised.value)
    assert f"第 {place + 1} 个字符处" in raised.value.zh


def test_the_longest_and_deepest_are_read() -> None:
    assert parse("保" * MAX_WORDS) == word("保" * MAX_WORDS)
    assert parse("(" * MAX_DEPTH + "保" + ")" * MAX_DEPTH) == word("保")


@given(st.text(st.one_of(st.characters(), st.sampled_from('"“”「」()（）-－:： 保a与或非'))))
def test_any_query_is_read_or_refused_with_a_place(words: str) -> None:
    try:
        parse(words)
    except QuerySyntaxError as error:
        place = error.position
    else:
        place = 0
    assert 0 <= place <= len(words)


@given(trees())
def test_what_is_written_down_reads_back(tree: Expression) -> None:
    assert parse(written(tree)) == tree


DENIALS = [
    ("NOT 保本", False, 0),
    ("-保本 -保息", False, 0),
    ("保本 OR -保息", False, 6),
    ("(保本 保息) OR NOT category:2", False, 11),
    ("-(保本 OR 保息)", False, 0),
    ("-(-保本 OR -保息)", True, 0),
    ("保本 -保息", True, 3),
    ("category:2 -保息", True, 11),
]


@pytest.mark.parametrize(("words", "asks", "place"), DENIALS)
def test_a_search_of_denials_alone_asks_for_nothing(words: str, asks: bool, place: int) -> None:
    tree = parse(words)
    assert tree is not None
    assert asks_for_something(tree) is asks
    assert first_denial(words) == place


def test_denied_words_are_not_marked() -> None:
    tree = parse("保本 -(保息 -年化) title:x -a")
    assert tree is not None
    assert [phrase.term for phrase in wanted(tree)] == ["保本", "年化", "x"]


def test_every_field_has_both_names_and_none_is_two() -> None:
    names = [name for field in FIELDS.values() for name in (field.name, *field.chinese)]
    assert len(names) == len(set(names))
    assert all(field.chinese for field in FIELDS.values())


def test_joining_keeps_the_plain_form() -> None:
    assert every(A, every(B, A), C) == Every((A, B, C))
    assert either(A) == A
    assert negated(negated(A)) == A
