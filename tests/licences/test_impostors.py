"""Who borrows a licensed firm's name is contradicted, and the contradiction is named. Firms and hosts are invented."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from findings.model.judgement import AdvertiserClues, Resolution
from findings.model.vocabulary import Channel, LicenceStatus, Matched, Product
from licences.model import FilingEntry, FirmEntry, FirmStatus, OwnerNature
from licences.registers import Registers
from licences.resolve import resolve
from tests.support.licence_lists import (
    ON,
    STALE,
    blacklist,
    business_register,
    code,
    entry,
    filings,
    negative,
    registers,
    whitelist,
)

BANK = "云岫银行股份有限公司"
STRANGER = "快快网络科技有限公司"
LENDER = "海棠消费金融有限公司"
ENTRIES = (
    entry("云岫银行", uscc=code(1), domains=("yunxiu.example",), app_packages=("com.yunxiu.bank",), phones=("95990",)),
    entry("海棠消费金融", "consumer_finance", full_name=LENDER, uscc=code(2), brands=("海棠借款",), phones=("4009990002",)),
    entry("松石证券", "securities", uscc=code(3)),
    entry("岭上小贷", "small_loan", full_name="上海岭上小额贷款有限公司", uscc=code(4)),
)  # fmt: skip
FILINGS = (
    FilingEntry(id="f1", number="虚ICP备2026000001号", owner=BANK, domains=("yunxiu.example", "yx-loan.example")),
    FilingEntry(id="f2", number="虚ICP备2026000002号", owner=STRANGER, domains=("kuaikuai.example",)),
    FilingEntry(id="f3", number="虚ICP备2026000003号", owner="李四", nature=OwnerNature.PERSON, domains=("lisi.example",)),
    FilingEntry(id="f4", number="虚ICP备2026000004号", owner=LENDER, domains=("haitang.example",)),
    FilingEntry(id="a1", number="虚ICP备2026000002号-3A", owner=STRANGER, app_name="海棠极速版", app_packages=("com.kk.ht",)),
    FilingEntry(id="a2", number="虚ICP备2026000004号-2A", owner=LENDER, app_name="海棠", app_packages=("com.haitang",)),
)  # fmt: skip
FIRMS = (
    FirmEntry(id="r1", name=STRANGER, uscc=code(11), abnormal="通过登记的住所无法联系", business_scope="网络技术；投资咨询服务；贷款中介"),
    FirmEntry(id="r3", name="松石证券股份有限公司", uscc=code(3), status=FirmStatus.CANCELLED),
    FirmEntry(id="r4", name="上海岭上小额贷款有限公司", uscc=code(4), status=FirmStatus.LIQUIDATING, abnormal="未按期公示年报"),
    FirmEntry(id="r5", name="新名咨询有限公司", uscc=code(15), former_names=("满仓投资顾问有限公司",)),
)  # fmt: skip
LISTS = (
    whitelist(*ENTRIES),
    filings(*FILINGS),
    business_register(*FIRMS),
    blacklist(negative("满仓投资顾问有限公司", "mancang.example")),
)


@pytest.fixture(scope="module")
def lists() -> Registers:
    return registers(*LISTS)


def clues(**fields: object) -> AdvertiserClues:
    return AdvertiserClues(**fields)  # type: ignore[arg-type]


def verdict(lists: Registers, given_clues: AdvertiserClues, product: Product = Product.LOAN) -> Resolution:
    return resolve(given_clues, product, ON, lists)


C = LicenceStatus.CONTRADICTED
#: Reason of the row, the ad, what the contradiction must name.
IMPOSTORS: list[tuple[str, AdvertiserClues, str]] = [
    ("bank-in-a-strangers-message", clues(text="【云岫银行】授信额度已到账，加微信领取", phones=("19900000001",), channel=Channel.SMS), "19900000001"),
    ("bank-on-a-strangers-host", clues(text="【云岫银行】额度提升", host="yx-vip.example"), "yx-vip.example"),
    ("bank-on-a-host-filed-by-a-stranger", clues(declared="海棠借款", host="m.kuaikuai.example"), STRANGER),
    ("lender-on-a-persons-host", clues(declared=LENDER, host="lisi.example"), "个人「李四」"),
    ("lender-on-another-licensees-host", clues(declared=LENDER, host="www.yunxiu.example"), "yunxiu.example"),
    ("filing-says-other-than-the-ad", clues(declared=LENDER, icp_owner=LENDER, host="kuaikuai.example"), STRANGER),
    ("footer-number-of-another", clues(declared=LENDER, icp_number="虚ICP备2026000002号-1", host="x.example"), STRANGER),
    ("footer-number-borrowed-from-the-firm", clues(declared=LENDER, icp_number="虚ICP备2026000004号", host="ht-vip.example"), "不含 ht-vip.example"),
    ("footer-claims-the-bank-on-a-strange-host", clues(declared=BANK, site_names=BANK, icp_number="虚ICP备2026000001号", host="yx-vip.example"), "yx-vip.example"),
    ("footer-names-another-firm", clues(declared="海棠借款", site_names=STRANGER, host="x.example"), "页脚所称主办单位"),
    ("app-filed-by-a-stranger", clues(declared="海棠借款", app_package="com.kk.ht"), STRANGER),
    ("developer-is-a-stranger", clues(declared=LENDER, app_developer=STRANGER), "应用开发者"),
    ("app-not-the-banks", clues(declared="云岫银行", app_package="com.fake"), "com.fake"),
    ("number-of-another-licensee", clues(declared=LENDER, phones=("95990",)), "95990"),
    ("number-with-area-code-of-another", clues(declared=LENDER, phones=("021-95990",)), "云岫银行"),
    ("service-number-nobody-lists", clues(declared=LENDER, phones=("400-111-2222",)), "400-111-2222"),
    ("code-of-a-stranger", clues(declared=BANK, uscc=(code(11),)), code(11)),
    ("code-by-the-business-register-alone", clues(declared="松石证券", uscc=(code(11),)), code(11)),
    ("firm-that-has-ended", clues(declared="松石证券股份有限公司"), "注销"),
    ("ended-firm-by-its-code", clues(uscc=(code(3),)), "注销"),
]  # fmt: skip


@pytest.mark.parametrize(("ad", "named"), [row[1:] for row in IMPOSTORS], ids=[row[0] for row in IMPOSTORS])
def test_an_impostor_is_contradicted_by_name(lists: Registers, ad: AdvertiserClues, named: str) -> None:
    found = verdict(lists, ad)
    assert found.licence.status is C, found
    assert named in found.licence.reason
    assert found.licence.entry is not None
    assert found.licence.list_version == "test@2026-11-01-00000000"


L, U = LicenceStatus.LICENSED, LicenceStatus.UNCONFIRMED
#: And who only looks like one.
NO_IMPOSTORS: list[tuple[str, AdvertiserClues, LicenceStatus, Matched | None]] = [
    ("host-filed-by-the-firm", clues(host="haitang.example"), L, Matched.ICP_OWNER),
    ("second-host-of-the-bank", clues(declared="云岫银行", host="yx-loan.example"), L, Matched.ICP_OWNER),
    ("app-filed-by-the-firm", clues(declared="海棠借款", app_package="com.haitang"), L, Matched.ICP_OWNER),
    ("number-in-the-footer-of-its-own-host", clues(icp_number="虚ICP备2026000004号-1", host="haitang.example"), L, Matched.ICP_OWNER),
    ("own-number-among-others", clues(declared=LENDER, phones=("19900000001", "400-999-0002", "95990")), L, Matched.FULL_NAME),
    ("partners-number-on-the-banks-own-host", clues(declared=BANK, host="yunxiu.example", phones=("4009990002",)), L, Matched.ICP_OWNER),
    ("branch-landline", clues(declared=BANK, host="yunxiu.example", phones=("021-59900000",)), L, Matched.ICP_OWNER),
    ("landline-of-a-desk", clues(declared=BANK, phones=("021-59900000",)), L, Matched.FULL_NAME),
    ("hotline-of-the-state", clues(declared=BANK, phones=("12378", "12345")), L, Matched.FULL_NAME),
    ("a-footer-beside-a-strange-brand", clues(declared="快快花", site_names=LENDER, host="x.example"), U, Matched.FULL_NAME),
    ("a-footer-proves-nothing", clues(site_names="海棠借款", host="x.example"), U, Matched.BRAND),
    ("a-number-proves-nothing", clues(icp_number="虚ICP备2026000004号", declared="海棠借款"), U, Matched.BRAND),
    ("banks-host-under-another-firms-name", clues(declared=STRANGER, host="yunxiu.example"), U, Matched.ICP_OWNER),
]  # fmt: skip


@pytest.mark.parametrize(("ad", "status", "matched"), [row[1:] for row in NO_IMPOSTORS], ids=[row[0] for row in NO_IMPOSTORS])  # fmt: skip
def test_who_is_no_impostor(
    lists: Registers, ad: AdvertiserClues, status: LicenceStatus, matched: Matched | None
) -> None:
    found = verdict(lists, ad)
    assert (found.licence.status, found.advertiser.matched) == (status, matched), found


REMARKS: list[tuple[str, AdvertiserClues, LicenceStatus, str]] = [
    ("landline", clues(declared=BANK, phones=("021-59900000",)), L, "固定电话"),
    ("partner-on-its-own-host", clues(declared=BANK, host="yunxiu.example", phones=("4009990002",)), L, "海棠"),
    ("own-number-and-a-mobile", clues(declared=LENDER, phones=("4009990002", "19900000001")), L, "19900000001"),
    ("irregular", clues(declared="上海岭上小额贷款有限公司", region="上海"), L, "未按期公示年报"),
    ("liquidation", clues(declared="上海岭上小额贷款有限公司", region="上海"), L, "清算"),
    ("stranger-is-irregular", clues(declared=STRANGER), LicenceStatus.NOT_FOUND, "无法联系"),
    ("strangers-scope-is-no-licence", clues(declared=STRANGER), LicenceStatus.NOT_FOUND, "经营范围不是"),
    ("stranger-shows-a-banks-number", clues(declared=STRANGER, phones=("95990",)), LicenceStatus.NOT_FOUND, "云岫银行"),
    ("code-of-another-stranger", clues(declared="慢慢科技有限公司", uscc=(code(11),)), LicenceStatus.NOT_FOUND, STRANGER),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ad", "status", "said"), [row[1:] for row in REMARKS], ids=[row[0] for row in REMARKS]
)
def test_what_an_officer_is_told_beside_the_verdict(
    lists: Registers, ad: AdvertiserClues, status: LicenceStatus, said: str
) -> None:
    found = verdict(lists, ad).licence
    assert found.status is status, found
    assert any(said in remark for remark in found.remarks), found.remarks


def test_an_old_list_of_filings_makes_a_remark_and_no_contradiction() -> None:
    old = registers(whitelist(*ENTRIES), filings(*FILINGS, as_of=STALE))
    found = verdict(old, clues(declared=LENDER, host="kuaikuai.example")).licence
    assert found.status is L
    assert any(STRANGER in remark for remark in found.remarks)


def test_a_listed_firm_under_a_new_name_is_still_listed(lists: Registers) -> None:
    found = verdict(lists, clues(declared="新名咨询有限公司"))
    assert found.licence.status is LicenceStatus.LISTED_NEGATIVE
    assert found.listing is not None
    assert (found.listing.name, found.listing.by_frame) == ("新名咨询有限公司", True)
    assert "满仓" in found.licence.reason


NEAR = [
    ("云岫艮行股份有限公司", "艮"),
    ("云岫银行股份有限公同", "云岫银行"),
    ("海棠消费金融有限公司司", "海棠"),
]


@pytest.mark.parametrize(("name", "said"), NEAR)
@pytest.mark.parametrize("host", [None, "kuaikuai.example", "lisi.example"])
def test_a_name_that_is_only_like_a_listed_one_clears_nobody(
    lists: Registers, name: str, said: str, host: str | None
) -> None:
    found = verdict(lists, clues(declared=name, host=host))
    assert found.licence.status is U
    assert found.licence.entry is not None
    assert name in found.licence.reason or said in found.licence.reason


# ------------------------------------------------------------------ laws
names = st.sampled_from(
    [None, "云岫银行", BANK, LENDER, "海棠借款", STRANGER, "云岫艮行", "广告", "慢慢科技有限公司"]
)
hosts = st.sampled_from([None, "yunxiu.example", "yx-loan.example", "kuaikuai.example", "lisi.example", "x.example", "weixin.qq.com"])  # fmt: skip
codes = st.lists(st.sampled_from([code(1), code(2), code(11), code(99)]), max_size=2).map(tuple)
numbers = st.sampled_from([None, "虚ICP备2026000001号", "虚ICP备2026000002号-1", "虚ICP备2026000004号"])
phones = st.lists(st.sampled_from(["95990", "4009990002", "19900000001", "021-59900000", "12378"]), max_size=3).map(tuple)  # fmt: skip
packages = st.sampled_from([None, "com.yunxiu.bank", "com.kk.ht", "com.haitang", "com.fake"])
texts = st.sampled_from(["", "【云岫银行】额度", "合作银行：云岫银行、松石证券", f"{LENDER}，国家备案，银行存管", "云岫银行同款"])  # fmt: skip
ads = st.builds(
    AdvertiserClues,
    declared=names,
    icp_owner=names,
    site_names=names,
    app_developer=names,
    app_name=names,
    names=st.lists(names.filter(bool), max_size=2).map(tuple),
    host=hosts,
    uscc=codes,
    icp_number=numbers,
    phones=phones,
    app_package=packages,
    text=texts,
    region=st.sampled_from([None, "上海", "北京市", "火星"]),
)
REGISTERS = registers(*LISTS)
#: What may clear: an equality with something of one of these firms.
CLEARING = {
    "uscc": {code(1), code(2), code(4)},
    "names": {BANK, LENDER, "上海岭上小额贷款有限公司"},
    "hosts": {"yunxiu.example", "yx-loan.example", "haitang.example"},
    "packages": {"com.yunxiu.bank", "com.haitang"},
}


def clears(ad: AdvertiserClues) -> bool:
    shown = {ad.declared, ad.icp_owner, ad.site_names, ad.app_developer, ad.app_name, *ad.names}
    return bool(
        CLEARING["uscc"].intersection(ad.uscc)
        or CLEARING["names"] & shown
        or any(name in ad.text for name in CLEARING["names"])
        or ad.host in CLEARING["hosts"]
        or ad.app_package in CLEARING["packages"]
    )


@given(ads, st.sampled_from([Product.LOAN, Product.SECURITIES, Product.OTHER, Product.CRYPTO]))
def test_nothing_but_an_equality_clears(ad: AdvertiserClues, product: Product) -> None:
    found = verdict(REGISTERS, ad, product)
    if found.licence.status is L:
        assert clears(ad), ad
        assert found.licence.entry is not None


#: One more clue that speaks against any of the firms.
AGAINST = [
    {"icp_owner": "路人甲网络有限公司"},
    {"host": "kuaikuai.example"},
    {"host": "lisi.example"},
    {"uscc": (code(11),)},
    {"app_developer": "路人甲网络有限公司"},
    {"app_package": "com.kk.ht"},
    {"phones": ("400-111-2222",)},
    {"site_names": "路人甲网络有限公司"},
    {"icp_number": "虚ICP备2026000002号-1"},
]


@given(ads, st.sampled_from(AGAINST))
def test_a_contradiction_more_never_clears(ad: AdvertiserClues, more: dict[str, object]) -> None:
    if verdict(REGISTERS, ad).licence.status is not L:
        (field,) = more
        if not getattr(ad, field):  # added, not put in the place of another clue
            assert verdict(REGISTERS, replace(ad, **more)).licence.status is not L


@given(ads, st.sampled_from(list(Product)), st.sampled_from([(), LISTS[1:], (whitelist(*ENTRIES, as_of=STALE), *LISTS[1:]), (whitelist(*ENTRIES, complete=False), *LISTS[1:])]))  # fmt: skip
def test_missing_stale_and_partial_lists_never_say_not_found(
    ad: AdvertiserClues, product: Product, lists: tuple[object, ...]
) -> None:
    found = resolve(ad, product, ON, registers(*lists))  # type: ignore[arg-type]
    assert found.licence.status is not LicenceStatus.NOT_FOUND


@given(ads)
def test_the_same_question_has_the_same_answer_whatever_the_order_of_the_lists(ad: AdvertiserClues) -> None:
    assert verdict(REGISTERS, ad) == verdict(registers(*reversed(LISTS)), ad)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=60))
def test_hostile_clues_are_read(name: str, number: str, text: str) -> None:
    odd = clues(declared=name, host=name, site_names=name, icp_number=number, phones=(number,), app_package=number, region=text, text=text)  # fmt: skip
    assert verdict(REGISTERS, odd).licence.status in set(LicenceStatus)


def test_a_verdict_in_english_has_english_remarks(lists: Registers) -> None:
    found = resolve(clues(declared=STRANGER), Product.LOAN, date(2026, 11, 22), lists, "en")
    assert any("no licence" in remark for remark in found.licence.remarks)
