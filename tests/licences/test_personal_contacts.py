"""A registered name that only the ad's own words give, with a person's contact beside it, clears nobody."""

import pytest

from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import Channel, LicenceStatus, Product
from licences.personal_contacts import personal_contact
from licences.question import Question
from licences.registers import Registers
from licences.resolve import resolve
from tests.support.licence_lists import ON, code, entry, registers, whitelist

NAME = "云岫银行股份有限公司"
#: As official lists are: without domains and numbers, so that nothing can contradict.
BARE = registers(whitelist(entry("云岫银行", uscc=code(1), licence_no="B9901H199000001")))
OWNED = registers(
    whitelist(entry("云岫银行", uscc=code(1), domains=("yunxiu.example",), app_packages=("com.yx",)))
)

CONTACTS = [
    "加微信 yx_loan88 办理", "微信号：yxdk2026", "VX:yxdk2026", "薇信号 yxdk2026", "ｗｘ：yxdk2026", "QQ 123456789",
    "扫码加微信领额度", "加Q群 QQ群：88886666", "Telegram: yxdk_bank", "威信yx88888",
]  # fmt: skip
NO_CONTACTS = [
    "关注微信公众号 云岫银行", "加企业微信咨询客户经理", "添加微信小程序云岫快贷", "微信支付也可以", "支持微信、支付宝",
    "官方客服 95990", "微信搜一搜云岫银行", "年化3.4%，额度20万", "app 5.12.3 版本", "截至20261101",
]  # fmt: skip


def _asked(lists: Registers, text: str, **fields: object) -> LicenceStatus:
    ad = AdvertiserClues(text=text, **fields)  # type: ignore[arg-type]
    return resolve(ad, Product.LOAN, ON, lists).licence.status


@pytest.mark.parametrize("text", CONTACTS)
def test_a_name_in_a_strangers_message_clears_nobody(text: str) -> None:
    said = f"【{NAME}】{text}"
    assert _asked(BARE, said, names=(NAME,), channel=Channel.SMS) is LicenceStatus.UNCONFIRMED
    ad = AdvertiserClues(text=said, names=(NAME,))
    assert "个人联系方式" in resolve(ad, Product.LOAN, ON, BARE).licence.reason


@pytest.mark.parametrize("text", NO_CONTACTS)
def test_what_is_no_persons_contact(text: str) -> None:
    assert personal_contact(Question(AdvertiserClues(text=text), Product.LOAN, ON, BARE)) is None
    assert _asked(BARE, f"【{NAME}】{text}", names=(NAME,)) is LicenceStatus.LICENSED


@pytest.mark.parametrize(
    "fields", [{"uscc": (code(1),)}, {"licence_numbers": ("B9901H199000001",)}, {"names": (NAME,)}]
)
def test_nor_do_a_code_a_number_or_a_name_beside_a_mobile_number(fields: dict[str, object]) -> None:
    text = f"{NAME} {code(1)} B9901H199000001 致电 19900000001"
    assert _asked(BARE, text, phones=("19900000001",), **fields) is LicenceStatus.UNCONFIRMED
    assert _asked(BARE, text, **fields) is LicenceStatus.LICENSED


@pytest.mark.parametrize(
    "fields",
    [{"host": "www.yunxiu.example"}, {"app_package": "com.yx"}, {"icp_owner": NAME}],
)
@pytest.mark.parametrize("declared", [NAME, None])
def test_what_shows_the_firm_outside_its_words_counts(
    fields: dict[str, object], declared: str | None
) -> None:
    text = f"{NAME} 客户经理微信 yxdk2026"
    assert _asked(OWNED, text, names=(NAME,), declared=declared, **fields) is LicenceStatus.LICENSED


@pytest.mark.parametrize("text", CONTACTS)
def test_nor_does_a_name_shown_as_advertiser_beside_a_persons_contact(text: str) -> None:
    asked = AdvertiserClues(declared=NAME, text=text)
    for lists in (BARE, OWNED):
        found = resolve(asked, Product.LOAN, ON, lists)
        assert found.licence.status is LicenceStatus.UNCONFIRMED
        assert "不是名单所载该机构的联系方式" in found.licence.reason
    # nor beside a page of nobody knows whom
    for host in ("dai-kuan.example", "dai-kuan.myshopify.com"):
        assert _asked(BARE, text, declared=NAME, host=host) is LicenceStatus.UNCONFIRMED


@pytest.mark.parametrize(
    "fields",
    [
        {"uscc": (code(1),)},
        {"licence_numbers": ("B9901H199000001",)},
        {"app_developer": NAME},
        {"icp_owner": NAME},
    ],
)
def test_a_declared_name_that_something_else_bears_out_stays_licensed(fields: dict[str, object]) -> None:
    text = "客户经理微信 yxdk2026，致电 19900000001"
    phones = ("19900000001",)
    assert _asked(BARE, text, declared=NAME, phones=phones) is LicenceStatus.UNCONFIRMED
    assert _asked(BARE, text, declared=NAME, phones=phones, **fields) is LicenceStatus.LICENSED


def test_a_number_that_is_listed_for_the_firm_is_its_own_contact() -> None:
    lists = registers(whitelist(entry("云岫银行", phones=("95990", "19900000001"))))
    asked = {"declared": NAME, "text": "客户经理微信 yxdk2026"}
    assert _asked(lists, **asked) is LicenceStatus.UNCONFIRMED
    for own in ("95990", "199-0000-0001"):
        assert _asked(lists, **asked, phones=(own,)) is LicenceStatus.LICENSED
    # one that it does not have speaks against it
    assert _asked(lists, **asked, phones=("19900000002",)) is LicenceStatus.CONTRADICTED


def test_a_stranger_who_speaks_of_a_refusal_is_not_the_bank() -> None:
    for after in ("贷款被拒", "申请被拒", "批不下来", "贷不到"):
        text = f"从云岫银行{after}后，在这里一小时就下款，致电19900000001"
        assert _asked(BARE, text, names=("云岫银行",), phones=("19900000001",)) is LicenceStatus.UNKNOWN
