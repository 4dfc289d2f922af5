"""What a page may try on its visitor, the certificates of servers, and what is kept of a page that fails."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from crawlers.options import CrawlSettings
from crawlers.plan import plan_from_urls
from findings.model.crawl import Capture
from findings.model.vocabulary import Outcome
from tests.support.authority import Authority
from tests.support.crawling import Crawled, run_crawl
from tests.support.web import Site, Visit, html

pytestmark = pytest.mark.browser

_stop = threading.Event()
_ASKS = """<p>页面<script>
const say = (name) => (done) => document.body.append(name + '=' + done + ' ');
navigator.geolocation.getCurrentPosition(say('place'), () => say('place')('no'));
Notification.requestPermission().then(say('notices'));
navigator.mediaDevices?.getUserMedia({video: true}).then(say('camera'), () => say('camera')('no'));
navigator.serviceWorker?.register('/worker.js').then(() => say('worker')('yes'), () => say('worker')('no'));
document.documentElement.requestFullscreen().then(() => say('full')('yes'), () => say('full')('no'));
document.body.requestPointerLock();
</script>"""


def _unfinished(visit: Visit) -> None:
    visit.send_response(200)
    visit.send_header("Content-Type", "text/html; charset=utf-8")
    visit.send_header("Content-Length", "1000000")
    visit.end_headers()
    visit.wfile.write("<title>半页</title><p>前半页的文字".encode() + b" " * 2000)
    visit.wfile.flush()
    _stop.wait(30)


_PAGES = {
    "/asks": html(_ASKS),
    "/worker.js": lambda v: v.answer(200, "self.onfetch = () => 0", "text/javascript"),
    "/windows": html("<p>窗<script>for (let i = 0; i < 400; i++) open('/x' + i)</script>"),
    "/alerts": html("<p>响<script>for (;;) alert('恭喜')</script>"),
    "/print": html("<p>印<script>print(); print()</script>"),
    "/unload": html("<p>离<script>onbeforeunload = (e) => { e.preventDefault(); return 'x' }</script>"),
    "/push": html("<p>推<script>setInterval(() => history.pushState({}, '', '/push?' + Math.random()), 50)</script>"),
    "/hash": html("<p>跳<script>setInterval(() => location.hash = Math.random(), 1)</script>"),
    "/requests": html("<p>问<script>for (let i = 0; i < 4000; i++) fetch('/none?' + i).catch(() => 0)</script>"),
    "/unfinished": _unfinished,
    "/blocked": lambda v: v.answer(403, "<title>403</title><p>不许"),
}  # fmt: skip


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("limits")
    with Site(_PAGES) as site:
        # A host each: pages of one site share a process, and one that loops would hold up the others.
        hosts = [f"{path[1:]}.example" for path in _PAGES if path != "/worker.js"]
        urls = [f"http://{host}/{host.partition('.')[0]}" for host in hosts]
        settings = CrawlSettings(
            state_dir=folder / "state",
            hosts=dict.fromkeys(hosts, "127.0.0.1"),
            ports={80: site.port},
            pace=0,
            navigation_timeout_s=30.0,
        )
        yield run_crawl(plan_from_urls(urls), settings, folder / "run")
        _stop.set()


def _at(crawled: Crawled, path: str) -> Capture:
    return crawled.of(f"http://{path}.example/{path}")


def test_every_page_has_one_ending(crawled: Crawled) -> None:
    assert crawled.error is None
    assert len({capture.task.id for capture in crawled.captures}) == len(crawled.captures) == len(_PAGES) - 1


def test_whatever_a_page_asks_for_is_denied(crawled: Crawled) -> None:
    (ad,) = _at(crawled, "asks").ads
    assert "页面" in ad.text
    assert "place=no" in ad.text
    assert "notices=denied" in ad.text or "notices=default" in ad.text  # refused, or never answered
    for granted in ("worker=yes", "full=yes", "camera=[object", "place=[object"):
        assert granted not in ad.text


@pytest.mark.parametrize("path", ["print", "unload", "push", "hash"])
def test_a_page_that_plays_tricks_is_captured_all_the_same(crawled: Crawled, path: str) -> None:
    capture = _at(crawled, path)
    assert (capture.outcome, capture.detail) == (Outcome.OK, None)


@pytest.mark.parametrize(
    ("path", "detail"),
    [("windows", "windows: "), ("alerts", "dialogs: "), ("requests", "requests: ")],
)
def test_floods_end_the_visit(crawled: Crawled, path: str, detail: str) -> None:
    capture = _at(crawled, path)
    assert (capture.outcome, (capture.detail or "")[: len(detail)]) == (Outcome.ERROR, detail)


def test_what_was_there_of_a_page_that_failed_is_kept(crawled: Crawled) -> None:
    capture = _at(crawled, "unfinished")
    assert capture.outcome is Outcome.TIMEOUT
    assert "前半页的文字" in crawled.evidence(capture.evidence, "html").decode()
    assert crawled.evidence(capture.evidence, "page_screenshot").startswith(b"\x89PNG")
    assert {"warc", "hops"} <= {ref.role for ref in capture.evidence}


def test_a_page_that_turns_us_away_is_kept(crawled: Crawled) -> None:
    capture = _at(crawled, "blocked")
    assert capture.outcome is Outcome.BLOCKED
    assert {"html", "page_screenshot", "warc"} <= {ref.role for ref in capture.evidence}


def test_the_span_of_a_capture_is_told(crawled: Crawled) -> None:
    said = json.loads(crawled.evidence(_at(crawled, "print").evidence, "headers"))
    assert 0 < said["span_s"] < 60
    assert (said["popups"], said["dialogs"]) == (0, 0)


def test_certificates_of_pages_trusted_and_refused(tmp_path: Path) -> None:
    trusted, stranger = Authority(tmp_path / "trusted"), Authority(tmp_path / "stranger")
    pages = {"a.example/": html("<p>甲")}
    for authority, outcome, length in ((trusted, Outcome.OK, 2), (stranger, Outcome.UNREACHABLE, 1)):
        with Site(pages, tls=authority.context("a.example", "b.example")) as site:
            settings = CrawlSettings(
                state_dir=tmp_path / "state",
                hosts={"a.example": "127.0.0.1"},
                ports={443: site.port},
                ca_file=trusted.file,
                pace=0,
            )
            folder = tmp_path / outcome.value
            crawled = run_crawl(plan_from_urls(["https://a.example/"]), settings, folder)
        (capture,) = crawled.captures
        assert capture.outcome is outcome, capture.detail
        assert capture.certificate is not None
        assert capture.certificate.subject == "CN=a.example"
        assert capture.certificate.issuer == "CN=Test Authority"
        assert capture.certificate.names == ("a.example", "b.example")
        assert capture.certificate.valid_from < capture.at < capture.certificate.valid_to
        pem = crawled.evidence(capture.evidence, "certificate")
        assert len(x509.load_pem_x509_certificates(pem)) == length
