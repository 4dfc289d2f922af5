import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.normalise import Normalised, normalise
from models.evasions import evade
from models.examples import own_samples
from tests.support.rulesets import NORMALISE

CASES = [
    ("full width and case", "ＡＰＰ下载，年化１２％", "app下载,年化12%"),
    ("traditional", "請認準零風險投資", "请认准零风险投资"),
    ("inserted symbols", "保*本 保·息", "保本保息"),
    ("inserted emoji", "稳💰赚🔥不❗️赔", "稳赚不赔"),
    ("zero width", "保\u200b本\u2060保\ufeff息", "保本保息"),
    ("strokes laid over letters", "保\u0336本\u0336", "保本"),
    ("evasive character", "保夲", "保本"),
    ("evasive phrase", "加 薇 信", "加微信"),
    ("evasive phrase that shortens nothing", "加V领取", "加微领取"),
    ("written downwards", "保\n本\n保\n息", "保本保息"),
    ("lines of words stay", "理财\n基金", "理财\n基金"),
    ("strung by punctuation", "保、本、保、息", "保本保息"),
    ("boxed characters", "【稳】【赚】不赔", "稳赚不赔"),
    ("a signature stays", "【某某银行】您好", "【某某银行】您好"),
    ("circled and squared", "①号🈚️风险", "1号无风险"),
    ("blanks between Latin words stay one", "open  an   app", "open an app"),
    ("spelt percentage", "年化百分之十二点五", "年化12.5%"),
    ("a hundred percent", "百分之百保障", "100%保障"),
    ("double percent sign", "百分之十二％", "12%"),
    ("ill-formed percentage stays", "百分之二三十", "百分之二三十"),
    ("other numerals stay", "一万起投", "一万起投"),
    ("decimal point stays", "3.5%", "3.5%"),
    ("a range stays", "3-5年", "3-5年"),
    ("a rule across the page parts what it parts", "标题==========正文", "标题\n正文"),
    ("boxed in round brackets, in a row", "（稳）（赚）不赔", "稳赚不赔"),
    ("one in round brackets stays", "（男）士", "(男)士"),
    ("numbering stays", "（一）（二）【注】", "(一)(二)【注】"),
    ("a numeral among boxed characters", "〔五〕〔十〕〔万〕", "五十万"),
    ("boxes in boxes", "【【【(保)】】】本", "保本"),
    ("right to left", "\u202e赔不赚稳\u202c!", "稳赚不赔!"),
    ("a written downwards word between commas", "收益,\n稳\n赚\n不\n赔\n,年化", "收益,稳赚不赔,年化"),
    ("a Japanese letter that looks Chinese", "人エ智能", "人工智能"),
    ("formal percentage", "年化百分之壹拾贰点伍", "年化12.5%"),
    ("formal figure", "额度壹拾贰万", "额度一十二万"),
    ("a formal numeral in a name", "壹佰金融,着陆点,大陆万科", "壹佰金融,着陆点,大陆万科"),
    ("numeral before the sign", "年化十二%", "年化12%"),
    ("letters among figures", "额度2O万,l0%", "额度20万,10%"),
    ("a longest sign", "保ﷺ本", "保本"),
    ("surrogate halves", "保\ud800本", "保本"),
    ("only noise", "💰💰 \u200b", ""),
    ("empty", "", ""),
]


@pytest.mark.parametrize(("text", "plain"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_normal_form(text: str, plain: str) -> None:
    assert NORMALISE(text).text == plain


SPANS = [
    ("inserted symbols are inside", "承诺保*本💰保 息!", "保本保息", "保*本💰保 息"),
    ("noise around is outside", "💰保本💰", "保本", "保本"),
    ("an expansion is whole", "收益百分之十二", "12", "百分之十二"),
    ("second character of an expansion", "⑫天", "2天", "⑫天"),
    ("after a replaced phrase", "加薇信领红包", "红包", "红包"),
    ("zero width after the span", "保本\u200b息", "保本", "保本"),
]


@pytest.mark.parametrize(
    ("text", "plain", "quoted"), [row[1:] for row in SPANS], ids=[row[0] for row in SPANS]
)
def test_spans_point_into_the_original(text: str, plain: str, quoted: str) -> None:
    normalised = NORMALISE(text)
    at = normalised.text.index(plain)
    start, end = normalised.original_span(at, at + len(plain))
    assert text[start:end] == quoted


def test_empty_spans() -> None:
    normalised = NORMALISE("保*本")
    assert normalised.original_span(1, 1) == (2, 2)
    assert normalised.original_span(2, 2) == (3, 3)


def test_a_span_outside_is_refused() -> None:
    normalised = NORMALISE("保本")
    with pytest.raises(IndexError):
        normalised.original_span(1, 3)


NOISE = st.text(st.sampled_from("*·~ \u200b\u2060💰🔥★_^"), max_size=4)
WORD = st.text(st.sampled_from("保本息稳赚不赔零风险收益"), min_size=2, max_size=8)


@given(WORD, st.lists(NOISE, min_size=1, max_size=8), WORD, WORD)
def test_noise_between_the_letters_is_quoted_exactly(
    word: str, noise: list[str], before: str, after: str
) -> None:
    padded = [char + noise[at % len(noise)] for at, char in enumerate(word[:-1])] + [word[-1]]
    evasive = "".join(padded)
    text = f"{before}。{evasive}。{after}"
    normalised = NORMALISE(text)
    at = len(before) + 1
    assert normalised.text[at : at + len(word)] == word
    start, end = normalised.original_span(at, at + len(word))
    assert text[start:end] == evasive


MIXED = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "保本夲微信薇加v零風險①⑩㎡％百分之十二点五\n\n  **··💰\u200b\u0336【】、,。aZ09-._|/﷼ǅßİ"
        ),
    ),
    max_size=60,
)


