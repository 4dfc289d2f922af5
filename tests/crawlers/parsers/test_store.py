"""App stores' answers: shapes of JSON wherever it stands, hostile values, zeros told from refusals."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.parse import parse_page
from crawlers.sources import Kind, load_sources
from findings.model.crawl import ParsedPage
from findings.model.vocabulary import Outcome

STORES = {name: source for name, source in load_sources().items() if source.kind is Kind.STORE}


def _read(body: Any, store: str = "xiaomi", url: str | None = None) -> ParsedPage:
    text = body if isinstance(body, str | bytes) else json.dumps(body, ensure_ascii=False)
    return parse_page(STORES[store], text, url)


def _app(number: int = 1, **changes: object) -> dict[str, object]:
    return {
        "displayName": f"示例{number}",
        "packageName": f"example.a{number}",
        "publisherName": f"示例{number}公司",
        "adType": 0,
        **changes,
    }


_LIST = [_app(1), _app(2, adType=1)]
_BARE = json.dumps(_LIST, ensure_ascii=False)
_PRETTY = json.dumps({"datas": _LIST}, ensure_ascii=False, indent=2)


@pytest.mark.parametrize(
    "body",
    [
        {"listApp": _LIST},
        {"datas": _LIST},
        {"data": _LIST},
        {"appList": _LIST},
        {"apps": _LIST},
        _LIST,
        {"code": 0, "data": {"listApp": _LIST}},
        {"code": 0, "data": {"cards": [{"items": _LIST[:1]}, {"items": _LIST[1:]}]}},
        {"code": 0, "body": json.dumps({"listApp": _LIST})},
        json.dumps(json.dumps({"listApp": _LIST})),
        "\ufeff" + _PRETTY,
        b"\xef\xbb\xbf" + _PRETTY.encode(),
        _PRETTY.encode("gb18030"),
        f"jsonp_123({_PRETTY});",
        f")]}}'\n{_PRETTY}",
        f"{_PRETTY};",
        f"// kept\n/*\n{_PRETTY}\n*/\nclass A {{ int a; }}",
        "/**\n" + "".join(f" * {line}\n" for line in _PRETTY.splitlines()) + " */\npublic class A {}",
        f"/**\n * hasMore : false\n * datas : {_BARE}\n */",
        "/**\n * datas : "
        + "\n     * ".join(_BARE[i : i + 37] for i in range(0, len(_BARE), 37))
        + "\n */\nclass A {}",
        "String answer = " + json.dumps(json.dumps({"datas": _LIST})) + ";",
        'String a = "{\\"datas\\":" +\n    "' + json.dumps(_BARE)[1:-1] + '}";',
        f"<html><head></head><body><pre style='word-wrap: break-word'>{_PRETTY}</pre></body></html>",
        "\n".join(json.dumps(app, ensure_ascii=False) for app in _LIST),
    ],
    ids=range(24),
)
def test_a_list_is_found_wherever_it_stands(body: Any) -> None:
    page = _read(body)
    assert (page.outcome, page.detail) == (Outcome.OK, None)
    assert [(app.name, app.package, app.developer, app.promoted, app.position) for app in page.apps] == [
        ("示例1", "example.a1", "示例1公司", False, 1),
        ("示例2", "example.a2", "示例2公司", True, 2),
    ]


@pytest.mark.parametrize(
    ("value", "promoted"),
    [(1, True), ("1", True), (3, True), (True, True), ("true", True), ([1], True), ({"id": 1}, True),
     (0, False), ("0", False), (-1, False), (False, False), ("false", False), (None, False), ("", False),
     ([], False), ({}, False), (0.0, False)],
)  # fmt: skip
@pytest.mark.parametrize("key", ["ads", "adType"])
def test_what_counts_as_paid(key: str, value: object, promoted: bool) -> None:
    (app,) = _read({"listApp": [_app(**{"adType": 0, key: value})]}).apps
    assert app.promoted is promoted


@pytest.mark.parametrize(
    ("store", "body", "outcome"),
    [
        ("xiaomi", {"listApp": []}, Outcome.EMPTY),
        ("xiaomi", {"datas": [], "hasMore": False}, Outcome.EMPTY),
        ("xiaomi", [], Outcome.EMPTY),
        ("xiaomi", {"listApp": [], "recommend": [_app()]}, Outcome.EMPTY),
        ("xiaomi", {"errCode": 4, "errDesc": "参数不合法"}, Outcome.BLOCKED),
        ("xiaomi", {"code": 0, "message": "操作太频繁"}, Outcome.BLOCKED),
        ("xiaomi", {"code": 0}, Outcome.SELECTOR_BROKEN),
        ("xiaomi", {"listApp": {"a": 1}}, Outcome.SELECTOR_BROKEN),
        ("xiaomi", {"listApp": [{"title": "banner"}]}, Outcome.SELECTOR_BROKEN),
        ("xiaomi", '{"listApp": [{"displayName": "断', Outcome.SELECTOR_BROKEN),
        ("xiaomi", "null", Outcome.SELECTOR_BROKEN),
        ("xiaomi", "success", Outcome.SELECTOR_BROKEN),
        ("xiaomi", " ", Outcome.BLOCKED),
        ("huawei", {"rtnCode": 1002}, Outcome.BLOCKED),
        ("huawei", {"rtnCode": 0, "layoutData": []}, Outcome.EMPTY),
        ("huawei", {"rtnCode": 0, "layoutData": [{"dataList": []}]}, Outcome.EMPTY),
        ("huawei", "<html><body>x</body></html>", Outcome.BLOCKED),
        ("huawei", "<title>登录</title><input type=password>", Outcome.LOGIN),
        ("honor", {"data": {"appLst": []}}, Outcome.EMPTY),
        ("wandoujia", '{"action":"captcha","url":"https://a.example/_____tmd_____/punish"}', Outcome.CAPTCHA),
        ("apple", {"resultCount": 0, "results": []}, Outcome.EMPTY),
        ("apple", {"errorMessage": "x"}, Outcome.SELECTOR_BROKEN),
    ],
)  # fmt: skip
def test_zeros_refusals_and_changes_are_told_apart(store: str, body: Any, outcome: Outcome) -> None:
    page = _read(body, store)
    assert (page.outcome, page.apps) == (outcome, ())


@pytest.mark.parametrize(
    "app",
    [
        _app(displayName=["列", "表"]),
        _app(displayName={"zh": "名"}),
        _app(displayName=""),
        _app(displayName=True),
        _app(displayName=float("nan")),
        _app(packageName="../../etc passwd"),
        _app(packageName="a\r\nHost: b"),
        _app(packageName={"x": 1}),
    ],
    ids=["list", "object", "empty", "switch", "nan", "path", "line-end", "package-object"],
)
def test_an_entry_with_a_wrong_type_is_no_app(app: dict[str, object]) -> None:
    assert [one.name for one in _read({"listApp": [app, _app(7)]}).apps] == ["示例7"]


def test_texts_are_bounded_and_clean() -> None:
    app = _app(
        displayName="名\x00\ud800\n称" + "长" * 900,
        publisherName=12345678901234567890123,
        briefShow="<p>一<br>二</p>" + "长" * 90_000,
        screenshot=[
            "//a.example/1",
            "javascript:alert(1)",
            "AppStore/2",
            {"url": "https://a.example/3"},
            5,
            None,
        ]
        + [f"https://a.example/{i}" for i in range(500)],
    )
    (read,) = _read({"listApp": [app]}).apps
    assert read.name.startswith("名 称长")
    assert len(read.name) <= 300
    assert read.developer == "12345678901234567890123"
    assert (read.description or "").startswith("一 二")
    assert len(read.description or "") <= 20_000
    assert read.screenshots[:3] == (
        "https://a.example/1",
        "https://file.market.xiaomi.com/thumbnail/PNG/l395/AppStore/2",
        "https://a.example/3",
    )
    assert len(read.screenshots) == 10
    json.dumps(_read({"listApp": [app]}).apps[0].name).encode()


_HOSTILE = {
    "deep-lists": "[" * 100_000 + "]" * 100_000,
    "deep-objects": '{"data":' * 100_000,
    "deep-and-closed": '{"a":' * 900 + json.dumps(_app()) + "}" * 900,
    "huge-number": '{"listApp":[{"displayName":' + "9" * 200_000 + "}]}",
    "not-a-number": '{"listApp":[{"displayName":"a","packageName":"a.b","adType":NaN,"ads":Infinity}]}',
    "many-openings": '{"a' * 300_000,
    "many-quoted-openings": '"{\\"a' * 200_000,
    "comment-lines": " * {\n" * 200_000,
    "many-apps": json.dumps({"x": [_app(i) for i in range(20_000)]}),
    "apps-in-apps": '{"displayName":"a","packageName":"a.b","x":[' * 400 + "]}" * 400,
    "wide": json.dumps({str(i): {"y": i} for i in range(100_000)}),
    "same-keys": '{"listApp":[],' * 1 + '"listApp":[],' * 100_000 + '"z":1}',
    "scripts": "<script type='application/json'>{}</script>" * 20_000,
    "nested-items": "<ul class=applist><li class=search-item><a href='/store/apps/details?id=a.b'>" * 5_000,
}


@pytest.mark.parametrize("body", _HOSTILE.values(), ids=_HOSTILE.keys())
def test_hostile_answers_end_in_an_outcome(body: str) -> None:
    for name in STORES:
        started = time.process_time()
        page = _read(body, name)
        assert len(page.apps) <= 1_000
        # Measured at most 2 s; a square law would take minutes.
        assert time.process_time() - started < 15, name


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "listApp",
                    "data",
                    "app",
                    "displayName",
                    "packageName",
                    "adType",
                    "screenshot",
                    "name",
                    "layoutData",
                    "dataList",
                    "page",
                    "props",
                    "results",
                    "trackName",
                    "appLst",
                    "pName",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(sorted(STORES)), value=_VALUES)
def test_any_json_gives_an_outcome(name: str, value: Any) -> None:
    page = parse_page(STORES[name], json.dumps(value))
    assert bool(page.apps) is (page.outcome is Outcome.OK)
    assert [app.position for app in page.apps] == list(range(1, len(page.apps) + 1))
    for app in page.apps:
        assert app.name
        assert (app.name + (app.description or "")).encode()


def test_every_store_says_how_one_app_is_looked_up_or_why_not() -> None:
    without = {name for name, source in STORES.items() if source.lookup is None}
    # Their services answer one app by POST or by their own number only.
    assert without == {"huawei", "honor", "qihoo_store"}
