"""Badges on ads: a small element, or a picture, that says 广告, and the one link block that it belongs to."""

import re
from collections.abc import Iterator
from itertools import chain, islice

from lxml import html

from crawlers.parsers.document import Page, attribute, visible_text
from crawlers.parsers.words import is_mark

#: Elements that a mark word may stand in.
_BADGES = ("span", "i", "em", "b", "strong", "a", "div", "p", "font", "label", "ins", "small", "li", "cite")
#: How far above its badge a marked ad may reach, in levels, and how much it may hold.
_BADGE_LEVELS = 6
_BADGE_LINKS = 6
_BADGE_TEXT = 600
#: More links than this are a list or a column, no ad.
MAX_LINKS = 12
#: The file of a picture that says "ad".
_PICTURED = re.compile(
    r"(?:[/_-](?:ads?|gg|guanggao|tuiguang|advert)[_-]?(?:logo|icon|ico|tag|mark|label|sign|flag|biao)|[/_-]ico(?:n)?[_-]?(?:gg|ad|tg))"
    r"[\w@.-]{0,30}\.(?:png|gif|svg|jpe?g|webp)",
    re.IGNORECASE,
)
_MOST_PICTURES = 50_000


def badged(page: Page) -> Iterator[tuple[html.HtmlElement, str]]:
    """The blocks of a page that bear a badge, each with what proves it: text first, then pictures of the word."""
    badges = _Badges(page)
    return chain(badges.texts(), badges.pictures())


class _Badges:
    def __init__(self, page: Page) -> None:
        self._page = page
        self._seen: dict[html.HtmlElement, set[str] | None] = {}

    def texts(self) -> Iterator[tuple[html.HtmlElement, str]]:
        """A small element that says 广告 (推广, 赞助) and the one link block around it; a link with the word behind it."""
        for element in self._page.tree.iter(*_BADGES):
            if len(element) or not is_mark((element.text or "").strip()):
                continue
            if element.tag == "a" and self._page.absolute(attribute(element, "href")):
                continue  # a menu's entry, or the portal's own advertising department
            owner = self._around(element)
            if owner is not None:
                yield owner, f"text:{(element.text or '').strip()}"

        for link in self._page.tree.iter("a"):
            said = (link.tail or "").strip()
            if not is_mark(said) or not self._page.absolute(attribute(link, "href")):
                continue
            yield link, f"text:{said}"

    def pictures(self) -> Iterator[tuple[html.HtmlElement, str]]:
        """A picture of the word (ad_logo.gif, ico_gg.png), as an image or a background, and the link block around it."""
        for element in islice(self._page.tree.iter("img", *_BADGES), _MOST_PICTURES):
            shown = attribute(element, "src") if element.tag == "img" else attribute(element, "style")
            if len(element) or not shown or not _PICTURED.search(shown):
                continue
            owner = self._around(element)
            if owner is not None and self._targets(owner):
                yield owner, "picture:ad"

    def _around(self, badge: html.HtmlElement) -> html.HtmlElement | None:
        """The smallest element around a badge with something to click; None where that is a list or menu."""
        node = badge
        for above in islice(badge.iterancestors(), _BADGE_LEVELS):
            if above.tag in ("body", "html", "nav", "header", "footer", "ul", "ol", "table", "tbody"):
                return None
            node = above
            targets = self._targets(above)
            if targets is None:
                return None
            if len(targets) > 1 and _lists_links(above, badge):
                return None
            if targets or above.find(".//iframe") is not None or above.tag == "a":
                return node
        return None

    def _targets(self, block: html.HtmlElement) -> set[str] | None:
        """Where a block's links lead; None for a block too large to be one ad."""
        if block not in self._seen:
            links = list(islice(block.iter("a"), MAX_LINKS + 1))
            targets = {attribute(link, "href") for link in links} - {"", "#"}
            large = (
                len(links) > MAX_LINKS
                or len(targets) > _BADGE_LINKS
                or len(visible_text(block, limit=_BADGE_TEXT + 1)) > _BADGE_TEXT
            )
            self._seen[block] = None if large else targets
        return self._seen[block]


def _lists_links(block: html.HtmlElement, badge: html.HtmlElement) -> bool:
    """Whether a block holds several link blocks alike (a slide show, a menu) beside the badge."""
    own = {badge, *badge.iterancestors()}
    for parent in block.iter("ul", "ol", "div", "dl", "section"):
        shapes: dict[tuple[str, str], set[str]] = {}
        for child in parent:
            if child in own or not isinstance(child.tag, str):
                continue
            target = next((attribute(link, "href") for link in child.iter("a") if link.get("href")), None)
            if target:
                shapes.setdefault((child.tag, attribute(child, "class")), set()).add(target)
        if any(len(targets) > 1 and tag in ("li", "div", "dd") for (tag, _), targets in shapes.items()):
            return True
    return False
