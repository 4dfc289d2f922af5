"""App stores asked over HTTP for real: tokens, POST, second questions, robots, a look at one app by its package."""

import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crawlers.options import CrawlSettings
from crawlers.plan import Plan, parse_plan
from crawlers.spiders.asking import filled
from findings.model.crawl import Capture
from findings.model.vocabulary import Outcome
from tests.support.authority import Authority
from tests.support.crawling import Crawled, run_crawl
from tests.support.web import Page, Site, Visit

pytestmark = pytest.mark.browser

_HUAWEI = "web-drcn.hispace.dbankcloud.com"
_HOSTS = (_HUAWEI, "yybadaccess.3g.qq.com", "sj.qq.com", "app.mi.com")
_SEARCH, _INFO, _TOKEN = "/edge/uowap/index", "/edge/webedge/appinfo", "/edge/webedge/getInterfaceCode"


class Gallery:
    """A store that hands out tokens and wants them back. `good` says whether it takes the n-th one so many seconds old."""

    def __init__(self, good: Callable[[int, float], bool], search_takes_s: float = 0.0) -> None:
        self._good = good
        self._takes_s = search_takes_s
        self._given: list[float] = []
        self._lock = threading.Lock()
        self.bodies: list[object] = []
        self.pages: dict[str, Page] = {
            f"{_HUAWEI}{_TOKEN}": self._token,
            f"{_HUAWEI}{_SEARCH}": self._search,
            f"{_HUAWEI}{_INFO}": self._info,
        }

    @property
    def tokens(self) -> int:
        return len(self._given)

    def _token(self, visit: Visit) -> None:
        with self._lock:
            self._given.append(time.monotonic())
            number = len(self._given)
        visit.answer(200, json.dumps(f"token-{number}"), "application/json")

    def _turned_away(self, visit: Visit) -> bool:
        found = re.fullmatch(r"token-(\d+)_\d{13}", visit.headers.get("Interface-Code") or "")
        number = int(found[1]) if found else 0
        if number and self._good(number, time.monotonic() - self._given[number - 1]):
            return False
        visit.answer(403, '{"rtnCode":1002,"rtnDesc":"no interface code"}', "application/json")
        return True

    def _search(self, visit: Visit) -> None:
        time.sleep(self._takes_s)
        if not self._turned_away(visit):
            apps = [{"name": "霜降理财", "package": "example.shuangjiang", "memo": "一句话"}]
            answer = {"rtnCode": 0, "layoutData": [{"dataList": apps}]}
            visit.answer(200, json.dumps(answer), "application/json")

    def _info(self, visit: Visit) -> None:
        self.bodies.append(json.loads(visit.body))
        if not self._turned_away(visit):
            answer = {"pkgName": "example.shuangjiang", "name": "霜降理财", "developerName": "霜降示例公司"}
            visit.answer(200, json.dumps(answer), "application/json")


def _plan(*entries: dict[str, object]) -> Plan:
    return parse_plan(json.dumps({"title": "应用商店", "sources": list(entries)}), "plan")


def _crawl(
    folder: Path, plan: Plan, pages: dict[str, Page], lifetime_s: float | None = None
) -> tuple[Crawled, Site]:
    authority = Authority(folder / "ca")
    with Site(pages, tls=authority.context(*_HOSTS)) as site:
        settings = CrawlSettings(
            state_dir=folder / "state",
            hosts=dict.fromkeys(_HOSTS, "127.0.0.1"),
            ports={443: site.port},
            ca_file=authority.file,
            pace=0.0,
            navigation_timeout_s=8.0,
        )
        return run_crawl(plan, settings, folder / "run", token_lifetime_s=lifetime_s), site


_ONE_SEARCH = {"source": "huawei", "keywords": ["理财"]}


def test_a_token_is_fetched_once_and_asked_with_twice(tmp_path: Path) -> None:
    store = Gallery(lambda number, age: True)
    crawled, site = _crawl(tmp_path, _plan({**_ONE_SEARCH, "keywords": ["理财", "贷款"]}), store.pages)
    assert [(c.outcome, c.detail) for c in crawled.captures] == [(Outcome.OK, None)] * 2
    assert store.tokens == 1
    (ad,) = crawled.captures[0].ads
    assert ad.app is not None
    assert (ad.title, ad.app.package, ad.text) == ("霜降理财", "example.shuangjiang", "一句话")
    # The maker stands in the second answer only, which is kept as evidence too.
    assert ad.advertiser == ad.app.developer == "霜降示例公司"
    assert [ref.role for ref in crawled.captures[0].evidence].count("body") == 2
    assert store.bodies[0] == {"pkgName": "example.shuangjiang", "locale": "zh_CN", "countryCode": "CN"}
    assert {path.partition("?")[0] for _, path in site.seen} >= {_TOKEN, _SEARCH, _INFO, "/robots.txt"}


