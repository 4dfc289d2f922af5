"""Where a page's ad slots are: the source's own marks, a filter list's rules, ad hosts, badges."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml import html

from crawlers.filters import AdFilters
from crawlers.parsers import urls
from crawlers.parsers.badges import MAX_LINKS, badged
from crawlers.parsers.document import Page, attribute, select, visible_text
from crawlers.parsers.extended import matches
from crawlers.parsers.words import is_ad_service
from crawlers.sources.model import Source

#: An element rule may name a whole column by its class; more text than this is no slot.
#: How many items of a row are looked at.
_ROW = 60
_SLOT_TEXT = 1_500
#: Most slots that are read of one document; the fullest real portal page seen has 59.
_MAX_SLOTS = 500
#: How far above a picture the headline of the same ad may stand, in levels.
_HEADLINE_LEVELS = 9
#: Longest text of a menu's entry, in characters.
_MENU_TEXT = 4
_FRONT = re.compile(r"/?|(?:/[\w-]+){0,2}/index\.(?:s?html?|php|aspx?|jsp)", re.IGNORECASE)
_COMMENT_BEGIN = "<!--ADS:begin="
#: Attributes in which a loader keeps the address that the slot will ask.
_FRAME_ADDRESSES = ("src", "isrc", "data-src", "_src", "data-original", "data-lazy-src", "lazy-src")
_REQUESTS = ("requesturl", "data-requesturl", "data-ad-url")


@dataclass(frozen=True)
class AdSlot:
    """An ad place; `single` where the mark belongs to one ad, whatever it links to."""

    element: html.HtmlElement
    mark: str
    single: bool = False
    counter: str | None = None
    """The host that a filter list names, where the slot is a link to it."""


class Slots:
    """The ad slots of one document."""

    def __init__(self, source: Source, page: Page, filters: AdFilters) -> None:
        self._source = source
        self._page = page
        self._filters = filters
        self._hosts = source.hosts.get("ad", ())
        self._found: dict[html.HtmlElement, AdSlot] = {}

    def all(self) -> list[AdSlot]:
        """Top-most elements only, in document order.

        What a filter list hides by its name may be a whole column, or a nuisance and no ad: it gives way to
        slots that stand in it.
        """
        for slot in (*self._own(), *self._requests(), *self._badged(), *self._commented()):
            self._add(slot)
        known = {above for element in self._found for above in (element, *element.iterancestors())}
        for slot in (*self._text_rules(), *self._element_rules()):
            if slot.element not in known:
                self._add(slot)
        top = _without_labels(
            _without_bare_pictures([s for s in self._found.values() if not self._covered(s.element)])
        )
        order = {element: index for index, element in enumerate(self._page.tree.iter())}
        return sorted(top, key=lambda slot: order[slot.element])[:_MAX_SLOTS]

    def _add(self, slot: AdSlot) -> None:
        if slot.element.tag not in ("html", "body", "head"):
            self._found.setdefault(slot.element, slot)

    def is_ad_frame(self, frame: html.HtmlElement) -> bool:
        """Whether a frame's address is an ad server's."""
        return self._ad_frame(frame) is not None

    def _covered(self, element: html.HtmlElement) -> bool:
        return any(above in self._found for above in element.iterancestors())

    def _own(self) -> Iterator[AdSlot]:
        for candidate in self._source.candidates("slot"):
            for element in select(self._page.tree, candidate.css, candidate.xpath):
                if not self._is_own_item(element):
                    yield AdSlot(element, candidate.label)

    def _is_own_item(self, place: html.HtmlElement) -> bool:
        """Whether a place in a row of the portal's own items holds one of these now: an unsold slide of a slide show."""
        shape = (place.tag, place.get("class"))
        alike = [
            beside
            for beside in islice(
                itertools.chain(place.itersiblings(), place.itersiblings(preceding=True)), _ROW
            )
            if (beside.tag, beside.get("class")) == shape
        ]
        marks = set(place.keys()) - {"class", "id", "style"}
        if not shape[1] or not marks or not any(marks.isdisjoint(beside.keys()) for beside in alike):
            return False
        links = [attribute(link, "href") for link in islice(place.iter("a", "area"), MAX_LINKS)]
        addresses = [address for href in links if (address := self._page.absolute(href))]
        return bool(addresses) and not any(
            self._leaves(address) or urls.host_matches(address, self._hosts) for address in addresses
        )

    def _requests(self) -> Iterator[AdSlot]:
        """Frames, links and placeholders whose address is an ad server's."""
        for element in self._page.tree.iter("iframe", "embed", "object"):
            mark = self._ad_frame(element)
            if mark:
                yield AdSlot(element, mark)
        for element in self._page.tree.iter("a", "area"):
            address = self._page.absolute(attribute(element, "href")) if element.get("href") else None
            if address is None or not _is_deep(address) or is_ad_service(visible_text(element, limit=40)):
                continue  # an ad server's own site, or the department that sells its places
            name = urls.host_matches(address, self._hosts)
            if name and not self._is_menu_entry(element, address):
                yield AdSlot(element, f"host:{name}")
            elif (
                not name
                and self._leaves(address)
                and self._filters.blocks(address, self._page.url, "subdocument")
            ):
                host = urls.host_of(address)
                yield AdSlot(element, f"list:{host}", counter=host)
        for name in _REQUESTS:
            for element in select(self._page.tree, f"[{name}]"):
                address = self._page.absolute(attribute(element, name))
                listed = urls.host_matches(address, self._hosts)
                if listed:
                    yield AdSlot(element, f"host:{listed}")

    def _is_menu_entry(self, link: html.HtmlElement, address: str) -> bool:
        """Whether a counted link is an entry of the portal's own menu: a word or two, and the portal behind it."""
        target = urls.landing(address, self._hosts)
        own = target is not None and self._page.url is not None and not self._leaves(target)
        return own and link.find(".//img") is None and len(visible_text(link, limit=20)) <= _MENU_TEXT

    def _leaves(self, address: str) -> bool:
        """Whether a link leads to another owner's site: rules on requests may name a portal's own sections."""
        return urls.site_of(address) != urls.site_of(self._page.url)

    def _ad_frame(self, frame: html.HtmlElement) -> str | None:
        for name in _FRAME_ADDRESSES:
            address = self._page.absolute(attribute(frame, name)) if frame.get(name) else None
            if address is None:
                continue
            listed = urls.host_matches(address, self._hosts)
            if listed:
                return f"host:{listed}"
            if self._filters.blocks(address, self._page.url, "subdocument"):
                return f"list:{urls.host_of(address)}"
        return None

    def _element_rules(self) -> Iterator[AdSlot]:
        if not self._filters.loaded:
            return
        classes: set[str] = set()
        ids: set[str] = set()
        for element in self._page.tree.iter("*"):
            classes.update(attribute(element, "class").split())
            ids.add(attribute(element, "id"))
        for rule in self._filters.element_rules(self._page.url, classes, ids - {""}):
            for element in islice(select(self._page.tree, rule), _MAX_SLOTS):
                if self._is_small(element) and self._leads_away(element):
                    yield AdSlot(element, f"list:{rule}"[:200])

    def _leads_away(self, element: html.HtmlElement) -> bool:
        """Whether everything in an element that can be clicked leads to another owner's site, or it holds nothing yet.

        Lists hide much that is no ad: tips, floating boxes, a portal's own offers.
        """
        links = (
            (element, *element.iter("a", "area"))
            if element.tag in ("a", "area")
            else element.iter("a", "area")
        )
        hrefs = {attribute(link, "href") for link in islice(links, MAX_LINKS)}
        addresses = {address for href in hrefs if href and (address := self._page.absolute(href))}
        if addresses:
            return all(self._leaves(address) for address in addresses)
        bare = not visible_text(element, limit=40) and element.find(".//img") is None
        return bare or element.find(".//*[@onclick]") is not None

    def _text_rules(self) -> Iterator[AdSlot]:
        for rule in self._filters.text_rules(self._page.url):
            for element in islice(matches(self._page.tree, rule), _MAX_SLOTS):
                if self._is_small(element):
                    yield AdSlot(element, f"list:{rule}"[:200])

    @staticmethod
    def _is_small(element: html.HtmlElement) -> bool:
        links = len(list(islice(element.iter("a"), MAX_LINKS + 1)))
        return links <= MAX_LINKS and len(visible_text(element, limit=_SLOT_TEXT + 1)) <= _SLOT_TEXT

    def _badged(self) -> Iterator[AdSlot]:
        return (AdSlot(element, mark, single=True) for element, mark in badged(self._page))

    def _commented(self) -> Iterator[AdSlot]:
        """Links that lead away between the comments by which an editorial system of about 2004 to 2013 marked ads."""
        if _COMMENT_BEGIN not in self._page.text:
            return
        root = self._page.tree.getroottree()
        for place in _between_comments(self._page.text):
            for link in root.xpath(place)[:1]:
                address = self._page.absolute(attribute(link, "href"))
                if address and self._leaves(address):
                    yield AdSlot(link, "comment:ADS")


