"""One row a reason: which verdict, and what its sentence must name."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.model.judgement import AdvertiserClues, Resolution
from findings.model.vocabulary import Channel, LicenceStatus, Matched, Product
from licences.model import EntryStatus
from licences.registers import Registers
from licences.resolve import check_name, resolve
from tests.support.licence_lists import (
    FRESH,
    ON,
    STALE,
    blacklist,
    code,
    entry,
    negative,
    registers,
    whitelist,
)

YUNXIU = entry(
    "云岫银行",
    uscc=code(1),
    licence_no="B9901H199000001",
    domains=("yunxiu.example",),
    app_packages=("com.yunxiu.bank",),
    brands=("岫行",),
    former_names=("虚城商业银行股份有限公司",),
    phones=("95990",),
    owners=("云岫数科有限公司",),
)
HAITANG = entry(
    "海棠消费金融", "consumer_finance", uscc=code(2), brands=("海棠借款",), domains=("haitang.example",)
)
ZHIFU = entry("松间支付", "payment", uscc=code(3), licence_no="Z2990099000001")
SIMU = entry("松石私募", "private_fund", full_name="松石私募基金管理有限公司")
JINGJI = entry("岭上证券", "securities")
NARROW = entry("窄门银行", scope=(Product.DEPOSIT,))
ENDED = entry("旧雨小贷", "small_loan", full_name="旧雨小额贷款有限公司", valid_to=ON - timedelta(days=1))
FUTURE = entry("新雨小贷", "small_loan", full_name="新雨小额贷款有限公司", valid_from=ON + timedelta(days=1))
REVOKED = entry("断桥保险", "insurer", status=EntryStatus.REVOKED)
LAST_DAY = entry("末日小贷", "small_loan", full_name="末日小额贷款有限公司", valid_to=ON)
LISTS = (
    whitelist(YUNXIU, HAITANG, ZHIFU, SIMU, JINGJI, NARROW, ENDED, FUTURE, REVOKED, LAST_DAY, coded=True),
    blacklist(
        negative("满仓投资顾问有限公司", "mancang.example", uscc=code(77), app_packages=("com.mancang",)),
        negative("每日牛股", "niugu.example", match_name=False),
        negative("翻篇咨询有限公司", expires=ON - timedelta(days=1)),
        negative("未来咨询有限公司", listed_on=ON + timedelta(days=1)),
    ),
)


@pytest.fixture(scope="module")
def lists() -> Registers:
    return registers(*LISTS)


def clues(**fields: object) -> AdvertiserClues:
    return AdvertiserClues(**fields)  # type: ignore[arg-type]


L = LicenceStatus
BANK = "云岫银行股份有限公司"
LOAN = Product.LOAN
CASES: list[tuple[str, AdvertiserClues, Product, LicenceStatus, Matched | None, str]] = [
    # who it is, strongest first
    ("code", clues(uscc=(code(1),)), LOAN, L.LICENSED, Matched.USCC, "贷款"),
    ("code-dressed-up", clues(uscc=(f" {code(1).lower()} ",)), LOAN, L.LICENSED, Matched.USCC, ""),
    ("icp-owner", clues(icp_owner=BANK), LOAN, L.LICENSED, Matched.ICP_OWNER, ""),
    ("host-of-the-register", clues(host="m.yunxiu.example"), LOAN, L.LICENSED, Matched.ICP_OWNER, "域名"),
    ("full-name", clues(declared=BANK), LOAN, L.LICENSED, Matched.FULL_NAME, ""),
    ("full-name-traditional", clues(declared="雲岫銀行股份有限公司"), LOAN, L.LICENSED, Matched.FULL_NAME, ""),
    ("full-name-in-text", clues(names=(BANK,)), LOAN, L.LICENSED, Matched.FULL_NAME, ""),
    ("developer", clues(app_developer=BANK), LOAN, L.LICENSED, Matched.FULL_NAME, ""),
    ("branch", clues(declared=BANK + "虚城分行"), LOAN, L.LICENSED, Matched.FULL_NAME, ""),
    ("licence-number", clues(licence_numbers=("B9901H199000001",)), LOAN, L.LICENSED, Matched.LICENCE_NO, ""),
    ("former-name", clues(declared="虚城商业银行股份有限公司"), LOAN, L.LICENSED, Matched.FORMER_NAME, ""),
    # a brand alone clears nobody
    ("brand", clues(declared="岫行"), LOAN, L.UNCONFIRMED, Matched.BRAND, "没有证据"),
    ("short-name", clues(declared="云岫银行"), LOAN, L.UNCONFIRMED, Matched.BRAND, ""),
    ("branch-of-short-name", clues(declared="云岫银行虚城支行"), LOAN, L.UNCONFIRMED, Matched.BRAND, ""),
    ("brand-in-sms", clues(text="【海棠借款】您的额度已到账", channel=Channel.SMS), LOAN, L.UNCONFIRMED, Matched.BRAND, ""),
    ("brand-inside-text", clues(text="现在就来申请海棠借款吧"), LOAN, L.UNCONFIRMED, Matched.BRAND, ""),
    ("wrong-legal-form", clues(declared="云岫银行有限公司"), LOAN, L.UNCONFIRMED, Matched.BRAND, ""),
    ("brand-with-own-domain", clues(declared="岫行", host="yunxiu.example"), LOAN, L.LICENSED, Matched.ICP_OWNER, ""),
    ("brand-with-own-app", clues(declared="岫行", app_package="com.Yunxiu.bank"), LOAN, L.LICENSED, Matched.BRAND, "包名"),
    ("unknown-brand-full-name-in-text", clues(declared="快快花", names=(BANK,)), LOAN, L.UNCONFIRMED, Matched.FULL_NAME, "提到"),
    # may they
    ("payment-firm-lends", clues(uscc=(code(3),)), LOAN, L.OUT_OF_SCOPE, Matched.USCC, "支付机构"),
    ("payment-firm-pays", clues(uscc=(code(3),)), Product.PAYMENT, L.LICENSED, Matched.USCC, ""),
    ("private-fund-to-the-public", clues(declared="松石私募基金管理有限公司"), Product.PRIVATE_FUND, L.OUT_OF_SCOPE, Matched.FULL_NAME, "公众"),
    ("broker-lends", clues(declared="岭上证券股份有限公司"), LOAN, L.OUT_OF_SCOPE, Matched.FULL_NAME, "证券公司"),
    ("narrow-scope", clues(declared="窄门银行股份有限公司"), LOAN, L.OUT_OF_SCOPE, Matched.FULL_NAME, ""),
    ("narrow-scope-kept", clues(declared="窄门银行股份有限公司"), Product.DEPOSIT, L.LICENSED, Matched.FULL_NAME, ""),
    ("nobody-may-crypto", clues(uscc=(code(1),)), Product.CRYPTO, L.OUT_OF_SCOPE, Matched.USCC, "任何许可"),
    ("product-unclear", clues(uscc=(code(1),)), Product.OTHER, L.LICENSED, Matched.USCC, "未核对"),
    ("past-its-date", clues(declared="旧雨小额贷款有限公司"), LOAN, L.EXPIRED, Matched.FULL_NAME, "到期"),
    ("on-its-last-day", clues(declared="末日小额贷款有限公司"), LOAN, L.LICENSED, Matched.FULL_NAME, ""),
    ("not-yet-valid", clues(declared="新雨小额贷款有限公司"), LOAN, L.EXPIRED, Matched.FULL_NAME, "尚未生效"),
    ("revoked", clues(declared="断桥保险股份有限公司"), Product.INSURANCE, L.EXPIRED, Matched.FULL_NAME, "吊销"),
    # impostors
    ("other-domain", clues(declared="云岫银行", host="yunxiu-vip.example"), LOAN, L.CONTRADICTED, Matched.BRAND, "yunxiu-vip.example"),
    ("lookalike-domain", clues(declared=BANK, host="yunxiu.example.evil.example"), LOAN, L.CONTRADICTED, Matched.FULL_NAME, "域名"),
    ("another-firms-domain", clues(declared="海棠借款", host="www.yunxiu.example"), LOAN, L.CONTRADICTED, Matched.BRAND, BANK),
    ("other-icp-owner", clues(declared=BANK, icp_owner="快快网络科技有限公司"), LOAN, L.CONTRADICTED, Matched.FULL_NAME, "快快网络"),
    ("person-owns-the-site", clues(declared="岭上证券", icp_owner="张三丰"), Product.SECURITIES, L.CONTRADICTED, Matched.BRAND, "张三丰"),
    ("other-developer", clues(declared="海棠借款", app_developer="快快网络科技有限公司"), LOAN, L.CONTRADICTED, Matched.BRAND, "应用开发者"),
    ("other-app", clues(declared="云岫银行", app_package="com.fake.bank"), LOAN, L.CONTRADICTED, Matched.BRAND, "com.fake.bank"),
    ("other-code", clues(declared=BANK, uscc=(code(99),)), LOAN, L.CONTRADICTED, Matched.FULL_NAME, code(99)),
    ("borrowed-code", clues(declared="快快网络科技有限公司", uscc=(code(1),)), LOAN, L.CONTRADICTED, Matched.USCC, "快快网络"),
    ("code-of-another-licensee", clues(declared="海棠借款", uscc=(code(1),)), LOAN, L.CONTRADICTED, Matched.BRAND, BANK),
    ("borrowed-licence-number", clues(declared="快快网络科技有限公司", licence_numbers=("B9901H199000001",)), LOAN, L.CONTRADICTED, Matched.LICENCE_NO, "快快网络"),
    ("other-phone", clues(declared="云岫银行", phones=("13800000000",)), LOAN, L.CONTRADICTED, Matched.BRAND, "13800000000"),
    ("sms-signed-with-the-bank", clues(text="【云岫银行】额度提升，速办", phones=("+86 138 0000 0000",), channel=Channel.SMS), LOAN, L.CONTRADICTED, Matched.BRAND, "电话"),
    ("signed-on-a-strangers-site", clues(names=("云岫银行",), text="云岫银行贵宾贷款", icp_owner="快快网络科技有限公司"), LOAN, L.CONTRADICTED, Matched.BRAND, "快快网络"),
    # and no impostors
    ("own-phone", clues(declared=BANK, phones=("400-95990",)), LOAN, L.LICENSED, Matched.FULL_NAME, ""),
    ("branch-owns-the-site", clues(declared="云岫银行", icp_owner=BANK + "虚城分行"), LOAN, L.LICENSED, Matched.ICP_OWNER, ""),
    ("listed-owner", clues(declared=BANK, icp_owner="云岫数科有限公司"), LOAN, L.LICENSED, Matched.FULL_NAME, ""),
    ("on-a-shared-platform", clues(declared=BANK, host="mp.weixin.qq.com"), LOAN, L.LICENSED, Matched.FULL_NAME, ""),
    ("english-developer", clues(declared=BANK, app_developer="Yunxiu Ltd"), LOAN, L.LICENSED, Matched.FULL_NAME, ""),
    ("new-domain-own-filing", clues(declared=BANK, icp_owner=BANK, host="new.example"), LOAN, L.LICENSED, Matched.ICP_OWNER, ""),
    # named by an authority: before everything
    ("negative-name", clues(declared="满仓投资顾问有限公司"), Product.SECURITIES, L.LISTED_NEGATIVE, None, "测试监管局"),
    ("negative-host", clues(host="a.mancang.example"), Product.SECURITIES, L.LISTED_NEGATIVE, None, "域名"),
    ("negative-code", clues(uscc=(code(77),)), LOAN, L.LISTED_NEGATIVE, Matched.USCC, "代码"),
    ("negative-app", clues(app_package="com.mancang"), LOAN, L.LISTED_NEGATIVE, None, "包名"),
    ("negative-beats-licensed", clues(declared=BANK, host="mancang.example"), LOAN, L.LISTED_NEGATIVE, None, ""),
    ("negative-lapsed", clues(declared="翻篇咨询有限公司"), LOAN, L.NOT_FOUND, None, ""),
    ("negative-not-yet", clues(declared="未来咨询有限公司"), LOAN, L.NOT_FOUND, None, ""),
    ("generic-name-by-host-only", clues(declared="每日牛股"), LOAN, L.NOT_FOUND, None, ""),
    ("generic-name-on-its-host", clues(declared="每日牛股", host="niugu.example"), LOAN, L.LISTED_NEGATIVE, None, ""),
    # absent
    ("nobody-knows-them", clues(declared="快快网络科技有限公司"), LOAN, L.NOT_FOUND, None, "快快网络"),
    ("nobody-named", clues(text="凭身份证就能办"), LOAN, L.UNKNOWN, None, "未发现广告主"),
    ("a-host-is-no-name", clues(declared="www.kuaikuai.example"), LOAN, L.UNKNOWN, None, "未发现广告主"),
    ("a-mark-is-no-name", clues(declared="广告"), LOAN, L.UNKNOWN, None, "未发现广告主"),
    ("only-a-strange-code", clues(uscc=(code(50),)), LOAN, L.NOT_FOUND, None, code(50)),
    ("code-with-wrong-check", clues(uscc=("91990000MA0000001A",)), LOAN, L.UNKNOWN, None, "未发现广告主"),
    ("list-of-another-business", clues(declared="快快网络科技有限公司"), Product.PROPERTY, L.UNKNOWN, None, "房产金融"),
    ("no-list-can-exist", clues(declared="快快网络科技有限公司"), Product.CRYPTO, L.UNKNOWN, None, "没有可以核对"),
    # only mentioned
    ("custodian", clues(declared="快快财富管理有限公司", names=(BANK,), text="由云岫银行股份有限公司资金存管"), Product.WEALTH, L.NOT_FOUND, None, "快快财富"),
    ("custodian-nobody-declared", clues(names=("快快财富管理有限公司", "云岫银行"), text="快快财富管理有限公司产品，云岫银行存管"), Product.WEALTH, L.NOT_FOUND, None, "快快财富"),
    ("partner-brand", clues(text="轻松贷，合作机构云岫银行"), LOAN, L.UNKNOWN, None, "未发现广告主"),
    ("site-owner-is-the-advertiser", clues(icp_owner="快快网络科技有限公司", text="我们比较了很多家，其中云岫银行利率不低"), LOAN, L.NOT_FOUND, None, "快快网络"),
    ("a-word-for-somebody", clues(names=("口袋银行",), text="你的口袋银行"), LOAN, L.UNKNOWN, None, "口袋银行"),
    ("several-firms-compared", clues(text="本页收集海棠借款、云岫银行、岭上证券的公开资料啊"), LOAN, L.UNKNOWN, None, "未发现广告主"),
    ("funder-named", clues(text="快来借，资金来源于云岫银行股份有限公司哦"), LOAN, L.UNKNOWN, None, "未发现广告主"),
    ("registered-name-before-brand", clues(names=("快快网络科技有限公司",), text="快快网络科技有限公司，也可办云岫银行信用卡哦"), LOAN, L.NOT_FOUND, None, "快快网络"),
]  # fmt: skip


@pytest.mark.parametrize(("given_clues", "product", "status", "matched", "words"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])  # fmt: skip
def test_verdict(
    lists: Registers,
    given_clues: AdvertiserClues,
    product: Product,
    status: LicenceStatus,
    matched: Matched | None,
    words: str,
) -> None:
    found = resolve(given_clues, product, ON, lists)
    assert (found.licence.status, found.advertiser.matched) == (status, matched), found
    assert words in found.licence.reason


def test_every_status_has_a_case() -> None:
    assert {row[3] for row in CASES} == set(LicenceStatus)


def test_match_in_a_stale_list_stays_licensed_and_is_marked() -> None:
    found = resolve(clues(declared=BANK), LOAN, ON, registers(whitelist(YUNXIU, as_of=STALE)))
    assert (found.licence.status, found.licence.stale, found.licence.as_of) == (L.LICENSED, True, STALE)


def test_no_match_in_a_stale_list_is_unknown() -> None:
    found = resolve(
        clues(declared="快快网络科技有限公司"), LOAN, ON, registers(whitelist(YUNXIU, as_of=STALE))
    )
    assert (found.licence.status, found.licence.stale) == (L.UNKNOWN, True)


@pytest.mark.parametrize(("age", "status"), [(92, L.NOT_FOUND), (93, L.UNKNOWN)])
def test_a_list_is_fresh_until_its_last_day(age: int, status: LicenceStatus) -> None:
    lists = registers(whitelist(YUNXIU, as_of=ON - timedelta(days=age)))
    assert resolve(clues(declared="快快网络科技有限公司"), LOAN, ON, lists).licence.status is status


def test_no_list_at_all_is_unknown_without_a_date() -> None:
    found = resolve(clues(declared=BANK), LOAN, ON, registers())
    assert (found.licence.status, found.licence.as_of) == (L.UNKNOWN, None)


def test_an_incomplete_list_proves_no_absence() -> None:
    lists = registers(whitelist(YUNXIU, complete=False))
    assert resolve(clues(declared="快快网络科技有限公司"), LOAN, ON, lists).licence.status is L.UNKNOWN


def test_of_a_firm_in_an_unread_row_the_list_says_nothing() -> None:
    lists = registers(whitelist(YUNXIU, unread=("读不出小额贷款有限公司",)))
    found = resolve(clues(declared="读不出小额贷款有限责任公司"), LOAN, ON, lists)
    assert found.licence.status is L.UNKNOWN
    assert "未能导入" in found.licence.reason


HINT = entry("岭南银行", licence_no="B9909H199000009", uscc=code(9))


@pytest.mark.parametrize(
    "hint_clues",
    [
        clues(declared="岭南银行"),
        clues(declared="岭南银行股份有限公司"),
        clues(uscc=(code(9),)),
        clues(licence_numbers=("B9909H199000009",)),
        clues(icp_owner="岭南银行股份有限公司"),
    ],
    ids=["brand", "full-name", "code", "licence-number", "icp-owner"],
)
def test_a_list_of_hints_clears_nobody(hint_clues: AdvertiserClues) -> None:
    lists = registers(whitelist(HINT, as_of=STALE, hints=True, complete=False))
    found = resolve(hint_clues, LOAN, ON, lists)
    assert (found.licence.status, found.licence.stale) == (L.UNCONFIRMED, True)
    assert found.licence.entry is not None


def test_a_real_register_speaks_before_a_hint() -> None:
    real = entry("岭南银行", id="real")
    lists = registers(whitelist(HINT, hints=True, complete=False, id="hints"), whitelist(real, as_of=STALE))
    found = resolve(clues(declared="岭南银行股份有限公司"), LOAN, ON, lists)
    assert found.licence.entry is not None
    assert (found.licence.status, found.licence.entry.id) == (L.LICENSED, "real")


def test_the_newer_list_of_one_licence_speaks() -> None:
    gone = entry("云岫银行", status=EntryStatus.CANCELLED, uscc=code(1))
    lists = registers(whitelist(YUNXIU, as_of=STALE, id="old"), whitelist(gone, as_of=FRESH, id="new"))
    assert resolve(clues(uscc=(code(1),)), LOAN, ON, lists).licence.status is L.EXPIRED


def test_a_firm_with_two_licences_may_do_what_either_allows() -> None:
    two = whitelist(entry("双照", "payment", uscc=code(5)), entry("双照", "small_loan", uscc=code(5)))
    assert resolve(clues(uscc=(code(5),)), LOAN, ON, registers(two)).licence.status is L.LICENSED


def test_a_nickname_in_a_list_is_not_contradicted_by_a_name_akin() -> None:
    nickname = whitelist(entry("岭南证券资管", "securities", full_name=None), complete=False, hints=True)
    akin = clues(declared="岭南证券资管", icp_owner="岭南证券（虚城）资产管理有限公司")
    stranger = clues(declared="岭南证券资管", icp_owner="快快网络科技有限公司")
    lists = registers(nickname)
    assert resolve(akin, Product.FUND, ON, lists).licence.status is L.UNCONFIRMED
    assert resolve(stranger, Product.FUND, ON, lists).licence.status is L.CONTRADICTED


def test_a_firm_of_an_old_hint_list_may_have_been_renamed_within_its_trade() -> None:
    lists = registers(whitelist(entry("岭上证券", "securities"), as_of=STALE, complete=False, hints=True))
    renamed = clues(declared="岭上证券", icp_owner="虚城证券股份有限公司")
    stranger = clues(declared="岭上证券", icp_owner="虚城网络科技有限公司")
    assert resolve(renamed, Product.SECURITIES, ON, lists).licence.status is L.UNCONFIRMED
    assert resolve(stranger, Product.SECURITIES, ON, lists).licence.status is L.CONTRADICTED


def test_advertiser_carries_name_and_code(lists: Registers) -> None:
    found = resolve(clues(declared=BANK), LOAN, ON, lists)
    assert (found.advertiser.name, found.advertiser.uscc) == (BANK, code(1))


def test_a_brand_does_not_lend_the_code_of_the_firm(lists: Registers) -> None:
    assert resolve(clues(declared="岫行"), LOAN, ON, lists).advertiser.uscc is None


def test_every_reason_names_the_date_of_its_list(lists: Registers) -> None:
    for _, given_clues, product, status, _, _ in CASES:
        if status not in (L.UNKNOWN, L.LISTED_NEGATIVE):
            assert str(FRESH) in resolve(given_clues, product, ON, lists).licence.reason


def test_no_reason_is_a_verdict_of_guilt(lists: Registers) -> None:
    for _, given_clues, product, _, _, _ in CASES:
        assert "违法" not in resolve(given_clues, product, ON, lists).licence.reason


def test_same_lists_same_answer() -> None:
    one, two = registers(*LISTS), registers(*reversed(LISTS))
    for _, given_clues, product, _, _, _ in CASES:
        assert resolve(given_clues, product, ON, one) == resolve(given_clues, product, ON, two)


INDEXED = registers(*LISTS)
words = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(["云岫银行", BANK, "yunxiu.example", code(1), "http://[", "="]),
)


@given(words, words, words, words, st.lists(st.text(max_size=20), max_size=3), st.sampled_from(Product))
def test_odd_clues_never_raise_and_never_clear_without_proof(
    declared: str | None,
    owner: str | None,
    host: str | None,
    text: str | None,
    names: list[str],
    product: Product,
) -> None:
    odd = clues(declared=declared, icp_owner=owner, host=host, text=text or "", names=tuple(names))
    found = resolve(odd, product, ON, INDEXED)
    assert isinstance(found, Resolution)
    if found.licence.status is L.LICENSED:
        assert found.licence.entry is not None
        assert found.advertiser.matched is not None


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (BANK, L.LICENSED),
        (code(1), L.LICENSED),
        ("B9901H199000001", L.LICENSED),
        ("云岫银行", L.UNCONFIRMED),
        ("快快网络科技有限公司", L.NOT_FOUND),
    ],
)
def test_check_name(lists: Registers, asked: str, status: LicenceStatus) -> None:
    assert check_name(asked, LOAN, ON, lists).licence.status is status


def test_a_huge_text_is_read_at_its_ends_only(lists: Registers) -> None:
    text = "云岫银行存管" * 200_000 + "【海棠借款】"
    started = time.process_time()
    found = resolve(clues(text=text), LOAN, ON, lists)
    assert time.process_time() - started < 10  # measured 0.03 s; the whole text would take minutes
    assert found.advertiser.name == "海棠借款"


def test_a_verdict_of_an_earlier_day_uses_that_day(lists: Registers) -> None:
    earlier = date(2026, 11, 20)
    assert resolve(clues(declared="旧雨小额贷款有限公司"), LOAN, earlier, lists).licence.status is L.LICENSED
