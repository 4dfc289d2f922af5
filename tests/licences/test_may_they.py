"""Licence type × product × region × dates: what a licence lets its holder advertise, where, and when."""

import pytest

from findings.model.judgement import AdvertiserClues, LicenceView
from findings.model.vocabulary import LicenceStatus, Product
from licences.resolve import resolve
from tests.support.licence_lists import ON, code, entry, registers, whitelist

LENDER = entry("岭上小贷", "small_loan", full_name="上海岭上小额贷款有限公司", uscc=code(1), region="上海市")
NATIONAL = entry("松石网贷", "small_loan", full_name="重庆松石网络小额贷款有限公司", region="全国（互联网）")
UNPRINTED = entry("云间小贷", "small_loan", full_name="浙江云间小额贷款有限公司")
NOWHERE = entry("无处小贷", "small_loan", full_name="无处小额贷款有限公司")
CITY = entry("鹏湾小贷", "small_loan", full_name="深圳鹏湾小额贷款有限公司", region="深圳")
PAWN = entry("古月典当", "pawn", full_name="北京古月典当有限公司", region="北京市")
PAYS_HERE = entry("松间支付", "payment", region="上海、江苏、浙江（含宁波）")
PAYS = entry("竹间支付", "payment", region="全国")
PAYS_SOMEWHERE = entry("梅间支付", "payment")
BANK = entry("云岫银行", region="上海市浦东新区世纪大道")
ADVISER = entry("松石投顾", "securities_advisory", full_name="松石证券投资咨询有限公司")
FUND = entry("松石私募", "private_fund", full_name="松石私募基金管理有限公司")
TRUST = entry("云岫信托", "trust", full_name="云岫信托有限公司")
GUARANTOR = entry("安岭担保", "guarantee", full_name="上海安岭融资担保有限公司", region="上海")
BUREAU = entry("知远征信", "credit_bureau", full_name="知远征信有限公司")
BROKER = entry("安岭经纪", "insurance_intermediary", full_name="安岭保险经纪有限公司")
ENTRIES = (LENDER, NATIONAL, UNPRINTED, NOWHERE, CITY, PAWN, PAYS_HERE, PAYS, PAYS_SOMEWHERE, BANK, ADVISER, FUND, TRUST, GUARANTOR, BUREAU, BROKER)  # fmt: skip
LISTS = registers(whitelist(*ENTRIES))
L, O = LicenceStatus.LICENSED, LicenceStatus.OUT_OF_SCOPE  # noqa: E741


def asked(name: str | None, product: Product, region: str | None = None, text: str = "") -> LicenceView:
    clues = AdvertiserClues(declared=name, region=region, text=text)
    return resolve(clues, product, ON, LISTS).licence


REGIONS: list[tuple[str, str | None, str | None, LicenceStatus, str]] = [
    ("at-home", LENDER.full_name, "上海", L, ""),
    ("at-home-in-long", LENDER.full_name, "上海市黄浦区", L, ""),
    ("elsewhere", LENDER.full_name, "北京", O, "北京"),
    ("elsewhere-names-home", LENDER.full_name, "北京", O, "上海"),
    ("online-lender-of-the-whole-country", NATIONAL.full_name, "北京", L, ""),
    ("area-by-the-registered-name", UNPRINTED.full_name, "浙江", L, ""),
    ("area-by-the-registered-name-elsewhere", UNPRINTED.full_name, "江苏", O, "浙江"),
    ("city-in-its-province", CITY.full_name, "广东", L, ""),
    ("city-of-another-province", CITY.full_name, "福建", O, "深圳"),
    ("pawnshop-elsewhere", PAWN.full_name, "天津", O, "北京"),
    ("bank-anywhere", BANK.full_name, "北京", L, ""),
]


@pytest.mark.parametrize(("name", "region", "status", "said"), [row[1:] for row in REGIONS], ids=[row[0] for row in REGIONS])  # fmt: skip
def test_a_permit_of_a_province_holds_there(
    name: str | None, region: str | None, status: LicenceStatus, said: str
) -> None:
    found = asked(name, Product.LOAN, region)
    assert found.status is status
    assert said in found.reason


@pytest.mark.parametrize(
    ("name", "region", "said"),
    [
        (LENDER.full_name, None, "展示地域不明"),
        (LENDER.full_name, "火星", "展示地域不明"),
        (NOWHERE.full_name, "上海", "许可地域不明"),
    ],
)
def test_a_region_that_nobody_knows_is_a_remark(name: str, region: str | None, said: str) -> None:
    found = asked(name, Product.LOAN, region)
    assert found.status is L
    assert any("未核对地域" in remark and said in remark for remark in found.remarks)


def test_a_bank_needs_no_remark_on_regions() -> None:
    assert asked(BANK.full_name, Product.LOAN).remarks == ()


