"""Personal data never reaches what is kept, and nothing else about a text changes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finadwatch.learning.privacy import masked

CASES = [
    ("telephone", "咨询电话13812345678王经理", "咨询电话13000000000王经理"),
    ("gaps", "电 138-1234-5678 或 138 1234 5678", "电 130-0000-0000 或 130 0000 0000"),
    ("full-width", "拨打１３８１２３４５６７８", "拨打１３000000000"),
    ("numerals", "打幺三八一二三四五六七八找我", "打幺三000000000找我"),
    ("landline", "021-12345678 转 8", "020-00000000 转 8"),
    ("identity", "身份证310101199003078123，本人", "身份证310000000000000000，本人"),
    ("identity-x", "证号 31010119900307812X", "证号 310000000000000000"),
    ("card", "打款至6222 0212 3456 7890 123", "打款至6200 0000 0000 0000 000"),
    ("wechat", "加微信 lan_an2024 领取", "加微信 xxx_xx0000 领取"),
    ("v", "加V：abc12345进群", "加V：xxx00000进群"),
    ("vx", "vx:zhaocai888", "vx:xxxxxxx000"),
    ("qq", "QQ 123456，扣扣号：654321", "QQ 000000，扣扣号：000000"),
    ("mail", "写信到 wang.wei88@mail.example", "写信到 xxxx.xxx00@mail.example"),
    ("handle", "飞机搜 @zhao_cai888", "飞机搜 @xxxx_xxx000"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kept"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_what_belongs_to_a_person_is_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "年化12.5%，3天到账，额度50000元",
        "微信支付满减，扫码即付",
        "2014年成立，累计10万用户",
        "保本保息，第1期",
    ],
)
def test_the_words_and_terms_of_an_ad_stay(text: str) -> None:
    assert masked(text) == text


@given(st.text(alphabet="微信加vVxqQ@.:： -电话138 ab幺二_x，", max_size=60) | st.text(max_size=60))
def test_masking_keeps_the_length_and_once_is_enough(text: str) -> None:
    once = masked(text)
    assert len(once) == len(text)
    assert masked(once) == once


@given(
    st.text(alphabet="咨询电话加我王经理，。ab", max_size=20),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", " ", "-", "·"]),
    st.text(alphabet="咨询找我，。", max_size=20),
)
def test_no_mobile_number_survives(before: str, number: str, gap: str, after: str) -> None:
    kept = masked(before + gap.join((number[:3], number[3:7], number[7:])) + after)
    assert re.sub(r"\D", "", kept)[2:] == "0" * 9
