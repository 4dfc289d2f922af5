"""Recorded pages are read whole as expected; hostile ones never break the reader."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from crawlers.parse import FRAME_SEPARATOR, parse_page
from crawlers.sources import Kind, load_sources
from findings.model.crawl import ParsedPage
from findings.model.vocabulary import Outcome
from tests.support.pages import cases, parse_case, recorded

SOURCES = load_sources()
ANSWERS = {
    Outcome.OK,
    Outcome.EMPTY,
    Outcome.CAPTCHA,
    Outcome.LOGIN,
    Outcome.BLOCKED,
    Outcome.SELECTOR_BROKEN,
    Outcome.ERROR,
}


@pytest.mark.parametrize("folder", cases(), ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_recorded_page_reads_as_expected(folder: Path) -> None:
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    assert recorded(parse_case(folder)) == expected


def test_every_source_has_at_least_four_recorded_pages() -> None:
    per_source = {name: sum(1 for folder in cases() if folder.parent.name == name) for name in SOURCES}
    assert min(per_source.values()) >= 4, per_source


@pytest.mark.parametrize("folder", cases(), ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_locator_leads_back_to_the_ad(folder: Path) -> None:
    page = parse_case(folder)
    assert len(page.locators) == len(page.clicks) == len(page.ads)
    tree = html.document_fromstring(next(folder.glob("input.*")).read_bytes() or b"<html/>")
    for ad, locator in zip(page.ads, page.locators, strict=True):
        assert locator is not None
        if FRAME_SEPARATOR in locator:
            frame = locator.split(FRAME_SEPARATOR)[0]
            assert tree.xpath(frame)[0].tag == "iframe"
        else:
            assert len(tree.xpath(locator)) == 1, ad.title


def _check(page: ParsedPage) -> None:
    assert page.outcome in ANSWERS
    assert len(page.locators) == len(page.clicks) == len(page.ads)
    assert [ad.position for ad in page.ads] == list(range(1, len(page.ads) + 1))
    assert [one.position for one in page.organic] == list(range(1, len(page.organic) + 1))
    for ad in page.ads:
        assert "\x00" not in ad.title + ad.text
        assert ad.landing_url is None or ad.landing_url.lower().startswith(("http://", "https://"))


_PIECES = st.sampled_from(
    [
        "<div class='EC_result'>",
        "<div id=content_left>",
        "<div id='content_right'>",
        "</div>",
        "<h3>",
        "</h3>",
        "<a href='/baidu.php?url=1'>",
        "<a data-landurl='https://a.example/'>",
        "<a href='http://[::1'>",
        "<a href='javascript:alert(1)'>",
        "</a>",
        "<span class=ec-tuiguang data-tuiguang='{'>广告</span>",
        "<ins class=adsbygoogle>",
        "<iframe src='//g.163.com/r' srcdoc='&lt;a href=x&gt;'>",
        "</iframe>",
        "<table class=result id=1><tr><td>",
        "<a data-renzheng='[[[[\"甲公司\"]]]]'>",
        "<!--",
        "-->",
        "<![CDATA[",
        "<script>",
        "</script>",
        "<textarea>",
        "<svg><title>",
        "\x00",
        "\ud800",
        "&#0;&#x110000;",
        "保本",
        '{"results":[{"trackName":',
        "未找到相关结果",
        "<title>百度安全验证",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(SOURCES)),
    body=st.one_of(
        st.binary(max_size=400),
        st.lists(st.one_of(_PIECES, st.text(max_size=12)), max_size=40).map("".join),
    ),
    status=st.sampled_from([200, 302, 404, 503]),
    content_type=st.sampled_from([None, "text/html; charset=gbk", "text/html; charset=nonsense", "\x00"]),
)
def test_any_body_gives_an_outcome(
    name: str, body: bytes | str, status: int, content_type: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    _check(parse_page(SOURCES[name], body, "https://page.example/", status=status, headers=headers))


_HOSTILE = {
    "nested-100k": b"<div>" * 100_000,
    "nested-ads": b"<div class=EC_result><h3>" * 50_000,
    "huge-attribute": b"<div id=content_left><a data-landurl='" + b"x" * 3_000_000 + b"'>t</a>",
    "many-attributes": b"<a " + b"x=1 " * 200_000,
    "nothing-but-brackets": b"<" * 500_000,
    "entities": b"&amp" * 300_000,
    "nuls": b"\x00" * 500_000,
    "flat-marks": b"<p data-tuiguang=1>a</p>" * 4_000,
    "flat-titles": b"<h3><a href=/baidu.php?url=1>x</a></h3>" * 4_000,
    "badges-in-one-box": b"<div>" + "<div><span>广告</span></div>".encode() * 4_000,
    "frames": b"<iframe src='http://g.163.com/r'></iframe>" * 4_000,
    "nested-json": b"[" * 200_000,
    "related-beside-ads": b"<div class=EC_result><h3><a href=/x>t</a></h3></div>" * 300
    + b"<div class=c-recomm-wrap></div>" * 20_000,
    "addresses-without-content": b"<p>t</p><div class=adA>" + b"<b data-href='//a.example/'></b>" * 20_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("body", _HOSTILE.values(), ids=_HOSTILE.keys())
def test_hostile_body_is_read_in_bounded_time(body: bytes) -> None:
    for source in SOURCES.values():
        if source.kind is Kind.PORTAL and source.name != "portal":
            continue  # a portal of its own has more marks, but the same reader
        started = time.process_time()
        _check(parse_page(source, body, "https://page.example/"))
        # Measured at most 1.5 s of processor time; a square law would take minutes.
        assert time.process_time() - started < 10, source.name


@pytest.mark.slow
def test_fifty_megabytes_are_cut_not_read() -> None:
    row = b'<div class="result c-container"><h3><a href="https://a.example/">t</a></h3></div>'
    body = b"<div id=content_left>" + row * (50_000_000 // len(row))
    started = time.process_time()
    page = parse_page(SOURCES["baidu"], body, "https://www.baidu.com/s?wd=x")
    assert page.outcome is Outcome.OK
    assert len(page.organic) == 300
    assert time.process_time() - started < 20