@given(MIXED)
@settings(max_examples=300)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = NORMALISE(text).text
    assert NORMALISE(once).text == once


@given(MIXED)
@settings(max_examples=300)
def test_every_span_lies_in_the_original_in_order(text: str) -> None:
    normalised = NORMALISE(text)
    last = 0
    for at in range(len(normalised.text)):
        start, end = normalised.original_span(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert start >= last or _inside(normalised, at)
        last = start


def _inside(normalised: Normalised, at: int) -> bool:
    """Whether the character shares its source with the one before it."""
    return normalised.original_span(at, at + 1) == normalised.original_span(at - 1, at)


@given(st.text(st.sampled_from("金融理财产品收益稳健服务客户"), max_size=40))
def test_plain_text_is_its_own_normal_form(text: str) -> None:
    normalised = NORMALISE(text)
    assert normalised.text == text
    assert all(normalised.original_span(at, at + 1) == (at, at + 1) for at in range(len(text)))


HOSTILE = {
    "symbols": "*" * 1_000_000,
    "zero width": "保\u200b本" * 110_000,
    "brackets": "【保】" * 110_000,
    "beads": "保、" * 150_000,
    "upright": "保\n" * 150_000,
    "percentages": "百分之" * 110_000,
    "endless numeral": "百分之" + "一" * 300_000,
    "expansions": "⑩" * 330_000,
    "open brackets": "【" * 330_000 + "保",
    "combining": "a" + "\u0336" * 500_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_of_hostile_text_takes_linear_time(text: str) -> None:
    def seconds(part: str) -> float:
        began = time.process_time()
        NORMALISE(part)
        return time.process_time() - began

    # Two seconds are five times what the slowest takes: what grows with the square needs minutes here.
    NORMALISE(text[:1000])
    whole = seconds(text)
    assert whole < 2 or whole < 12 * min(seconds(text[: len(text) // 4]) for _ in range(2))


SHIPPED = [
    ("emblem", "涨🛑板,黑🐎代🐎", "涨停板,黑马代码"),
    ("an emblem that only decorates", "稳🐎赚", "稳赚"),
    ("parts of characters", "加微亻言,代贝款", "加微信,贷款"),
    ("parts that are words", "听力口语,女子友谊赛,宝贝才三岁", "听力口语,女子友谊赛,宝贝才三岁"),
    ("letters of other alphabets", "аррΑ", "appa"),
    ("pinyin", "wei xin,daikuan", "微信,贷款"),
    ("pinyin in an address", "www.daikuan.com,a@licai.cn", "www.daikuan.com,a@licai.cn"),
    ("a syllable", "保ben,gu票", "保本,股票"),
    ("a longer Latin word", "digit现场", "digit现场"),
    ("a name after a letter", "加vabc", "加vabc"),
    ("a dot that is a character", "稳丶赚", "稳赚"),
]


@pytest.mark.parametrize(("text", "plain"), [row[1:] for row in SHIPPED], ids=[row[0] for row in SHIPPED])
def test_shipped_spellings(text: str, plain: str) -> None:
    assert normalise(text).text == plain


SAMPLES = [row["text"] for row in own_samples() if len(row["text"]) < 400]


@given(st.sampled_from(SAMPLES), st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_a_disguised_sample_is_normal_after_one_pass_and_quoted_in_order(text: str, seed: int) -> None:
    disguised = evade(text, seed)
    found = normalise(disguised)
    assert normalise(found.text).text == found.text
    last = 0
    for at in range(len(found.text)):
        start, end = found.original_span(at, at + 1)
        assert 0 <= start < end <= len(disguised)
        assert start >= last or _inside(found, at)
        last = start


#: Disguises that are undone whole, whatever the sample.
UNDONE = ("fullwidth", "invisible")


@given(st.sampled_from(SAMPLES), st.integers(0, 2**32), st.sampled_from(UNDONE))
@settings(deadline=None)
def test_what_only_looks_different_is_the_same(text: str, seed: int, kind: str) -> None:
    assert normalise(evade(text, seed, [kind])).text == normalise(text).text


def test_the_shipped_spellings_are_loaded() -> None:
    assert normalise("理財").text == "理财"


def test_nfkc_is_kept_for_every_common_sign() -> None:
    for char in "％‰℃㎡①⑳㈠ⅣＡａ。，！？；：":
        plain = NORMALISE(char).text
        assert plain == NORMALISE(unicodedata.normalize("NFKC", char)).text
