"""Pictures of a page and of single ads on it, as PNG."""

import asyncio
import base64

import msgspec
from playwright.async_api import ElementHandle, Error, Page

from crawlers.browser.scripts import EXTENT, SCROLLED
from crawlers.browser.watch import Watch
from crawlers.parse import FRAME_SEPARATOR
from findings.model.judgement import Box

#: Tallest picture of a page in CSS pixels: Chromium's own limit on a texture.
MAX_HEIGHT = 16_384
_MAX_WIDTH = 4_096
#: Most pixels of one picture: 16,384 rows of a desktop page, 7,800 of the widest. While it draws, Chromium's
#: graphics process holds some fifteen bytes a pixel.
MAX_PIXELS = 32_000_000
#: So many pictures are drawn at once: eight pages that are large on purpose took nine gigabytes.
_drawing = asyncio.Semaphore(2)
_PAGE_TIMEOUT_S = 20.0
#: Milliseconds that fonts which are still on their way are waited for.
_FONTS_MS = 3_000
_AD_TIMEOUT_MS = 3_000
#: Elements smaller on both sides are no ad that anyone could read (sources.md d.5); a line of text is flat.
_MIN_SIDE = 30


class AdPicture(msgspec.Struct, frozen=True):
    """One ad's picture and where it stands on the page's picture; either may be missing."""

    png: bytes | None = None
    box: Box | None = None


async def page_picture(watch: Watch) -> bytes | None:
    """The whole page from its top, at most `MAX_HEIGHT` tall and of `MAX_PIXELS`; None where Chromium can't draw it.

    Asked for by Chromium's own protocol: coded for speed a PNG holds the same pixels in 8 % more bytes and
    takes a third of the time, for which Playwright has no option.
    """
    assert watch.session is not None
    async with _drawing:
        try:
            async with asyncio.timeout(_PAGE_TIMEOUT_S):
                part = clip(*await watch.evaluate(EXTENT, _FONTS_MS))
                drawn = await watch.session.send(
                    "Page.captureScreenshot",
                    {"format": "png", "optimizeForSpeed": True, "captureBeyondViewport": True, "clip": part},
                )
            return base64.b64decode(drawn["data"])
        except (Error, TimeoutError):
            return None  # a page may be undrawable (no size, fonts that never come); its text still counts


def clip(width: float, height: float) -> dict[str, float]:
    """What of a page of this size (CSS pixels) is drawn: from its top left, as wide and then as tall as the bounds allow."""
    width = max(1, min(width, _MAX_WIDTH))
    return {
        "x": 0,
        "y": 0,
        "width": width,
        "height": max(1, min(height, MAX_HEIGHT, MAX_PIXELS // width)),
        "scale": 1,
    }


async def ad_picture(page: Page, watch: Watch, locator: str) -> AdPicture:
    """The picture of the element at an XPath, which may lead through frames."""
    try:
        async with asyncio.timeout(_AD_TIMEOUT_MS / 1000 * 2):
            element = await _find(page, locator)
            if element is None:
                return AdPicture()
            box = await _box(watch, element)
            if box is None:
                return AdPicture()
            if box.width * box.height > MAX_PIXELS:
                return AdPicture(box=box)
            return AdPicture(await element.screenshot(timeout=_AD_TIMEOUT_MS), box)
    except (Error, TimeoutError):
        return AdPicture()  # hidden or replaced meanwhile: the page's own picture is the proof then


async def _find(page: Page, locator: str) -> ElementHandle | None:
    frame = page.main_frame
    *frames, last = locator.split(FRAME_SEPARATOR)
    for step in frames:
        holder = await frame.query_selector(f"xpath={step}")
        inner = await holder.content_frame() if holder else None
        if inner is None:
            return None
        frame = inner
    return await frame.query_selector(f"xpath={last}")


async def _box(watch: Watch, element: ElementHandle) -> Box | None:
    seen = await element.bounding_box()
    if (
        seen is None
        or max(seen["width"], seen["height"]) < _MIN_SIDE
        or min(seen["width"], seen["height"]) < 1
    ):
        return None
    left, top = await watch.evaluate(SCROLLED)
    return Box(
        x=max(0, round(seen["x"] + left)),
        y=max(0, round(seen["y"] + top)),
        width=round(seen["width"]),
        height=round(seen["height"]),
    )