def test_an_old_token_is_renewed_before_the_next_question(tmp_path: Path) -> None:
    store = Gallery(lambda number, age: age < 2.0, search_takes_s=1.0)
    crawled, _ = _crawl(tmp_path, _plan(_ONE_SEARCH), store.pages, lifetime_s=0.9)
    (capture,) = crawled.captures
    assert (capture.outcome, capture.detail) == (Outcome.OK, None)
    assert capture.ads[0].advertiser == "霜降示例公司"
    assert store.tokens == 2


def test_a_token_that_grew_old_on_the_way_is_renewed_once(tmp_path: Path) -> None:
    store = Gallery(lambda number, age: number > 1, search_takes_s=0.5)
    crawled, site = _crawl(tmp_path, _plan(_ONE_SEARCH), store.pages, lifetime_s=0.4)
    assert crawled.captures[0].outcome is Outcome.OK
    assert sum(path.startswith(_SEARCH) for _, path in site.seen) == 2


def test_a_token_that_is_not_taken_is_a_block_and_is_not_tried_again(tmp_path: Path) -> None:
    store = Gallery(lambda number, age: False)
    crawled, site = _crawl(tmp_path, _plan(_ONE_SEARCH), store.pages)
    (capture,) = crawled.captures
    assert (capture.outcome, capture.status, capture.ads) == (Outcome.BLOCKED, 403, ())
    assert sum(path.startswith(_SEARCH) for _, path in site.seen) == store.tokens == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "says"),
    [
        (lambda visit: visit.answer(200, '{"rtnCode":0}', "application/json"), Outcome.BLOCKED, "holds none"),
        (lambda visit: visit.answer(200, json.dumps("a\r\nHost: b")), Outcome.BLOCKED, "holds none"),
        (lambda visit: visit.answer(503, "x"), Outcome.UNREACHABLE, "503"),
    ],
    ids=["other-answer", "line-end-in-it", "away"],
)
def test_without_a_token_nothing_is_asked(tmp_path: Path, answer: Page, outcome: Outcome, says: str) -> None:
    store = Gallery(lambda number, age: True)
    crawled, site = _crawl(tmp_path, _plan(_ONE_SEARCH), {**store.pages, f"{_HUAWEI}{_TOKEN}": answer})
    (capture,) = crawled.captures
    assert capture.outcome is outcome
    assert (capture.detail or "").startswith("token: ")
    assert says in (capture.detail or "")
    assert not any(path.startswith(_SEARCH) for _, path in site.seen)


@pytest.mark.parametrize("forbidden", [_SEARCH, _TOKEN])
def test_robots_rule_over_questions_and_tokens(tmp_path: Path, forbidden: str) -> None:
    store = Gallery(lambda number, age: True)
    robots = f"User-agent: *\nDisallow: {forbidden}"
    pages = {**store.pages, f"{_HUAWEI}/robots.txt": lambda visit: visit.answer(200, robots, "text/plain")}
    crawled, site = _crawl(tmp_path, _plan(_ONE_SEARCH), pages)
    (capture,) = crawled.captures
    assert (capture.outcome, capture.detail) == (Outcome.SKIPPED, "robots")
    assert {path for _, path in site.seen} == {"/robots.txt"}


def test_second_questions_keep_to_the_number_that_a_host_is_asked_at_once(tmp_path: Path) -> None:
    store = Gallery(lambda number, age: True)
    under_way, most, lock = 0, 0, threading.Lock()

    def slowly(visit: Visit) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.2)
        with lock:
            under_way -= 1
        store.pages[f"{_HUAWEI}{_INFO}"](visit)

    entries = {**_ONE_SEARCH, "keywords": [f"理财{n}" for n in range(12)]}
    plan = {"title": "应用商店", "sources": [entries], "hosts": {_HUAWEI: {"concurrency": 2}}}
    pages = {**store.pages, f"{_HUAWEI}{_INFO}": slowly}
    crawled, _ = _crawl(tmp_path, parse_plan(json.dumps(plan), "plan"), pages)
    assert [capture.outcome for capture in crawled.captures] == [Outcome.OK] * 12
    assert most == 2


def _card(*items: dict[str, object]) -> dict[str, object]:
    return {"components": [{"cardId": "YYB_HOME_SEARCH_NORMAL_GAME", "data": {"itemData": list(items)}}]}


def _details(visit: Visit) -> None:
    if "example.gone" in visit.path:
        visit.answer(404, "<p>没有")
        return
    visit.answer(
        200,
        "<div class='intro-titles'><h3>云阶借款</h3><p>云阶示例公司</p></div><p class='pslide'>当天到账</p>"
        "<div><div>包名</div><div>example.yunjie</div></div>",
    )


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("{q}", "{pn} 借"),
        ("a {q} {page}", "a {pn} 借 2"),
        ({"k": ["{pn}", 5, None, True]}, {"k": [30, 5, None, True]}),
        ("{other}", "{other}"),
    ],
    ids=["a-keyword-with-braces", "in-a-text", "a-number-stays-one", "unknown"],
)
def test_words_are_put_into_a_template(template: object, result: object) -> None:
    assert filled(template, {"pn": 30, "page": 2, "q": "{pn} 借"}) == result


