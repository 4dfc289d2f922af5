"""Odd result pages of several eras: what is an ad, what is a result, what is neither."""

import pytest

from crawlers.parse import parse_page
from crawlers.sources import load_sources
from findings.model.vocabulary import Outcome

SOURCES = load_sources()
BAIDU = SOURCES["baidu"]


def _result(title: str) -> str:
    return (
        '<div class="result c-container" id="1"><h3><a href="http://www.baidu.com/link?url=1">'
        f'{title}</a></h3><div class="c-abstract">说的是 <em>广告</em> 一词</div></div>'
    )


def _read(body: str) -> tuple[list[str], list[tuple[str, str, str]], int]:
    page = parse_page(BAIDU, f"<html><body>{body}</body></html>", "https://www.baidu.com/s?wd=x")
    assert page.outcome is Outcome.OK
    ads = [(ad.title, ad.text, ad.slot.value) for ad in page.ads]
    return [one.title for one in page.organic], ads, page.slots_empty


_CLICK = "http://www.baidu.com/baidu.php?url="
_CASES = {
    "search-for-the-word-ad-is-no-ad": (
        f'<div id="content_left">{_result("<em>广告</em>")}{_result("<em>推广</em>_百科")}</div>',
        (["广告", "推广_百科"], [], 0),
    ),
    "the-word-ad-in-a-sentence-is-no-mark": (
        f'<div id="content_left">{_result("甲").replace("<em>广告</em> 一词", "<span>广告</span>里常见的话")}{_result("乙")}</div>',
        (["甲", "乙"], [], 0),
    ),
    "empty-place-beside-a-result": (
        f'<div id="content_left"><div><div data-placeid="1"></div>{_result("甲")}</div>{_result("乙")}</div>',
        (["甲", "乙"], [], 1),
    ),
    "place-with-two-ads-of-unknown-class": (
        '<div id="content_left"><div data-placeid="1"><div class="u"><h3><a href="/x">一</a></h3><p>说明一</p></div>'
        f'<div class="u"><h3><a href="/y">二</a></h3><p>说明二</p></div></div>{_result("甲")}</div>',
        (["甲"], [("一", "说明一", "top"), ("二", "说明二", "top")], 0),
    ),
    "badge-beside-its-container": (
        f'<div id="content_left">{_result("甲")}<div><div class="c-container"><h3><a href="/x">一</a></h3></div>'
        f'<span class="ec-tuiguang">广告</span></div>{_result("乙")}</div>',
        (["甲", "乙"], [("一", "", "mid")], 0),
    ),
    "no-headings-only-click-addresses": (
        f'<div id="content_left"><div id="3001"><a href="{_CLICK}1">一</a><div>说明一</div></div>'
        f'<div id="3002"><a href="{_CLICK}2">二</a><div>说明二</div></div>{_result("甲")}</div>',
        (["甲"], [("一", "说明一", "top"), ("二", "说明二", "top")], 0),
    ),
    "tables-without-a-result-list": (
        f'<div id="container"><table id="3001"><tr><td><a href="{_CLICK}1">一</a><br><font>说明</font></td></tr></table>'
        '<table class="result" id="1"><tr><td><h3><a href="http://a.example/">甲</a></h3></td></tr></table></div>',
        (["甲"], [("一", "说明", "top")], 0),
    ),
    "same-ad-above-and-below": (
        f'<div id="content_left"><div id="3001" class="ec_pp_f"><h3><a href="{_CLICK}1">一</a></h3></div>{_result("甲")}'
        f'<div id="5001" class="ec_pp_f"><h3><a href="{_CLICK}1">一</a></h3></div></div>',
        (["甲"], [("一", "", "top"), ("一", "", "bottom")], 0),
    ),
    "card-without-a-heading-is-a-result": (
        '<div id="content_left"><div class="result-op c-container" id="1" tpl="weather" srcid="4982">'
        f'<p>晴</p><a href="http://w.example/">示例天气</a></div>{_result("甲")}'
        '<div class="result-op c-container" id="2" tpl="recommend_list" srcid="28608"><a href="/s?wd=a">乙</a></div></div>',
        (["示例天气", "甲"], [], 0),
    ),
    "ads-but-no-results": (
        f'<div id="content_left"><div class="EC_result"><h3><a href="{_CLICK}1">一</a></h3></div></div>'
        '<div class="content_none"><p>抱歉，未找到相关结果。</p></div>',
        ([], [("一", "", "top")], 0),
    ),
    "related-searches-under-a-new-name": (
        f'<div id="content_left">{_result("甲")}<div class="result-op c-container" id="2" tpl="new_name" srcid="1">'
        '<div>大家还在搜</div><a href="/s?wd=a">乙</a></div></div>',
        (["甲"], [], 0),
    ),
    "one-box-in-another-is-one-ad": (
        f'<div id="content_left"><div class="EC_result"><div class="ec_ad"><h3><a href="{_CLICK}1">一</a></h3></div>'
        f'<p class="ec_desc">说明一</p></div>{_result("甲")}</div>',
        (["甲"], [("一", "说明一", "top")], 0),
    ),
    "box-around-whole-ads-is-none": (
        f'<div id="content_left"><div class="EC_result"><div class="ec_ad"><h3><a href="{_CLICK}1">一</a></h3></div>'
        f'<div class="ec_ad"><h3><a href="{_CLICK}2">二</a></h3></div></div>{_result("甲")}</div>',
        (["甲"], [("一", "", "top"), ("二", "", "top")], 0),
    ),
    "head-of-a-list-of-ads-is-no-ad": (
        f'<div id="content_left"><div><a href="http://e.baidu.com/">推广链接</a></div>{_result("甲")}</div>',
        (["甲"], [], 0),
    ),
    "offer-to-advertise-is-no-ad": (
        f'<div id="content_left">{_result("甲")}</div><div id="content_right"><div class="ec_bdtg">'
        '<a href="http://www.baidu.com/adrc.php?t=1">想在此推广您的产品吗？</a></div></div>',
        (["甲"], [], 0),
    ),
    "hidden-ad-is-still-an-ad": (
        f'<div id="content_left"><div class="EC_result" style="display:none"><h3><a href="{_CLICK}1">一</a></h3></div>'
        f"{_result('甲')}</div>",
        (["甲"], [("一", "", "top")], 0),
    ),
}


