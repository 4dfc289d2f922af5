"""Whole crawls with ads: frames, landing pages, robots, certificates, pacing, a store that fails."""

import json
import re
import threading
import time
from pathlib import Path

import pytest

from crawlers.browser.processes import drivers
from crawlers.options import CrawlSettings
from crawlers.plan import Plan, parse_plan, plan_for_source, plan_from_urls
from findings.model.vocabulary import Outcome
from tests.support.authority import Authority
from tests.support.crawling import run_crawl
from tests.support.web import Site, Visit, html

pytestmark = pytest.mark.browser

_BANNER = "<div style='width:300px;height:120px'>"
_PORTAL = f"""<title>门户</title><h1>财经要闻</h1>
<div class="advert">{_BANNER}<a href="http://land.example/one">年化收益 12%</a> 广告</div></div>
<iframe src="http://ads.example/slot?id=1" width="400" height="200"></iframe>
<div class="advert">{_BANNER}<a href="http://land.example/one">同一落地页</a> 广告</div></div>
<div class="advert">{_BANNER}<a href="http://closed.example/offer">不许访问</a> 广告</div></div>
<div class="advert">{_BANNER}<a href="http://127.0.0.1/inner">内网</a> 广告</div></div>
"""
_PAGES = {
    "portal.example/": html(_PORTAL),
    "ads.example/slot": html(f"{_BANNER}<a href='http://land.example/two'>框架里的广告 保本</a></div>"),
    "land.example/one": html("<title>落地一</title><p>落地页一 沪ICP备12345678号"),
    "land.example/two": html("<title>落地二</title><p>落地页二"),
    "closed.example/robots.txt": lambda v: v.answer(200, "User-agent: FinAdWatch\nDisallow: /", "text/plain"),
    "closed.example/offer": html("<p>不许"),
    "closed.example/list": html("<p>名单"),
}
_HOSTS = (
    "portal.example",
    "ads.example",
    "land.example",
    "closed.example",
    "www.baidu.com",
    "itunes.apple.com",
)
_FILTERS = "||ads.example^\nportal.example##.advert\n"
_APPS = {
    "resultCount": 1,
    "results": [
        {
            "trackId": 1,
            "trackName": "稳稳贷",
            "bundleId": "example.wenwen",
            "sellerName": "Wenwen Example Ltd",
            "trackViewUrl": "https://apps.example/1",
            "description": "额度高，放款快",
        }
    ],
}


def _settings(
    folder: Path, http: int | None = None, https: int | None = None, **more: object
) -> CrawlSettings:
    ports = {port: real for port, real in ((80, http), (443, https)) if real}
    filters = folder / "filters.txt"
    filters.write_text(_FILTERS, "utf-8")
    options: dict[str, object] = {"pace": 0.0, "navigation_timeout_s": 8.0, **more}
    return CrawlSettings(
        state_dir=folder / "state",
        hosts=dict.fromkeys(_HOSTS, "127.0.0.1"),
        ports=ports,
        filter_list=filters,
        **options,  # type: ignore[arg-type]
    )


def _portal_plan(**more: object) -> Plan:
    entry = {"source": "portal", "urls": ["http://portal.example/"], **more}
    return parse_plan(json.dumps({"title": "门户", "sources": [entry]}), "plan")


def test_ads_in_slots_and_frames_with_landing_pages(tmp_path: Path) -> None:
    with Site(_PAGES) as site:
        crawled = run_crawl(_portal_plan(), _settings(tmp_path, site.port), tmp_path / "run")
    (capture,) = crawled.captures
    assert (capture.outcome, capture.detail) == (Outcome.OK, None)
    by_link = {ad.landing_url: ad for ad in capture.ads}
    one, two = by_link["http://land.example/one"], by_link["http://land.example/two"]
    assert one.landing is not None
    assert (one.landing.outcome, one.landing.title) == (Outcome.OK, "落地一")
    assert one.landing.icp is not None
    assert one.landing.icp.number == "沪ICP备12345678号"
    assert two.landing is not None
    assert two.landing.text == "落地页二"
    assert "框架里的广告" in two.title + two.text
    closed, inner = by_link["http://closed.example/offer"].landing, by_link["http://127.0.0.1/inner"].landing
    assert closed is not None
    assert (closed.outcome, closed.detail) == (Outcome.SKIPPED, "robots")
    assert inner is not None
    assert (inner.outcome, inner.detail) == (Outcome.SKIPPED, "address: 127.0.0.1 is loopback")
    # The same landing page twice on the page: visited once, its evidence shared.
    assert site.seen.count(("land.example", "/one")) == 1
    assert ("closed.example", "/offer") not in site.seen
    # Pictures of the ads, also of the one in the frame, and the page as it was: no frame written into it.
    assert all(ad.box and [ref.role for ref in ad.evidence] == ["ad_screenshot"] for ad in (one, two))
    assert "框架里的广告" not in crawled.evidence(capture.evidence, "html").decode()
    assert {ref.role for ref in one.landing.evidence} == {
        "landing_html",
        "landing_headers",
        "landing_screenshot",
        "landing_rendered",
        "landing_warc",
        "hops",
    }


