"""Pop-up and splash layers over a page, and what it takes to close them.

Runs after everything else of a visit was captured, so that no evidence changes. A layer is closed by its
own close mark only, never by a link, and while that is tried no page is left, no window opens and
nothing is posted: a click must never cost an advertiser anything.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from msgspec.structs import replace
from playwright.async_api import Error, Page, Request, Route

from crawlers.browser.frames import FrameShot
from crawlers.browser.layers import FRAME_MARK, LAYER, LAYERS
from crawlers.browser.watch import Watch
from crawlers.browser.world import evaluate
from findings.model.crawl import Overlay
from findings.model.judgement import Box

#: Layers recorded of one page, and seconds for all of them together.
MAX_LAYERS = 3
_TIMEOUT_S = 15.0
#: Clicks tried on one layer.
_MAX_CLICKS = 3
#: Seconds until a click shows its effect (most layers fade within 0.3 s); longest timer waited for; how long after
#: closing a layer may come back.
_EFFECT_S = 0.5
_TIMER_MAX_S = 8.0
_RETURN_S = 2.0
_PAUSE_S = 0.25
_CLEANUP_S = 3.0


async def read_overlays(
    page: Page, watch: Watch, frames: Sequence[FrameShot], *, probe: bool
) -> tuple[Overlay, ...]:
    """The layers over a page, top ones first; with `probe` each is closed, if it can be, to see what that takes."""
    look = _Look(page, watch, frames)
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            await look.find()
            if probe and look.layers:
                await look.probe()
    except (Error, TimeoutError):
        pass  # the page went or its script holds it: what was seen until then stands
    return tuple(look.layers)


class _Look:
    """The layers of one page; `layers` always holds what is known of them so far."""

    def __init__(self, page: Page, watch: Watch, frames: Sequence[FrameShot]) -> None:
        self._page = page
        self._watch = watch
        self._frames = {frame.document.locator: frame for frame in frames}
        self._left = False
        self.layers: list[Overlay] = []

    async def find(self) -> None:
        """Record the layers as they stand."""
        found = await self._watch.evaluate(LAYERS, MAX_LAYERS)
        self.layers = [_overlay(await self._with_frames(raw)) for raw in found]

    async def probe(self) -> None:
        """Close the layers, one after another, then see which came back."""
        async with self._guarded():
            for index, layer in enumerate(self.layers):
                self.layers[index] = await self._closed(index, layer)
            if any(layer.clicks for layer in self.layers):
                await asyncio.sleep(_RETURN_S)
                for index, layer in enumerate(self.layers):
                    if layer.clicks and await self._is_back(index, layer):
                        self.layers[index] = replace(layer, returned=True)

    async def _closed(self, index: int, layer: Overlay) -> Overlay:
        """One layer after trying to close it. Waits for its timer where the first click did nothing."""
        started = time.monotonic()
        clicks, waited = 0, False
        while clicks < _MAX_CLICKS:
            now = await self._state(index)
            if now is None:
                return layer  # it went by itself, or with the layer closed before
            mark, timer = now["mark"], now["timer"]
            usable = mark is not None and mark["shown"] and not mark["covered"] and mark["away"] is None
            if timer is not None and not waited and (clicks or not usable):
                waited = True
                clicks = 0
                await self._wait_for_timer(index, started)
                layer = replace(layer, wait_s=round(time.monotonic() - started, 1))
                continue
            if mark is None or not usable:
                away = mark is not None and mark["away"] is not None
                return replace(layer, leads_away=layer.leads_away or away)
            clicks += 1
            layer = replace(layer, tried=True, close=mark["shape"], close_box=_box(mark["box"]), visible=True)
            self.layers[index] = layer
            await self._page.mouse.click(*mark["point"])
            await asyncio.sleep(_EFFECT_S)
            if self._left:
                self._left = False
                layer = replace(layer, leads_away=True)
            if await self._state(index) is None:
                return replace(layer, clicks=clicks)
            if layer.leads_away:
                return layer  # no second click on a mark that is none
        return layer

    async def _wait_for_timer(self, index: int, started: float) -> None:
        while time.monotonic() - started < _TIMER_MAX_S:
            now = await self._state(index)
            if now is None or now["timer"] is None or now["timer"]["seconds"] == 0:
                return
            await asyncio.sleep(_PAUSE_S)

    async def _is_back(self, index: int, layer: Overlay) -> bool:
        """Whether the layer, or another with the same words, lies over the page again."""
        if await self._state(index) is not None:
            return True
        again = await self._watch.evaluate(LAYERS, MAX_LAYERS)
        start = layer.text[:40]
        return any(raw["text"][:40] == start and (start or _box(raw["box"]) == layer.box) for raw in again)

    async def _state(self, index: int) -> Any:
        now = await self._watch.evaluate(LAYER, index)
        return None if now is None else await self._with_frames(now)

    async def _with_frames(self, raw: dict[str, Any]) -> dict[str, Any]:
        """A layer whose content stands in a frame: its words, close mark and timer are those of the frame."""
        for inner in raw["frames"]:
            frame = self._frames.get(inner["path"])
            if frame is None:
                continue
            raw["text"] = f"{raw['text']}\n{frame.text}".strip()[:1000]
            try:
                told = await evaluate(frame.session, frame.id, FRAME_MARK)
            except Error:
                continue  # the frame went away
            if told is None:
                continue
            mark = told["mark"]
            if mark is not None and raw["mark"] is None:
                left, top = inner["left"], inner["top"]
                x, y, width, height = mark["box"]
                mark["box"] = [round(x + left), round(y + top), width, height]
                mark["point"] = [mark["point"][0] + left, mark["point"][1] + top]
                raw["mark"] = mark
            raw["timer"] = raw["timer"] or told["timer"]
        return raw

    async def _leaves(self, request: Request) -> bool:
        """Whether a request would bring another page, here or in a window that this page opens."""
        if not request.is_navigation_request():
            return False
        page = _page_of(request)
        if page is None:
            return True  # a new window asks before it is known as a page
        if page is not self._page:
            return await page.opener() is self._page
        return request.frame is page.main_frame

    @asynccontextmanager
    async def _guarded(self) -> AsyncIterator[None]:
        """Nothing leaves the page meanwhile: its navigations, its new windows and what it posts are stopped."""

        async def stop(route: Route) -> None:
            request = route.request
            if await self._leaves(request):
                # A new window is told by its own event: this request may be another page's window's.
                self._left = self._left or _page_of(request) is self._page
                await route.abort("aborted")
            elif request.method != "GET" and _page_of(request) is self._page:
                await route.abort("aborted")
            else:
                await route.fallback()

        def opened(_event: object) -> None:
            self._left = True

        context, session = self._page.context, self._watch.session
        assert session is not None
        session.on("Page.windowOpen", opened)
        await self._page.route("**/*", stop)
        await context.route("**/*", stop)
        try:
            yield
        finally:
            with suppress(Error, TimeoutError):
                async with asyncio.timeout(_CLEANUP_S):  # a page that never rests doesn't answer
                    await context.unroute("**/*", stop)
                    await self._page.unroute("**/*", stop)
            session.remove_listener("Page.windowOpen", opened)


def _page_of(request: Request) -> Page | None:
    try:
        return request.frame.page
    except Error:
        return None


def _overlay(raw: dict[str, Any]) -> Overlay:
    mark, timer = raw["mark"], raw["timer"]
    return Overlay(
        text=raw["text"],
        box=_box(raw["box"]),
        close=mark["shape"] if mark else None,
        close_box=_box(mark["box"]) if mark else None,
        visible=bool(mark and mark["shown"]),
        countdown=timer["text"] if timer else None,
        leads_away=bool(mark and mark["away"] is not None),
        hosts=tuple(raw["hosts"]),
    )


def _box(raw: Sequence[int]) -> Box:
    return Box(*(round(value) for value in raw))
