"""What one fetch tells, and what the fetches of a visit tell together."""

import json
from datetime import UTC, datetime
from importlib.resources import files

import pytest
import yaml
from jsonschema import Draft202012Validator

from findings.model.crawl import SeenAd
from findings.model.vocabulary import Outcome
from handover.recheck.telling import (
    Fetched,
    KeptAd,
    Probe,
    Told,
    closed_words,
    one_visit,
    page_tells,
    source_tells,
)

PAGE = "星河理财 年化收益12%保本保息，随存随取，国资背景，名额有限，立即加微信领取体验金。客服热线工作日九点至十八点。"
AD = KeptAd(
    source="baidu",
    creative="星河理财\n年化收益12%保本保息 随存随取 名额有限速来",
    page=PAGE,
    quotes=("年化收益12%保本保息",),
)
DRAWN = KeptAd(source="baidu", creative="x", page="理财")


@pytest.mark.parametrize(
    ("fetched", "there"),
    [
        (Fetched(outcome=Outcome.OK, status=200, text=PAGE), True),
        (
            Fetched(outcome=Outcome.OK, status=200, text=PAGE.replace("12", "15").replace("国资", "央企")),
            True,
        ),
        (Fetched(outcome=Outcome.OK, status=200, text="完全另外的内容" * 20 + "年化收益12%保本保息"), True),
        (
            Fetched(outcome=Outcome.OK, status=200, text="山间小店，售卖茶叶与土特产，欢迎到店品尝。" * 3),
            False,
        ),
        (Fetched(outcome=Outcome.OK, status=200, title="提示", text="该网站未备案，暂时无法访问"), False),
        (Fetched(outcome=Outcome.BLOCKED, status=403, text="Non-compliance ICP Filing"), False),
        (Fetched(outcome=Outcome.OK, status=200, text=PAGE + "本站已关闭评论功能。"), True),
        (Fetched(outcome=Outcome.OK, status=200, text=PAGE * 40 + "网站已关闭"), True),
        (Fetched(outcome=Outcome.OK, status=200, text="请稍候…"), None),
        (Fetched(outcome=Outcome.OK, status=200, text="您所在地区无法访问本站。" * 5), None),
        (Fetched(outcome=Outcome.OK, status=200, text="系统升级维护中，网站已关闭，稍后再试。" * 5), None),
        (Fetched(outcome=Outcome.ERROR, status=404), False),
        (Fetched(outcome=Outcome.ERROR, status=410), False),
        (Fetched(outcome=Outcome.UNREACHABLE, unresolved=True), False),
        (Fetched(outcome=Outcome.UNREACHABLE), None),
        (Fetched(outcome=Outcome.ERROR, status=400), None),
        (Fetched(outcome=Outcome.TIMEOUT, unresolved=True), None),
        *[
            (Fetched(outcome=one, status=404), None)
            for one in (Outcome.CAPTCHA, Outcome.LOGIN, Outcome.BLOCKED)
        ],
        *[
            (Fetched(outcome=one), None)
            for one in (Outcome.TIMEOUT, Outcome.SKIPPED, Outcome.ERROR, Outcome.EMPTY)
        ],
    ],
)
def test_what_a_fetch_of_the_page_tells(fetched: Fetched, there: bool | None) -> None:
    told = page_tells([AD], fetched, closed_words())
    assert told.there is there
    assert told.why


def test_a_page_that_was_drawn_and_never_had_words_is_there_while_it_answers() -> None:
    assert page_tells([DRAWN], Fetched(outcome=Outcome.OK, text="任何"), closed_words()).there is True
    assert page_tells([DRAWN], Fetched(outcome=Outcome.OK, text="站点已暂停"), closed_words()).there is False


@pytest.mark.parametrize(
    ("seen", "there"),
    [
        (SeenAd(title="别的", text="", landing_url="https://a.example/join?utm_source=x"), True),
        (SeenAd(title="星河理财", text="年化收益13%保本保息 随存随取 名额有限速来"), True),
        (SeenAd(title="某银行", text="存款利率公告", landing_url="https://b.example/"), False),
    ],
)
def test_what_the_source_tells(seen: SeenAd, there: bool) -> None:
    assert source_tells([AD], ["https://a.example/join"], Outcome.OK, [seen]).there is there


def test_a_source_that_refuses_tells_nothing() -> None:
    assert source_tells([AD], [], Outcome.CAPTCHA, []).there is None
    assert source_tells([AD], [], Outcome.EMPTY, []).there is False


def probe(there: bool | None, *, decides: bool) -> Probe:
    return Probe(
        told=Told(there, "因为"),
        decides=decides,
        url="https://a.example/",
        outcome=Outcome.OK,
        at=datetime(2026, 11, 23, tzinfo=UTC),
        region=None,
    )


@pytest.mark.parametrize(
    ("told", "there"),
    [
        ([(True, True)], True),
        ([(False, True)], False),
        ([(False, True), (None, True)], None),
        ([(False, True), (True, False)], True),
        ([(False, True), (False, False)], False),
        ([(False, True), (None, False)], False),
        ([(False, False)], None),
        ([(None, True), (False, False)], None),
    ],
)
def test_a_visit_is_gone_only_where_all_that_decide_say_so(
    told: list[tuple[bool | None, bool]], there: bool | None
) -> None:
    assert one_visit([probe(says, decides=decides) for says, decides in told]).there is there


def test_the_words_of_closed_pages_fit_their_schema() -> None:
    room = files("handover.recheck")
    schema = json.loads(room.joinpath("closed_pages.schema.json").read_text("utf-8"))
    words = yaml.safe_load(room.joinpath("closed_pages.yaml").read_text("utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(words)) == []
    room = files("handover.receipts")
    schema = json.loads(room.joinpath("words.schema.json").read_text("utf-8"))
    words = yaml.safe_load(room.joinpath("words.yaml").read_text("utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(words)) == []