def test_pages_over_http_and_https_share_one_browser_and_driver(tmp_path: Path) -> None:
    before = drivers()
    seen: set[int] = set()

    def page(visit: Visit) -> None:
        seen.update(drivers() - before)
        visit.answer(200, "<p>甲")

    trusted = Authority(tmp_path / "authority")
    with (
        Site({"land.example/one": page}) as plain,
        Site({"portal.example/": page}, tls=trusted.context("portal.example")) as secure,
    ):
        settings = _settings(tmp_path, plain.port, secure.port, ca_file=trusted.file)
        plan = plan_from_urls(["http://land.example/one", "https://portal.example/"])
        crawled = run_crawl(plan, settings, tmp_path / "run")
    assert [capture.outcome for capture in crawled.captures] == [Outcome.OK] * 2
    assert len(seen) == 1


def test_plan_without_landing_pages(tmp_path: Path) -> None:
    with Site(_PAGES) as site:
        crawled = run_crawl(_portal_plan(landing="none"), _settings(tmp_path, site.port), tmp_path / "run")
    assert crawled.captures[0].ads
    assert {ad.landing for ad in crawled.captures[0].ads} == {None}
    assert "land.example" not in {host for host, _ in site.seen}


def test_authorised_source_is_read_against_robots(tmp_path: Path) -> None:
    until = {"authorised": {"by": "某局", "document": "函1号", "until": "2099-12-31"}}
    entry = {"source": "watchlist", "urls": ["http://closed.example/list"], "robots": until}
    plan = parse_plan(json.dumps({"title": "授权", "sources": [entry]}), "plan")
    with Site(_PAGES) as site:
        crawled = run_crawl(plan, _settings(tmp_path, site.port), tmp_path / "run")
    assert crawled.captures[0].outcome is Outcome.OK
    assert crawled.captures[0].ads[0].text == "名单"


def test_a_store_that_fails_is_reported_at_the_end(tmp_path: Path) -> None:
    plan = plan_from_urls(["http://land.example/one", "http://land.example/two"])
    with Site(_PAGES) as site:
        odd = run_crawl(plan, _settings(tmp_path, site.port), tmp_path / "odd", sink_fails="odd")
        away = run_crawl(plan, _settings(tmp_path, site.port), tmp_path / "away", sink_fails="away")
    assert len(odd.captures) == 2
    assert odd.error is not None
    assert re.match(r"TasksFailed: .*\b1\b", odd.error)
    assert away.error == "ServiceAway: the store is away"


def test_a_pace_that_cannot_be_written_holds_no_task_up(tmp_path: Path) -> None:
    (tmp_path / "state" / "pacing.lock").mkdir(parents=True)  # as unwritable as on a full disk, for root too
    pages = {**_PAGES, "land.example/one": lambda v: v.answer(403, "<p>403")}
    plan = plan_from_urls(["http://land.example/one", "http://land.example/two"])
    with Site(pages) as site:
        crawled = run_crawl(plan, _settings(tmp_path, site.port, pace=0.001), tmp_path / "run")
    assert crawled.error is None
    assert [crawled.of(f"http://land.example/{page}").outcome for page in ("one", "two")] == [
        Outcome.BLOCKED,
        Outcome.OK,
    ]


