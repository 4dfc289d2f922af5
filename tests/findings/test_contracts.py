"""The frozen contracts accept what the model says and nothing else."""

from importlib.resources import files
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from findings.contracts import validator
from findings.model.crawl import Organic, ParsedAd, ParsedApp
from findings.model.judgement import (
    AppInfo,
    Box,
    FormFinding,
    Icp,
    LicenceEntryRef,
    LicenceView,
    RiskWarning,
    ScreenInput,
    Span,
)
from findings.model.vocabulary import (
    Channel,
    FormDuty,
    Level,
    LicenceStatus,
    Matched,
    Outcome,
    Product,
    Severity,
    Slot,
)
from tests.support import records as make


def as_json(value: Any) -> Any:
    """A model value as it leaves on a line of output."""
    return msgspec.json.decode(msgspec.json.encode(value))


FULL_INPUT = as_json(
    ScreenInput(
        id="1",
        text="保本",
        app=AppInfo(name="星河钱包", package="example.wallet", developer="星河"),
        icp=Icp(number="京ICP备00000000号", owner="星河"),
        captured_at="2026-11-20T12:00:00+08:00",
    )
)
FULL_OUTPUT = as_json(
    make.judgement(
        make.finding(1, spans=()),
        make.finding(2, spans=(Span("image", 0, 2, "保本", Box(1, 2, 30, 40)), Span("text", 4, 6, "保本"))),
        make.finding(8, type="荐股"),
        id="1",
        risk_warning=RiskWarning(present=True, spans=(Span("text", 9, 13, "投资有风险"),)),
        form=(FormFinding(FormDuty.CLOSE, Level.ARGUABLE, Severity.LOW, (), "关闭标志不明", "一键关闭"),),
        licence=LicenceStatus.UNCONFIRMED,
        notices=(make.notice(),),
    )
)
FULL_OUTPUT["licence"]["entry"] = as_json(LicenceEntryRef("e1", "星河", None))
FULL_PARSE: dict[str, Any] = {
    "source": "baidu",
    "outcome": "ok",
    "ads": [
        as_json(
            ParsedAd(
                title="理财",
                text="",
                display=None,
                landing_url=None,
                advertiser=None,
                position=1,
                slot=Slot.TOP,
                mark="广告",
            )
        )
    ],
    "organic": [as_json(Organic("标题", "https://a.example/", "", 1))],
    "selectors": {"title": "h3"},
    "slots_empty": 0,
    "ad_iframes": 2,
}
APP = as_json(
    ParsedApp(
        name="星河钱包",
        package=None,
        developer=None,
        icp=None,
        icp_entity=None,
        description=None,
        promoted=False,
        position=1,
    )
)
for inner in ("url", "genre", "screenshots"):
    del APP[inner]
ERROR = {"id": None, "error": {"type": "unreadable", "message": "第 3 行不是对象", "line": 3}}


def test_every_contract_is_a_valid_schema_with_descriptions_in_two_languages() -> None:
    found = files("findings").joinpath("schemas").iterdir()
    names = {file.name.removesuffix(".schema.json") for file in found}
    assert {"parse_output", "screen_error", "screen_input", "screen_output"} <= names
    for name in names:
        schema = validator(name).schema
        Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert any("\u4e00" <= letter <= "\u9fff" for letter in schema["description"])
        assert any(letter.isascii() and letter.isalpha() for letter in schema["description"])


