"""Any web page: its ad slots, found by marks, filter rules and ad hosts, and the ads in them.

A slot is the top-most element that anything proves to be an ad place. A native box with several
links gives one ad a link; a slot with nothing to show is counted, not listed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml import html

from crawlers.filters import AdFilters
from crawlers.parsers.creative import Creative, creatives, has_content
from crawlers.parsers.document import FRAME_SEPARATOR, Page, read_page
from crawlers.parsers.fields import Hits
from crawlers.parsers.shown import is_unseen
from crawlers.parsers.slots import Slots
from crawlers.sources.model import Source
from findings.model.crawl import ParsedAd, ParsedPage
from findings.model.vocabulary import Outcome, Slot

#: Most frames that are read, and most ads that are listed, of one page.
_MAX_FRAMES = 200
_MAX_ADS = 500


@dataclass
class _Found:
    ads: list[tuple[ParsedAd, str, str | None]] = field(default_factory=list)
    slots_empty: int = 0
    ad_iframes: int = 0
    hits: Hits = field(default_factory=Hits)


def read(source: Source, page: Page, filters: AdFilters) -> ParsedPage:
    """Ads of a page and of its frames, in the order in which their slots stand."""
    if not has_content(page):
        return ParsedPage(source=source.name, outcome=Outcome.BLOCKED, detail="page without content")
    found = _Found()
    frames = _frames(page)
    _read_document(source, page, filters, frames, "", found)
    return ParsedPage(
        source=source.name,
        outcome=Outcome.OK,
        ads=tuple(ad for ad, _, _ in found.ads),
        selectors=found.hits.table(),
        slots_empty=found.slots_empty,
        ad_iframes=found.ad_iframes,
        detail="only the first part of the page was read" if page.cut else None,
        locators=tuple(locator for _, locator, _ in found.ads),
        clicks=tuple(click for _, _, click in found.ads),
    )


def _frames(page: Page) -> dict[str, Page]:
    """The documents of the page's frames by locator, those of `srcdoc` attributes added, at any depth."""
    frames = {frame.locator: read_page(frame.html, frame.url) for frame in page.frames[:_MAX_FRAMES]}
    todo = [("", page), *((locator + FRAME_SEPARATOR, frame) for locator, frame in frames.items())]
    while todo and len(frames) < _MAX_FRAMES:
        prefix, document = todo.pop(0)
        for element in islice(document.tree.iter("iframe"), _MAX_FRAMES):
            inline = element.get("srcdoc")
            locator = prefix + document.locate(element)
            if inline and locator not in frames and len(frames) < _MAX_FRAMES:
                frames[locator] = read_page(inline, document.url)
                todo.append((locator + FRAME_SEPARATOR, frames[locator]))
    return frames


def _read_document(
    source: Source, page: Page, filters: AdFilters, frames: dict[str, Page], prefix: str, found: _Found
) -> None:
    """The slots of one document; then, of the frames outside slots, the slots inside them."""
    slots = Slots(source, page, filters)
    taken: set[html.HtmlElement] = set()
    for slot in slots.all():
        found.hits.add("slot", slot.mark)
        within = list(islice(slot.element.iter("iframe"), _MAX_FRAMES))
        taken.update(within)
        found.ad_iframes += sum(1 for frame in within if frame is slot.element or slots.is_ad_frame(frame))
        before = len(found.ads)
        for creative in creatives(page, slot.element, source, single=slot.single, counter=slot.counter):
            _add(found, source, creative, prefix + page.locate(creative.element), slot.mark)
        for frame in within if frames and not is_unseen(slot.element) else ():
            if is_unseen(frame):
                continue
            _read_ad_frame(source, frames, prefix + page.locate(frame), slot.mark, found)
        if len(found.ads) == before:
            found.slots_empty += 1
    for frame in islice(page.tree.iter("iframe"), _MAX_FRAMES) if frames else ():
        locator = prefix + page.locate(frame)
        inner = frames.get(locator)
        if frame not in taken and inner is not None and not is_unseen(frame):
            _read_document(source, inner, filters, frames, locator + FRAME_SEPARATOR, found)


def _read_ad_frame(source: Source, frames: dict[str, Page], locator: str, mark: str, found: _Found) -> None:
    """A frame that stands in a slot is an ad as a whole; frames inside it belong to it."""
    for place, inner in _nested(frames, locator):
        start = place + FRAME_SEPARATOR
        for creative in creatives(inner, inner.body, source, single=False, whole_document=True):
            _add(found, source, creative, start + inner.locate(creative.element), mark)


def _nested(frames: dict[str, Page], locator: str) -> Iterator[tuple[str, Page]]:
    """The frame's document and those of the frames inside it."""
    for place, inner in frames.items():
        if place == locator or place.startswith(locator + FRAME_SEPARATOR):
            yield place, inner


def _add(found: _Found, source: Source, creative: Creative, locator: str, mark: str) -> None:
    if len(found.ads) >= _MAX_ADS:
        return
    ad = ParsedAd(
        title=creative.title,
        text=creative.text,
        display=creative.display,
        landing_url=creative.landing_url,
        advertiser=creative.advertiser,
        position=len(found.ads) + 1,
        slot=Slot.SLOT,
        mark=mark,
    )
    found.hits.add("title", creative.title_from)
    if creative.landing_from:
        found.hits.add("landing_url", creative.landing_from)
    for name, label in creative.hits.table().items() if creative.hits else ():
        found.hits.add(name, label)
    found.ads.append((ad, locator, creative.click))
