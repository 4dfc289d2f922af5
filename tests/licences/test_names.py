import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.names import full_key, has_legal_form, head_office_of, short_of, text_key

SAME = [
    ("traditional", "上海雲岫銀行股份有限公司", "上海云岫银行股份有限公司"),
    ("full-width-brackets", "云岫（上海）科技有限公司", "云岫(上海)科技有限公司"),
    ("spaces-and-zero-width", "云岫 科技\u200b有限公司", "云岫科技有限公司"),
    ("liability-company", "云岫科技有限责任公司", "云岫科技有限公司"),
    ("short-share-form", "云岫消费金融股份公司", "云岫消费金融股份有限公司"),
    ("upper-case", "ABC金融有限公司", "ａｂｃ金融有限公司"),
]


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_spellings_of_one_registered_name_share_a_key(one: str, other: str) -> None:
    assert full_key(one) == full_key(other)


DIFFERENT = [
    ("one-character", "上海云岫科技有限公司", "上海云袖科技有限公司"),
    ("another-region", "云岫（上海）科技有限公司", "云岫（北京）科技有限公司"),
    ("shares-or-not", "云岫科技股份有限公司", "云岫科技有限公司"),
]


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in DIFFERENT], ids=[row[0] for row in DIFFERENT])
def test_different_firms_never_share_a_key(one: str, other: str) -> None:
    assert full_key(one) != full_key(other)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("云岫银行股份有限公司", "云岫银行"),
        ("云岫投资合伙企业（有限合伙）", "云岫投资"),
        ("云岫", "云岫"),
        ("公司", "公司"),
    ],
)
def test_the_short_form_is_the_name_without_legal_form(name: str, short: str) -> None:
    assert short_of(text_key(name)) == short


@pytest.mark.parametrize(("name", "full"), [("云岫有限公司", True), ("云岫银行", False), ("", False)])
def test_legal_form_is_seen(name: str, full: bool) -> None:
    assert has_legal_form(name) is full


@pytest.mark.parametrize(
    ("branch", "head"),
    [
        ("云岫银行股份有限公司虚城分行", "云岫银行股份有限公司"),
        ("云岫银行股份有限公司信用卡中心", "云岫银行股份有限公司"),
        ("云岫银行虚城支行", "云岫银行"),
        ("云岫证券有限责任公司虚城营业部", "云岫证券有限公司"),
        ("云岫银行股份有限公司", None),
        ("云岫银行", None),
        ("虚城分行", None),
    ],
)
def test_head_office_of_a_branch(branch: str, head: str | None) -> None:
    assert head_office_of(text_key(branch)) == head


written = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x9FFF, exclude_categories=["Cs"]), max_size=60
)


@given(written)
def test_dressing_a_name_up_does_not_change_its_key(name: str) -> None:
    assert full_key(f"{name}有限责任公司") == full_key(f" {name} 有限公司")


def test_simplifying_twice_changes_nothing() -> None:
    every = "".join(chr(point) for point in range(0x4E00, 0xA000))
    assert text_key(text_key(every)) == text_key(every)
