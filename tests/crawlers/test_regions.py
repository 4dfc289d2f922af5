"""Whole crawls by regions, with robots.txt files of all kinds, rests, budgets and lists of bare domains."""

import json
import socket
import time
from pathlib import Path

import msgspec
import pytest

from crawlers.guard.upstream import ProxyAddress, proxy_address
from crawlers.options import CrawlSettings
from crawlers.pacing.cooldown import REST_AFTER
from crawlers.plan import Plan, parse_plan, plan_from_urls
from findings.model.vocabulary import Outcome
from tests.support.crawling import run_crawl
from tests.support.proxies import ConnectProxy, SocksProxy
from tests.support.web import Page, Site, Visit, html

pytestmark = pytest.mark.browser

_APPS = {"resultCount": 1, "results": [{"trackId": 1, "trackName": "稳稳贷", "bundleId": "example.wenwen"}]}


def _settings(folder: Path, http: int, hosts: list[str], **more: object) -> CrawlSettings:
    options: dict[str, object] = {"pace": 0.0, "navigation_timeout_s": 8.0, **more}
    return CrawlSettings(
        state_dir=folder / "state",
        hosts=dict.fromkeys(hosts, "127.0.0.1"),
        ports={80: http, 443: http},
        **options,  # type: ignore[arg-type]
    )


def _text(body: str, status: int = 200) -> Page:
    return lambda visit: visit.answer(status, body, "text/plain")


def _with_cookie(visit: Visit) -> None:
    cookie = visit.headers.get("Cookie") or "none"
    visit.answer(200, f"<title>页</title><p>cookie {cookie}", Set_Cookie="seen=1")


_REGIONS = """
title: 多地
regions: [{name: 上海, proxy: shanghai}, {name: 成都, proxy: chengdu}, {name: 深圳, proxy: shenzhen}]
sources:
  - {source: watchlist, urls: ['http://land.example/one', 'http://private.example/']}
  - {source: watchlist, urls: ['http://land.example/two']}
"""


def test_each_region_goes_out_by_its_proxy_and_none_directly(tmp_path: Path) -> None:
    from_where: list[int] = []

    def seen(visit: Visit) -> None:
        from_where.append(visit.client_address[1])
        _with_cookie(visit)

    pages = {"/one": seen, "/two": seen}
    credential = ("user", "geheim")
    with (
        Site(pages) as site,
        ConnectProxy(credential) as shanghai,
        SocksProxy() as chengdu,
    ):
        proxies: dict[str, ProxyAddress] = {
            "shanghai": proxy_address(f"http://127.0.0.1:{shanghai.port}", *credential),
            "chengdu": proxy_address(f"socks5://127.0.0.1:{chengdu.port}"),
            "shenzhen": proxy_address(f"http://127.0.0.1:{_free_port()}"),
        }
        settings = _settings(tmp_path, site.port, ["land.example"], proxies=proxies, pages=1)
        crawled = run_crawl(parse_plan(_REGIONS, "p"), settings, tmp_path / "run")
        by_proxy = len(shanghai.seen) + len(chengdu.seen)
        places = set(shanghai.seen) | set(chengdu.seen)
    assert crawled.error is None
    assert len(crawled.captures) == 9
    found = {
        (capture.task.region, capture.task.url.rpartition("/")[2]): capture for capture in crawled.captures
    }
    for region, proxy in (("上海", "shanghai"), ("成都", "chengdu")):
        for page in ("one", "two"):
            capture = found[region, page]
            assert (capture.outcome, capture.detail, capture.proxy) == (Outcome.OK, None, proxy)
            assert capture.ip == "127.0.0.1"
        assert found[region, ""].outcome is not Outcome.OK
    for page in ("one", "two"):
        capture = found["深圳", page]
        assert capture.outcome is Outcome.UNREACHABLE
        assert (capture.detail or "").startswith("proxy: shenzhen: ")
        assert capture.proxy == "shenzhen"
    # Two pages and one robots.txt by each proxy, and nothing else: each region has cookies of its own.
    assert places == {f"127.0.0.1:{site.port}"}
    assert by_proxy >= 2
    assert [path for _host, path in site.seen].count("/robots.txt") == 2
    assert len(from_where) == 4
    texts = [capture.ads[0].text for capture in crawled.captures if capture.outcome is Outcome.OK]
    assert sorted(texts) == ["cookie none", "cookie none", "cookie seen=1", "cookie seen=1"]
    stored = b"".join(file.read_bytes() for file in (tmp_path / "run").iterdir())
    assert b"geheim" not in stored


