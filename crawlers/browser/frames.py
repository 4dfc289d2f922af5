"""The documents of a page's frames: ads mostly stand in one, and landing pages sometimes.

Frames are found and read by the debugging protocol, in isolated worlds (`world`): a frame of
another site lives in a process of its own and is asked through a session of its own.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
from playwright.async_api import CDPSession, Error, Page

from crawlers.browser.rendered import MAX_RUNS, Drawn, read_runs, script
from crawlers.browser.scripts import OWNER, instant
from crawlers.browser.watch import Watch
from crawlers.browser.world import ask_node, evaluate
from crawlers.parse import FRAME_SEPARATOR, FrameDoc

#: Frames read on one page, and seconds each may take.
MAX_FRAMES = 40
_FRAME_TIMEOUT_S = 3.0
#: A frame that is smaller in pixels counts nobody but its owner's statistics.
_MIN_SIDE = 30


class FrameShot(msgspec.Struct, frozen=True):
    """One frame as it stood: its document with address and place, its visible text, how that is drawn.

    `id` and `session` are how the debugging protocol reaches it while the page is open.
    """

    document: FrameDoc
    text: str
    id: str
    session: CDPSession
    drawn: tuple[Drawn, ...]


class _Frame(msgspec.Struct, frozen=True):
    """A frame as the protocol names it; `session` is that of its process."""

    id: str
    parent: str
    url: str
    session: CDPSession


async def read_frames(page: Page, watch: Watch, *, max_chars: int) -> list[FrameShot]:
    """The visible frames of a page, parents before children. A frame that can't be read is left out."""
    shots: list[FrameShot] = []
    frames = await _all(page, watch)
    places: dict[str, str] = {}
    for frame in frames.values():
        if frame.parent not in frames or len(shots) >= MAX_FRAMES:
            continue
        try:
            async with asyncio.timeout(_FRAME_TIMEOUT_S):
                shot = await _read(frame, frames[frame.parent], places, max_chars)
        except (Error, TimeoutError):
            continue  # the frame went away, or its script holds it: the page stands without it
        if shot is not None:
            shots.append(shot)
    return shots


async def _all(page: Page, watch: Watch) -> dict[str, _Frame]:
    """Every frame by its id, the main one first, parents before children."""
    assert watch.session is not None
    found = {frame.id: frame for frame in await _of_process(watch.session)}
    for frame in page.frames[1:]:
        try:
            session = await page.context.new_cdp_session(frame)
        except Error:
            continue  # it lives in its parent's process, whose session knows it, or is gone
        found |= {one.id: one for one in await _of_process(session)}
    return found


async def _of_process(session: CDPSession) -> list[_Frame]:
    try:
        tree = (await session.send("Page.getFrameTree"))["frameTree"]
    except Error:
        return []
    return list(_below(tree, session))


def _below(tree: dict[str, Any], session: CDPSession) -> Iterator[_Frame]:
    todo = [tree]
    while todo:
        node = todo.pop(0)
        frame = node["frame"]
        yield _Frame(frame["id"], frame.get("parentId", ""), frame["url"], session)
        todo.extend(node.get("childFrames", ()))


async def _read(frame: _Frame, parent: _Frame, places: dict[str, str], max_chars: int) -> FrameShot | None:
    owner = await parent.session.send("DOM.getFrameOwner", {"frameId": frame.id})
    place, width, height = await ask_node(parent.session, parent.id, owner["backendNodeId"], OWNER)
    if min(width, height) < _MIN_SIDE:
        return None
    if parent.id in places:
        place = f"{places[parent.id]}{FRAME_SEPARATOR}{place}"
    places[frame.id] = place
    said = await evaluate(frame.session, frame.id, instant(script()), max_chars, max_chars, 0, MAX_RUNS)
    if said is None:
        return None
    html, _, text, runs, _ = said
    # A document written into the frame (srcdoc, script) has its parent's address for its links.
    url = frame.url if frame.url.startswith(("http://", "https://")) else parent.url
    document = FrameDoc(url=url, html=html, locator=place)
    return FrameShot(document, text, frame.id, frame.session, read_runs(runs, placed=False))
