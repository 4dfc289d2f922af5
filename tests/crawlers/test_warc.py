"""The WARC of a visit: what the server sent, byte by byte, read back by another program."""

import gzip
import io
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from crawlers.browser.warc import Answer, Archive, Exchange
from crawlers.options import CrawlSettings
from crawlers.plan import Plan, plan_for_source, plan_from_urls
from findings.model.crawl import Capture, EvidenceRef
from findings.model.vocabulary import Outcome
from tests.support.authority import Authority
from tests.support.crawling import Crawled, run_crawl
from tests.support.web import Site, Visit, html

pytestmark = pytest.mark.browser

_GB = (
    "<!doctype html><meta charset=gb18030><title>落地</title><p>保本保息 㐂".encode("gb18030")
    + b"\xff\xfe broken <link rel=stylesheet href=/style.css><script src=/script.js></script>"
    + b"<img src=/picture.png><img src=/missing.png><img src=http://refused.example/x.png>"
    + b"<iframe src=http://frame.example/inner width=300 height=200></iframe>"
)


def _png(side: int) -> bytes:
    """A picture of noise, which no coding makes smaller."""
    picture = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(5).randbytes(side * side * 3)).save(picture, "png")
    return picture.getvalue()


_PICTURE = _png(400)
_SCRIPT = b"\xef\xbb\xbfvar a = '\x00'; fetch('/data?q=1', {method: 'POST', body: 'x=1'})"
_STYLE = b"p { color: red }" * 500
_DATA = "答复".encode("big5")
_APPS = json.dumps({"resultCount": 0, "results": []}).encode()


def _endless(visit: Visit) -> None:
    visit.send_response(200)
    visit.send_header("Content-Type", "text/html")
    visit.end_headers()
    for _ in range(400):
        visit.wfile.write(b"<p>" + b"x" * 100_000)


def _posted(visit: Visit) -> None:
    visit.answer(200, _DATA, "text/plain; charset=big5")


_PAGES = {
    "page.example/start": lambda v: v.redirect("/middle", 301),
    "page.example/middle": lambda v: v.redirect("/page", 307),
    "page.example/page": lambda v: v.answer(200, _GB, "text/html"),
    "page.example/style.css": lambda v: v.answer(
        200, gzip.compress(_STYLE), "text/css", Content_Encoding="gzip", X_Twice="1"
    ),
    "page.example/script.js": lambda v: v.answer(200, _SCRIPT, "text/javascript"),
    "page.example/picture.png": lambda v: v.answer(200, _PICTURE, "image/png"),
    "page.example/data": _posted,
    "page.example/leaves": html("<p>甲<script>location.href = '/stays'</script>"),
    "page.example/stays": html("<p>乙"),
    "page.example/endless": _endless,
    "frame.example/inner": html("<p>框架<script src=/in-frame.js></script>"),
    "frame.example/in-frame.js": lambda v: v.answer(200, b"/* frame */", "text/javascript"),
}
_STORE = {
    "itunes.apple.com/search": lambda v: v.redirect("/found"),
    "itunes.apple.com/found": lambda v: v.answer(
        200, gzip.compress(_APPS), "application/json", Content_Encoding="gzip"
    ),
}
_HOSTS = ("page.example", "frame.example", "itunes.apple.com")


class _Record:
    """One record as warcio reads it."""

    def __init__(self, record: Any) -> None:
        self.kind: str = record.rec_type
        self.url: str = record.rec_headers.get_header("WARC-Target-URI")
        self.headers = record.rec_headers
        self.http = record.http_headers
        self.raw: bytes = record.raw_stream.read()


def _records(crawled: Crawled, refs: tuple[EvidenceRef, ...], role: str = "warc") -> list[_Record]:
    from warcio.archiveiterator import ArchiveIterator

    (ref,) = (ref for ref in refs if ref.role == role)
    assert ref.media_type == "application/warc"
    with (crawled.folder / ref.sha256).open("rb") as file:
        return [_Record(record) for record in ArchiveIterator(file, check_digests="raise")]


