"""What ads show as if it were a licence is named; who denies it, or shows a licence, is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import Product
from licences.badges import false_badges, number_warnings, odd_numbers
from licences.names import text_key
from licences.resolve import MAX_REMARK, MAX_REMARKS, resolve
from licences.tabledata import load_own
from tests.support.licence_lists import ON, entry, registers, whitelist

SHOWN = [
    ("获央行备案的正规平台", "备案"),
    ("已在证监会备案", "备案"),
    ("国家正规备案，放心借", "备案"),
    ("工信部备案合法平台", "备案"),
    ("中国某某协会常务理事单位", "会员"),
    ("某市互联网金融协会会员单位", "会员"),
    ("资金由银行存管，安全可靠", "存管"),
    ("通过ISO9001质量管理体系认证", "ISO"),
    ("信息系统安全等级保护三级", "等级保护"),
    ("国家级高新技术企业", "高新技术"),
    ("增值电信业务经营许可证编号：虚B2-20260001", "增值电信"),
    ("上股交挂牌企业，代码999999", "上股交"),
    ("某某股权托管交易中心挂牌", "股权市场"),
    ("工商局正式注册，营业执照齐全", "工商登记"),
    ("我司经营范围包括小额贷款、投资管理", "经营范围"),
    ("AAA级信用企业", "信用等级"),
]
NOT_SHOWN = [
    "虚ICP备2026000001号",
    "虚公网安备 99010402000001号",
    "本产品由云岫银行发行，金融许可证 B9901H199000001",
    "贷款有风险，借款需谨慎",
    "备案不等于许可，请警惕",
    "年化利率7.2%起，额度20万",
    "警惕所谓央行备案",
    "并非协会会员单位",
]


@pytest.mark.parametrize(("text", "said"), SHOWN)
def test_a_badge_is_named_for_what_it_is(text: str, said: str) -> None:
    found = [one.zh for one in false_badges(text_key(text))]
    assert any(said in one and "不" in one for one in found), found


@pytest.mark.parametrize("text", NOT_SHOWN)
def test_what_shows_no_badge(text: str) -> None:
    assert list(false_badges(text_key(text))) == []


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("金融许可证编号：A12345", "A12345"),
        ("金融许可证：B9901H19900001", "B9901H19900001"),
        ("支付业务许可证编号 Z29900990001", "Z29900990001"),
        ("私募基金管理人登记编号：P109999", "P109999"),
        ("金融许可证编号：B9901H199000001 2026年发", None),
        ("支付业务许可证（Z2990099000001）", None),
        ("私募基金管理人登记编号P1099999", None),
        ("持有金融许可证", None),
    ],
)
def test_a_number_that_fits_no_form_of_its_kind(text: str, odd: str | None) -> None:
    found = [one.zh for one in odd_numbers(text)]
    assert (odd is None and not found) or (odd is not None and odd in found[0]), found


def test_the_check_digit_of_a_payment_licence_only_warns() -> None:
    # the formula is from experience (regulation: numbers seen), so a hint and no reason
    (said,) = number_warnings(("Z2990099000001", "B9901H199000001"))
    assert "仅供提示" in said.zh


def test_badges_are_told_of_who_is_not_licensed_only() -> None:
    lists = registers(whitelist(entry("云岫银行")))
    text = "国家级高新技术企业，银行存管，借款就来"
    licensed = AdvertiserClues(declared="云岫银行股份有限公司", text=text)
    stranger = AdvertiserClues(declared="快快网络科技有限公司", text=text)
    assert resolve(licensed, Product.LOAN, ON, lists).licence.remarks == ()
    remarks = resolve(stranger, Product.LOAN, ON, lists).licence.remarks
    assert len(remarks) == 2
    assert resolve(stranger, Product.NONE, ON, lists).licence.remarks == ()


@given(st.text(max_size=200), st.lists(st.sampled_from([text for text, _ in SHOWN]), max_size=20))
def test_remarks_stay_few_and_short(text: str, shown: list[str]) -> None:
    clues = AdvertiserClues(declared="快快网络科技有限公司", text="，".join([text, *shown]))
    remarks = resolve(clues, Product.LOAN, ON, registers(whitelist(entry("云岫银行")))).licence.remarks
    assert len(remarks) <= MAX_REMARKS
    assert all(len(remark) <= MAX_REMARK for remark in remarks)


def test_every_badge_is_seen_by_a_row_above() -> None:
    badges = load_own("data/badges.yaml", "badges.schema.json")["badges"]
    said = {one.zh.split("：", 1)[1] for text, _ in SHOWN for one in false_badges(text_key(text))}
    assert {badge["zh"] for badge in badges} <= said
    assert len({badge["id"] for badge in badges}) == len(badges)
