"""Seats of publisher, advertiser and site, and how each is known."""

from datetime import date

import pytest

from analyzers.ruleset import load_ruleset
from finadwatch.seats import SeatFinder
from findings.model.codes import uscc_check_character
from findings.model.judgement import Advertiser, AppInfo, Icp, ScreenInput
from findings.model.seats import Seats
from findings.model.vocabulary import Channel
from licences.model import FilingEntry, FirmEntry, ListKind, OwnerNature, Register
from licences.registers import Registers
from licences.stored import StoredList

ON = date(2026, 11, 22)
FIRM = "星河示例有限公司"
PUBLISHERS = load_ruleset().routing.publishers


def code(region: str) -> str:
    first = f"91{region}MA0000001"
    return first + uscc_check_character(first)


def register(kind: ListKind, as_of: date = date(2026, 11, 1)) -> Register:
    return Register(id=kind.value, title_zh="测试", kind=kind, as_of=as_of, max_age_days=92, source="t")


def firm(name: str = FIRM, **fields: object) -> FirmEntry:
    return FirmEntry(id=f"firms:{name}:{fields.get('uscc')}", name=name, **fields)  # type: ignore[arg-type]


def filing(number: str, owner: str, *domains: str, nature: OwnerNature | None = None) -> FilingEntry:
    return FilingEntry(id=f"filings:{number}", number=number, owner=owner, domains=domains, nature=nature)


def seats(
    ad: ScreenInput,
    name: str | None = FIRM,
    uscc: str | None = None,
    firms: tuple[FirmEntry, ...] = (),
    filings: tuple[FilingEntry, ...] = (),
    as_of: date = date(2026, 11, 1),
) -> Seats:
    lists = Registers(
        [
            StoredList.of(register(ListKind.FIRMS, as_of), firms),
            StoredList.of(register(ListKind.FILINGS, as_of), filings),
        ]
    )
    return SeatFinder(PUBLISHERS, lists.index).seats(ad, Advertiser(name, uscc, None), ON)


def search(**fields: object) -> ScreenInput:
    made = {"source": "baidu", "channel": Channel.SEARCH, "url": "https://xinghe.example/p"} | fields
    return ScreenInput(**made)  # type: ignore[arg-type]


def page(**fields: object) -> ScreenInput:
    return ScreenInput(**({"source": "watchlist", "url": "https://xinghe.example/p"} | fields))  # type: ignore[arg-type]


def test_the_publisher_of_a_source_is_in_the_table_and_says_how_it_is_known() -> None:
    found = seats(search()).publisher
    assert found is not None
    assert found.place == "北京"
    assert found.how == "页脚备案号京ICP证030173号"
    remembered = seats(search(source="qq", channel=Channel.WEB)).publisher
    assert remembered is not None
    assert remembered.place == "深圳"
    assert "凭记忆，待核" in remembered.how


def test_a_publisher_whose_seat_nobody_wrote_down_is_looked_for_in_the_filings() -> None:
    ad = search(source="hexun", channel=Channel.WEB)
    assert seats(ad).publisher is None
    found = seats(ad, filings=(filing("沪ICP备00000001号", "门户示例有限公司", "hexun.com"),)).publisher
    assert found is not None
    assert (found.place, found.who) == ("上海", "门户示例有限公司")


def test_the_register_says_where_a_firm_is_now_whatever_code_and_name_say() -> None:
    moved = firm("上海星河示例有限公司", uscc=code("310115"), seat="四川")
    found = seats(search(), "上海星河示例有限公司", code("310115"), (moved,)).advertiser
    assert found is not None
    assert found.place == "四川"
    assert found.how == "企业登记名录2026-11-01"


def test_an_old_register_still_says_it_and_that_it_is_old() -> None:
    found = seats(search(), firms=(firm(seat="四川"),), as_of=date(2025, 1, 1)).advertiser
    assert found is not None
    assert "已过期" in found.how


def test_two_firms_of_one_name_in_two_provinces_decide_nothing() -> None:
    found = seats(search(), firms=(firm(seat="四川", uscc=code("510100")), firm(seat="北京")))
    assert found.advertiser is None