def test_certificates_are_verified_in_browser_and_client(tmp_path: Path) -> None:
    trusted, stranger = Authority(tmp_path / "trusted"), Authority(tmp_path / "stranger")
    pages = {
        "land.example/one": _PAGES["land.example/one"],
        "itunes.apple.com/search": lambda v: v.answer(200, json.dumps(_APPS), "application/json"),
    }
    with Site(pages, tls=trusted.context(*_HOSTS)) as site:
        for authority, outcome in (
            (trusted, Outcome.OK),
            (stranger, Outcome.UNREACHABLE),
            (None, Outcome.UNREACHABLE),
        ):
            folder = tmp_path / f"run-{authority and authority.file.parent.name}"
            settings = _settings(tmp_path, https=site.port, ca_file=authority and authority.file)
            plan = plan_for_source("apple", ["贷款"])
            both = Plan(
                title="两种", sources=(*plan.sources, *plan_from_urls(["https://land.example/one"]).sources)
            )
            crawled = run_crawl(both, settings, folder)
            assert {c.task.source: c.outcome for c in crawled.captures} == {
                "apple": outcome,
                "watchlist": outcome,
            }
            details = [c.detail or "" for c in crawled.captures]
            assert all(("certificate" in detail) == (outcome is Outcome.UNREACHABLE) for detail in details), (
                details
            )
            if outcome is Outcome.OK:
                (app,) = next(c for c in crawled.captures if c.task.source == "apple").ads
                assert app.app is not None
                assert (app.app.package, app.text, app.landing) == ("example.wenwen", "额度高，放款快", None)


def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    trusted = Authority(tmp_path / "trusted")
    plan = plan_for_source("apple", ["贷款"])
    both = Plan(title="两种", sources=(*plan.sources, *plan_from_urls(["https://land.example/one"]).sources))
    with Site({}, tls=trusted.context("other.example")) as site:
        settings = _settings(tmp_path, https=site.port, ca_file=trusted.file)
        crawled = run_crawl(both, settings, tmp_path / "run")
    assert {capture.outcome for capture in crawled.captures} == {Outcome.UNREACHABLE}
    assert all("certificate" in (capture.detail or "") for capture in crawled.captures)


def test_hosts_are_asked_at_their_pace(tmp_path: Path) -> None:
    plan = plan_from_urls([f"http://land.example/{name}" for name in ("one", "two")])
    with Site(_PAGES) as site:
        crawled = run_crawl(
            plan, _settings(tmp_path, site.port, pace=1.0, host_delay_s=3.0), tmp_path / "run"
        )
    first, second = sorted(capture.at for capture in crawled.captures)
    assert (second - first).total_seconds() > 1.4  # 3 s less half of it as jitter


def test_an_interrupt_ends_the_crawl_soon_and_records_no_result_for_what_was_open(tmp_path: Path) -> None:
    stop = threading.Event()
    pages = {**_PAGES, "land.example/slow": lambda v: stop.wait(60)}
    plan = plan_from_urls(["http://land.example/one", "http://land.example/slow"])
    with Site(pages) as site:
        settings = _settings(tmp_path, site.port, navigation_timeout_s=60.0)
        crawled = run_crawl(
            plan, settings, tmp_path / "run", interrupt_if=lambda: ("land.example", "/slow") in site.seen
        )
        stop.set()
    assert crawled.error == "KeyboardInterrupt: "
    assert [capture.task.url for capture in crawled.captures] in ([], ["http://land.example/one"])


def test_an_interrupt_does_not_wait_for_a_robots_file_that_never_comes(tmp_path: Path) -> None:
    stop = threading.Event()
    with Site({**_PAGES, "land.example/robots.txt": lambda v: stop.wait(60)}) as site:
        settings = _settings(tmp_path, site.port, navigation_timeout_s=60.0)
        begun = time.monotonic()
        crawled = run_crawl(
            plan_from_urls(["http://land.example/one"]),
            settings,
            tmp_path / "run",
            interrupt_if=lambda: ("land.example", "/robots.txt") in site.seen,
        )
        took = time.monotonic() - begun
        stop.set()
    assert crawled.error == "KeyboardInterrupt: "
    assert took < 45  # the file's own time would have been 60 seconds


def test_a_faulty_line_of_a_list_ends_in_error_with_its_own_reason(tmp_path: Path) -> None:
    plan = plan_from_urls(["javascript:alert(1)", "https://me:geheim@a.example/", "http://land.example/one"])
    with Site(_PAGES) as site:
        captures = run_crawl(plan, _settings(tmp_path, site.port), tmp_path / "run").captures
    assert [(capture.outcome, capture.detail) for capture in captures] == [
        (Outcome.ERROR, "address: scheme javascript, not http or https"),
        (Outcome.ERROR, "address: user name or password in the address"),
        (Outcome.OK, None),
    ]
    assert captures[1].task.url == "line 2: https://***@a.example/"  # what is stored repeats no password
