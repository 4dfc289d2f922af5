"""Every way in which one page can end, on a real server and in a real browser, in one crawl."""

import gzip
import threading
from collections.abc import Iterator

import pytest

from crawlers.options import CrawlSettings
from crawlers.plan import plan_from_urls
from findings.model.crawl import Capture
from findings.model.vocabulary import Outcome
from tests.support.crawling import Crawled, run_crawl
from tests.support.web import Site, Visit, html

pytestmark = pytest.mark.browser

_LIMIT = 3_000_000
_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000"
    "0500017a5eab3f0000000049454e44ae426082"
)
_stop = threading.Event()


def _big(visit: Visit) -> None:
    visit.send_response(200)
    visit.send_header("Content-Type", "text/html")
    visit.end_headers()
    for _ in range(50):
        visit.wfile.write(b"<p>" + b"x" * 1_000_000)


def _drip(visit: Visit) -> None:
    visit.send_response(200)
    visit.send_header("Content-Type", "text/html")
    visit.end_headers()
    while not _stop.wait(0.3):
        visit.wfile.write(b"<p>.")


def _silent(visit: Visit) -> None:
    _stop.wait(60)


_PAGES = {
    "/js": html(
        "<title>稳盈计划</title><body><script>document.body.append('本金有保障 沪ICP备12345678号-1')</script>"
    ),
    "/late": html("<body><script>setTimeout(() => document.body.append('迟到的文字'), 400)</script>"),
    "/frame": html("<p>外面<iframe src='/inner' width=400 height=200></iframe>"),
    "/inner": html("<p>框架里的文字"),
    "/forged": html(
        "<title>稳盈</title><body>保本保息<iframe src='/forged-inner' width=400 height=200></iframe><script>"
        "Object.defineProperty(HTMLElement.prototype, 'innerText', {get() { return '天气晴朗' }});"
        "Object.defineProperty(Element.prototype, 'outerHTML', {get() { return '天气晴朗' }});"
        "window.String = () => ({slice: () => 'x'.repeat(300000000)})</script>"
    ),
    "/forged-inner": html(
        "<p>年化十八</p><script>"
        "Object.defineProperty(HTMLElement.prototype, 'innerText', {get() { return '天气晴朗' }})</script>"
    ),
    "/chain": lambda v: v.redirect("/meta"),
    "/meta": html("<meta http-equiv=refresh content='0; url=/script'><p>稍候"),
    "/script": html("<script>location.href = '/end'</script>"),
    "/end": html("<p>到了"),
    "/to-loopback": lambda v: v.redirect(f"http://127.0.0.1:{v.server.site.port}/secret"),
    "/script-to-loopback": lambda v: v.answer(
        200, f"<script>location.href = 'http://127.0.0.1:{v.server.site.port}/secret'</script>"
    ),
    "/secret": html("<p>内部"),
    "/picture-of-loopback": lambda v: v.answer(
        200, f"<p>页面<img src='http://127.0.0.1:{v.server.site.port}/secret'>"
    ),
    "/to-captcha": lambda v: v.redirect("/verify"),
    "/verify": html("<title>安全验证</title><p>请完成下方验证"),
    "/big": _big,
    "/bomb": lambda v: v.answer(200, gzip.compress(b"<p>" + b" " * 60_000_000), Content_Encoding="gzip"),
    "/dom-bomb": html(
        # Hidden: to draw so much takes seconds, and a busy machine would call it late before it calls it large.
        "<body><p>大<div hidden id=d></div><script>for (let i = 0; i < 8; i++) d.append('x'.repeat(1e6))</script>"
    ),
    "/silent": _silent,
    "/drip": _drip,
    "/hang": html("<p>忙<script>for (;;) {}</script>"),
    "/apk": lambda v: v.answer(200, b"PK", "application/vnd.android.package-archive"),
    "/attached": lambda v: v.answer(
        200, b"1", "application/octet-stream", Content_Disposition="attachment; filename=a.bin"
    ),
    "/pdf": lambda v: v.answer(200, b"%PDF-1.4\n%%EOF", "application/pdf"),
    "/picture": lambda v: v.answer(200, _PNG, "image/png"),
    "/dialog": html("<p>有弹窗<script>alert('1'); confirm('2'); prompt('3')</script>"),
    "/popup": html("<p>有新窗口<script>open('/end'); open('/end')</script>"),
    "/circle": lambda v: v.redirect("/circle"),
    "/script-circle": html("<script>location.href = '/script-circle?' + Math.random()</script>"),
    "/500": lambda v: v.answer(500, "<p>错"),
    "/429": lambda v: v.answer(429, "<p>慢些"),
    "/410": lambda v: v.answer(410, "<p>没了"),
    "/to-closed": lambda v: v.redirect("http://closed.example/page"),
    "closed.example/robots.txt": lambda v: v.answer(200, "User-agent: *\nDisallow: /", "text/plain"),
    "closed.example/page": html("<p>不许来"),
}  # fmt: skip


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("pages")
    with Site(_PAGES) as site:
        urls = [f"http://open.example{path}" for path in _PAGES if path.startswith("/")]
        urls += [
            "http://closed.example/page",
            f"http://127.0.0.1:{site.port}/secret",
            f"http://localhost:{site.port}/secret",
            f"http://[::1]:{site.port}/secret",
            "http://169.254.169.254/latest/meta-data",
            "http://open.example:8099/nobody-listens",
            "http://no-such-name.invalid/",
            "这不是网址",
            "ftp://open.example/a",
        ]
        settings = CrawlSettings(
            state_dir=folder / "state",
            hosts={"open.example": "127.0.0.1", "closed.example": "127.0.0.1"},
            ports={80: site.port},
            navigation_timeout_s=6,
            max_body_bytes=_LIMIT,
            pace=0,
        )
        yield run_crawl(plan_from_urls(urls), settings, folder)
        _stop.set()
        assert site.seen


