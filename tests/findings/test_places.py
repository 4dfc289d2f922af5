"""Places as the state numbers them."""

import pytest

from findings.model.codes import ICP_PROVINCES, uscc_check_character
from findings.model.places import (
    PLACES,
    PlaceLevel,
    place_of_icp,
    place_of_name,
    place_of_region,
    place_of_uscc,
)


def test_there_are_31_provinces_and_five_cities() -> None:
    cities = {place.short for place in PLACES.values() if place.level is PlaceLevel.CITY}
    assert len(PLACES) == 36
    assert cities == {"大连", "宁波", "厦门", "青岛", "深圳"}


def test_every_city_lies_in_its_province_by_its_code() -> None:
    for place in PLACES.values():
        if place.parent is not None:
            assert place.code.startswith(PLACES[place.parent].code)


def test_every_character_of_an_icp_number_has_one_province() -> None:
    assert sorted("".join(place.icp for place in PLACES.values())) == sorted(ICP_PROVINCES)


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("310115", "上海"),
        ("440305", "深圳"),
        ("440100", "广东"),
        ("330200", "宁波"),
        ("100000", None),
        ("", None),
    ],
)
def test_a_region_code_lies_in_a_place(code: str, short: str | None) -> None:
    found = place_of_region(code)
    assert (found.short if found else None) == short


def test_a_code_tells_the_place_of_first_registration_if_its_check_character_is_right() -> None:
    first = "91440300MA0000000"
    good = first + uscc_check_character(first)
    bad = first + ("0" if good[-1] != "0" else "1")
    found = place_of_uscc(good)
    assert found is not None
    assert found.short == "深圳"
    assert place_of_uscc(bad) is None


@pytest.mark.parametrize(
    ("number", "short"),
    [
        ("沪ICP备12345678号-1", "上海"),
        ("京ICP证000000号", "北京"),
        ("粤B2-20000000", "广东"),
        ("备案号：蜀ICP备12345678号", "四川"),
        ("沪ＩＣＰ备１２３４５６７８号", "上海"),
        ("ICP备12345678号", None),
        ("沪公网安备 31000000000000号", None),
    ],
)
def test_an_icp_number_names_its_province(number: str, short: str | None) -> None:
    found = place_of_icp(number)
    assert (found.short if found else None) == short


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("上海星河示例有限公司", "上海"),
        ("内蒙古自治区星河有限公司", "内蒙古"),
        ("星河（深圳）信息有限公司", "深圳"),
        ("星河(宁夏)有限公司", "宁夏"),
        ("广西壮族自治区星河公司", "广西"),
        ("星河有限公司", None),
        ("星河（集团）有限公司", None),
    ],
)
def test_a_registered_name_tells_its_place(name: str, short: str | None) -> None:
    found = place_of_name(name)
    assert (found.short if found else None) == short
