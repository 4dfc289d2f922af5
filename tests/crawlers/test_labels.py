"""The mark of an ad, found in pages that a real browser draws."""

from collections.abc import Mapping

import pytest
from playwright.async_api import Page as BrowserPage

from crawlers.browser.frames import read_frames
from crawlers.browser.labels import ad_labels
from crawlers.browser.watch import Watch
from crawlers.parse import FRAME_SEPARATOR
from findings.model.crawl import AdLabel
from tests.support.drawn import drawn
from tests.support.web import Site, html

pytestmark = pytest.mark.browser

_DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_AD = "<a href='http://licai.example/' style='display:block;width:300px;height:90px;background:#fee'>年化十八</a>"

#: A slot each: what stands in it and around it, and what a reader sees of its mark (by, words, visible).
CASES: dict[str, tuple[str, tuple[str, str, bool]]] = {
    "inside": ("<div id=@>{ad}<span>广告</span></div>", ("text", "广告", True)),
    "bracketed": ("<div id=@>{ad}<p>来源：某站 【广告】</p></div>", ("text", "广告", True)),
    "corner": ("<div style='position:relative'><div id=@>{ad}</div><i style='position:absolute;right:0;bottom:0'>广告</i></div>", ("text", "广告", True)),
    "sponsored": ("<div id=@>{ad}<em>推广</em></div>", ("text", "推广", True)),
    "before": ("<style>.b::before{{content:'广告';font-size:12px}}</style><div id=@>{ad}<u class=b></u></div>", ("style", "广告", True)),
    "alt": ("<div id=@>{ad}<img alt=广告 width=30 height=14 src='{dot}'></div>", ("picture", "广告", True)),
    "sprite": ("<div id=@>{ad}<b class=ad-tag style=\"display:block;width:28px;height:14px;background:url('{dot}')\"></b></div>", ("picture", "", True)),
    "sprite-without-letters": ("<div id=@>{ad}<b class=ad-tag style=\"display:block;width:28px;height:14px;font-size:0;background:url('{dot}')\"></b></div>", ("picture", "", True)),
    "same-colour": ("<div id=@>{ad}<span style='color:#fff;background:#fff'>广告</span></div>", ("text", "广告", False)),
    "filtered": ("<div id=@>{ad}<span style='filter:opacity(0)'>广告</span></div>", ("text", "广告", False)),
    "ghost": ("<div id=@ style='position:relative'>{ad}<span>广告</span><i style='position:absolute;inset:0;background:#fff;pointer-events:none'></i></div>", ("text", "广告", False)),
    "scrolled-to": ("<div id=@ style='height:60px;overflow:auto'>{ad}<span>广告</span></div>", ("text", "广告", True)),
    "pieces": ("<div id=@>{ad}<span><i>广</i><i style='display:none'>某</i><i>告</i></span></div>", ("text", "广告", True)),
    "none": ("<div id=@>{ad}<p>广告投放联系我们</p></div>", ("none", "", False)),
    "hidden": ("<div id=@>{ad}<span style='display:none'>广告</span></div>", ("text", "广告", False)),
    "transparent": ("<div id=@>{ad}<span style='opacity:.02'>广告</span></div>", ("text", "广告", False)),
    "away": ("<div id=@>{ad}<span style='position:absolute;left:-900px'>广告</span></div>", ("text", "广告", False)),
    "clipped": ("<div id=@ style='height:90px;overflow:hidden'>{ad}<span>广告</span></div>", ("text", "广告", False)),
    "covered": ("<div id=@ style='position:relative'>{ad}<span style='position:absolute;left:0;top:0'>广告</span><b style='position:absolute;left:0;top:0;width:90px;height:40px;background:#fff'></b></div>", ("text", "广告", False)),
    "both": ("<div id=@>{ad}<span style='display:none'>广告</span><span>推广</span></div>", ("text", "推广", True)),
    "passive": ("<div id=@ style='position:relative'>{ad}<span style='pointer-events:none;position:absolute;left:0;top:0'>广告</span></div>", ("text", "广告", True)),
}  # fmt: skip