def _at(crawled: Crawled, path: str) -> Capture:
    return crawled.of(f"http://open.example{path}")


@pytest.mark.parametrize(
    ("path", "outcome", "detail"),
    [
        ("/js", Outcome.OK, None),
        ("/picture", Outcome.OK, None),
        ("/to-loopback", Outcome.SKIPPED, "address: 127.0.0.1 is loopback"),
        ("/script-to-loopback", Outcome.SKIPPED, "address: 127.0.0.1 is loopback"),
        ("/picture-of-loopback", Outcome.OK, None),
        ("/to-captcha", Outcome.CAPTCHA, "signature"),
        ("/big", Outcome.ERROR, "size: "),
        ("/bomb", Outcome.ERROR, "size: "),
        ("/dom-bomb", Outcome.ERROR, "size: "),
        ("/silent", Outcome.TIMEOUT, ""),
        ("/drip", Outcome.TIMEOUT, "page: not loaded"),
        ("/hang", Outcome.TIMEOUT, ""),
        ("/apk", Outcome.SKIPPED, "download: "),
        ("/attached", Outcome.SKIPPED, "download: a.bin"),
        ("/pdf", Outcome.SKIPPED, "download: "),
        ("/dialog", Outcome.OK, None),
        ("/popup", Outcome.OK, None),
        ("/circle", Outcome.ERROR, "browser: ERR_TOO_MANY_REDIRECTS"),
        ("/script-circle", Outcome.ERROR, "redirect: more than"),
        ("/500", Outcome.UNREACHABLE, "http: 500"),
        ("/429", Outcome.BLOCKED, "signature"),
        ("/410", Outcome.ERROR, "http: 410"),
        ("/to-closed", Outcome.SKIPPED, "robots"),
        (":8099/nobody-listens", Outcome.UNREACHABLE, "connection: "),
    ],
)
def test_page_ends_as(crawled: Crawled, path: str, outcome: Outcome, detail: str | None) -> None:
    capture = _at(crawled, path)
    assert (capture.outcome, capture.detail if detail is None else (capture.detail or "")[: len(detail)]) == (
        outcome,
        detail,
    )


