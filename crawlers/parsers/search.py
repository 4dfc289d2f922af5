"""A search engine's result page: ads by any mark, natural results, true zeros.

An ad is found in three ways. A *box* is an element that is one whole ad, a *group* one that holds
one or several, a title each. A *mark* (a badge, a click address, a landing attribute) may stand
anywhere inside an ad; from there the ad is the largest element around it that holds one title.
So an ad survives a change of its class names as long as one mark is left.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import html

from crawlers.filters import AdFilters
from crawlers.parsers import urls
from crawlers.parsers.document import Page, attribute, clean, select, visible_text
from crawlers.parsers.fields import Hits, first_value
from crawlers.parsers.outcome import signature_of
from crawlers.parsers.words import is_mark, only_marks
from crawlers.sources.model import Candidate, Source
from findings.model.crawl import Organic, ParsedAd, ParsedPage
from findings.model.vocabulary import Outcome, Slot

_HOST = re.compile(r"^(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:[:/?#…].*)?$", re.ASCII)
#: Most ads and natural results that are read of one page; real pages have about 20.
_MAX_ADS = 300
_MAX_RESULTS = 300
_DATE = re.compile(r"(?:^|\s+|\s*-\s*)\d{4}[-年./]\d{1,2}(?:[-月./]\d{1,2}日?)?\b")
_DIGITS = re.compile(r"\d+")


@dataclass
class _Ad:
    """One ad's element, the mark that proved it, and a place that the mark itself names."""

    element: html.HtmlElement
    mark: str
    slot: Slot | None


def read(source: Source, page: Page, filters: AdFilters) -> ParsedPage:
    """Read one result page. No ads and no results on a page without a true zero is `selector_broken`."""
    reader = _Reader(source, page)
    ads = reader.ads()
    results = reader.results(ads)
    parsed, empty_slots = reader.parsed_ads(ads, results)
    organic = tuple(reader.organic(results))
    if parsed or organic:
        outcome, detail = Outcome.OK, None
    else:
        zero = signature_of(source, page, refusals=False)
        outcome = Outcome.EMPTY if zero else Outcome.SELECTOR_BROKEN
        detail = f"signature: {zero.name}" if zero else reader.why_broken()
    return ParsedPage(
        source=source.name,
        outcome=outcome,
        ads=tuple(ad for ad, _, _ in parsed),
        organic=organic,
        selectors=reader.hits.table(),
        slots_empty=empty_slots,
        detail=detail,
        locators=tuple(locator for _, locator, _ in parsed),
        clicks=tuple(click for _, _, click in parsed),
    )


