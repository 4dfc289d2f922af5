"""The mark by which an ad says that it is one: which word, where, and how a reader sees it.

Looked for in the drawn page: in the ad's own element, in the box that holds this ad alone, and, for a
box of several ads, in what the box shows outside them. A mark may be text, drawn by a style sheet
(`::before`), or a picture. An ad in a frame may be marked inside or outside of the frame.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from playwright.async_api import Error

from crawlers.browser.drawn import DRAWN, text_run
from crawlers.browser.frames import FrameShot
from crawlers.browser.watch import Watch
from crawlers.browser.world import evaluate
from crawlers.parse import FRAME_SEPARATOR
from findings.model.crawl import AdLabel

#: Ads looked at on one page, and seconds that takes at most.
MAX_ADS = 200
_TIMEOUT_S = 10.0

#: Of elements given by XPath: the mark of each as `{by, text, size, contrast, visible, box}`; `{by: 'none'}` where
#: there is none, null where there is no such element. Of frame elements also where their document begins.
_LABELS = (
    r"""(places) => {"""
    + DRAWN
    + r"""
  const WORDS = ['商业推广', '品牌推广', '推广链接', '广告推广', '品牌广告', '赞助内容', '赞助商', '广告', '推广', '赞助',
                 'Advertisement', 'Sponsored', 'ADVERT', 'AD', 'Ad', 'ad'];
  const EDGE = /^[\[\]【】()（）〔〕「」<>《》·•|丨:：\s\u200b]+|[\[\]【】()（）〔〕「」<>《》·•|丨:：\s\u200b]+$/g;
  const PART = /(?:^|[\s\[【(（〔|丨·•])(广告|商业推广|品牌推广|推广|赞助)(?=$|[\s\]】)）〕|丨·•:：])/;
  const PICTURED = /(?:^|[\/_-])(?:ad|ads|gg|guanggao|tuiguang|advert)[_-]?(?:logo|icon|tag|mark|sign|label|flag|tip|biaoshi)/i;
  const NAMED = /(?:^|[\s_-])(?:ad|ads|gg|guanggao|tuiguang|advert)[_-]?(?:logo|icon|tag|mark|sign|label|flag|tip)(?:$|[\s_-])/i;
  const MOST = 600, LEVELS = 5, NEAR = 40;
  const word = (text) => {
    const bare = text.replace(EDGE, '');
    return bare.length <= 14 && WORDS.includes(bare.replace(/\s+/g, '')) ? bare : null;
  };
  const within = (text) => {
    if (!text || text.length > 400) return null;
    const whole = word(text);
    if (whole) return whole;
    const part = text.length <= 60 ? PART.exec(text) : null;
    return part ? part[1] : null;
  };
  const small = (rect) => rect.width <= 120 && rect.height <= 60;
  const quoted = (css) => /^"(.*)"$/s.exec(css)?.[1] ?? null;
  const textRect = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return range.getBoundingClientRect();
  };
  // Every mark in an element, outside of `not`.
  const marksIn = (scope, not) => {
    const marks = [];
    const walk = document.createTreeWalker(scope, NodeFilter.SHOW_ELEMENT, (node) =>
      not.has(node) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    for (let node = scope, n = 0; node && n < MOST && marks.length < 20; node = walk.nextNode(), n++) {
      if (['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'OPTION'].includes(node.nodeName)) continue;
      let found = null;
      const place = () => node.getBoundingClientRect();
      for (const child of node.childNodes) {
        if (child.nodeType !== 3) continue;
        found = within(child.data.trim());
        if (found) { marks.push({by: 'text', text: found, node, place: () => textRect(child)}); break; }
      }
      if (!found && node.childElementCount > 0 && node.childElementCount <= 8 && node.textContent.length <= 40) {
        // A word in pieces: letters in elements of their own, decoys between them.
        const inner = node.innerText ?? '';
        found = inner.length <= 14 ? word(inner.replace(/\s+/g, '')) : null;
        if (found && ![...node.children].some(child => word(child.textContent.trim())))
          marks.push({by: 'text', text: found, node, place, whole: true});
      }
      for (const pseudo of ['::before', '::after']) {
        const said = quoted(getComputedStyle(node, pseudo).content);
        const drawn = said ? within(said.trim()) : null;
        if (drawn) marks.push({by: 'style', text: drawn, node, pseudo, place, whole: true});
      }
      const rect = place();
      if (node.nodeName === 'IMG') {
        const alt = word(node.alt.trim()) || word((node.title || '').trim());
        if (alt || (small(rect) && PICTURED.test(node.currentSrc.slice(-300))))
          marks.push({by: 'picture', text: alt || '', node, place, whole: true});
      } else if (small(rect) && rect.width >= 4) {
        const image = getComputedStyle(node).backgroundImage;
        const name = typeof node.className === 'string' ? node.className : '';
        if (image !== 'none' && !node.textContent.trim() && (PICTURED.test(image.slice(-300)) || NAMED.test(name))) {
          const said = word((node.getAttribute('aria-label') || node.title || '').trim());
          marks.push({by: 'picture', text: said || '', node, place, whole: true});
        }
      }
    }
    return marks;
  };
  const find = (path) => {
    try {
      return document.evaluate(path, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue;
    } catch { return null; }
  };
  const elements = places.map(path => {
    const node = find(path);
    return node && node.nodeType === 1 ? node : null;
  });
  const all = [...new Set(elements.filter(Boolean))];
  // The largest box that holds this ad alone and isn't much more than the ad.
  const own = new Map(all.map(element => {
    const box = element.getBoundingClientRect();
    const most = Math.max(4 * box.width * box.height, box.width * box.height + 250000);
    let top = element;
    for (let node = parentOf(element), n = 0; node && n < LEVELS; node = parentOf(node), n++) {
      if (node === document.body || node === document.documentElement) break;
      const rect = node.getBoundingClientRect();
      if (rect.width * rect.height > most) break;
      if (all.some(other => other !== element && !element.contains(other) && !other.contains(element) && node.contains(other))) break;
      top = node;
    }
    return [element, top];
  }));
  const near = (a, b) => a.left < b.right + NEAR && a.right > b.left - NEAR && a.top < b.bottom + NEAR && a.bottom > b.top - NEAR;
  const best = (marks) => {
    const seen = marks.slice(0, 8).map(mark => {
      const how = {pseudo: mark.pseudo, whole: mark.whole, picture: mark.by === 'picture'};
      const drawn = drawnAs(mark.node, () => [mark.place()], how);
      return mark.by === 'picture' ? {...mark, ...drawn, contrast: null, size: mark.place().height} : {...mark, ...drawn};
    });
    const rank = (m) => [m.visible ? 1 : 0, m.text.includes('广告') ? 1 : 0, Math.min(m.size, 12), m.contrast ?? 21];
    seen.sort((a, b) => {
      const [x, y] = [rank(a), rank(b)];
      for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return y[i] - x[i];
      return 0;
    });
    const {by, text, size, contrast, visible, box} = seen[0];
    return {by, text: text.slice(0, 20), size, contrast, visible, box};
  };
  const labels = elements.map(element => {
    if (!element) return null;
    const region = own.get(element);
    let marks = marksIn(element, new Set());
    if (!marks.length && region !== element) marks = marksIn(region, new Set([element]));
    let group = parentOf(region);
    for (let n = 0; !marks.length && group && n < 2; group = parentOf(group), n++) {
      // A box of several ads, or a corner beside the box: only what is no other ad's, and near this one or heading all.
      const rest = new Set([region, ...all.filter(other => !other.contains(element)).map(other => own.get(other))]);
      const box = element.getBoundingClientRect();
      const frame = group.getBoundingClientRect();
      const whole = group === document.body || group === document.documentElement;
      if (whole && frame.height > 1200) break;
      if (rest.has(group) || group.querySelectorAll('a').length > 60) break;
      marks = marksIn(group, rest).filter(mark => {
        const at = mark.place();
        return near(at, box) || (!whole && frame.height <= 1500 && (at.top < frame.top + 60 || at.bottom > frame.bottom - 60));
      });
    }
    return marks.length ? best(marks) : {by: 'none'};
  });
  home();
  const starts = elements.map(element => {
    if (!element || element.nodeName !== 'IFRAME') return [0, 0];
    const box = element.getBoundingClientRect();
    return [Math.round(box.left + scrollX + element.clientLeft), Math.round(box.top + scrollY + element.clientTop)];
  });
  return [labels, starts];
}"""
)


async def ad_labels(
    watch: Watch, locators: Sequence[str | None], frames: Sequence[FrameShot]
) -> tuple[AdLabel | None, ...]:
    """The mark of each ad, given by its locator; None where the ad's element wasn't found or can't be asked."""
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            return await _Search(watch, frames).labels(locators)
    except (Error, TimeoutError):
        return (None,) * len(
            locators
        )  # the page is being replaced, or its script holds it: nothing is claimed


class _Search:
    """Asks each document once, inner ones first; an ad without a mark there may have one around its frame."""

    def __init__(self, watch: Watch, frames: Sequence[FrameShot]) -> None:
        self._watch = watch
        self._frames = {frame.document.locator: frame for frame in frames}

    async def labels(self, locators: Sequence[str | None]) -> tuple[AdLabel | None, ...]:
        """Marks in order of the locators; beyond `MAX_ADS` None."""
        asked = [place for place in locators[:MAX_ADS] if place]
        # Every document that an ad stands in, and the places in it to be looked at: ads and frames of ads.
        places: dict[str, dict[str, None]] = {}
        for locator in asked:
            for document, place in _steps(locator):
                places.setdefault(document, {})[place] = None
        told: dict[tuple[str, str], Any] = {}
        starts: dict[str, tuple[int, int]] = {"": (0, 0)}
        for document in sorted(places, key=lambda name: name.count(FRAME_SEPARATOR) + bool(name)):
            listed = list(places[document])
            found, begins = await self._ask(document, listed)
            left, top = starts.get(document, (0, 0))
            for place, label, (x, y) in zip(listed, found, begins, strict=True):
                told[document, place] = label
                starts[_joined(document, place)] = (left + x, top + y)
        known = {locator: _label(locator, told, starts) for locator in asked}
        return tuple(known.get(place or "") for place in locators)

    async def _ask(self, document: str, places: list[str]) -> tuple[list[Any], list[tuple[int, int]]]:
        nothing: tuple[list[Any], list[tuple[int, int]]] = ([None] * len(places), [(0, 0)] * len(places))
        try:
            if not document:
                labels, starts = await self._watch.evaluate(_LABELS, places)
                return labels, starts
            frame = self._frames.get(document)
            if frame is None:
                return nothing
            labels, starts = await evaluate(frame.session, frame.id, _LABELS, places)
        except Error:
            return nothing  # the document went away: of its ads nothing is claimed
        return labels, starts


def _steps(locator: str) -> list[tuple[str, str]]:
    """The documents that lead to an ad, outermost first, each with the place in it."""
    parts = locator.split(FRAME_SEPARATOR)
    return [(FRAME_SEPARATOR.join(parts[:at]), part) for at, part in enumerate(parts)]


def _joined(document: str, place: str) -> str:
    return f"{document}{FRAME_SEPARATOR}{place}" if document else place


def _label(
    locator: str, told: dict[tuple[str, str], Any], starts: dict[str, tuple[int, int]]
) -> AdLabel | None:
    """The innermost mark of an ad; `none` only where every document on the way was looked at."""
    looked = [(document, told.get((document, place))) for document, place in reversed(_steps(locator))]
    shown = [(document, raw) for document, raw in looked if raw is not None and raw["by"] != "none"]
    # A mark that can be seen counts before one nearer to the ad that can't.
    for document, raw in sorted(shown, key=lambda one: not one[1]["visible"]):
        return AdLabel(by=raw["by"], run=text_run(raw["text"], raw, *starts.get(document, (0, 0))))
    return None if any(raw is None for _, raw in looked) else AdLabel(by="none")
