import json
from importlib.resources import files

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models.evasions import KINDS, evade, spellings
from models.examples import EVADED, EVADED_SHARE, Example, evaded, own_samples, truth_of

TEXT = "牛股推荐：涨停黑马代码，加微信abc123领取。\n稳赚不赔，年化收益12.5%，贷款额度20万，保本保息！"
TEXTS = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(TEXT)), max_size=60)


def test_the_table_keeps_to_its_schema() -> None:
    folder = files("models")
    schema = json.loads(folder.joinpath("evasions.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(folder.joinpath("evasions.yaml").read_text("utf-8")), schema)


def test_every_word_in_letters_has_as_many_syllables_as_characters() -> None:
    assert [word for word, said in spellings().pinyin.items() if len(said.split(" ")) != len(word)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_changes_an_ad_by_some_seed(kind: str) -> None:
    assert any(evade(TEXT, seed, [kind]) != TEXT for seed in range(8))


@given(TEXTS, st.integers(0, 2**32), st.none() | st.sets(st.sampled_from(list(KINDS))))
def test_the_same_seed_gives_the_same_text(text: str, seed: int, kinds: set[str] | None) -> None:
    assert evade(text, seed, kinds) == evade(text, seed, kinds)


@given(TEXTS, st.integers(0, 2**32))
def test_without_a_kind_nothing_changes(text: str, seed: int) -> None:
    assert evade(text, seed, []) == text


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="whispered"):
        evade(TEXT, 0, ["whispered"])


@pytest.mark.parametrize(
    ("kind", "text", "spelt"),
    [
        ("splits", "好", "女子"),
        ("brackets", "稳赚不赔", "【稳】【赚】【不】【赔】"),
        ("lines", "稳赚不赔", "\n稳\n赚\n不\n赔\n"),
        ("numerals", "12%", "百分之十二"),
        ("numerals", "12%", "⑫%"),
        ("numerals", "20.5%", "百分之贰拾点伍"),
        ("fullwidth", "12%", "１２％"),
        ("traditional", "风险", "風險"),
        ("codes", "涨停", "涨🛑"),
        ("sounds", "微信", "薇信"),
        ("pinyin", "微信", "WX"),
        ("pinyin", "微信", "wei xin"),
        ("lookalikes", "0", "О"),
        ("inserted", "保本", "保*本"),
        ("invisible", "保", "保\u200b"),
    ],
)
def test_what_a_kind_may_write(kind: str, text: str, spelt: str) -> None:
    assert spelt in {evade(text, seed, [kind]) for seed in range(400)}


def test_a_third_of_the_samples_is_respelt_beside_its_original_for_half_its_weight() -> None:
    samples = list(own_samples())
    copies = list(evaded(samples))
    assert 0.7 * len(samples) < EVADED_SHARE * len(copies) < 1.1 * len(samples)
    originals = {str(row["id"]): row for row in samples}
    for copy in copies[:50]:
        row = originals[str(copy["id"]).removesuffix(EVADED)]
        one, other = Example(row, "own", row["text"]), Example(copy, "evaded", copy["text"])
        assert one.fold == other.fold
        truth, weights = truth_of([one, other])
        assert (truth[0] == truth[1]).all()
        assert (weights[1] == weights[0] / 2).all()