def _of(crawled: Crawled, source: str) -> Capture:
    (found,) = (capture for capture in crawled.captures if capture.task.source == source)
    return found


def test_post_second_pages_and_a_look_at_one_app(tmp_path: Path) -> None:
    asked: list[object] = []

    def dynamic(visit: Visit) -> None:
        asked.append(json.loads(visit.body))
        item = {
            "name": "青砚理财",
            "pkg_name": "example.qingyan",
            "developer": "青砚示例公司",
            "editor_intro": "简介",
        }
        visit.answer(200, json.dumps({"ret": 0, "data": _card(item)}), "application/json")

    app = {
        "name": "小暑借钱",
        "pkg_name": "example.xiaoshu",
        "developer": "小暑示例公司",
        "icp_number": "沪ICP备26000001号",
    }
    data = {"page": "/appdetail/[p]", "props": {"pageProps": {"dynamicCardResponse": {"data": {
        "components": [{"cardId": "yybn_game_basic_info", "data": {"itemData": [app]}}]}}}}}  # fmt: skip
    rows = "".join(
        f"<li><h5><a href='/details?id={package}'>{name}</a></h5></li>"
        for name, package in (
            ("云阶借款", "example.yunjie"),
            ("没有了", "example.gone"),
            ("不让看", "example.closed"),
        )
    )
    pages: dict[str, Page] = {
        "yybadaccess.3g.qq.com/v2/dynamicard3": dynamic,
        "sj.qq.com/appdetail/example.xiaoshu": lambda visit: visit.answer(
            200, f"<script id=__NEXT_DATA__ type='application/json'>{json.dumps(data)}</script>"
        ),
        "app.mi.com/searchAll": lambda visit: visit.answer(200, f"<ul class=applist>{rows}</ul>"),
        "app.mi.com/details": _details,
        "app.mi.com/robots.txt": lambda visit: visit.answer(
            200, "User-agent: *\nDisallow: /details?id=example.closed", "text/plain"
        ),
    }
    plan = _plan(
        {"source": "tencent", "keywords": ["借 {钱}"], "devices": ["mobile"]},
        {"source": "xiaomi", "keywords": ["借款"]},
    )
    crawled, site = _crawl(tmp_path, plan, pages)
    assert _of(crawled, "tencent").ads[0].title == "青砚理财"
    (body,) = asked
    assert isinstance(body, dict)
    assert body["head"]["cmd"] == "dynamicard3"
    assert body["body"]["listS"]["keyword"] == {"repStr": ["借 {钱}"]}
    assert (body["body"]["offset"], body["body"]["size"]) == (0, 30)
    xiaomi = _of(crawled, "xiaomi")
    assert xiaomi.outcome is Outcome.OK
    assert [(ad.title, ad.advertiser, ad.text) for ad in xiaomi.ads] == [
        ("云阶借款", "云阶示例公司", "当天到账"),
        ("没有了", None, ""),
        ("不让看", None, ""),
    ]
    assert xiaomi.detail is not None
    assert xiaomi.detail.startswith("details: 2 of 3 app pages not read (example.gone: http: 404")
    assert xiaomi.detail.endswith("example.closed: robots)")
    assert not any("example.closed" in path for _, path in site.seen)

    one, _ = _crawl(tmp_path / "one", _plan({"source": "tencent", "packages": ["example.xiaoshu"]}), pages)
    (ad,) = one.captures[0].ads
    assert (ad.title, ad.advertiser) == ("小暑借钱", "小暑示例公司")
    assert ad.icp is not None
    assert ad.icp.number == "沪ICP备26000001号"


@pytest.mark.parametrize(("lost", "outcome"), [(1, Outcome.EMPTY), (9, Outcome.UNREACHABLE)])
def test_a_post_whose_connection_ends_without_an_answer_is_sent_once_more(
    tmp_path: Path, lost: int, outcome: Outcome
) -> None:
    store = Gallery(lambda number, age: True)
    asked: list[object] = []

    def dynamic(visit: Visit) -> None:
        asked.append(json.loads(visit.body))
        if len(asked) > lost:
            visit.answer(200, json.dumps({"ret": 0, "data": _card()}), "application/json")

    plan = _plan({"source": "tencent", "keywords": ["借钱"], "devices": ["mobile"]})
    crawled, _ = _crawl(tmp_path, plan, {**store.pages, "yybadaccess.3g.qq.com/v2/dynamicard3": dynamic})
    (capture,) = crawled.captures
    assert capture.outcome is outcome
    assert len(asked) == 2
    assert asked[0] == asked[1]
