"""Ads that hide their landing page: clicked only within the plan's leave, each once, in a profile apart."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.declared import declared_host, leads_elsewhere, owner_of
from crawlers.options import CrawlSettings
from crawlers.plan import Plan, parse_plan
from crawlers.spiders.clicks import ClickLog, ad_key
from findings.model.crawl import ParsedAd
from findings.model.vocabulary import Device, Outcome, Slot
from tests.support.authority import Authority
from tests.support.crawling import run_crawl
from tests.support.web import Page, Site, Visit, html


def _parsed(title: str, text: str = "年化收益 12%", display: str | None = "金荷鑫财富") -> ParsedAd:
    return ParsedAd(
        title=title,
        text=text,
        display=display,
        landing_url=None,
        advertiser=None,
        position=1,
        slot=Slot.TOP,
        mark="ec-tuiguang",
    )


def test_a_click_is_written_down_before_it_is_made(tmp_path: Path) -> None:
    log = ClickLog(tmp_path / "clicks.json")
    assert log.take("r1", "baidu", _parsed("甲"), 2)
    again = ClickLog(tmp_path / "clicks.json")  # the run was killed and taken up again
    assert not again.take("r1", "baidu", _parsed("甲"), 2)
    assert again.take("r1", "baidu", _parsed("乙"), 2)
    assert not again.take("r1", "baidu", _parsed("丙"), 2)
    assert again.take("r2", "baidu", _parsed("甲"), 2)


def test_crawls_side_by_side_count_each_others_clicks(tmp_path: Path) -> None:
    one, other = ClickLog(tmp_path / "clicks.json"), ClickLog(tmp_path / "clicks.json")
    assert one.take("r1", "baidu", _parsed("甲"), 2)
    assert other.take("r2", "baidu", _parsed("甲"), 2)
    assert other.take("r1", "baidu", _parsed("乙"), 2)
    assert not one.take("r1", "baidu", _parsed("丙"), 2)
    assert not ClickLog(tmp_path / "clicks.json").take("r2", "baidu", _parsed("甲"), 2)


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"r1": {"baidu": 3}}', b"\xff"])
def test_a_log_that_cannot_be_read_allows_no_click(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clicks.json").write_bytes(content)
    assert not ClickLog(tmp_path / "clicks.json").take("r1", "baidu", _parsed("甲"), 9)
    assert (tmp_path / "clicks.json").read_bytes() == content


@given(st.lists(st.text(max_size=5), max_size=30), st.integers(0, 6))
def test_never_more_clicks_than_the_leave_says(
    tmp_path_factory: pytest.TempPathFactory, titles: list[str], most: int
) -> None:
    log = ClickLog(tmp_path_factory.mktemp("log") / "clicks.json")
    taken = [title for title in titles if log.take("r1", "baidu", _parsed(title), most)]
    assert len(taken) == len(set(taken)) == min(most, len(set(titles)))


def test_the_same_creative_is_one_ad_whatever_its_click_address() -> None:
    assert ad_key(_parsed("甲")) == ad_key(_parsed("甲"))
    assert ad_key(_parsed("甲", "乙")) != ad_key(_parsed("甲乙", ""))


@pytest.mark.parametrize(
    ("display", "address", "declared"),
    [
        ("www.jinhexin.example.com/", "https://other.com/", "www.jinhexin.example.com"),
        ("https://a.com.cn/x…", None, "a.com.cn"),
        ("金荷鑫财富", "https://b.com/x?y", "b.com"),
        ("v2.0", "https://b.com/", "b.com"),
        ("金荷鑫财富", None, None),
        (None, "http://[::1", None),
    ],
)
def test_declared_host(display: str | None, address: str | None, declared: str | None) -> None:
    assert declared_host(display, address) == declared


@pytest.mark.parametrize(
    ("declared", "reached", "elsewhere"),
    [
        ("www.a.com.cn", "m.a.com.cn", False),
        ("www.a.com.cn", "b.com.cn", True),
        ("a.com", None, False),
        (None, "a.com", False),
        ("127.0.0.1", "127.0.0.1", False),
        ("A.COM", "x.a.com", False),
    ],
)
def test_leads_elsewhere(declared: str | None, reached: str | None, elsewhere: bool) -> None:
    assert leads_elsewhere(declared, reached) is elsewhere


@given(st.text(max_size=60))
def test_any_host_has_an_owner(host: str) -> None:
    assert owner_of(owner_of(host)) == owner_of(host)


_AD = """<div class="EC_result"><h3><a href="https://www.baidu.com/baidu.php?url={0}">{1}</a></h3>
<div class="ec_desc">年化收益 12%，保本保息</div><span class="ec-showurl-line">{2}</span>
<span class="ec-tuiguang">广告</span></div>"""
_RESULTS = f"""<title>保本理财_百度搜索</title><div id="content_left">
{_AD.format("a1", "金荷鑫财富 新手理财", "www.jinhexin.com")}{_AD.format("b2", "银砚浪理财 年末专享", "银砚浪")}
{_AD.format("a2", "金荷鑫财富 新手理财", "www.jinhexin.com")}
<div class="result c-container" id="4"><h3><a href="https://news.example/">理财要闻</a></h3></div></div>"""


def _counter(visit: Visit) -> None:
    """A click counter that keeps who sent the reader, and sends on by status."""
    visit.server.site.seen.append(("referrer", visit.headers.get("Referer") or ""))
    visit.server.site.seen.append(("cookie", visit.headers.get("Cookie") or ""))
    visit.redirect("https://land.example/go")


def _results(visit: Visit) -> None:
    visit.answer(200, _RESULTS, Set_Cookie="BAIDUID=1; Path=/")


_HOSTS = ("www.baidu.com", "land.example", "one.example")
_PAGES: dict[str, Page] = {
    "www.baidu.com/s": _results,
    "www.baidu.com/baidu.php": _counter,
    "land.example/go": html("<script>location.href = 'https://land.example/end'</script>"),
    "land.example/end": lambda visit: visit.answer(
        200,
        "<title>落地</title><p>"
        + ("手机版" if "Mobile" in (visit.headers.get("User-Agent") or "") else "电脑版"),
    ),
    "one.example/": html(
        "<div class=advert style='width:300px;height:90px'><a href='https://land.example/end'>保本理财</a></div>"
    ),
}


def _served(folder: Path) -> tuple[Site, Path]:
    """A site over TLS, and the authority that made its certificate."""
    authority = Authority(folder / "authority")
    return Site(_PAGES, tls=authority.context(*_HOSTS)), authority.file


def _settings(folder: Path, port: int, ca_file: Path) -> CrawlSettings:
    (folder / "filters.txt").write_text("one.example##.advert\n", "utf-8")
    return CrawlSettings(
        state_dir=folder / "state",
        hosts=dict.fromkeys(_HOSTS, "127.0.0.1"),
        ports={443: port},
        ca_file=ca_file,
        pace=0.0,
        navigation_timeout_s=10.0,
        filter_list=folder / "filters.txt",
    )


def _clicking(until: date, most: int = 5) -> Plan:
    leave = {"by": "某市监局", "document": "函〔2026〕1号", "until": until.isoformat(), "most": most}
    entry = {"source": "baidu", "keywords": ["保本理财"], "landing": "click", "clicks": {"authorised": leave}}
    return parse_plan(json.dumps({"title": "点击", "sources": [entry]}), "plan")


@pytest.mark.browser
@pytest.mark.parametrize("lapsed", [False, True])
def test_clicks_only_within_the_leave(tmp_path: Path, lapsed: bool) -> None:
    until = date.today() + timedelta(days=-2 if lapsed else 2)
    served, ca_file = _served(tmp_path)
    with served as site:
        crawled = run_crawl(_clicking(until), _settings(tmp_path, site.port, ca_file), tmp_path / "run")
    (capture,) = crawled.captures
    assert capture.outcome is Outcome.OK, capture.detail
    first, second, repeated = capture.ads
    asked = [path for host, path in site.seen if host == "www.baidu.com" and path.startswith("/baidu.php")]
    if lapsed:
        assert asked == []
        assert [ad.landing for ad in capture.ads] == [None, None, None]
        return
    assert sorted(asked) == ["/baidu.php?url=a1", "/baidu.php?url=b2"]  # the same creative is clicked once
    assert repeated.landing is None
    for ad in (first, second):
        assert ad.landing is not None
        assert ad.landing.clicked
        assert (ad.landing.outcome, ad.landing.final_url) == (Outcome.OK, "https://land.example/end")
        assert [(hop.status, hop.kind) for hop in ad.landing.hops] == [
            (302, "http"),
            (200, "http"),
            (200, "script"),
        ]
    assert (first.declared_host, second.declared_host) == ("www.jinhexin.com", None)
    # As a reader's click would say it, but from a profile that knows nothing of the search before.
    assert {value for name, value in site.seen if name == "referrer"} == {capture.url}
    assert all(value == "" for name, value in site.seen if name == "cookie")


@pytest.mark.browser
def test_landing_pages_as_both_devices_reach_them(tmp_path: Path) -> None:
    entry = {"source": "portal", "urls": ["https://one.example/"], "landing_devices": ["mobile", "desktop"]}
    plan = parse_plan(json.dumps({"title": "两种设备", "sources": [entry]}), "plan")
    served, ca_file = _served(tmp_path)
    with served as site:
        crawled = run_crawl(plan, _settings(tmp_path, site.port, ca_file), tmp_path / "run")
    (ad,) = crawled.captures[0].ads
    assert ad.landing is not None
    assert (ad.landing.device, ad.landing.text) == (Device.DESKTOP, "电脑版")
    assert [(other.device, other.text) for other in ad.landings] == [(Device.MOBILE, "手机版")]