def _between_comments(text: str) -> list[str]:
    """Where the links between `<!--ADS:begin=…-->` and `<!--ADS:end-->` stand, as XPaths."""
    parser = html.HTMLParser(encoding="utf-8", remove_pis=True)
    root = html.document_fromstring(text.encode("utf-8"), parser=parser)
    tree, inside = root.getroottree(), False
    places: list[str] = []
    for node in root.iter():
        if isinstance(node, html.HtmlComment):
            said = (node.text or "").strip()
            inside = said.startswith("ADS:begin=") or (inside and not said.startswith("ADS:end"))
        elif inside and node.tag == "a" and len(places) < _MAX_SLOTS:
            places.append(tree.getpath(node))
    return places


def _is_deep(address: str) -> bool:
    """Whether an address is more than the front page of a site or of one of its sections."""
    parts = urlsplit(address)
    return bool(parts.query) or not _FRONT.fullmatch(parts.path)


def _without_labels(slots: list[AdSlot]) -> list[AdSlot]:
    """Linked labels ("[tools]") left out where the headline right behind them leads to the same address."""
    linked = {slot.element for slot in slots if slot.element.tag == "a"}
    labels = {
        element
        for element in linked
        if (after := element.getnext()) is not None
        and after in linked
        and urls.chain(attribute(after, "href"))[-1] == urls.chain(attribute(element, "href"))[-1]
        and 0 < len(visible_text(element, limit=20)) <= _MENU_TEXT < len(visible_text(after, limit=20))
        and len((element.tail or "").strip()) <= 1
    }
    return [slot for slot in slots if slot.element not in labels]


def _without_bare_pictures(slots: list[AdSlot]) -> list[AdSlot]:
    """Links around pictures left out where they belong to an ad whose headline has an address of its own.

    Both lead to one server and share a block in which nothing else is an ad.
    """
    headed: dict[html.HtmlElement, list[AdSlot]] = {}
    bare: set[html.HtmlElement] = set()
    for slot in slots:
        if slot.element.tag == "a" and not visible_text(slot.element, limit=40):
            bare.add(slot.element)
            continue
        for above in islice(slot.element.iterancestors(), 2 * _HEADLINE_LEVELS):
            headed.setdefault(above, []).append(slot)

    def belongs(picture: html.HtmlElement) -> bool:
        near = islice(picture.iterancestors(), _HEADLINE_LEVELS)
        heads = next((headed[above] for above in near if above in headed), [])
        return len(heads) == 1 and urls.host_of(attribute(picture, "href")) in _servers(heads[0].element)

    return [slot for slot in slots if slot.element not in bare or not belongs(slot.element)]


def _servers(element: html.HtmlElement) -> set[str]:
    links = islice(element.iter("a"), MAX_LINKS)
    return {urls.host_of(attribute(link, "href")) for link in links} - {""}
