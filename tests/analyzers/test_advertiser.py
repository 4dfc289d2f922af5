"""Who an ad names. All firms are invented."""

import pytest

from analyzers.advertiser import clues, is_mention, names_in, signatures_in
from analyzers.evidence import Field
from analyzers.segment import Token
from findings.model.judgement import AppInfo, Icp, ScreenInput
from findings.model.vocabulary import Channel
from tests.support.rulesets import NORMALISE


def field(text: str) -> Field:
    return Field("text", text, NORMALISE(text), ())


def tokens(*words: tuple[str, str]) -> list[Token]:
    made, at = [], 0
    for text, tag in words:
        made.append(Token(text, tag, at, at + len(text)))
        at += len(text)
    return made


NAMES = [
    ("a full name", "青禾云汇(上海)信息服务有限公司", ["青禾云汇(上海)信息服务有限公司"]),
    ("after a verb", "本活动由青禾云汇科技有限公司提供", ["青禾云汇科技有限公司"]),
    ("after a colon", "版权所有:岚川财富管理股份有限公司", ["岚川财富管理股份有限公司"]),
    ("a bank", "欢迎来到岚川银行", ["岚川银行"]),
    ("two firms", "青禾科技有限公司与岚川银行", ["青禾科技有限公司", "岚川银行"]),
    ("a bank's branch", "岚川发展银行股份有限公司上海分行", ["岚川发展银行股份有限公司上海分行"]),
    ("a bank's card centre", "岚川银行信用卡中心", ["岚川银行信用卡中心"]),
    ("a bare form is no name", "有限公司", []),
    ("none", "随时申请", []),
]


@pytest.mark.parametrize(("text", "names"), [row[1:] for row in NAMES], ids=[row[0] for row in NAMES])
def test_names_without_segmentation(text: str, names: list[str]) -> None:
    assert [name for _, name in names_in(text)] == names


def test_words_bound_a_name_where_no_list_of_leads_would() -> None:
    text = "昨日探访青禾云汇科技有限公司"
    words = tokens(("昨日", "TIME"), ("探访", "v"), ("青禾云汇", "nz"), ("科技", "n"), ("有限公司", "n"))
    assert [name for _, name in names_in(text, words)] == ["青禾云汇科技有限公司"]


def test_an_organisation_without_a_company_form() -> None:
    words = tokens(("岚川金服", "ORG"), ("为", "p"), ("您", "r"), ("服务", "v"))
    assert names_in("岚川金服为您服务", words) == [(0, "岚川金服")]


SIGNATURES = [
    ("at the start", "【岚川银行】您的额度已到", ["岚川银行"]),
    ("at the end", "您的额度已到【岚川银行】", ["岚川银行"]),
    ("in the middle", "点击【立即申请】领取", []),
]


@pytest.mark.parametrize(
    ("text", "names"), [row[1:] for row in SIGNATURES], ids=[row[0] for row in SIGNATURES]
)
def test_signatures(text: str, names: list[str]) -> None:
    assert signatures_in(text) == names


def test_a_custodian_is_only_mentioned() -> None:
    text = "资金由岚川银行存管"
    assert not is_mention(text, 3)
    assert is_mention("合作机构:岚川银行", 5)


def test_one_of_a_list_is_only_mentioned() -> None:
    assert is_mention("可办岚川银行、青禾银行信用卡", 2, 4)
    assert is_mention("可办岚川银行、青禾银行信用卡", 7, 4)
    assert not is_mention("可办岚川银行信用卡", 2, 4)


def test_words_of_the_trade_are_no_firm() -> None:
    assert (
        names_in("投资理财就选它", tokens(("投资理财", "ORG"), ("就", "d"), ("选", "v"), ("它", "r"))) == []
    )


def test_the_advertisers_own_names_come_first() -> None:
    text = "合作伙伴:岚川银行。青禾云汇科技有限公司提供服务"
    ad = ScreenInput(
        text=text,
        url="https://M.Qinghe.example/a?b=1",
        advertiser="青禾云汇",
        uscc="91330100799655058b",
        phone="13800138000",
        app=AppInfo(name="青禾贷", package="example.qinghe", developer="青禾云汇科技有限公司"),
        icp=Icp(number="沪ICP备12345678号", owner="青禾云汇科技有限公司"),
        channel=Channel.APP,
    )
    found = clues(ad, [field(text)], [("合作伙伴:岚川银行", []), ("青禾云汇科技有限公司提供服务", [])])
    assert found.names == ("青禾云汇科技有限公司", "岚川银行")
    assert found.declared == "青禾云汇"
    assert found.uscc == ("91330100799655058B",)
    assert found.phones == ("13800138000",)
    assert found.host == "m.qinghe.example"
    assert (found.icp_number, found.icp_owner) == ("沪ICP备12345678号", "青禾云汇科技有限公司")
    assert (found.app_name, found.app_package) == ("青禾贷", "example.qinghe")
    assert found.app_developer == "青禾云汇科技有限公司"
    assert found.channel is Channel.APP
    assert found.text == NORMALISE(text).text


def test_the_developer_is_declared_where_no_advertiser_is() -> None:
    ad = ScreenInput(text="x", app=AppInfo(developer="青禾科技"))
    assert clues(ad, [field("x")], []).declared == "青禾科技"
