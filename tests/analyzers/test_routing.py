"""Who handles a lead, and why: the kind by business, the place by seats."""

from datetime import date

import pytest

from analyzers.routing import general_route, names, route
from analyzers.ruleset import load_ruleset
from findings.model.judgement import Finding, Handler
from findings.model.seats import Seat, Seats
from findings.model.vocabulary import Channel, LicenceStatus, Product
from tests.support import records

ROUTING = load_ruleset().routing
TODAY = date(2026, 11, 22)
PUBLISHER = Seat(place="北京", how="页脚备案号", how_en="its footer", who="某某网讯")
ADVERTISER = Seat(
    place="深圳", how="企业登记名录2026-11-01", how_en="business register of 2026-11-01", who="星河"
)
SITE = Seat(place="浙江", how="页面备案号", how_en="number on the page")


def handlers(
    *found: Finding,
    product: Product = Product.WEALTH,
    status: LicenceStatus = LicenceStatus.UNKNOWN,
    channel: Channel = Channel.SEARCH,
    seats: Seats | None = None,
    on: date = TODAY,
    lang: str = "zh",
) -> tuple[Handler, ...]:
    return route(ROUTING, found, product, status, channel, seats or Seats(), on, lang)


def by_kind(found: tuple[Handler, ...]) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for handler in found:
        kinds.setdefault(handler.kind, []).append(handler.province)
    return kinds


def test_no_finding_belongs_to_nobody() -> None:
    assert handlers() == ()


def test_an_ad_belongs_to_the_publishers_place_and_may_be_taken_by_the_advertisers() -> None:
    found = handlers(records.finding(2), seats=Seats(publisher=PUBLISHER, advertiser=ADVERTISER, site=SITE))
    assert [(one.authority, one.province) for one in found] == [
        ("北京市市场监督管理局", "北京"),
        ("深圳市市场监督管理局", "深圳"),
        ("国家金融监督管理总局深圳监管局", "深圳"),
    ]
    assert "发布者所在地管辖" in found[0].why
    assert "页脚备案号" in found[0].why
    assert "先行发现" in found[1].why
    assert "企业登记名录2026-11-01" in found[2].why


def test_one_place_for_both_seats_is_told_once_with_both_reasons() -> None:
    seats = Seats(publisher=PUBLISHER, advertiser=Seat(place="北京", how="名称冠以北京", how_en="name"))
    market, _ = handlers(records.finding(2), seats=seats)
    assert "发布者" in market.why
    assert "先行发现" in market.why


def test_a_page_of_ones_own_belongs_to_the_advertisers_place_alone() -> None:
    found = handlers(records.finding(2), seats=Seats(advertiser=ADVERTISER, site=SITE, own=True))
    assert by_kind(found) == {"market": ["深圳"], "banking": ["深圳"]}
    assert "自行发布" in found[0].why


def test_the_sites_filing_stands_in_for_an_unknown_advertiser() -> None:
    found = handlers(records.finding(2), seats=Seats(site=SITE, own=True))
    assert by_kind(found) == {"market": ["浙江"], "banking": ["浙江"]}


@pytest.mark.parametrize("home", ["上海", "广东", "厦门"])
def test_without_any_seat_the_bureaus_own_place_takes_it_and_says_so(home: str) -> None:
    found = handlers(records.finding(2), seats=Seats(home=home))
    assert by_kind(found) == {"market": [home], "banking": [home]}
    assert all("所在地不明，暂由本局所在地" in one.why for one in found)


def test_a_site_is_closed_where_it_was_filed() -> None:
    seats = Seats(publisher=PUBLISHER, advertiser=ADVERTISER, site=SITE)
    found = by_kind(handlers(records.finding(8, type="诈骗"), product=Product.OTHER, seats=seats))
    assert found["communications"] == ["浙江"]
    assert found["police"] == ["深圳"]
    without = Seats(publisher=PUBLISHER, advertiser=ADVERTISER)
    assert by_kind(handlers(records.finding(8, type="诈骗"), product=Product.OTHER, seats=without))[
        "communications"
    ] == ["广东"]  # a city has no communications administration of its own