def _free_port() -> int:
    """A port where nobody listens: one that was just given out and closed."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_scrapys_own_client_goes_by_the_proxy_too_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    plan = parse_plan(
        "{title: t, regions: [{name: 上海, proxy: shanghai}], sources: [{source: apple, keywords: [贷款]}]}",
        "p",
    )
    with Site({}) as site, SocksProxy(reply=5) as proxy:
        proxies = {"shanghai": proxy_address(f"socks5://127.0.0.1:{proxy.port}")}
        settings = _settings(tmp_path, site.port, ["itunes.apple.com"], proxies=proxies)
        crawled = run_crawl(plan, settings, tmp_path / "run")
        unknown = run_crawl(plan, _settings(tmp_path, site.port, []), tmp_path / "unknown")
    (capture,) = crawled.captures
    assert (capture.outcome, capture.detail) == (
        Outcome.UNREACHABLE,
        "proxy: shanghai: it answered: connection refused",
    )
    assert proxy.seen
    assert site.seen == []
    assert unknown.error is not None
    assert "network.proxies" in unknown.error


def test_robots_files_as_the_rfc_reads_them(tmp_path: Path) -> None:
    def slow(visit: Visit) -> None:
        time.sleep(12)

    def loop(visit: Visit) -> None:
        visit.redirect("/robots.txt")

    robots: dict[str, Page] = {
        "away.example": _text("wait", 503),
        "slow.example": slow,
        "gone.example": _text("no", 404),
        "shut.example": _text("no", 403),
        "loop.example": loop,
        "moved.example": lambda visit: visit.redirect("http://rules.example/robots.txt"),
        "rules.example": _text("User-agent: *\nDisallow: /page"),
        "other.example": _text("User-agent: SomeoneElse\nDisallow: /"),
        "bytes.example": lambda visit: visit.answer(200, b"\xff\xfe\x00" * 1000),
    }
    hosts = [*robots, "landing.example"]
    pages: dict[str, Page] = {f"{host}/robots.txt": page for host, page in robots.items()}
    pages |= {f"{host}/page": html("<title>页</title><p>读到了") for host in hosts}
    # A page whose redirect ends on a host that forbids it.
    pages["landing.example/page"] = lambda visit: visit.redirect("http://rules.example/page")
    with Site(pages) as site:
        plan = plan_from_urls([f"http://{host}/page" for host in hosts] + ["http://gone.example/page?2"])
        crawled = run_crawl(
            plan, _settings(tmp_path, site.port, hosts, navigation_timeout_s=6.0), tmp_path / "run"
        )
    found = {
        c.task.url.split("/")[2]: (c.outcome, c.detail)
        for c in crawled.captures
        if not c.task.url.endswith("2")
    }
    forbidden = (Outcome.SKIPPED, "robots")
    assert found == {
        "away.example": (Outcome.SKIPPED, "robots: unreachable (http 503)"),
        "slow.example": (Outcome.SKIPPED, "robots: unreachable (timeout)"),
        "gone.example": (Outcome.OK, None),
        "shut.example": (Outcome.OK, None),
        "loop.example": (Outcome.OK, None),
        "moved.example": forbidden,
        "rules.example": forbidden,
        "other.example": (Outcome.OK, None),
        "bytes.example": (Outcome.OK, None),
        "landing.example": forbidden,
    }
    # Each host's file was asked for once a run.
    assert site.seen.count(("gone.example", "/robots.txt")) == 1
    assert ("away.example", "/page") not in site.seen


def _watch(*urls: str, **more: object) -> Plan:
    return parse_plan(
        json.dumps({"title": "清单", "sources": [{"source": "watchlist", "urls": urls}], **more}), "p"
    )


def test_a_source_that_shows_captchas_rests_and_another_goes_on(tmp_path: Path) -> None:
    pages = {
        "guarded.example/s": html("<title>百度安全验证</title><p>请完成安全验证"),
        "land.example/one": html("<title>一</title><p>在"),
    }
    plan = _watch(*(f"http://guarded.example/s?wd={n}" for n in range(7)), "http://land.example/one")
    with Site(pages) as site:
        # A hundredth of each delay; a rest takes nine seconds and more, of which three are waited for.
        settings = _settings(tmp_path, site.port, ["guarded.example", "land.example"], pace=0.01)
        first = run_crawl(plan, settings, tmp_path / "first")
        asked = [path for _host, path in site.seen if path.startswith("/s")]
    captchas = [c for c in first.captures if c.outcome is Outcome.CAPTCHA]
    rested = [c for c in first.captures if c.outcome is Outcome.SKIPPED]
    assert len(captchas) == len(asked)
    assert REST_AFTER <= len(captchas) < 7
    assert len(captchas) + len(rested) == 7
    assert all((c.detail or "").startswith("cooldown until 20") for c in rested)
    assert first.of("http://land.example/one").outcome is Outcome.OK
    marks = json.loads((tmp_path / "state" / "pacing.json").read_text("utf-8"))
    assert list(marks) == ["watchlist guarded.example -"]


def test_a_run_ends_at_its_budget_and_leaves_the_rest_open(tmp_path: Path) -> None:
    pages = {"land.example/big": html(f"<title>大</title><p>字<!--{'x' * 1_200_000}-->")}
    urls = [f"http://land.example/big?{n}" for n in range(12)]
    with Site(pages) as site:
        settings = _settings(tmp_path, site.port, ["land.example"], pages=1)
        crawled = run_crawl(_watch(*urls, limits={"megabytes": 3}), settings, tmp_path / "run")
    assert crawled.error is None
    assert crawled.stopped is not None
    assert "3 MB" in crawled.stopped
    assert 2 <= len(crawled.captures) < 12
    assert {c.outcome for c in crawled.captures} == {Outcome.OK}


def test_a_bare_domain_is_asked_over_http_where_https_is_not_reached(tmp_path: Path) -> None:
    with Site({"bare.example/": html("<title>裸</title><p>域名")}) as site:
        settings = _settings(tmp_path, site.port, ["bare.example", "full.example"])
        # Over TLS nobody answers there: 443 leads to a port where nobody listens.
        settings = msgspec.structs.replace(settings, ports={80: site.port, 443: _free_port()})
        plan = plan_from_urls(["bare.example", "https://full.example/"])
        crawled = run_crawl(plan, settings, tmp_path / "run")
    bare, full = crawled.of("https://bare.example/"), crawled.of("https://full.example/")
    assert (bare.outcome, bare.final_url) == (Outcome.OK, "http://bare.example/")
    assert [hop.url for hop in bare.hops] == ["https://bare.example/", "http://bare.example/"]
    assert bare.hops[0].status is None
    assert full.outcome is Outcome.UNREACHABLE


def test_a_crawl_delay_is_heeded(tmp_path: Path) -> None:
    pages = {
        "land.example/robots.txt": _text("User-agent: *\nCrawl-delay: 4"),
        "land.example/one": html("<title>一</title><p>在"),
        "land.example/two": html("<title>二</title><p>在"),
    }
    with Site(pages) as site:
        settings = _settings(tmp_path, site.port, ["land.example"], pace=1.0, host_delay_s=0.1)
        crawled = run_crawl(
            _watch("http://land.example/one", "http://land.example/two"), settings, tmp_path / "run"
        )
    first, second = sorted(capture.at for capture in crawled.captures)
    assert {c.outcome for c in crawled.captures} == {Outcome.OK}
    assert (second - first).total_seconds() > 1.9  # 4 s less half of it as jitter
