"""The documents of a page's frames: ads mostly stand in one, and landing pages sometimes."""

import asyncio
from typing import Any

import msgspec
from playwright.async_api import Error, Frame, Page

from crawlers.browser.scripts import DOCUMENT, VISIBLE_TEXT, XPATH
from crawlers.parse import FRAME_SEPARATOR, FrameDoc

#: Frames read on one page, and seconds each may take.
MAX_FRAMES = 40
_FRAME_TIMEOUT_S = 3.0
#: A frame that is smaller in pixels counts nobody but its owner's statistics.
_MIN_SIDE = 30


class FrameShot(msgspec.Struct, frozen=True):
    """One frame as it stood: its document with address and place, and its visible text."""

    document: FrameDoc
    text: str


async def read_frames(page: Page, *, max_chars: int) -> list[FrameShot]:
    """The visible frames of a page, parents before children. A frame that can't be read is left out."""
    shots: list[FrameShot] = []
    places: dict[Frame, str] = {}
    for frame in page.frames:
        if frame is page.main_frame or len(shots) >= MAX_FRAMES:
            continue
        try:
            async with asyncio.timeout(_FRAME_TIMEOUT_S):
                shot = await _read(frame, places, max_chars)
        except (Error, TimeoutError):
            continue  # the frame went away, or its script holds it: the page stands without it
        if shot is not None:
            shots.append(shot)
    return shots


async def _read(frame: Frame, places: dict[Frame, str], max_chars: int) -> FrameShot | None:
    parent = frame.parent_frame
    if parent is None or frame.is_detached():
        return None
    element = await frame.frame_element()
    box = await element.bounding_box()
    if box is None or min(box["width"], box["height"]) < _MIN_SIDE:
        return None
    place = str(await element.evaluate(XPATH))
    if parent in places:
        place = f"{places[parent]}{FRAME_SEPARATOR}{place}"
    places[frame] = place
    html: Any = await frame.evaluate(DOCUMENT, max_chars)
    if html is None:
        return None
    text = str(await frame.evaluate(VISIBLE_TEXT, max_chars))
    # A document written into the frame (srcdoc, script) has its parent's address for its links.
    url = frame.url if frame.url.startswith(("http://", "https://")) else parent.url
    return FrameShot(FrameDoc(url=url, html=str(html), locator=place), text)