def _answers(records: list[_Record]) -> dict[str, _Record]:
    return {record.url.partition("//")[2]: record for record in records if record.kind == "response"}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("warc")
    authority = Authority(folder / "authority")
    with Site(_PAGES) as site, Site(_STORE, tls=authority.context("itunes.apple.com")) as store:
        urls = [f"http://page.example/{name}" for name in ("start", "leaves", "endless")]
        plan = plan_for_source("apple", ["贷款"])
        both = Plan(title="甲", sources=(*plan.sources, *plan_from_urls(urls).sources))
        settings = CrawlSettings(
            state_dir=folder / "state",
            hosts=dict.fromkeys(_HOSTS, "127.0.0.1"),
            ports={80: site.port, 443: store.port},
            ca_file=authority.file,
            max_body_bytes=3_000_000,
            pace=0,
        )
        yield run_crawl(both, settings, folder / "run")


@pytest.fixture(scope="module")
def capture(crawled: Crawled) -> Capture:
    return crawled.of("http://page.example/start")


@pytest.fixture(scope="module")
def records(crawled: Crawled, capture: Capture) -> list[_Record]:
    assert capture.outcome is Outcome.OK, capture.detail
    return _records(crawled, capture.evidence)


def test_the_file_is_found_sound_by_warcio(crawled: Crawled, capture: Capture) -> None:
    (ref,) = (ref for ref in capture.evidence if ref.role == "warc")
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(crawled.folder / ref.sha256)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "digest pass" in done.stdout


def test_the_first_record_says_who_wrote_it(records: list[_Record]) -> None:
    assert records[0].kind == "warcinfo"
    assert b"FinAdWatch" in records[0].raw


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("page.example/page", _GB),
        ("page.example/picture.png", _PICTURE),
        ("page.example/script.js", _SCRIPT),
        ("page.example/style.css", _STYLE),
        ("page.example/data?q=1", _DATA),
        ("frame.example/inner", "<p>框架<script src=/in-frame.js></script>".encode()),
        ("frame.example/in-frame.js", b"/* frame */"),
    ],
)
def test_bodies_are_what_the_server_sent(records: list[_Record], url: str, sent: bytes) -> None:
    answer = _answers(records)[url]
    assert (answer.headers.get_header("WARC-Truncated"), answer.raw) == (None, sent)
    assert answer.http.get_header("Content-Length") == str(len(sent))
    assert answer.headers.get_header("WARC-IP-Address") == "127.0.0.1"


def test_a_body_that_the_browser_threw_away_is_said_to_be_missing(records: list[_Record]) -> None:
    """Chromium drops what can't be drawn as a picture, sometimes before it can be had."""
    answer = _answers(records)["page.example/missing.png"]
    assert answer.http.get_statuscode() == "404"
    assert (answer.headers.get_header("WARC-Truncated"), answer.raw) in (
        (None, "<p>没有这一页".encode()),
        ("unspecified", b""),
    )


def test_redirects_stand_with_their_status_lines(records: list[_Record]) -> None:
    answers = _answers(records)
    for name, status, to in (("start", "301", "/middle"), ("middle", "307", "/page"), ("page", "200", None)):
        http = answers[f"page.example/{name}"].http
        assert (http.get_statuscode(), http.get_header("Location")) == (status, to)


def test_a_coded_body_is_decoded_and_its_headers_kept_aside(records: list[_Record]) -> None:
    http = _answers(records)["page.example/style.css"].http
    assert http.get_header("Content-Encoding") is None
    assert http.get_header("X-Orig-Content-Encoding") == "gzip"
    assert http.get_header("X-Orig-Content-Length") == str(len(gzip.compress(_STYLE)))
    assert http.get_header("X-Twice") == "1"


def test_each_answer_has_its_request(records: list[_Record]) -> None:
    asked = {r.headers.get_header("WARC-Concurrent-To"): r for r in records if r.kind == "request"}
    for record in records:
        if record.kind == "response":
            assert asked[record.headers.get_header("WARC-Record-ID")].url == record.url
    posted = next(r for r in records if r.kind == "request" and "/data" in r.url)
    assert (posted.http.protocol, posted.raw) == ("POST", b"x=1")
    assert posted.http.get_header("Host") == "page.example"
    assert "FinAdWatch" in posted.http.get_header("User-Agent")


