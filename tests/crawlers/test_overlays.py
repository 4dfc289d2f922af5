"""Layers over a page and how they close, in a real browser."""

import asyncio
import threading
from collections.abc import Mapping

import msgspec
import pytest
from playwright.async_api import Page as BrowserPage

from crawlers.browser.frames import read_frames
from crawlers.browser.overlays import read_overlays
from crawlers.browser.watch import Watch
from findings.model.crawl import Overlay
from tests.support.drawn import drawn, watched
from tests.support.web import Site, Visit, html

pytestmark = pytest.mark.browser

_PAGE = "<meta charset=utf-8><body style='height:3000px'><h1>某公司理财产品介绍页面，正文从这里开始，很长很长很长很长</h1>"
_BOX = "position:fixed;left:383px;top:250px;width:600px;height:400px;background:#c00;color:#fff;z-index:999"
_MASK = "<div style='position:fixed;inset:0;background:rgba(0,0,0,.6);z-index:900'></div>"
_GONE = "document.getElementById('p').remove()"


def _layer(inside: str, more: str = "") -> str:
    return f"{_PAGE}{_MASK}<div id=p style='{_BOX}'>新手理财 立即领取 888 元{inside}</div>{more}"


_TIMER = _layer(
    "<i id=t>3秒后可关闭</i><script>fetch('/wait').then(() => { t.innerHTML = '<b>关闭</b>'; t.onclick = () => p.remove() })</script>"
)
PAGES = {
    "fair": _layer(f"<button onclick=\"{_GONE}\">×</button>"),
    "unclosable": _layer(""),
    "unseen": _layer(f"<b style='color:#c00' onclick=\"{_GONE}\">×</b>"),
    "link": _layer("<a href='http://licai.example:{port}/bought'>关闭</a>"),
    "covered": _layer("<div style='position:relative;width:60px'><b>关闭</b><a href='/bought' style='position:absolute;inset:0'></a></div>"),
    "window": _layer("<b onclick=\"window.open('http://licai.example:{port}/bought')\">×</b>"),
    "leaves": _layer("<b onclick=\"location.href='/bought'\">×</b>"),
    "posts": _layer("<form action='/bought' method=post><button class=close>×</button></form>"),
    "beacon": _layer(f"<b onclick=\"navigator.sendBeacon('/bought','x');{_GONE}\">×</b>"),
    "twice": _layer("<b id=c>×</b><script>c.onclick = () => { c.remove(); p.innerHTML = '确定放弃？<u id=d>关闭</u>'; d.onclick = () => p.remove() }</script>"),
    "returns": _layer("<b id=c>×</b><script>c.onclick = () => { p.style.display = 'none'; setTimeout(() => p.style.display = '', 1000) }</script>"),
    "stays": _layer("<b>×</b>"),
    "named": _layer(f"<span class='popup-close' style='position:absolute;right:0;top:0;width:24px;height:24px;background:#333' onclick=\"{_GONE}\"></span>"),
    "zone": _layer(f"<span class='popup-close' style='position:absolute;right:0;top:0;width:24px;height:24px' onclick=\"{_GONE}\"></span>"),
    "beside": _layer("", f"<b style='position:fixed;left:1000px;top:230px;z-index:1000;color:#fff' onclick=\"{_GONE}\">✕</b>"),
    "corner": f"{_PAGE}<div id=p style='position:fixed;right:0;bottom:0;width:300px;height:250px;background:#fff'><a href='http://licai.example/'>年化十八</a><span onclick=\"{_GONE}\">关闭</span></div>",
    "dialog": f"{_PAGE}<dialog id=p style='width:400px;height:300px'>登录领取<button onclick='p.close()'>取消</button></dialog><script>p.showModal()</script>",
    "framed": f"{_PAGE}<div id=p style='{_BOX}'><iframe src='http://net.example:{{port}}/inner' width=580 height=380></iframe></div><script>onmessage = () => p.remove()</script>",
    "shadow": f"{_PAGE}<x-pop></x-pop><script>const s = document.querySelector('x-pop').attachShadow({{mode: 'open'}}); s.innerHTML = `<div id=p style='{_BOX}'>立即开户<b onclick='this.parentNode.remove()'>×</b></div>`</script>",
    "bar": f"{_PAGE}<div style='position:fixed;top:0;left:0;right:0;height:120px;background:#fff'>首页 产品 关于我们</div><div style='position:fixed;right:0;top:0;bottom:0;width:120px;background:#eee'>客服</div>",
    "shell": "<meta charset=utf-8><div style='position:fixed;inset:0;overflow:auto'>某公司理财产品介绍页面，整页都在这一层里，没有别的东西<button class=close>×</button></div>",
    "plain": _PAGE,
}  # fmt: skip
_INNER = "<meta charset=utf-8><body style='margin:0;background:#fc0'>年化十八<b onclick=\"parent.postMessage('x','*')\" style='float:right'>关闭</b>"


class Seen(msgspec.Struct):
    """What became of every page."""

    overlays: dict[str, tuple[Overlay, ...]]
    asked: list[str]
    windows: int