@pytest.mark.parametrize(
    ("product", "kinds"),
    [
        (Product.LOAN, {"market", "banking", "local_finance"}),
        (Product.INSURANCE, {"market", "insurance"}),
        (Product.SECURITIES, {"market", "csrc"}),
        (Product.PRIVATE_FUND, {"market", "csrc"}),
        (Product.PAYMENT, {"market", "pboc"}),
        (Product.CROWDFUNDING, {"market", "csrc", "local_finance"}),
        (Product.OTHER, {"market"}),
    ],
)
def test_the_kind_follows_from_the_product(product: Product, kinds: set[str]) -> None:
    assert set(by_kind(handlers(records.finding(2), product=product))) == kinds


@pytest.mark.parametrize(
    ("trade", "kinds"),
    [
        ("荐股", {"csrc"}),
        ("非法集资", {"fundraising", "local_finance", "police", "communications"}),
        ("征信", {"pboc", "police"}),
        ("退保", {"banking", "police"}),
        ("彩票", {"lottery", "police"}),
    ],
)
def test_the_kind_follows_from_the_trade(trade: str, kinds: set[str]) -> None:
    found = by_kind(handlers(records.finding(8, type=trade), product=Product.OTHER))
    assert kinds <= set(found)


def test_an_ad_of_2017_goes_to_the_authorities_of_2017() -> None:
    found = names(handlers(records.finding(2), product=Product.P2P, on=date(2017, 6, 1)))
    assert found == (
        "上海市工商行政管理局",
        "中国银行业监督管理委员会上海监管局",
        "上海市金融服务办公室",
    )


def test_p2p_lending_is_a_lead_to_fund_raising_since_the_platforms_are_closed() -> None:
    found = by_kind(handlers(records.finding(8, type="P2P"), product=Product.P2P))
    assert {"fundraising", "local_finance", "police"} <= set(found)
    assert "banking" not in found


def test_a_merged_regulator_is_told_once() -> None:
    found = handlers(records.finding(8, type="退保"), product=Product.INSURANCE)
    assert names(found).count("国家金融监督管理总局上海监管局") == 1
    why = next(one.why for one in found if one.kind == "insurance")
    assert "保险归保险监管派出机构" in why
    assert "代理退保" in why


def test_a_name_of_which_the_table_is_not_sure_says_so() -> None:
    qinghai = Seat(place="青海", how="名称冠以青海", how_en="name")
    found = handlers(records.finding(2), product=Product.LOAN, seats=Seats(advertiser=qinghai))
    why = {one.kind: one.why for one in found}
    assert "名称未核实，用通称" in why["local_finance"]
    assert "名称凭记忆，待核" in why["banking"]
    at_home = {one.kind: one.why for one in handlers(records.finding(2))}
    assert "待核" not in at_home["banking"]


def test_reasons_are_said_in_english_too() -> None:
    found = handlers(records.finding(2), seats=Seats(publisher=PUBLISHER), lang="en")
    assert found[0].authority == "Beijing Administration for Market Regulation"
    assert "the publisher 某某网讯 has its seat in Beijing (its footer)" in found[0].why


def test_a_name_cannot_write_itself_into_the_sentence() -> None:
    hostile = Seat(place="北京", how="备案", how_en="filing", who="{place}{how}{x}\u202e\n" + "长" * 500)
    market = handlers(records.finding(2), seats=Seats(publisher=hostile))[0]
    assert "{place}{how}{x}" in market.why
    assert "\u202e" not in market.why
    assert len(market.why) < 400


def test_form_duties_and_notices_alone_are_the_market_regulators() -> None:
    found = general_route(ROUTING, Seats(publisher=PUBLISHER), TODAY, "zh")
    assert names(found) == ("北京市市场监督管理局",)