def test_what_the_guard_refused_is_noted_and_is_no_server_s_answer(records: list[_Record]) -> None:
    refused = [record for record in records if "refused.example" in (record.url or "")]
    assert [record.kind for record in refused] == ["request", "metadata"]
    assert b"fetch-error: " in refused[1].raw


def test_documents_that_a_page_left_are_kept(crawled: Crawled) -> None:
    answers = _answers(_records(crawled, crawled.of("http://page.example/leaves").evidence))
    assert "甲" in answers["page.example/leaves"].raw.decode()
    assert answers["page.example/stays"].raw.decode() == "<p>乙"


def test_a_body_over_the_limit_is_said_to_be_cut(crawled: Crawled) -> None:
    capture = crawled.of("http://page.example/endless")
    assert (capture.detail or "").startswith("size: ")
    answer = _answers(_records(crawled, capture.evidence))["page.example/endless"]
    assert answer.headers.get_header("WARC-Truncated") == "length"
    assert answer.raw == b""


def test_an_answer_without_a_browser_keeps_its_coding(crawled: Crawled) -> None:
    (capture,) = (c for c in crawled.captures if c.task.source == "apple")
    redirect, answer = _answers(_records(crawled, capture.evidence)).values()
    assert (redirect.http.get_statuscode(), redirect.http.get_header("Location")) == ("302", "/found")
    assert gzip.decompress(answer.raw) == _APPS
    assert answer.http.get_header("Content-Encoding") == "gzip"
    assert crawled.evidence(capture.evidence, "body") == _APPS
    assert capture.certificate is not None
    assert capture.certificate.names == ("itunes.apple.com",)
    assert crawled.evidence(capture.evidence, "certificate").startswith(b"-----BEGIN CERTIFICATE-----")


def test_no_temporary_file_is_left(crawled: Crawled) -> None:
    assert not list(Path(crawled.folder).rglob("*.warc.gz"))


def test_nothing_that_is_said_to_the_guard_is_kept(crawled: Crawled) -> None:
    for capture in crawled.captures:
        for record in _records(crawled, capture.evidence):
            names = [name.lower() for name, _ in record.http.headers] if record.http else []
            assert not [name for name in names if name.startswith("proxy-")]


def _written(bodies: list[bytes]) -> tuple[list[_Record], int]:
    """The records of a file with these answers, and how large the file is."""
    from warcio.archiveiterator import ArchiveIterator

    with tempfile.TemporaryDirectory() as folder:
        warc = Archive(Path(folder), "test").open()
        for number, body in enumerate(bodies):
            answer = Answer(
                protocol="http/1.1", status=200, reason="OK", headers=[("A", "b" * 500)], body=body
            )
            warc.put(
                Exchange(
                    url=f"http://a.example/{number}",
                    method="GET",
                    headers=[("C", "d" * 500)],
                    sent=b"",
                    at=datetime(2026, 1, 1, tzinfo=UTC),
                    ip=None,
                    answer=answer,
                )
            )
        warc.close()
        data = warc.path.read_bytes()
    with io.BytesIO(data) as file:
        return [_Record(record) for record in ArchiveIterator(file, check_digests="raise")], len(data)


_BODIES = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda seed, size: random.Random(seed).randbytes(size), st.integers(), st.integers(0, 60_000)),
    st.builds(lambda part, times: part * times, st.binary(min_size=1, max_size=20), st.integers(1, 5_000)),
)


@given(st.lists(_BODIES, max_size=6))
@hypothesis_settings(max_examples=60, deadline=None)
def test_whatever_is_written_is_read_back(bodies: list[bytes]) -> None:
    records, _ = _written(bodies)
    assert [record.raw for record in records if record.kind == "response"] == bodies
    assert [record.kind for record in records] == ["warcinfo", *["response", "request"] * len(bodies)]


@pytest.mark.parametrize(
    ("body", "least", "most"),
    [
        pytest.param(_PICTURE, len(_PICTURE), len(_PICTURE) + 3_000, id="a picture is stored as it is"),
        pytest.param(_STYLE * 20, 0, len(_STYLE), id="text is compressed"),
        pytest.param(b"", 0, 2_000, id="heads are compressed"),
    ],
)
def test_only_what_shrinks_is_compressed(body: bytes, least: int, most: int) -> None:
    _, size = _written([body])
    assert least <= size <= most