class _Reader:
    def __init__(self, source: Source, page: Page) -> None:
        self.source = source
        self.page = page
        self.hits = Hits()
        self.body = page.tree
        self.order = {element: index for index, element in enumerate(self.body.iter())}
        self.scopes = self._union("scope")
        self.sides = self._union("side")
        self.stops = {*self.scopes, *self.sides, *self.body.iter("body", "html")}
        self.related = frozenset(self._union("related"))
        self.titles_below = self._count_titles()
        self.around_results = {
            above
            for element, _ in self._result_candidates()
            if self.titles_below[element]
            for above in element.iterancestors()
        }
        self.shapes: dict[html.HtmlElement, Counter[tuple[str, str, str] | None]] = {}

    def _union(self, field: str) -> list[html.HtmlElement]:
        """All elements of all candidates of a field, once each, in document order."""
        found: dict[html.HtmlElement, None] = {}
        for candidate in self.source.candidates(field):
            for element in select(self.body, candidate.css, candidate.xpath):
                found[element] = None
                self.hits.add(field, candidate.label)
        return sorted(found, key=self.order.__getitem__)

    def _count_titles(self) -> Counter[html.HtmlElement]:
        """How many title elements stand in each element (itself included)."""
        titles: set[html.HtmlElement] = set()
        for candidate in self.source.candidates("headline"):
            titles.update(select(self.body, candidate.css, candidate.xpath))
        # A heading and the link in it are one title: the outer one counts.
        outer = [title for title in titles if not any(above in titles for above in title.iterancestors())]
        self.titles = sorted(outer, key=self.order.__getitem__)
        below: Counter[html.HtmlElement] = Counter()
        for title in self.titles:
            below[title] += 1
            below.update(title.iterancestors())
        return below

    def _in_related(self, element: html.HtmlElement) -> bool:
        return element in self.related or any(above in self.related for above in element.iterancestors())

    def _titles_in(self, element: html.HtmlElement) -> list[html.HtmlElement]:
        return [title for title in self.titles[:_MAX_ADS] if element in set(title.iterancestors())]

    # -- ads

    def ads(self) -> list[_Ad]:
        """The elements that are ads: those among the results in document order, then those beside them."""
        found: dict[html.HtmlElement, _Ad] = {}
        boxes = self._marked("ad_box")
        with_inner = {
            above for element, _ in boxes if self.titles_below[element] for above in element.iterancestors()
        }
        for element, candidate in boxes:
            if len(found) >= _MAX_ADS:
                break
            if element in with_inner or self._inside(element, found):
                continue  # a wrapper around whole ads, or part of one
            found.setdefault(element, _Ad(element, candidate.label, candidate.slot))
        around = {above for element in found for above in element.iterancestors()}
        for element, candidate in self._marked("ad_group"):
            if len(found) >= _MAX_ADS:
                break
            if element in around or self._inside(element, found):
                continue
            titles = self._titles_in(element) if self.titles_below[element] > 1 else []
            owners = [self._owner(title, around | {element}) for title in titles] or [element]
            for owner in owners:
                if owner is not None:
                    found[owner] = _Ad(owner, candidate.label, candidate.slot)
                    around.update(owner.iterancestors())
        for element, candidate in self._marked("ad_mark"):
            if len(found) >= _MAX_ADS:
                break
            if element in around or self._inside(element, found):
                continue
            owner = self._owner(element, around)
            if owner is not None:
                found[owner] = _Ad(owner, candidate.label, candidate.slot)
                around.update(owner.iterancestors())
        self._sharpen(found)
        return sorted(found.values(), key=lambda ad: (self._beside(ad.element), self.order[ad.element]))

    def _beside(self, element: html.HtmlElement) -> bool:
        return any(above in self.sides for above in (element, *element.iterancestors()))

    def _marked(self, field: str) -> list[tuple[html.HtmlElement, Candidate]]:
        """Elements with the candidate that names them first, outer before inner for each candidate."""
        found: dict[html.HtmlElement, Candidate] = {}
        for candidate in self.source.candidates(field):
            for element in select(self.body, candidate.css, candidate.xpath):
                if element not in self.stops and not self._in_related(element):
                    found.setdefault(element, candidate)
        return list(found.items())

    @staticmethod
    def _inside(element: html.HtmlElement, found: dict[html.HtmlElement, _Ad]) -> bool:
        return element in found or any(above in found for above in element.iterancestors())

    def _owner(self, mark: html.HtmlElement, around: set[html.HtmlElement]) -> html.HtmlElement | None:
        """The largest element around a mark that holds no second title and no second block of its kind.

        `around` holds what is around ads already found; an ad never contains another.
        """
        node = mark
        for above in mark.iterancestors():
            if above in self.stops or above in around or self.titles_below[above] > 1:
                break
            if above in self.around_results and _has_link(node):
                break  # the title in there is a natural result's
            if not self.titles_below[above] and self._repeats(node, above):
                break
            node = above
        if node is mark and not visible_text(mark, limit=1) and not self.titles_below[mark]:
            return None
        return node

    def _repeats(self, node: html.HtmlElement, parent: html.HtmlElement) -> bool:
        """Whether `node` is one of several blocks alike: same tag, same class or numbered id."""
        if parent not in self.shapes:
            self.shapes[parent] = Counter(_shape(child) for child in parent)
        shape = _shape(node)
        return shape is not None and self.shapes[parent][shape] > 1

    def _sharpen(self, found: dict[html.HtmlElement, _Ad]) -> None:
        """Name for each ad the strongest mark in it, not the one that happened to find it."""
        unnamed = dict(found)
        marks = [
            mark for field in ("ad_mark", "ad_box", "ad_group") for mark in self.source.candidates(field)
        ]
        for candidate in marks:
            for ad in list(unnamed.values()):
                if select(ad.element, candidate.css, candidate.xpath):
                    ad.mark = candidate.label
                    del unnamed[ad.element]
        for candidate in marks:
            if candidate.slot is None:
                continue
            for ad in found.values():
                if ad.slot is None and select(ad.element, candidate.css, candidate.xpath):
                    ad.slot = candidate.slot
        for ad in found.values():
            self.hits.add("ad", ad.mark)

    # -- natural results

    def results(self, ads: Iterable[_Ad]) -> list[html.HtmlElement]:
        """The natural results' elements: titled, outermost, neither ads nor related searches."""
        taken = {ad.element for ad in ads}
        around = {above for element in taken for above in element.iterancestors()}
        kept: dict[html.HtmlElement, None] = {}
        untitled = set(self._union("result_untitled"))
        # In document order an outer element comes before those inside it.
        for element, label in self._result_candidates():
            if element in self.stops or element in around or element in taken:
                continue
            if not self.titles_below[element] and not (element in untitled and _has_link(element)):
                continue
            if any(
                above in taken or above in kept or above in self.related for above in element.iterancestors()
            ):
                continue
            if element in self.related:
                continue
            kept[element] = None
            self.hits.add("result", label)
            if len(kept) >= _MAX_RESULTS:
                break
        return list(kept)

    def _result_candidates(self) -> list[tuple[html.HtmlElement, str]]:
        found: dict[html.HtmlElement, str] = {}
        for scope in self.scopes or [self.body]:
            for candidate in self.source.candidates("result"):
                for element in select(scope, candidate.css, candidate.xpath):
                    found.setdefault(element, candidate.label)
        return sorted(found.items(), key=lambda item: self.order[item[0]])

    def organic(self, results: list[html.HtmlElement]) -> list[Organic]:
        """The natural results, read. Their own address attribute goes before a wrapped link."""
        found: list[Organic] = []
        for element in results:
            title = first_value(self.source, "title", element, self.hits)
            if title is None:
                continue
            link = first_value(self.source, "url", element, self.hits, self._is_address)
            text = first_value(self.source, "text", element, self.hits, title.__ne__)
            found.append(
                Organic(
                    title=title,
                    url=self._address(link) or "",
                    text=text or "",
                    position=len(found) + 1,
                )
            )
        return found

    def _address(self, link: str | None) -> str | None:
        if link is None:
            return None
        return self.page.absolute(link.strip("\"' ").replace("\\u0026", "&"))

    def _is_address(self, link: str) -> bool:
        return self._address(link) is not None

    # -- reading ads

    def parsed_ads(
        self, ads: list[_Ad], results: list[html.HtmlElement]
    ) -> tuple[list[tuple[ParsedAd, str, str | None]], int]:
        """Each ad with its locator and click address, and the number of slots without content."""
        places = [self.order[element] for element in results]
        parsed: list[tuple[ParsedAd, str, str | None]] = []
        empty = 0
        for ad in ads:
            one = self._parsed(ad, places, len(parsed) + 1)
            if one is None:
                empty += 1
                continue
            parsed.append((one, self.page.locate(ad.element), self._click(ad.element)))
        return parsed, empty

    def _parsed(self, ad: _Ad, places: list[int], position: int) -> ParsedAd | None:
        element = ad.element
        title = first_value(self.source, "ad_title", element, self.hits) or ""
        display = _shown(first_value(self.source, "display", element, self.hits, _says_who))
        text = first_value(self.source, "ad_text", element, self.hits, title.__ne__)
        if not title and not text:
            text = visible_text(element)
            if not text:
                return None
            title = text[:60]
        elif text is None:
            text = self._rest(element, title, display)
        wrappers = self.source.hosts.get("wrapper", ())
        target = first_value(
            self.source,
            "landing_url",
            element,
            self.hits,
            lambda link: self._landing(link, wrappers) is not None,
        )
        badge = first_value(self.source, "advertiser", element, self.hits)
        return ParsedAd(
            title=title,
            text=text or "",
            display=display,
            landing_url=self._landing(target, wrappers) if target else None,
            advertiser=badge or _firm_shown(display),
            position=position,
            slot=ad.slot or self._slot(element, places),
            mark=ad.mark,
        )

    def _rest(self, element: html.HtmlElement, title: str, display: str | None) -> str:
        """The ad's text less its title, source and mark, where no description could be told apart."""
        skip = frozenset(inner for inner in self.related if element in set(inner.iterancestors()))
        rest = visible_text(element, skip=skip | only_marks(element)).replace(title, " ", 1)
        return clean(rest.replace(display, " ", 1) if display else rest)

    def _landing(self, link: str, wrappers: tuple[str, ...]) -> str | None:
        address = self._address(link)
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
        if self._beside(element):
            return Slot.RIGHT
        here = self.order[element]
        if not places or here < places[0]:
            return Slot.TOP
        return Slot.BOTTOM if here > places[-1] else Slot.MID

    def why_broken(self) -> str:
        """One sentence on what was missing, for the drift alarm."""
        if not self.scopes:
            return "no result list on the page"
        return f"result list without results; page title {clean(self.page.title)[:80]!r}"


def _shown(display: str | None) -> str | None:
    """What the page shows as source, without the date that often follows it."""
    return _DATE.sub("", display).strip() or None if display else None


def _says_who(text: str) -> bool:
    """Whether a source line says more than a date and "this is an ad"."""
    return not all(is_mark(word) for word in _DATE.sub("", text).split())


def _has_link(element: html.HtmlElement) -> bool:
    """Whether an element holds a link that says more than "this is an ad"."""
    return any((text := visible_text(link, limit=100)) and not is_mark(text) for link in element.iter("a"))


def _shape(element: html.HtmlElement) -> tuple[str, str, str] | None:
    """Tag, classes and id without digits: what blocks of one kind share. None for a bare element."""
    if not isinstance(element.tag, str):
        return None
    classes = " ".join(sorted(attribute(element, "class").split()))
    name = _DIGITS.sub("#", attribute(element, "id"))
    return (element.tag, classes, name) if classes or name else None


def _firm_shown(display: str | None) -> str | None:
    """What the page shows as source, where it is a name and no address."""
    return display if display and not _HOST.match(display) else None