GOOD: list[tuple[str, str, Any]] = [
    ("least input", "screen_input", {"id": "1", "text": ""}),
    ("input of a page", "screen_input", {"id": "1", "html": "<p>保本</p>", "captured_at": "2026-11-20"}),
    ("input of an image", "screen_input", {"id": "1", "image": "ads/1.png"}),
    ("full input of the model", "screen_input", FULL_INPUT),
    ("least output of the model", "screen_output", as_json(make.judgement())),
    ("full output of the model", "screen_output", FULL_OUTPUT),
    (
        "output without any list",
        "screen_output",
        as_json(
            msgspec.structs.replace(
                make.judgement(), licence=LicenceView(LicenceStatus.UNKNOWN, None, False, None, "没有名单")
            )
        ),
    ),
    ("error", "screen_error", ERROR),
    ("parsed page", "parse_output", FULL_PARSE),
    ("parsed store", "parse_output", FULL_PARSE | {"apps": [APP]}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [row[1:] for row in GOOD], ids=[row[0] for row in GOOD])
def test_what_the_model_says_is_valid(name: str, value: Any) -> None:
    assert [error.message for error in validator(name).iter_errors(value)] == []


def with_finding(**change: Any) -> dict[str, Any]:
    return FULL_OUTPUT | {"findings": [as_json(make.finding()) | change]}


SPAN = {"field": "text", "start": 0, "end": 2, "text": "保本"}
BAD: list[tuple[str, str, Any]] = [
    ("input without id", "screen_input", {"text": "保本"}),
    ("input without anything to judge", "screen_input", {"id": "1", "title": "保本"}),
    ("input whose text is null", "screen_input", {"id": "1", "text": None}),
    ("input with an unknown field", "screen_input", {"id": "1", "text": "", "adveriser": "x"}),
    ("unknown channel", "screen_input", {"id": "1", "text": "", "channel": "tv"}),
    ("a date that is none", "screen_input", {"id": "1", "text": "", "captured_at": "yesterday"}),
    ("app with an unknown field", "screen_input", {"id": "1", "text": "", "app": {"icon": "x"}}),
    ("category 10", "screen_output", with_finding(category=10)),
    ("score over 1", "screen_output", with_finding(score=1.1)),
    ("category 1 with a span", "screen_output", with_finding(category=1)),
    ("category 8 without trade", "screen_output", with_finding(category=8)),
    ("a trade outside category 8", "screen_output", with_finding(type="荐股")),
    ("an unknown trade", "screen_output", with_finding(category=8, type="炒鞋")),
    ("a span on an image without box", "screen_output", with_finding(spans=[SPAN | {"field": "image"}])),
    ("a box on a text", "screen_output", with_finding(spans=[SPAN | {"box": as_json(Box(0, 0, 1, 1))}])),
    ("a category twice", "screen_output", FULL_OUTPUT | {"findings": [as_json(make.finding())] * 2}),
    ("a verdict", "screen_output", FULL_OUTPUT | {"unlawful": True}),
    ("unknown licence status", "screen_output",
     FULL_OUTPUT | {"licence": FULL_OUTPUT["licence"] | {"status": "unlicensed"}}),
    ("an error with an id", "screen_error", ERROR | {"id": "1"}),
    ("line 0", "screen_error", {"id": None, "error": ERROR["error"] | {"line": 0}}),  # type: ignore[operator]
    ("position 0", "parse_output", FULL_PARSE | {"ads": [FULL_PARSE["ads"][0] | {"position": 0}]}),
    ("unknown outcome", "parse_output", FULL_PARSE | {"outcome": "nothing"}),
    ("locators leak", "parse_output", FULL_PARSE | {"locators": []}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_breaks_the_contract_is_refused(name: str, value: Any) -> None:
    assert not validator(name).is_valid(value)


LISTS = [
    ("screen_input", ("properties", "channel"), Channel),
    ("screen_output", ("properties", "product"), Product),
    ("screen_output", ("properties", "licence", "properties", "status"), LicenceStatus),
    ("screen_output", ("$defs", "finding", "properties", "severity"), Severity),
    ("screen_output", ("$defs", "finding", "properties", "level"), Level),
    ("screen_output", ("$defs", "form", "properties", "duty"), FormDuty),
    ("parse_output", ("properties", "outcome"), Outcome),
    ("parse_output", ("properties", "ads", "items", "properties", "slot"), Slot),
]


@pytest.mark.parametrize(("name", "place", "words"), LISTS)
def test_closed_lists_are_those_of_the_vocabulary(name: str, place: tuple[str, ...], words: Any) -> None:
    schema: Any = validator(name).schema
    for step in place:
        schema = schema[step]
    assert schema["enum"] == [word.value for word in words]


def test_the_ways_of_matching_are_those_of_the_vocabulary() -> None:
    schema = validator("screen_output").schema["properties"]["advertiser"]["properties"]["matched"]
    assert schema["enum"] == [*(word.value for word in Matched), None]