@pytest.fixture(scope="module")
def seen() -> Seen:
    async def look(first: BrowserPage, _watch: Watch, site: Site) -> Seen:
        async def one(name: str) -> tuple[Overlay, ...]:
            page = await first.context.new_page()
            watch = await watched(page)
            await page.goto(f"http://open.example:{site.port}/{name}")
            frames = await read_frames(page, watch, max_chars=100_000)
            found = await read_overlays(page, watch, frames, probe=True)
            assert page.url.endswith(f"/{name}")
            return found

        found = await asyncio.gather(*(one(name) for name in PAGES))
        return Seen(
            dict(zip(PAGES, found, strict=True)),
            [path for _, path in site.seen],
            len(first.context.pages) - 1 - len(PAGES),
        )

    pages = {"/": html(""), "/inner": html(_INNER), "/bought": html("bought")}
    for name, page in PAGES.items():
        pages[f"/{name}"] = lambda visit, page=page: visit.answer(
            200, page.replace("{port}", str(visit.server.site.port))
        )
    return drawn(pages, look)


def _of(seen: Seen, name: str) -> Overlay:
    (layer,) = seen.overlays[name]
    return layer


def test_no_click_ever_leaves_the_page_or_posts_anything(seen: Seen) -> None:
    assert "/bought" not in seen.asked
    assert seen.windows == 0


@pytest.mark.parametrize(
    "name", ["fair", "named", "beside", "corner", "dialog", "framed", "shadow", "beacon"]
)
def test_a_fair_layer_closes_with_one_click(seen: Seen, name: str) -> None:
    layer = _of(seen, name)
    assert (layer.visible, layer.clicks, layer.returned, layer.leads_away) == (True, 1, False, False)
    assert layer.wait_s == 0


@pytest.mark.parametrize("name", ["bar", "shell", "plain"])
def test_a_bar_a_page_in_one_box_and_nothing_are_no_layers(seen: Seen, name: str) -> None:
    assert seen.overlays[name] == ()


def test_words_place_and_links_are_recorded(seen: Seen) -> None:
    layer = _of(seen, "corner")
    assert "年化十八" in layer.text
    assert layer.hosts == ("licai.example",)
    assert layer.box is not None
    assert (layer.box.width, layer.box.height) == (300, 250)
    assert "年化十八" in _of(seen, "framed").text


def test_a_layer_without_close_mark(seen: Seen) -> None:
    layer = _of(seen, "unclosable")
    assert (layer.close, layer.tried, layer.clicks) == (None, False, None)


@pytest.mark.parametrize("name", ["unseen", "zone"])
def test_a_close_mark_nobody_can_see_is_not_clicked(seen: Seen, name: str) -> None:
    layer = _of(seen, name)
    assert layer.close is not None
    assert (layer.visible, layer.tried) == (False, False)


@pytest.mark.parametrize("name", ["link", "covered"])
def test_a_close_mark_that_is_a_link_is_not_clicked(seen: Seen, name: str) -> None:
    layer = _of(seen, name)
    assert (layer.leads_away, layer.tried) == (True, False)


@pytest.mark.parametrize("name", ["window", "leaves", "posts"])
def test_a_close_mark_that_would_open_something_is_told(seen: Seen, name: str) -> None:
    layer = _of(seen, name)
    assert (layer.leads_away, layer.tried) == (True, True)


def test_clicks_are_counted(seen: Seen) -> None:
    assert _of(seen, "twice").clicks == 2
    assert (_of(seen, "stays").tried, _of(seen, "stays").clicks) == (True, None)


def test_a_timer_is_waited_for() -> None:
    over = threading.Event()

    def wait(visit: Visit) -> None:
        over.wait(30)
        visit.answer(200, "")

    async def look(page: BrowserPage, watch: Watch, site: Site) -> tuple[Overlay, ...]:
        probing = asyncio.ensure_future(read_overlays(page, watch, (), probe=True))
        await asyncio.sleep(2)
        over.set()
        return await probing

    (layer,) = drawn({"/": html(_TIMER), "/wait": wait}, look)
    assert layer.countdown == "3秒后可关闭"
    assert layer.wait_s > 0
    assert (layer.close, layer.clicks) == ("关闭", 1)


def test_a_layer_that_comes_back_is_told(seen: Seen) -> None:
    assert (_of(seen, "returns").clicks, _of(seen, "returns").returned) == (1, True)


def test_without_leave_nothing_is_clicked() -> None:
    async def look(page: BrowserPage, watch: Watch, site: Site) -> tuple[Overlay, ...]:
        return await read_overlays(page, watch, (), probe=False)

    (layer,) = drawn({"/": html(PAGES["fair"])}, look)
    assert (layer.close, layer.visible, layer.tried, layer.clicks) == ("×", True, False, None)


def test_a_page_whose_script_never_rests_is_told_as_far_as_seen() -> None:
    busy = PAGES["fair"].replace(_GONE, "for (;;) {}")

    async def look(page: BrowserPage, watch: Watch, site: Site) -> Mapping[str, object]:
        (layer,) = await read_overlays(page, watch, (), probe=True)
        return {"tried": layer.tried, "clicks": layer.clicks}

    assert drawn({"/": html(busy)}, look) == {"tried": True, "clicks": None}
