"""A search engine's result page: ads by any mark, natural results, true zeros."""

import re
from itertools import islice

from lxml import html

from crawlers.filters import AdFilters
from crawlers.parsers import urls
from crawlers.parsers.blocks import AdBlock, Blocks
from crawlers.parsers.document import Page, attribute, clean, has_text, select, visible_text
from crawlers.parsers.fields import Hits, first_value
from crawlers.parsers.outcome import signature_of
from crawlers.parsers.words import is_mark, only_marks
from crawlers.sources.model import Source
from findings.model.crawl import Organic, ParsedAd, ParsedPage
from findings.model.vocabulary import Device, Outcome, Slot

#: A page without any text that is no larger than this, in bytes, is a refusal and no changed layout.
_SMALL = 20_000
#: How many elements of an ad are looked through for the address it shows.
_LOOKED_THROUGH = 300
#: Longest title that is made of other text, in characters.
_TITLE = 60
_HOST = re.compile(r"^(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:[:/?#…›\s].*)?$", re.ASCII)
_WITH_HOST = re.compile(r"[\s\"']*(?:https?:)?//", re.IGNORECASE)
_DASHES = frozenset("-–—|·")
_AROUND = " -–—|·•"
_LABEL_AHEAD = re.compile(r"^(?:Ads?|Sponsored|广告|推广)\s*[·•|]\s*")
_DATE = re.compile(r"(?:^|\s+|\s*-\s*)\d{4}[-年./]\d{1,2}(?:[-月./]\d{1,2}日?)?\b")


def read(source: Source, page: Page, filters: AdFilters) -> ParsedPage:
    """Read one result page. No ads and no results on a page without a true zero is `selector_broken`."""
    hits = Hits()
    blocks = Blocks(source, page, hits)
    ads = blocks.ads()
    results = blocks.results(ads)
    reader = _Reader(source, page, blocks, hits)
    parsed, empty_slots = reader.parsed_ads(ads, results)
    organic = tuple(reader.organic(results))
    if parsed or organic:
        outcome, detail = Outcome.OK, None
    elif zero := signature_of(source, page, refusals=False):
        outcome, detail = Outcome.EMPTY, f"signature: {zero.name}"
    elif page.size <= _SMALL and not has_text(page.body):
        outcome, detail = Outcome.BLOCKED, "nothing to read on the page"
    else:
        outcome, detail = Outcome.SELECTOR_BROKEN, reader.why_broken()
    return ParsedPage(
        source=source.name,
        outcome=outcome,
        ads=tuple(ad for ad, _, _ in parsed),
        organic=organic,
        selectors=hits.table(),
        slots_empty=empty_slots,
        detail=detail,
        locators=tuple(locator for _, locator, _ in parsed),
        clicks=tuple(click for _, _, click in parsed),
    )


