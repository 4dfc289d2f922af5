"""What a page holds beside its results changes nothing in what is read; hostile cards are read in bounded time."""

import json
import re
import time
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers.parse import parse_page
from crawlers.sources import load_sources
from findings.model.crawl import ParsedPage
from findings.model.vocabulary import Outcome
from tests.support.pages import FIXTURES

SOURCES = load_sources()
_CASES = [
    FIXTURES / name
    for name in (
        "bing/ads_and_results", "bing/international_2026", "bing/old_list_2012", "bing/no_ads", "bing/changed_classes",
        "toutiao/ads_and_results", "toutiao/cards_only", "toutiao/no_ads", "shenma/ads_and_cards", "shenma/hydrated",
        "shenma/old_rows", "shenma/no_ads", "chinaso/drawn_page",
    )
]  # fmt: skip
#: Nothing a reader sees. None of it may stand for an ad, whatever it says.
_NOISE = [
    "<!-- b_ad b_adTop 广告 icon_ad -->",
    "<script>var c='b_adTop';var u='https://www.bing.com/aclk?ld=1';var l='广告';</script>",
    "<script>window._SSR_HYDRATED_DATA={a:f()}</script>",
    "<style>.b_ad,.icon_ad,.ad-wolong-container{display:none}.x::before{content:'广告'}</style>",
    "<span></span>",
    "<i class='icn'></i>",
    "<img alt='' data-bm='4' src='https://ad.example/p.gif'>",
    "<template><li class='b_ad'><h2><a href='https://www.bing.com/aclk?ld=1'>t</a></h2></li></template>",
    "\n  ",
]


def _seen(page: ParsedPage) -> Any:
    ads = [
        (ad.title, ad.text, ad.display, ad.landing_url, ad.advertiser, ad.slot, ad.mark, ad.position)
        for ad in page.ads
    ]
    return page.outcome, ads, page.organic, page.clicks


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(folder=st.sampled_from(_CASES), data=st.data())
def test_noise_invents_and_loses_nothing(folder: Path, data: st.DataObject) -> None:
    body = (folder / "input.html").read_text("utf-8")
    start = body.index("<body")
    gaps = [found.end() - 1 for found in re.finditer("><", body) if found.start() > start]
    chosen = data.draw(st.lists(st.tuples(st.sampled_from(gaps), st.sampled_from(_NOISE)), max_size=8))
    noisy = body
    for place, noise in sorted(chosen, reverse=True):
        noisy = noisy[:place] + noise + noisy[place:]
    source = SOURCES[folder.parent.name]
    assert _seen(parse_page(source, noisy)) == _seen(parse_page(source, body))


@pytest.mark.parametrize("name", ["bing", "toutiao", "shenma", "chinaso"])
def test_a_saved_page_reads_the_same_without_its_address(name: str) -> None:
    for folder in sorted((FIXTURES / name).iterdir()):
        body = next(folder.glob("input.*")).read_bytes()
        url = json.loads((folder / "meta.json").read_text("utf-8"))["url"]
        assert parse_page(SOURCES[name], body) == parse_page(SOURCES[name], body, url), folder.name


_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Co", "Zs", "Zl", "Zp"]), min_size=1, max_size=20
)
_SAYS = _TEXT | st.sampled_from(
    ["广告", "Ad", "Sponsored 广告 b_adTop", "推广链接", "/aclk?ld=1", "来自 360"]
)


@settings(max_examples=60, deadline=None)
@given(results=st.lists(st.tuples(_SAYS, _SAYS), min_size=1, max_size=8))
def test_no_text_makes_a_result_an_ad(results: list[tuple[str, str]]) -> None:
    entries = "".join(
        f'<li class="b_algo" data-bm="{index}"><h2><a href="https://a{index}.example/?u=b_ad">{escape(title)}</a></h2>'
        f'<div class="b_caption"><p><strong>{escape(text)}</strong></p></div></li>'
        for index, (title, text) in enumerate(results)
    )
    page = parse_page(SOURCES["bing"], f'<title>x</title><body><ol id="b_results">{entries}</ol></body>')
    assert page.ads == ()
    assert page.outcome is Outcome.OK
    assert [one.url for one in page.organic] == [
        f"https://a{index}.example/?u=b_ad" for index in range(len(results))
    ]


