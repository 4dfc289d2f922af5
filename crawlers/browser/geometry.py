"""Which ads of a page a reader can see: slots that a loader left at no size, or hid, are empty slots.

Markup says little of it: style sheets hide, and sizes come from what was loaded. So the drawn page is asked,
for every ad and for every frame on the way to it (sources.md d.5).
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
from playwright.async_api import Error

from crawlers.browser.frames import FrameShot
from crawlers.browser.watch import Watch
from crawlers.browser.world import evaluate
from crawlers.parse import FRAME_SEPARATOR
from findings.model.crawl import ParsedPage
from findings.model.vocabulary import Slot

#: A picture that is smaller on either side, or a text that is smaller on both, is no ad that anyone could read.
MIN_SIDE = 30
#: Ads asked about on one page, and seconds that takes at most.
_MAX_ADS = 500
_TIMEOUT_S = 8.0

#: Of elements given by XPath: `[width, height, characters of text]` of the largest that can be seen of each, in
#: CSS pixels; zeros where it is hidden, null where there is no such element.
_SIZES = """(places) => {
  const MOST = 300, LEVELS = 40;
  const drawn = (element) => element.checkVisibility
    ? element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) : element.getClientRects().length > 0;
  // What is left of a box inside the boxes around it that hide what overflows.
  const shown = (element) => {
    let {width, height} = element.getBoundingClientRect();
    let level = 0;
    for (let node = element.parentElement; node && level < LEVELS; node = node.parentElement, level++) {
      if (node === document.body || !/hidden|clip/.test(getComputedStyle(node).overflow)) continue;
      const box = node.getBoundingClientRect();
      [width, height] = [Math.min(width, box.width), Math.min(height, box.height)];
    }
    return [width, height];
  };
  return places.map((place) => {
    const element = document.evaluate(place, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue;
    if (!element || element.nodeType !== 1) return null;
    let width = 0, height = 0, seen = 0;
    const walk = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT);
    for (let node = element; node && seen < MOST; node = walk.nextNode(), seen++) {
      if (!drawn(node)) continue;
      const [wide, high] = shown(node);
      if (wide * high > width * height) [width, height] = [wide, high];
    }
    const text = width * height > 0 ? String(element.innerText || '').trim().length : 0;
    return [width, height, text];
  });
}"""


async def only_seen(watch: Watch, parsed: ParsedPage, frames: Sequence[FrameShot]) -> ParsedPage:
    """The page without the slots' ads that nobody can see: they count as empty slots instead.

    Ads of result pages stay: an engine's page may hide them from a machine. An ad that can't be asked about stays.
    """
    asked = [
        index
        for index, (ad, place) in enumerate(zip(parsed.ads, parsed.locators, strict=True))
        if ad.slot is Slot.SLOT and place
    ][:_MAX_ADS]
    if not asked:
        return parsed
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            unseen = await _unseen(watch, parsed, asked, frames)
    except (Error, TimeoutError):
        return parsed  # the page is being replaced, or its script holds it: nothing is claimed
    return without(parsed, unseen)


def without(parsed: ParsedPage, unseen: set[int]) -> ParsedPage:
    """The page without the ads at these places, each an empty slot; the others are numbered anew."""
    if not unseen:
        return parsed
    kept = [index for index in range(len(parsed.ads)) if index not in unseen]
    return msgspec.structs.replace(
        parsed,
        ads=tuple(
            msgspec.structs.replace(parsed.ads[index], position=number)
            for number, index in enumerate(kept, start=1)
        ),
        locators=tuple(parsed.locators[index] for index in kept),
        clicks=tuple(parsed.clicks[index] for index in kept),
        slots_empty=parsed.slots_empty + len(unseen),
    )


async def _unseen(
    watch: Watch, parsed: ParsedPage, asked: Sequence[int], frames: Sequence[FrameShot]
) -> set[int]:
    documents = {frame.document.locator: frame for frame in frames}
    # Every document on the way to an ad, and the places in it: frames, and last the ad.
    places: dict[str, dict[str, None]] = {}
    for index in asked:
        for document, place in _steps(parsed.locators[index] or ""):
            places.setdefault(document, {})[place] = None
    sizes: dict[tuple[str, str], Any] = {}
    for document, wanted in places.items():
        listed = list(wanted)
        for place, size in zip(
            listed, await _sizes(watch, documents.get(document), document, listed), strict=True
        ):
            sizes[document, place] = size
    hidden = set()
    for index in asked:
        *around, ad = _steps(parsed.locators[index] or "")
        if any(_is_nothing(sizes[step], frame=True) for step in around) or _is_nothing(
            sizes[ad], frame=False
        ):
            hidden.add(index)
    return hidden


async def _sizes(watch: Watch, frame: FrameShot | None, document: str, places: list[str]) -> list[Any]:
    try:
        if not document:
            found = await watch.evaluate(_SIZES, places)
        elif frame is not None:
            found = await evaluate(frame.session, frame.id, _SIZES, places)
        else:
            found = None
    except Error:
        found = None  # the document went away: of its ads nothing is claimed
    return found if isinstance(found, list) and len(found) == len(places) else [None] * len(places)


def _steps(locator: str) -> list[tuple[str, str]]:
    """The places on the way to an ad, each with the locator of the document it stands in."""
    parts = locator.split(FRAME_SEPARATOR)
    return [(FRAME_SEPARATOR.join(parts[:depth]), part) for depth, part in enumerate(parts)]


def _is_nothing(size: Any, *, frame: bool) -> bool:
    if size is None:
        return False
    width, height, text = size
    if frame or not text:
        return bool(min(width, height) < MIN_SIDE)
    return bool(min(width, height) < 1 or max(width, height) < MIN_SIDE)