@pytest.mark.parametrize(
    ("name", "region", "status"),
    [
        (PAYS_HERE.full_name, "上海", L),
        (PAYS_HERE.full_name, "宁波", L),
        (PAYS_HERE.full_name, "四川", O),
        (PAYS.full_name, "四川", L),
        (PAYS_SOMEWHERE.full_name, "四川", L),
    ],
)
def test_a_payment_licence_covers_the_area_printed_on_it(
    name: str, region: str, status: LicenceStatus
) -> None:
    assert asked(name, Product.PAYMENT, region).status is status


def test_the_territory_of_a_list_says_where_its_permits_hold() -> None:
    lists = registers(whitelist(NOWHERE, territory=("上海",)))
    there, elsewhere = (
        resolve(AdvertiserClues(declared=NOWHERE.full_name, region=region), Product.LOAN, ON, lists).licence
        for region in ("上海", "北京")
    )
    assert (there.status, elsewhere.status) == (L, O)


SCOPES: list[tuple[str, str | None, Product, LicenceStatus, str]] = [
    ("payment-firm-lends", PAYS.full_name, Product.LOAN, O, "支付机构的许可范围不含"),
    ("payment-firm-sells-wealth", PAYS.full_name, Product.WEALTH, O, "理财"),
    ("private-fund-to-the-public", FUND.full_name, Product.PRIVATE_FUND, O, "不得向不特定公众"),
    ("private-fund-with-an-unclear-product", FUND.full_name, Product.OTHER, O, "不得向不特定公众"),
    ("private-fund-shows-its-brand", FUND.full_name, Product.NONE, L, "名单内"),
    ("trust-to-the-public", TRUST.full_name, Product.WEALTH, O, "不得向不特定公众"),
    ("guarantor-guarantees", GUARANTOR.full_name, Product.OTHER, L, "融资担保"),
    ("guarantor-lends", GUARANTOR.full_name, Product.LOAN, O, "许可范围不含"),
    ("bureau-repairs-credit", BUREAU.full_name, Product.CREDIT_REPAIR, O, "任何许可"),
    ("bureau-lends", BUREAU.full_name, Product.LOAN, O, "征信机构"),
    ("broker-insures", BROKER.full_name, Product.INSURANCE, L, ""),
    ("broker-lends", BROKER.full_name, Product.LOAN, O, "保险中介"),
    ("adviser-advises", ADVISER.full_name, Product.SECURITIES, L, ""),
    ("adviser-sells-funds", ADVISER.full_name, Product.FUND, O, ""),
]


@pytest.mark.parametrize(("name", "product", "status", "said"), [row[1:] for row in SCOPES], ids=[row[0] for row in SCOPES])  # fmt: skip
def test_a_licence_reaches_its_own_products(
    name: str | None, product: Product, status: LicenceStatus, said: str
) -> None:
    found = asked(name, product, "上海")
    assert found.status is status
    assert said in found.reason


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("专业投顾服务，免费开户，佣金万一", O),
        ("代客理财，稳稳的", O),
        ("投资顾问服务，本公司不代客理财、不提供股票开户", L),
        ("投资顾问服务，谨防配资骗局", L),
    ],
)
def test_an_adviser_may_neither_trade_nor_sell(text: str, status: LicenceStatus) -> None:
    assert asked(ADVISER.full_name, Product.SECURITIES, text=text).status is status


ABSENT = "快快小额贷款有限公司"


@pytest.mark.parametrize(
    ("name", "region", "status"),
    [
        (ABSENT, "上海", LicenceStatus.NOT_FOUND),
        (ABSENT, "北京", LicenceStatus.UNKNOWN),
        (ABSENT, None, LicenceStatus.UNKNOWN),
        ("上海" + ABSENT, None, LicenceStatus.NOT_FOUND),
        ("北京" + ABSENT, None, LicenceStatus.UNKNOWN),
    ],
)
def test_absence_from_a_list_of_a_province_counts_only_there(
    name: str, region: str | None, status: LicenceStatus
) -> None:
    lists = registers(whitelist(LENDER, territory=("上海",)))
    found = resolve(AdvertiserClues(declared=name, region=region), Product.LOAN, ON, lists).licence
    assert found.status is status, found


def test_permits_of_two_provinces_are_two_licences() -> None:
    one, two = (
        whitelist(
            entry("双城小贷", "small_loan", full_name="双城小额贷款有限公司", id=place),
            id=name,
            territory=(place,),
        )
        for place, name in (("上海", "sh"), ("江苏", "js"))
    )
    for region in ("上海", "江苏"):
        clues = AdvertiserClues(declared="双城小额贷款有限公司", region=region)
        assert resolve(clues, Product.LOAN, ON, registers(one, two)).licence.status is L