def test_every_task_ends_in_exactly_one_capture_off_the_reactor(crawled: Crawled) -> None:
    urls = [capture.task.url for capture in crawled.captures]
    assert crawled.error is None
    assert len(urls) == len(set(urls)) == len(_PAGES) - 2 + 9
    assert {name.rstrip("_0123456789") for name in crawled.threads} == {"crawl-sink"}


def test_script_is_run_and_the_page_is_the_ad(crawled: Crawled) -> None:
    capture = _at(crawled, "/js")
    (ad,) = capture.ads
    assert (ad.title, ad.text) == ("稳盈计划", "本金有保障 沪ICP备12345678号-1")
    assert ad.landing is not None
    assert ad.landing.icp is not None
    assert ad.landing.icp.number == "沪ICP备12345678号-1"
    assert capture.ip == "127.0.0.1"


def test_late_text_is_waited_for(crawled: Crawled) -> None:
    assert "迟到的文字" in _at(crawled, "/late").ads[0].text


def test_text_in_frames_is_read(crawled: Crawled) -> None:
    text = _at(crawled, "/frame").ads[0].text
    assert "外面" in text
    assert "框架里的文字" in text


def test_a_page_cannot_forge_what_is_captured(crawled: Crawled) -> None:
    capture = _at(crawled, "/forged")
    assert capture.outcome is Outcome.OK
    assert capture.ads[0].text.split() == ["保本保息", "年化十八"]
    assert "保本保息".encode() in crawled.evidence(capture.evidence, "html")


def test_hops_by_status_meta_and_script(crawled: Crawled) -> None:
    capture = _at(crawled, "/chain")
    steps = [(hop.kind, hop.status, hop.url.rpartition("/")[2]) for hop in capture.hops]
    assert steps == [
        ("http", 302, "chain"),
        ("http", 200, "meta"),
        ("meta", 200, "script"),
        ("script", 200, "end"),
    ]
    assert [hop.at for hop in capture.hops] == sorted(hop.at for hop in capture.hops)
    assert capture.final_url == "http://open.example/end"


def test_evidence_of_a_page(crawled: Crawled) -> None:
    capture = _at(crawled, "/js")
    roles = {ref.role for ref in capture.evidence}
    assert {"html", "headers", "page_screenshot", "hops"} <= roles
    assert "本金有保障" in crawled.evidence(capture.evidence, "html").decode()
    assert crawled.evidence(capture.evidence, "page_screenshot").startswith(b"\x89PNG")
    assert crawled.evidence(capture.evidence, "headers").startswith(b"{")
    assert [ref.role for ref in capture.ads[0].evidence] == ["ad_screenshot"]


def test_addresses_of_this_machine_are_refused(crawled: Crawled) -> None:
    refused = [
        c for c in crawled.captures if c.task.url.endswith("/secret") and "open.example" not in c.task.url
    ]
    assert len(refused) == 3
    assert {c.outcome for c in refused} == {Outcome.SKIPPED}
    assert all("is loopback" in (c.detail or "") for c in refused)
    metadata = crawled.of("http://169.254.169.254/latest/meta-data")
    assert (metadata.outcome, metadata.detail) == (
        Outcome.SKIPPED,
        "address: 169.254.169.254 is a metadata service",
    )


def test_robots_are_obeyed(crawled: Crawled) -> None:
    capture = crawled.of("http://closed.example/page")
    assert (capture.outcome, capture.detail, capture.ads) == (Outcome.SKIPPED, "robots", ())


def test_name_without_address_is_unreachable(crawled: Crawled) -> None:
    assert crawled.of("http://no-such-name.invalid/").outcome is Outcome.UNREACHABLE


def test_bad_lines_end_as_errors_beside_the_rest(crawled: Crawled) -> None:
    bad = [capture for capture in crawled.captures if capture.task.url.startswith("line ")]
    assert {capture.outcome for capture in bad} == {Outcome.ERROR}
    assert len(bad) == 2


def test_memory_stays_bounded_under_bombs(crawled: Crawled) -> None:
    assert crawled.peak_bytes < 600_000_000


def test_nothing_is_written_beside_the_results(crawled: Crawled) -> None:
    assert crawled.stderr == ""
