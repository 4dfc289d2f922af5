"""The two other stores, asked as the live source definitions ask, and read by them."""

import json

import pytest

from crawlers.parse import parse_page
from crawlers.sources import load_sources
from findings.model.crawl import ParsedPage
from findings.model.vocabulary import Outcome
from sandbox.stores import load_stores
from sandbox.web import Answer, Sent

SOURCES = load_sources()
_SEARCH, _INFO, _TOKEN = "/edge/uowap/index", "/edge/webedge/appinfo", "/edge/webedge/getInterfaceCode"
_MS = "_1795000000000"


def _read(source: str, answer: Answer | None) -> ParsedPage:
    assert answer is not None
    return parse_page(SOURCES[source], answer.body, status=answer.status, headers=answer.headers)


def test_the_page_lists_its_finds_and_then_what_it_promotes():
    tencent, _ = load_stores()

    apps = _read("tencent", tencent.render("/search", {"q": ["理财 软件"]}, Sent())).apps

    assert [(app.name, app.promoted) for app in apps] == [
        ("青穗借款", False),
        ("砚池理财", False),
        ("禾苗消消乐", True),
    ]
    assert apps[0].icp == "虚ICP备26000106号-2A"


def test_an_apps_own_page_says_more():
    tencent, _ = load_stores()

    (app,) = _read("tencent", tencent.render("/appdetail/example.yanchi.wealth", {}, Sent())).apps

    assert "随时可取" in (app.description or "")
    assert tencent.render("/appdetail/example.nobody", {}, Sent()) is None
    assert tencent.render("/", {}, Sent()) is None


@pytest.mark.parametrize("code", ["", "sandbox-1", f"sandbox-2{_MS}", f"{_MS}", "x" * 5000])
def test_without_the_token_it_handed_out_it_answers_nothing(code):
    _, huawei = load_stores()
    huawei.render(_TOKEN, {}, Sent(method="POST"))

    answer = huawei.render(_SEARCH, {"uri": ["searchApp|炒股"]}, Sent(headers={"interface-code": code}))

    assert answer.status == 403
    assert _read("huawei", answer).outcome is Outcome.BLOCKED


def test_with_its_token_it_searches_and_knows_the_maker():
    _, huawei = load_stores()
    token = json.loads(huawei.render(_TOKEN, {}, Sent(method="POST")).body)
    headers = {"interface-code": f"{token}{_MS}"}

    found = _read("huawei", huawei.render(_SEARCH, {"uri": ["searchApp|炒股"]}, Sent(headers=headers))).apps
    body = json.dumps({"pkgName": found[0].package}).encode()
    sent = Sent(method="POST", headers=headers, body=body)
    (one,) = _read("huawei", huawei.render(_INFO, {}, sent)).apps

    assert [(app.name, app.promoted, app.developer) for app in found] == [
        ("牛砚荐股", True, None),
        ("砚雨天气", False, None),
    ]
    assert one.developer == "牛砚网络科技工作室"
    nothing = huawei.render(_SEARCH, {"uri": ["searchApp|无"]}, Sent(headers=headers))
    assert _read("huawei", nothing).outcome is Outcome.EMPTY


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"pkgName": 5}', b"[" * 100_000])
def test_an_odd_question_for_details_is_answered(body):
    _, huawei = load_stores()
    token = json.loads(huawei.render(_TOKEN, {}, Sent(method="POST")).body)

    sent = Sent(method="POST", headers={"interface-code": f"{token}{_MS}"}, body=body)

    assert huawei.render(_INFO, {}, sent).status == 200
    assert huawei.render("/other", {}, sent) is None