@pytest.mark.parametrize(("body", "expected"), _CASES.values(), ids=_CASES.keys())
def test_odd_page(body: str, expected: tuple[list[str], list[tuple[str, str, str]], int]) -> None:
    assert _read(body) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (f'href="{_CLICK}1" data-landurl="https://a.example/p?x=1"', "https://a.example/p?x=1"),
        (f'href="{_CLICK}1" data-landurl=""', None),
        (f'href="{_CLICK}1" data-landurl="javascript:alert(1)"', None),
        (f'href="{_CLICK}1" data-lp="https%3A%2F%2Fa.example%2F"', "https://a.example/"),
        (f'href="{_CLICK}1" mu="https://a.example/"', "https://a.example/"),
        ('href="https://a.example/direct"', "https://a.example/direct"),
        ('href="http://[::1"', None),
        ('href="/relative"', None),
        ('href="//a.example/direct"', "https://a.example/direct"),
    ],
)
def test_landing_attribute_goes_before_click_address(attributes: str, expected: str | None) -> None:
    body = f'<div id="content_left"><div class="EC_result"><h3><a {attributes}>一</a></h3></div></div>'
    page = parse_page(BAIDU, body, "https://www.baidu.com/s?wd=x")
    assert page.ads[0].landing_url == expected


@pytest.mark.parametrize(
    ("display", "shown", "advertiser"),
    [
        ("www.a.example 2015-06", "www.a.example", None),
        ("甲示例有限公司", "甲示例有限公司", "甲示例有限公司"),
        ("2026-10 广告", None, None),
        ("www.a.example/ - 2026-10-08 广告", "www.a.example/", None),
    ],
)
def test_source_line(display: str, shown: str | None, advertiser: str | None) -> None:
    body = f'<div class="EC_result"><h3>一</h3><span class="c-showurl">{display}</span></div>'
    ad = parse_page(BAIDU, body).ads[0]
    assert (ad.display, ad.advertiser) == (shown, advertiser)


@pytest.mark.parametrize(
    ("url", "title", "expected"),
    [
        ("https://wappass.baidu.com/static/captcha/x", "", Outcome.CAPTCHA),
        ("https://www.baidu.com/s?wd=x", "百度安全验证", Outcome.CAPTCHA),
        ("https://www.baidu.com/s?wd=百度安全验证", "百度安全验证是什么_百度搜索", Outcome.SELECTOR_BROKEN),
        ("https://www.baidu.com/s?wd=x", "理财_百度搜索", Outcome.SELECTOR_BROKEN),
    ],
)
def test_block_is_told_from_a_changed_page(url: str, title: str, expected: Outcome) -> None:
    body = f"<html><head><title>{title}</title></head><body><main>别的结构</main></body></html>"
    assert parse_page(BAIDU, body, url).outcome is expected


@pytest.mark.parametrize(
    ("name", "link", "expected"),
    [
        ("sogou_mobile", "./uID=1/tc?a=1&amp;url=https%3A%2F%2Fa.example%2Fb%3Fc%3D1", "https://a.example/b?c=1"),
        ("so360_mobile", "/jump?u=https%3A%2F%2Fa.example%2F&amp;m=1", "https://a.example/"),
        ("sogou", "/link?url=token", "https://www.sogou.com/link?url=token"),
        ("so360", "https://a.example/go?url=https%3A%2F%2Fb.example%2F", "https://a.example/go?url=https%3A%2F%2Fb.example%2F"),
    ],
)  # fmt: skip
def test_natural_result_leads_where_the_engine_says(name: str, link: str, expected: str) -> None:
    """Only the engine's own counters are taken apart; a page without address is the engine's."""
    kind = '<div class="results"><ul class="result"><li class="vrResult vrwrap g-card res-list">'
    body = f'{kind}<h3><a href="{link}">甲</a></h3></li></ul></div>'
    assert [one.url for one in parse_page(SOURCES[name], body).organic] == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<html><head></head><body> \n </body></html>", Outcome.BLOCKED),
        ("<script>location.href='/x'</script>", Outcome.BLOCKED),
        ("<p>一页文字</p>", Outcome.SELECTOR_BROKEN),
        ("<script>" + "var a=1;" * 5_000 + "</script>", Outcome.SELECTOR_BROKEN),
    ],
)
def test_page_without_words_is_a_refusal(body: str, expected: Outcome) -> None:
    assert parse_page(SOURCES["so360"], body).outcome is expected
