"""The table of authorities: complete today, true to its days, and its faults are told."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analyzers.authorities import Kind
from analyzers.lint import lint
from analyzers.ruleset import load_ruleset
from findings.model.places import PLACES
from tests.support.rulesets import rule, write_ruleset

KINDS = load_ruleset().routing.kinds
TODAY = date(2026, 11, 22)
#: Kinds whose names differ from place to place, so that the term stands where none was read.
TERMS = {"local_finance", "fundraising", "lottery"}


def name(kind: str, place: str, on: date, lang: str = "zh") -> str:
    made = KINDS[kind]
    return made.name(made.place(place), on, lang).text


@pytest.mark.parametrize("kind", sorted(set(KINDS) - TERMS - {"housing"}))
@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_its_authority_today(kind: str, place: str) -> None:
    made = KINDS[kind]
    assert made.name(made.place(place), TODAY, "zh").known


@pytest.mark.parametrize("kind", KINDS)
@given(place=st.sampled_from(sorted(PLACES)), on=st.dates(date(2015, 9, 1), date(2030, 1, 1)))
def test_every_place_has_a_name_or_a_term_on_every_day(kind: str, place: str, on: date) -> None:
    made = KINDS[kind]
    there = made.place(place)
    for lang in ("zh", "en"):
        named = made.name(there, on, lang)
        assert named.text
        assert "{" not in named.text
        assert named.known or made.generic.said(lang) in named.text


def test_no_two_places_with_authorities_of_their_own_share_a_name() -> None:
    for kind, made in KINDS.items():
        places = {made.place(short).short for short in PLACES}
        assert len({name(kind, short, TODAY) for short in places}) == len(places), kind


@pytest.mark.parametrize(
    ("kind", "place", "on", "expected"),
    [
        ("market", "上海", date(2017, 6, 1), "上海市工商行政管理局"),
        ("market", "上海", TODAY, "上海市市场监督管理局"),
        ("market", "天津", TODAY, "天津市市场监督管理委员会"),
        ("market", "天津", date(2017, 6, 1), "天津市市场和质量监督管理委员会"),
        ("market", "天津", date(2014, 7, 29), "天津市工商行政管理局"),
        ("market", "吉林", TODAY, "吉林省市场监督管理厅"),
        ("market", "宁夏", TODAY, "宁夏回族自治区市场监督管理厅"),
        ("market", "深圳", date(2017, 6, 1), "深圳市市场监督管理部门"),
        ("market", "江苏", date(2018, 8, 1), "江苏省市场监督管理部门"),
        ("banking", "上海", date(2017, 6, 1), "中国银行业监督管理委员会上海监管局"),
        ("insurance", "上海", date(2017, 6, 1), "中国保险监督管理委员会上海监管局"),
        ("banking", "广西", date(2020, 1, 1), "中国银行保险监督管理委员会广西监管局"),
        ("banking", "广西", date(2023, 7, 19), "中国银行保险监督管理委员会广西监管局"),
        ("banking", "广西", date(2023, 7, 20), "国家金融监督管理总局广西监管局"),
        ("insurance", "厦门", TODAY, "国家金融监督管理总局厦门监管局"),
        ("csrc", "大连", TODAY, "中国证监会大连监管局"),
        ("pboc", "上海", date(2017, 6, 1), "中国人民银行上海总部"),
        ("pboc", "上海", TODAY, "中国人民银行上海总部"),
        ("pboc", "广东", date(2017, 6, 1), "中国人民银行广州分行"),
        ("pboc", "广东", TODAY, "中国人民银行广东省分行"),
        ("pboc", "深圳", TODAY, "中国人民银行深圳市分行"),
        ("local_finance", "上海", date(2017, 6, 1), "上海市金融服务办公室"),
        ("local_finance", "上海", TODAY, "上海市地方金融管理局"),
        ("local_finance", "青海", TODAY, "青海省地方金融管理部门"),
        ("fundraising", "上海", TODAY, "上海市处置非法集资牵头部门"),
        ("police", "上海", TODAY, "上海市公安局"),
        ("police", "西藏", TODAY, "西藏自治区公安厅"),
        ("communications", "深圳", TODAY, "广东省通信管理局"),
        ("cyberspace", "宁夏", TODAY, "宁夏回族自治区党委网信办"),
        ("local_finance", "厦门", date(2020, 1, 1), "厦门市地方金融监督管理局"),
        ("housing", "厦门", TODAY, "厦门市住房和建设局"),
        ("housing", "北京", TODAY, "北京市住房和城乡建设委员会"),
    ],
)
def test_an_authority_bears_the_name_of_its_day(kind: str, place: str, on: date, expected: str) -> None:
    assert name(kind, place, on) == expected


def test_names_are_said_in_english_too() -> None:
    assert name("banking", "深圳", TODAY, "en") == "NFRA Shenzhen Office"
    assert name("fundraising", "广西", TODAY, "en") == "lead department for illegal fund-raising, Guangxi"


def faults_with(tmp_path: Path, *rows: dict[str, Any]) -> list[str]:
    folder = write_ruleset(tmp_path / "r", [rule("a.b", [{"pattern": "甲"}, {"pattern": "乙"}])])
    path = folder / "authorities.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))
    data["kinds"]["market"]["names"] = rows
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    return [fault.message for fault in lint(folder) if fault.file == "authorities.yaml"]


def row(**fields: Any) -> dict[str, Any]:
    return {"places": "all", "zh": "甲", "en": "A", "from": None, "until": None, "basis": "M"} | fields


def test_two_rows_for_one_place_and_day_are_a_fault(tmp_path: Path) -> None:
    one, other = row(places=["上海"]), row(places=["上海", "北京"], zh="乙", **{"from": "2020-01-01"})
    assert faults_with(tmp_path, one, other) == ["two rows name 上海 for the same days"]


def test_rows_that_follow_each_other_are_none(tmp_path: Path) -> None:
    assert faults_with(tmp_path, row(until="2020-01-01"), row(zh="乙", **{"from": "2020-01-01"})) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"from": "2020-01-01", "until": "2019-01-01"}, "a name must end after it begins"),
        ({"zh": "{province}局"}, "there is no field {province}"),
        ({"zh": "{word}"}, "{word} needs words"),
    ],
    ids=["dates", "field", "words"],
)
def test_a_wrong_row_is_a_fault(tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    assert said in faults_with(tmp_path, row(**wrong))


def test_a_date_that_is_none_is_a_fault(tmp_path: Path) -> None:
    assert len(faults_with(tmp_path, row(**{"from": "2026-02-30"}))) == 1


def test_a_kind_without_offices_in_cities_belongs_to_the_province() -> None:
    generic = KINDS["market"].generic
    assert Kind(generic=generic, seat="site", cities="province").place("宁波").short == "浙江"
    assert Kind(generic=generic, seat="site", cities="own").place("宁波").short == "宁波"