@settings(max_examples=60, deadline=None)
@given(
    cards=st.lists(
        st.tuples(_TEXT, st.sampled_from([{}, {"ad_id": 0}, {"is_ad": False}, {"ad_id": "5"}, {"label": "广告"}])),
        min_size=1, max_size=8,
    ),
    order=st.randoms(),
)  # fmt: skip
def test_cards_are_read_in_the_order_they_are_drawn(
    cards: list[tuple[str, dict[str, Any]]], order: Any
) -> None:
    scripts = [
        f'<script type="application/json" data-druid-card-data-id="k-{index}">'
        + json.dumps({"data": {"title": title, "url": f"https://c{index}.example/", **flags}}).replace(
            "<", "\\u003c"
        )
        + "</script>"
        for index, (title, flags) in enumerate(cards)
    ]
    order.shuffle(scripts)
    places = "".join(f'<div data-druid-card-dom-id="k-{index}"></div>' for index in range(len(cards)))
    body = f'<body>{"".join(scripts)}<div class="s-result-list">{places}</div></body>'
    page = parse_page(SOURCES["toutiao"], body)
    marked = [bool({"ad_id": "5", "label": "广告"}.items() & flags.items()) for _, flags in cards]
    ads = [index for index, is_ad in enumerate(marked) if is_ad]
    assert [ad.landing_url for ad in page.ads] == [f"https://c{index}.example/" for index in ads]
    kept = [index for index, is_ad in enumerate(marked) if not is_ad]
    assert [one.url for one in page.organic] == [f"https://c{index}.example/" for index in kept]


_CARD = '<script type="application/json" data-druid-card-data-id="k" data-used-by="hydrate">{}</script>'
_HOSTILE = {
    "many-cards": _CARD.format('{"data":{"title":"a","url":"https://a.example/","ad_id":1}}') * 20_000,
    "many-in-one": _CARD.format('{"data":{"display":[' + '{"title":"a","url":"https://a.example/"},' * 60_000 + "1]}}"),
    "deep": _CARD.format('{"data":' + '{"data":' * 100_000) * 3,
    "lists-in-lists": _CARD.format('{"data":{"initialData":' + "[" * 500_000),
    "long-strings": _CARD.format('{"data":{"title":"' + "<em>" * 400_000 + '","url":"https://a.example/"}}'),
    "broken-tags": _CARD.format('{"data":{"title":"' + "<a " * 400_000 + '","url":"https://a.example/"}}'),
    "odd-values": _CARD.format('{"data":{"title":["a"],"url":{"a":1},"display":7}}') * 2_000,
    "surrogates": _CARD.format('{"data":{"title":"a\\ud800\\u0000b","url":"https://a.example/\\udfff"}}'),
    "not-a-link": _CARD.format('{"data":{"title":"a","url":"javascript:alert(1)"}}'),
    "older": "<script>window._SSR_HYDRATED_DATA=[" + '{"title":"a","url":"https://a.example/"},' * 60_000 + "]</script>",
    "script-labels": '<script>' + 'a.init("广告","c1");b("L1","https://www.bing.com/aclick?ld=1");' * 20_000 + "</script>"
    + '<li class="b_algo"><h2><a id="L1" href="x">t</a></h2></li>' * 2_000,
    "b-algo": '<ol id="b_results">' + '<li class="b_algo"><h2><a href="https://a.example/">t</a></h2>' * 8_000,
    "nested-ads": '<li class="b_ad"><ul><li><div class="sb_add">' * 4_000 + "<h2>t</h2>",
    "many-marks": '<div class="qk-card">' + "<span>广告</span>" * 20_000,
}  # fmt: skip


@pytest.mark.parametrize("body", _HOSTILE.values(), ids=_HOSTILE.keys())
@pytest.mark.parametrize("name", ["bing", "toutiao", "shenma", "chinaso"])
def test_hostile_cards(name: str, body: str) -> None:
    started = time.process_time()
    page = parse_page(SOURCES[name], f"<html><body><p>x</p>{body}")
    # A square law would take minutes.
    assert time.process_time() - started < 20
    assert len(page.locators) == len(page.clicks) == len(page.ads) <= 600
    assert len(page.organic) <= 300
    for text in (text for ad in page.ads for text in (ad.title, ad.text, ad.landing_url or "")):
        text.encode("utf-8")
        assert "\x00" not in text
    for one in page.organic:
        f"{one.title}{one.url}{one.text}".encode()
        assert not one.url or one.url.startswith(("http://", "https://"))