def test_a_code_decides_between_firms_of_one_name() -> None:
    firms = (firm(seat="四川", uscc=code("510100")), firm(seat="北京", uscc=code("110100")))
    found = seats(search(), FIRM, code("110100"), firms).advertiser
    assert found is not None
    assert found.place == "北京"


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"address": "广东省深圳市南山区示例路1号"}, "深圳"),
        ({"address": "广东省广州市天河区示例路1号", "uscc": code("440305")}, "广东"),
        ({"uscc": code("440305")}, "深圳"),
        ({}, "广东"),
    ],
    ids=["address", "address over code", "code", "province"],
)
def test_a_city_of_its_own_planning_is_told_from_its_province(fields: dict[str, str], place: str) -> None:
    found = seats(search(), firms=(firm(seat="广东", **fields),)).advertiser
    assert found is not None
    assert found.place == place


@pytest.mark.parametrize(
    ("name", "uscc", "place", "said"),
    [
        ("上海星河示例有限公司", None, "上海", "名称冠以上海"),
        (FIRM, code("510100"), "四川", "首次登记地，未必是现住所"),
        ("上海星河示例有限公司", code("510100"), "上海", "信用代码为四川（首次登记地）"),
        ("广东星河示例有限公司", code("440305"), "深圳", "名称冠以深圳"),
        ("深圳星河示例有限公司", code("440100"), "深圳", "名称冠以深圳"),
        ("上海银星", None, None, ""),
        (FIRM, None, None, ""),
        (FIRM, "91990000MA0000001X", None, ""),
    ],
    ids=["name", "code", "both differ", "finer code", "finer name", "a brand", "nothing", "no code"],
)
def test_without_a_register_name_and_code_are_signs(
    name: str, uscc: str | None, place: str | None, said: str
) -> None:
    found = seats(search(), name, uscc).advertiser
    assert (found.place if found else None) == place
    assert said in (found.how if found else "")


def test_a_filing_of_the_advertiser_itself_tells_its_place() -> None:
    listed = filing("川ICP备00000001号", FIRM, "xinghe.example")
    found = seats(search(), filings=(listed,))
    assert found.advertiser is not None
    assert found.advertiser.place == "四川"
    assert found.site == found.advertiser


def test_a_filing_of_somebody_else_does_not() -> None:
    found = seats(search(), filings=(filing("川ICP备00000001号", "别家示例有限公司", "xinghe.example"),))
    assert found.advertiser is None
    assert found.site is not None
    assert found.site.place == "四川"


def test_the_number_on_the_page_tells_the_sites_place_where_no_list_does() -> None:
    found = seats(search(icp=Icp(number="浙ICP备00000001号-2", owner=None))).site
    assert found is not None
    assert (found.place, found.how) == ("浙江", "页面备案号浙ICP备00000001号-2")


def test_a_watched_page_of_the_advertiser_is_its_own() -> None:
    own = seats(page(icp=Icp(number="川ICP备00000001号", owner=FIRM)))
    assert own.own
    assert own.publisher is None
    assert seats(page()).own  # nothing says that somebody else runs it


def test_a_watched_page_on_somebody_elses_site_is_published_there() -> None:
    found = seats(page(icp=Icp(number="川ICP备00000001号", owner="别家示例有限公司")))
    assert not found.own
    assert found.publisher is not None
    assert found.publisher.place == "四川"


def test_a_watched_page_of_a_known_publisher_is_published_by_it() -> None:
    found = seats(page(url="https://finance.sina.com.cn/x"))
    assert not found.own
    assert found.publisher is not None
    assert found.publisher.who == "新浪"


def test_a_message_has_no_publisher() -> None:
    assert seats(ScreenInput(text="x", channel=Channel.SMS, source="baidu")).publisher is None


def test_a_site_of_a_natural_person_says_what_counts_for_persons() -> None:
    listed = filing("川ICP备00000001号", "某人", "xinghe.example", nature=OwnerNature.PERSON)
    found = seats(search(), filings=(listed,)).site
    assert found is not None
    assert "以实际经营地或户籍地为准" in found.how


def test_the_developer_of_an_app_is_asked_for_where_no_advertiser_is_named() -> None:
    ad = search(source="xiaomi", channel=Channel.APP, app=AppInfo(developer="重庆星河示例有限公司"))
    found = seats(ad, None).advertiser
    assert found is not None
    assert found.place == "重庆"