def _page() -> str:
    slots = "<hr style='margin:300px 0'>".join(
        slot.format(ad=_AD, dot=_DOT).replace("id=@", f"id={name}") for name, (slot, _) in CASES.items()
    )
    group = (
        "<div style='margin:300px 0' id=box><h4>赞助内容</h4><p id=first><a href=/1>甲</a></p><p id=second><a href=/2>乙</a></p></div>"
        "<div style='margin:300px 0'><p id=marked><a href=/1>甲</a><span>广告</span></p><p id=unmarked><a href=/2>乙</a></p></div>"
    )
    frames = (
        "<div id=framed><iframe src='http://net.example:{port}/ad' width=300 height=120></iframe></div>"
        "<div><iframe id=bare src='/bare' width=300 height=120></iframe><span>广告</span></div>"
    )
    return f"<meta charset=utf-8><body style='height:auto'>{slots}{group}{frames}"


@pytest.fixture(scope="module")
def labels() -> Mapping[str, AdLabel | None]:
    in_frames = {
        "outer": "/html/body/div[last()-1]/iframe",
        "in a frame": f"/html/body/div[@id='framed']/iframe{FRAME_SEPARATOR}//a",
        "around its frame": f"//iframe[@id='bare']{FRAME_SEPARATOR}//a",
    }
    names = [*CASES, "first", "second", "marked", "unmarked", "gone"]
    asked: dict[str, str] = {name: f"//*[@id='{name}']" for name in names}

    async def look(page: BrowserPage, watch: Watch, site: Site) -> Mapping[str, AdLabel | None]:
        frames = await read_frames(page, watch, max_chars=100_000)
        # The two frames' own places, as the parser would give them.
        places = [frame.document.locator for frame in frames]
        assert len(places) == 2
        inner = dict(
            zip(list(in_frames)[1:], [f"{place}{FRAME_SEPARATOR}//a" for place in places], strict=True)
        )
        wanted = asked | inner
        found = await ad_labels(watch, list(wanted.values()), frames)
        assert await page.evaluate("scrollY") == 0
        return dict(zip(wanted, found, strict=True))

    pages = {
        "/": lambda visit: visit.answer(200, _page().replace("{port}", str(visit.server.site.port))),
        "/ad": html(f"<meta charset=utf-8><body style='margin:0'>{_AD}<i style='position:absolute;left:0;bottom:0'>广告</i>"),
        "/bare": html(f"<meta charset=utf-8>{_AD}"),
    }  # fmt: skip
    return drawn(pages, look)


@pytest.mark.parametrize("name", CASES)
def test_a_mark_is_found_as_a_reader_sees_it(labels: Mapping[str, AdLabel | None], name: str) -> None:
    label = labels[name]
    assert label is not None
    by, text, visible = CASES[name][1]
    shown = (label.by, label.run.text, label.run.visible) if label.run else (label.by, "", False)
    assert shown == (by, text, visible)


def test_the_heading_of_a_box_marks_every_ad_in_it(labels: Mapping[str, AdLabel | None]) -> None:
    for name in ("first", "second"):
        label = labels[name]
        assert label is not None
        assert label.run is not None
        assert label.run.text == "赞助内容"


def test_another_ads_mark_marks_that_ad_only(labels: Mapping[str, AdLabel | None]) -> None:
    assert labels["marked"] is not None
    assert labels["marked"].by == "text"
    assert labels["unmarked"] == AdLabel(by="none")


def test_an_ad_in_a_frame_is_marked_inside_or_around_it(labels: Mapping[str, AdLabel | None]) -> None:
    for name in ("in a frame", "around its frame"):
        label = labels[name]
        assert label is not None
        assert label.run is not None
        assert (label.by, label.run.visible) == ("text", True)


def test_nothing_is_said_of_an_ad_that_is_gone(labels: Mapping[str, AdLabel | None]) -> None:
    assert labels["gone"] is None


def test_size_contrast_and_place_are_those_drawn() -> None:
    page = (
        "<meta charset=utf-8><body style='margin:0'><div style='height:2000px'></div><div id=ad>"
        "<a href=/x>年化</a><span id=mark style='font:10px/20px sans-serif;color:#b8bac2;"
        "background:#fff;transform:scale(.5);display:inline-block'>广告</span></div>"
    )

    async def look(page: BrowserPage, watch: Watch, site: Site) -> AdLabel | None:
        return (await ad_labels(watch, ["//*[@id='ad']"], ()))[0]

    label = drawn({"/": html(page)}, look)
    assert label is not None
    assert label.run is not None
    assert label.run.box is not None
    assert label.run.size_px == 5.0
    assert label.run.contrast == pytest.approx(1.94, abs=0.02)
    assert label.run.box.y >= 2000
