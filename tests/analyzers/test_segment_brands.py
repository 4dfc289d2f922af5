"""The brand dictionary and the reading of other models' outputs; neither needs a model."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.segment import BrandDictionary, Segmenter, Token, entities


def tokens_of(*words: tuple[str, str]) -> list[Token]:
    tokens, at = [], 0
    for word, tag in words:
        tokens.append(Token(word, tag, at, at + len(word)))
        at += len(word)
    return tokens


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(
            [("度", "PER"), ("小满", "a"), ("借钱", "v")],
            [("度小满", "ORG"), ("借钱", "v")],
            id="joins-pieces",
        ),
        pytest.param(
            [("用度小满吧", "n")], [("用", "n"), ("度小满", "ORG"), ("吧", "n")], id="cut-out-of-a-word"
        ),
        pytest.param([("度小满科技公司", "ORG")], [("度小满科技公司", "ORG")], id="longer-name-stays"),
        pytest.param(
            [("在度", "LOC"), ("小满", "PER")], [("在", "n"), ("度小满", "ORG")], id="half-a-name-is-no-name"
        ),
        pytest.param(
            [("度小满度小满", "n")], [("度小满", "ORG"), ("度小满", "ORG")], id="twice-in-one-token"
        ),
        pytest.param([("无关", "n")], [("无关", "n")], id="no-brand"),
    ],
)
def test_brands_take_the_place_of_tokens(
    words: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    text = "".join(word for word, _ in words)
    applied = BrandDictionary(["度小满"]).apply(text, tokens_of(*words))
    assert [(token.text, token.tag) for token in applied] == expected


@given(
    st.lists(
        st.tuples(st.text(alphabet="甲乙丙丁", min_size=1, max_size=4), st.sampled_from(["n", "ORG", "PER"])),
        max_size=12,
    ),
    st.sets(st.text(alphabet="甲乙丙", min_size=2, max_size=3), max_size=4),
)
def test_brands_never_lose_or_double_a_character(words: list[tuple[str, str]], brands: set[str]) -> None:
    text = "".join(word for word, _ in words)
    applied = BrandDictionary(brands).apply(text, tokens_of(*words))
    assert "".join(token.text for token in applied) == text
    assert all(text[token.start : token.end] == token.text for token in applied)
    assert [token.start for token in applied] == sorted(token.start for token in applied)


def test_the_longest_brand_wins() -> None:
    text = "平安普惠贷款"
    assert BrandDictionary(["平安", "平安普惠"]).find(text) == [(0, 4)]


def test_a_page_that_repeats_a_brand_takes_linear_time() -> None:
    text = "度小满" * 100_000
    started = time.process_time()
    applied = BrandDictionary(["度小满"]).apply(text, tokens_of((text, "n")))
    assert len(applied) == 100_000
    assert time.process_time() - started < 5


def test_entities_need_a_letter() -> None:
    tokens = tokens_of(("😀😀", "PER"), ("张三", "PER"), ("某公司", "ORG"))
    assert [token.text for token in entities(tokens, "PER")] == ["张三"]


TEXT = "星桥 财富公司在沪"
WORDS = ["星桥", "财富", "公司", "在", "沪"]


class OtherModel:
    """Gives what HanLP documents for a kind of component; the official ones need a download."""

    def __init__(self, output: Any) -> None:
        self.output = output

    def __call__(self, texts: list[str]) -> Any:
        return self.output


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        pytest.param(
            [WORDS], [("星桥", ""), ("财富", ""), ("公司", ""), ("在", ""), ("沪", "")], id="tokenizer"
        ),
        pytest.param(
            {
                "tok/fine": [WORDS],
                "pos/ctb": [["NR", "NN", "NN", "P", "NR"]],
                "ner/msra": [[("星桥财富公司", "ORGANIZATION", 0, 3), ("沪", "LOCATION", 4, 5)]],
            },
            [("星桥 财富公司", "ORG"), ("在", "P"), ("沪", "LOC")],
            id="multi-task",
        ),
        pytest.param(
            {"tok": [["星桥", "改写", "在"]]}, [("星桥", ""), ("在", "")], id="rewritten-word-left-out"
        ),
    ],
)
def test_other_models_are_aligned_with_the_text(output: Any, expected: list[tuple[str, str]]) -> None:
    (tokens,) = Segmenter(OtherModel(output)).segment([TEXT])
    assert [(token.text, token.tag) for token in tokens] == expected
    assert all(TEXT[token.start : token.end] == token.text for token in tokens)


def test_texts_without_a_character_never_reach_another_model() -> None:
    assert Segmenter(OtherModel([])).segment(["", "  \n"]) == [[], []]
