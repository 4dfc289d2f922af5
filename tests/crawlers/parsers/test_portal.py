"""Odd ad places on ordinary pages: what is an ad, what only looks like one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.filters import AdFilters
from crawlers.parse import FrameDoc, parse_page
from crawlers.sources import load_sources
from findings.model.crawl import ParsedPage
from findings.model.vocabulary import Outcome

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
    "mark-drawn-as-a-background": (
        '<div><div><a href="https://a.example/">甲理财</a></div>'
        '<div style="width:26px;background:url(//d2.example/release/ad_logo_update.gif)"></div></div>',
        ["甲理财"],
    ),
    "mark-as-a-picture": (
        '<div class="x"><img src="/img19/ico_gg.png"><a href="https://a.example/">甲理财</a></div>',
        ["甲理财"],
    ),
    "picture-of-something-else": (
        '<div class="x"><img src="/img/head_icon.png"><a href="https://a.example/">甲理财</a></div>',
        [],
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


_NOISE = st.sampled_from(
    [
        '<div class="footer"><a href="http://emarketing.portal.example/">广告服务</a> <a href="/tg">推广</a></div>',
        "<p>公司年报称，广告和推广费用同比下降。</p>",
        '<ul><li><a href="/a1.html">广告法修订征求意见</a></li><li><a href="/a2.html">赞助商名单公布</a></li></ul>',
        '<div class="app"><a href="https://app.portal.example/"><img src="a.png" alt="客户端"></a></div>',
        '<a href="https://e.so.com/">点睛</a><a href="https://www.miaozhen.com/">秒针</a>',
        '<a href="https://lianmeng.360.cn/join?id=1">广告合作</a>',
        '<script>document.write("<ins class=sinaads></ins>")</script><style>.sinaads{}</style>',
        '<div class="ad-banner advert adv"><a href="/own.html">本站活动</a></div>',
        '<a href="https://passport.portal.example/login?url=https%3A%2F%2Fportal.example">登录</a>',
        "<table><tr><td>广告</td><td>2.5 亿</td></tr></table>",
        '<iframe src="/map.html" width="300" height="250"></iframe>',
        "<form><label>广告</label><select><option>推广</option></select></form>",
        '<nav><a href="/ad">广告</a><span>AD</span></nav>',
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_NOISE, max_size=8))
def test_noise_invents_no_ad(noise: list[str]) -> None:
    page = _read("".join(noise))
    assert (page.outcome, page.ads, page.slots_empty) == (Outcome.OK, (), 0)


_SLOTS = st.sampled_from(
    [
        '<ins class="sinaads" data-ad-pdps="P1"><a href="https://a.example/x">甲理财</a></ins>',
        '<div class="at_item" adtype="right"><a href="https://g.163.com/r?u=https%3A%2F%2Fa.example%2Fx">甲理财</a></div>',
        '<a href="http://e.cn.miaozhen.com/r/k=1&amp;o=https%3A%2F%2Fa.example%2Fx">甲理财</a>',
        '<div><a href="https://a.example/x"><b>甲理财</b></a><i>广告</i></div>',
        '<p><a href="https://a.example/x">甲理财</a>【推广】</p>',
        '<iframe srcdoc="&lt;div class=adA&gt;&lt;a href=https://a.example/x&gt;甲理财&lt;/a&gt;&lt;/div&gt;"></iframe>',
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    slot=_SLOTS,
    depth=st.integers(0, 40),
    before=st.lists(_NOISE, max_size=3),
    after=st.lists(_NOISE, max_size=3),
)
def test_a_slot_stays_in_whatever_box_and_company(
    slot: str, depth: int, before: list[str], after: list[str]
) -> None:
    body = "".join(before) + "<div class='w'>" * depth + slot + "</div>" * depth + "".join(after)
    assert [(ad.title, ad.landing_url) for ad in _read(body).ads] == [("甲理财", "https://a.example/x")]


@settings(max_examples=40, deadline=None)
@given(st.lists(_SLOTS, min_size=1, max_size=6))
def test_every_slot_is_read_once_in_order(slots: list[str]) -> None:
    numbered = [slot.replace("甲理财", f"甲{number}理财") for number, slot in enumerate(slots)]
    found = [ad.title for ad in _read("".join(f"<section>{slot}</section>" for slot in numbered)).ads]
    assert sorted(found) == sorted(f"甲{number}理财" for number in range(len(slots)))


@pytest.mark.parametrize(
    "hiding", ["display:none", "visibility: hidden", "width:0;height:0", "height:0;overflow:hidden"]
)
def test_hidden_slot_is_empty(hiding: str) -> None:
    slot = '<ins class="adsbygoogle" style="{}"><a href="https://a.example/">甲理财</a></ins>'
    assert [
        (len(page.ads), page.slots_empty) for page in (_read(slot.format("")), _read(slot.format(hiding)))
    ] == [
        (1, 0),
        (0, 1),
    ]


def test_advertiser_of_a_native_ad() -> None:
    body = (
        '<ins class="sinaads"><div><a href="https://a.example/">甲理财 七日可取</a><span class="ad-source">甲财富公司</span>'
        '</div><div data-advertiser="乙公司"><a href="https://b.example/">乙贷</a></div>'
        '<div><a href="https://c.example/">丙</a><span class="ad-source">广告</span></div></ins>'
    )
    assert [ad.advertiser for ad in _read(body).ads] == ["甲财富公司", "乙公司", None]


def test_page_that_the_list_exempts_has_no_ads_of_the_list() -> None:
    rules = "##.promo\n#?#li:-abp-contains(广告)\n||ads.example^\n"
    body = (
        '<div class="promo"><a href="https://a.example/">甲</a></div><ul><li><a href="https://b.example/">乙</a> 有广告的</li></ul>'
        '<a href="https://ads.example/x">丙</a>'
    )
    assert [ad.title for ad in _read(body, AdFilters.from_text(rules)).ads] == ["甲", "乙", "丙"]
    exempt = AdFilters.from_text(f"{rules}@@||news.portal.example^$document\n")
    assert _read(body, exempt).ads == ()
    hidden = AdFilters.from_text(f"{rules}@@||news.portal.example^$elemhide\n")
    assert [ad.title for ad in _read(body, hidden).ads] == ["丙"]


def test_frame_that_failed_to_load_is_no_ad() -> None:
    frames = (
        FrameDoc(url="https://g.163.com/r", html="<h1>404 Not Found</h1>nginx", locator="/html/body/iframe"),
    )
    page = _read('<iframe src="https://g.163.com/r"></iframe>', frames=frames)
    assert (page.ads, page.slots_empty) == ((), 1)


def test_single_portal_stands_on_what_all_have_in_common() -> None:
    sources = load_sources()
    portals = {name: source for name, source in sources.items() if source.extends == "portal"}
    assert set(portals) >= {
        "sina",
        "sohu",
        "netease",
        "qq",
        "ifeng",
        "eastmoney",
        "hexun",
        "cnfol",
        "huanqiu",
    }
    for source in portals.values():
        assert source.pages
        assert set(source.hosts["ad"]) >= set(PORTAL.hosts["ad"])
        assert set(source.candidates("slot")) > set(PORTAL.candidates("slot"))
        assert source.url == PORTAL.url


def test_links_about_ads_are_no_ads() -> None:
    body = (
        '<div class="adA"><a href="http://www.iac-i.org/privacy/"><img src="i.png"></a>'
        '<a href="http://gb.corp.163.com/gb/legal.html" class="ad_hover_href"></a>'
        '<object data="o.swf" width="300" height="250"></object><a href="https://heli.ads.sohu.com/4/v.html?m=1"></a></div>'
    )
    (ad,) = _read(body).ads
    assert (ad.title, ad.landing_url, ad.display) == ("", None, "heli.ads.sohu.com")


def test_time_stamps_and_dots_are_no_text_of_an_ad() -> None:
    stamps = ["今天 10:13", "3小时前", "11-24", "2026-11-22 08:00", "11月2日", "·", "昨天"]
    marks = "".join(f"<span>{stamp}</span>" for stamp in stamps)
    body = f'<div class="adA"><a href="https://a.example/">甲理财</a><p>满 3 天可取</p><span>9.9</span>{marks}<i>广告</i></div>'
    assert [ad.text for ad in _read(body).ads] == ["甲理财 满 3 天可取 9.9"]


def test_comments_that_marked_ads() -> None:
    body = (
        '<p><!--ADS:begin=P1:{A}--><!--x--><a href="https://a.example/x">甲</a><!--ADS:end-->'
        '<a href="https://b.example/x">乙</a><!--ADS:begin=P2--><a href="/own.html">丙</a><!-- ADS:end -->'
        "<!--ADS:begin=P3--><b>丁</b>"
    )
    assert [(ad.title, ad.mark) for ad in _read(body).ads] == [("甲", "comment:ADS")]


@pytest.mark.parametrize(
    "film",
    [
        '<embed src="http://d5.sina.com.cn/a.swf" width="950" height="90" flashvars="x=1&amp;clickTAG=https%3A%2F%2Fa.example%2Fx">',
        '<div class="adA"><object data="a.swf" width="950" height="90"><param name="FlashVars" '
        'value="adlink=http%3A%2F%2Fc.l.qq.com%2Flclick%3Furl%3Dhttps%253A%252F%252Fa.example%252Fx&amp;ime=true"></object></div>',
    ],
)
def test_film_names_its_target_in_its_variables(film: str) -> None:
    assert [ad.landing_url for ad in _read(film).ads] == ["https://a.example/x"]


def test_what_a_list_hides_is_a_slot_if_it_leads_away_or_holds_nothing_yet() -> None:
    filters = AdFilters.from_text("##.hid\n")
    boxes = {
        "<a href='https://a.example/'>甲</a>": (1, 0),
        "": (0, 1),
        "<div></div>": (0, 1),
        "<a href='/own'>本站活动</a>": (0, 0),
        "欢迎订阅": (0, 0),
        "<a href='https://a.example/'>甲</a><a href='/own'>本站活动</a>": (0, 0),
        "<div onclick=\"window.open('https://a.example/')\">甲理财</div>": (1, 0),
        "<ins class='sinaads'></ins>": (0, 1),
        "<ins class='sinaads'></ins><a href='/own'>本站活动</a>": (0, 1),
    }
    for box, expected in boxes.items():
        page = _read(f'<div class="hid">{box}</div>', filters)
        assert (len(page.ads), page.slots_empty) == expected, box
