"""Odd ad places on ordinary pages: what is an ad, what only looks like one."""

import pytest

from crawlers.filters import AdFilters
from crawlers.parse import FrameDoc, parse_page
from crawlers.sources import load_sources
from findings.model.crawl import ParsedPage

PORTAL = load_sources()["portal"]
URL = "https://news.portal.example/a.html"


def _read(body: str, filters: AdFilters | None = None, frames: tuple[FrameDoc, ...] = ()) -> ParsedPage:
    return parse_page(
        PORTAL, f"<html><body><p>正文</p>{body}</body></html>", URL, filters=filters, frames=frames
    )


_ITEMS = "".join(f'<li><a href="/n{number}.html">新闻{number}</a></li>' for number in range(4))
_CASES: dict[str, tuple[str, list[str]]] = {
    "badge-in-a-card": (
        '<div class="card"><a href="https://a.example/">甲理财</a><i>广告</i></div>',
        ["甲理财"],
    ),
    "badge-in-brackets": ('<p><a href="https://a.example/">甲理财</a><span>[推广]</span></p>', ["甲理财"]),
    "badge-inside-the-link": ('<a href="https://a.example/"><b>甲理财</b><span>赞助</span></a>', ["甲理财"]),
    "badge-beside-a-slide-show": (f"<div><div><ul>{_ITEMS}</ul></div><span>广告</span></div>", []),
    "menu-entry": ('<div><a href="/ad">广告</a><a href="/news">新闻</a></div>', []),
    "badge-without-anything-to-click": ("<div><div><span>广告</span></div><p>文字</p></div>", []),
    "word-in-a-sentence": ('<p><a href="/n1.html">广告行业观察</a></p>', []),
    "picture-without-words": (
        '<ins class="adsbygoogle"><a href="https://a.example/"><img src="p.png"></a></ins>',
        [""],
    ),
    "counter-pixel": (
        '<ins class="adsbygoogle"><a href="https://a.example/"><img width="1" height="1" src="p.png"></a></ins>',
        [],
    ),
    "script-opens-the-target": (
        '<ins class="sinaads"><div onclick="window.open(\'//a.example/x\')">甲理财</div></ins>',
        ["甲理财"],
    ),
    "native-box-with-two-ads": (
        '<ins class="sinaads"><div><a href="https://a.example/">甲</a><p>甲的说明</p></div>'
        '<div><a href="https://b.example/">乙</a><p>乙的说明</p></div></ins>',
        ["甲", "乙"],
    ),
    "picture-and-headline-are-one-ad": (
        '<ins class="sinaads"><a href="https://a.example/"><img src="p.png"></a><a href="https://a.example/">甲</a></ins>',
        ["甲"],
    ),
    "close-button-is-no-ad": (
        '<ins class="sinaads"><a href="https://a.example/">甲</a><a href="https://p.example/c">关闭</a></ins>',
        ["甲"],
    ),
}


@pytest.mark.parametrize(("body", "titles"), _CASES.values(), ids=_CASES.keys())
def test_odd_place(body: str, titles: list[str]) -> None:
    assert [ad.title for ad in _read(body).ads] == titles


def test_text_of_a_native_ad_holds_its_description() -> None:
    ads = _read(_CASES["native-box-with-two-ads"][0]).ads
    assert [ad.text for ad in ads] == ["甲 甲的说明", "乙 乙的说明"]


def test_list_rule_on_requests_spares_the_portals_own_sections() -> None:
    filters = AdFilters.from_text("||games.portal.example^\n||ads.example^\n")
    body = '<a href="https://games.portal.example/">游戏</a><a href="https://ads.example/x">甲理财</a>'
    assert [ad.title for ad in _read(body, filters).ads] == ["甲理财"]


def test_element_rule_that_names_a_whole_column_is_no_slot() -> None:
    filters = AdFilters.from_text("##.wide\n")
    links = "".join(f'<a href="/n{number}.html">新闻</a>' for number in range(20))
    page = _read(f'<div class="wide">{links}</div>', filters)
    assert (page.ads, page.slots_empty) == ((), 0)


def test_empty_places_and_ad_frames_are_counted() -> None:
    body = (
        '<ins class="sinaads"></ins><iframe src="https://g.163.com/r"></iframe><iframe src="/map"></iframe>'
    )
    page = _read(body)
    assert (page.slots_empty, page.ad_iframes) == (2, 1)


def test_frame_in_a_frame_belongs_to_the_slot() -> None:
    frames = (
        FrameDoc(
            url="https://g.163.com/r",
            html="<body><iframe src='/in'></iframe></body>",
            locator="/html/body/iframe",
        ),
        FrameDoc(
            url="https://g.163.com/in",
            html='<body><a href="https://a.example/">甲理财</a></body>',
            locator="/html/body/iframe >> /html/body/iframe",
        ),
    )
    page = _read('<iframe src="https://g.163.com/r"></iframe>', frames=frames)
    assert [ad.title for ad in page.ads] == ["甲理财"]
    assert page.locators == ("/html/body/iframe >> /html/body/iframe >> /html/body",)
    assert page.slots_empty == 0


def test_text_of_an_ad_frame_without_links_is_an_ad() -> None:
    frames = (
        FrameDoc(
            url="https://g.163.com/r", html="<p>甲理财 到期可取 点此了解</p>", locator="/html/body/iframe"
        ),
    )
    page = _read('<iframe src="https://g.163.com/r"></iframe>', frames=frames)
    assert [(ad.text, ad.landing_url) for ad in page.ads] == [("甲理财 到期可取 点此了解", None)]
