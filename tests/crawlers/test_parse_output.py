"""The JSON of `finadwatch parse`."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from crawlers.parse_output import to_contract
from crawlers.sources import Kind, load_sources
from findings.model.crawl import Organic, ParsedAd, ParsedApp, ParsedPage
from findings.model.vocabulary import Outcome, Slot
from tests.support.pages import cases, parse_case


def test_contract_has_exactly_its_keys() -> None:
    page = ParsedPage(
        source="baidu",
        outcome=Outcome.OK,
        ads=(
            ParsedAd(
                title="云栖稳盈",
                text="到期可取",
                display=None,
                landing_url=None,
                advertiser=None,
                position=1,
                slot=Slot.TOP,
                mark="EC_result",
            ),
        ),
        organic=(Organic(title="百科", url="https://a.example/", text="", position=1),),
        selectors={"ad": "EC_result"},
        locators=("/html/body/div",),
    )
    assert to_contract(page, Kind.SEARCH) == {
        "source": "baidu",
        "outcome": "ok",
        "ads": [
            {
                "title": "云栖稳盈",
                "text": "到期可取",
                "display": None,
                "landing_url": None,
                "advertiser": None,
                "position": 1,
                "slot": "top",
                "mark": "EC_result",
            }
        ],
        "organic": [{"title": "百科", "url": "https://a.example/", "text": "", "position": 1}],
        "selectors": {"ad": "EC_result"},
        "slots_empty": 0,
        "ad_iframes": 0,
    }


def test_apps_stand_where_a_store_lists_them() -> None:
    app = ParsedApp(
        name="云栖理财",
        package="example.yunqi",
        developer=None,
        icp=None,
        icp_entity=None,
        description=None,
        promoted=True,
        position=1,
        url="https://apps.example/1",
    )
    answer = to_contract(ParsedPage(source="apple", outcome=Outcome.OK, apps=(app,)), Kind.STORE)
    assert answer["apps"] == [
        {
            "name": "云栖理财",
            "package": "example.yunqi",
            "developer": None,
            "icp": None,
            "icp_entity": None,
            "description": None,
            "promoted": True,
            "position": 1,
        }
    ]


def test_store_without_apps_lists_none() -> None:
    assert to_contract(ParsedPage(source="apple", outcome=Outcome.EMPTY), Kind.STORE)["apps"] == []


@pytest.mark.parametrize("folder", cases(), ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_recorded_page_keeps_the_frozen_contract(folder: Path) -> None:
    schema = json.loads(files("findings.schemas").joinpath("parse_output.schema.json").read_text("utf-8"))
    faults = list(
        Draft202012Validator(schema).iter_errors(
            to_contract(parse_case(folder), load_sources()[folder.parent.name].kind)
        )
    )
    assert faults == []