class _Reader:
    """Reads the fields of the blocks that were found."""

    def __init__(self, source: Source, page: Page, blocks: Blocks, hits: Hits) -> None:
        self.source = source
        self.page = page
        self.blocks = blocks
        self.hits = hits
        # A saved page comes without its address: its own links are the engine's.
        self.base = source.url[Device.DESKTOP].split("?")[0]

    def organic(self, results: list[html.HtmlElement]) -> list[Organic]:
        """The natural results, read. Their own address attribute goes before a wrapped link."""
        found: list[Organic] = []
        for element in results:
            title = first_value(self.source, "title", element, self.hits) or self._first_words(element)
            if not title:
                continue
            link = first_value(self.source, "url", element, self.hits, self._is_address)
            address = self._address(link)
            text = first_value(self.source, "text", element, self.hits, title.__ne__)
            found.append(
                Organic(
                    title=title,
                    url=self._unwrapped(address) if address else "",
                    text=text or "",
                    position=len(found) + 1,
                )
            )
        return found

    def _first_words(self, element: html.HtmlElement) -> str:
        """A name for a block whose heading is empty (filled by a script): its first link, or its text."""
        for link in element.iter("a"):
            text = visible_text(link, limit=200)
            if text and not is_mark(text):
                return text[:_TITLE]
        return visible_text(element, limit=200)[:_TITLE]

    def _address(self, link: str | None) -> str | None:
        if link is None:
            return None
        return self.page.absolute(link.strip("\"' ").replace("\\u0026", "&"), self.base)

    def _unwrapped(self, address: str) -> str:
        """The page behind the engine's own counter where the address names it, else the address."""
        wrappers = self.source.hosts.get("wrapper", ())
        if not urls.host_matches(address, wrappers):
            return address
        return urls.landing(address, wrappers) or address

    def _is_address(self, link: str) -> bool:
        return self._address(link) is not None

    def parsed_ads(
        self, ads: list[AdBlock], results: list[html.HtmlElement]
    ) -> tuple[list[tuple[ParsedAd, str, str | None]], int]:
        """Each ad with its locator and click address, and the number of slots without content."""
        places = [self.blocks.order[element] for element in results]
        parsed: list[tuple[ParsedAd, str, str | None]] = []
        empty = 0
        for ad in ads:
            one = self._parsed(ad, places, len(parsed) + 1)
            if one is None:
                empty += 1
                continue
            parsed.append((one, self.page.locate(ad.element), self._click(ad.element)))
        return parsed, empty

    def _parsed(self, ad: AdBlock, places: list[int], position: int) -> ParsedAd | None:
        element = ad.element
        if self.blocks.says_nothing(element):
            return None
        title = first_value(self.source, "ad_title", element, self.hits, _is_no_mark) or ""
        display = _shown(
            first_value(self.source, "display", element, self.hits, _says_who) or _host_shown(element)
        )
        text = first_value(
            self.source, "ad_text", element, self.hits, lambda text: text != title and _is_no_mark(text)
        )
        if not title and not text:
            text = self._rest(element, "", None)
            if not text:
                return None
            title = text[:_TITLE]
        elif text is None:
            text = self._rest(element, title, display)
        title = title or self._first_words(element)
        wrappers = self.source.hosts.get("wrapper", ())
        target = first_value(
            self.source,
            "landing_url",
            element,
            self.hits,
            lambda link: self._landing(link, wrappers) is not None,
        )
        text = _without_tail(text)
        badge = first_value(self.source, "advertiser", element, self.hits)
        return ParsedAd(
            title=title,
            text=text,
            display=display,
            landing_url=self._landing(target, wrappers) if target else None,
            advertiser=badge or _firm_shown(display),
            position=position,
            slot=ad.slot or self._slot(element, places),
            mark=ad.mark,
        )

    def _rest(self, element: html.HtmlElement, title: str, display: str | None) -> str:
        """The ad's text less its title, source and mark, where no description could be told apart."""
        skip = self.blocks.related.intersection(element.iterdescendants())
        rest = visible_text(element, skip=skip | only_marks(element)).replace(title, " ", 1)
        return clean(rest.replace(display, " ", 1) if display else rest).lstrip(_AROUND)

    def _landing(self, link: str, wrappers: tuple[str, ...]) -> str | None:
        """Where an ad leads. A link without a host leads to the engine, not to an advertiser."""
        address = self._address(link) if _WITH_HOST.match(link) else None
        return urls.landing(address, wrappers) if address else None

    def _click(self, element: html.HtmlElement) -> str | None:
        """The address that a click on the title opens, wrapped or not."""
        for candidate in self.source.candidates("click"):
            for link in select(element, candidate.css, candidate.xpath):
                address = self._address(attribute(link, candidate.attr or "href"))
                if address:
                    return address
        return None

    def _slot(self, element: html.HtmlElement, places: list[int]) -> Slot:
        """Right of the results; else before, between or after them."""
        if self.blocks.beside(element):
            return Slot.RIGHT
        here = self.blocks.order[element]
        if not places or here < places[0]:
            return Slot.TOP
        return Slot.BOTTOM if here > places[-1] else Slot.MID

    def why_broken(self) -> str:
        """One sentence on what was missing, for the drift alarm."""
        if not self.blocks.scopes:
            return "no result list on the page"
        return f"result list without results; page title {clean(self.page.title)[:80]!r}"


def _is_no_mark(text: str) -> bool:
    return not is_mark(text)


def _shown(display: str | None) -> str | None:
    """What the page shows as source, without the date and the word "ad" that often follow it."""
    return _without_tail(_DATE.sub("", display)) or None if display else None


def _without_tail(text: str) -> str:
    """A text less the dashes, the date and the word "ad" at its end; less dashes, and that word and a dot, before it."""
    words = text.split()
    while words and (is_mark(words[-1]) or words[-1] in _DASHES or _DATE.fullmatch(words[-1])):
        words.pop()
    return _LABEL_AHEAD.sub("", " ".join(words).lstrip(_AROUND))


def _host_shown(element: html.HtmlElement) -> str | None:
    """The address that an ad of unknown layout shows: a short text of its own that is one."""
    for inner in islice(element.iter("cite", "span", "font", "a", "div", "p"), _LOOKED_THROUGH):
        own = clean(inner.text or "")
        if 4 <= len(own) <= 80 and len(inner) <= 1 and _HOST.match(_DATE.sub("", own).strip()):
            return visible_text(inner, limit=100)
    return None


def _says_who(text: str) -> bool:
    """Whether a source line says more than a date and "this is an ad"."""
    return not all(is_mark(word) for word in _DATE.sub("", text).split())


def _firm_shown(display: str | None) -> str | None:
    """What the page shows as source, where it is a name and no address."""
    return display if display and not _HOST.match(display) else None
