"""Which elements of a result page are ads, which are natural results, which are neither.

An ad is found in three ways. A *box* is an element that is one whole ad, a *group* one that holds
one or several, a title each. A *mark* (a badge, a click address, a landing attribute) may stand
anywhere inside an ad; from there the ad is the largest element around it that holds one title.
So an ad survives a change of its class names as long as one mark is left. What a source lists
under `related` (related searches, the engine's own promotions) is neither ad nor result, and
nothing inside it counts.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import html

from crawlers.parsers.document import Page, attribute, clean, has_text, select, visible_text
from crawlers.parsers.fields import Hits
from crawlers.parsers.words import is_mark
from crawlers.sources.model import Candidate, Source
from findings.model.vocabulary import Slot

#: Most ads and natural results that are read of one page; real pages have about 20.
_MAX_ADS = 300
_MAX_RESULTS = 300
#: A list of more rows than this holds no single ad, whatever classes its rows have.
_ROWS = 2
_DIGITS = re.compile(r"\d+")
#: What stands right beside a word in a Chinese sentence.
_RUNNING = re.compile("[\u4e00-\u9fff，。、；！？]")


@dataclass
class AdBlock:
    """One ad's element, the mark that proved it, and a place that the mark itself names."""

    element: html.HtmlElement
    mark: str
    slot: Slot | None


class Blocks:
    """The blocks of one result page; which candidate found them is counted in `hits`."""

    def __init__(self, source: Source, page: Page, hits: Hits) -> None:
        self.source = source
        self.page = page
        self.hits = hits
        self.body = page.tree
        self.order = {element: index for index, element in enumerate(self.body.iter())}
        self.scopes = self._union("scope")
        self.sides = frozenset(self._union("side"))
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
        below: Counter[html.HtmlElement] = Counter()
        self.titles: list[html.HtmlElement] = []
        for title in sorted(titles, key=self.order.__getitem__):
            above = list(title.iterancestors())
            # A heading and the link in it are one title: the outer one counts.
            if titles.isdisjoint(above) and self.related.isdisjoint(above) and title not in self.related:
                self.titles.append(title)
                below[title] += 1
                below.update(above)
        return below

    def _in_related(self, element: html.HtmlElement) -> bool:
        return element in self.related or not self.related.isdisjoint(element.iterancestors())

    def _titles_in(self, element: html.HtmlElement) -> list[html.HtmlElement]:
        return [title for title in self.titles[:_MAX_ADS] if element in title.iterancestors()]

    def ads(self) -> list[AdBlock]:
        """The elements that are ads: those among the results in document order, then those beside them."""
        found: dict[html.HtmlElement, AdBlock] = {}
        boxes = self._marked("ad_box")
        wrapped = self._titles_in_inner({element for element, _ in boxes})
        for element, candidate in sorted(boxes, key=lambda box: self.order[box[0]]):
            if len(found) >= _MAX_ADS:
                break
            if 1 < self.titles_below[element] == wrapped[element]:
                continue  # a wrapper around whole ads
            if self._inside(element, found):
                continue
            found[element] = AdBlock(element, candidate.label, candidate.slot)
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
                    found[owner] = AdBlock(owner, candidate.label, candidate.slot)
                    around.update(owner.iterancestors())
        for element, candidate in self._marked("ad_mark"):
            if len(found) >= _MAX_ADS:
                break
            if element in around or self._inside(element, found) or _in_a_sentence(element):
                continue
            owner = self._owner(element, around)
            if owner is not None and not is_mark(visible_text(owner, limit=40)):
                found[owner] = AdBlock(owner, candidate.label, candidate.slot)
                around.update(owner.iterancestors())
        self._sharpen(found)
        return sorted(found.values(), key=lambda ad: (self.beside(ad.element), self.order[ad.element]))

    def _titles_in_inner(self, boxes: set[html.HtmlElement]) -> Counter[html.HtmlElement]:
        """How many of a box's titles stand in boxes inside it."""
        inner: Counter[html.HtmlElement] = Counter()
        for box in boxes:
            outer = next((above for above in box.iterancestors() if above in boxes), None)
            if outer is not None:
                inner[outer] += self.titles_below[box]
        return inner

    def beside(self, element: html.HtmlElement) -> bool:
        """Whether an element stands in the column beside the results."""
        return element in self.sides or not self.sides.isdisjoint(element.iterancestors())

    def says_nothing(self, element: html.HtmlElement) -> bool:
        """Whether all that stands in an element is neither ad nor result: it is an empty place."""
        if not self.related or self.titles_below[element]:
            return False
        inside = self.related.intersection(element.iterdescendants())
        return bool(inside) and not has_text(element, inside)

    def _marked(self, field: str) -> list[tuple[html.HtmlElement, Candidate]]:
        """Elements with the candidate that names them first, outer before inner for each candidate."""
        found: dict[html.HtmlElement, Candidate] = {}
        for candidate in self.source.candidates(field):
            for element in select(self.body, candidate.css, candidate.xpath):
                if element not in self.stops and not self._in_related(element):
                    found.setdefault(element, candidate)
        return list(found.items())

    @staticmethod
    def _inside(element: html.HtmlElement, found: dict[html.HtmlElement, AdBlock]) -> bool:
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
        if node is mark and not self.titles_below[mark] and not has_text(mark):
            return None
        return node

    def _repeats(self, node: html.HtmlElement, parent: html.HtmlElement) -> bool:
        """Whether `node` is one of several blocks alike: same tag, same class or numbered id; a row of a list."""
        if node.tag == "li" and sum(1 for child in parent if child.tag == "li") > _ROWS and _has_link(node):
            return True
        if parent not in self.shapes:
            self.shapes[parent] = Counter(_shape(child) for child in parent)
        shape = _shape(node)
        return shape is not None and self.shapes[parent][shape] > 1

    def _sharpen(self, found: dict[html.HtmlElement, AdBlock]) -> None:
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

    def results(self, ads: Iterable[AdBlock]) -> list[html.HtmlElement]:
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
            above = list(element.iterancestors())
            if not (taken.isdisjoint(above) and kept.keys().isdisjoint(above)) or self._in_related(element):
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


def _has_link(element: html.HtmlElement) -> bool:
    """Whether an element holds a link that says more than "this is an ad"."""
    return any((text := visible_text(link, limit=100)) and not is_mark(text) for link in element.iter("a"))


def _in_a_sentence(element: html.HtmlElement) -> bool:
    """Whether the word "ad" in an element is part of running text: a search for that word marks it up."""
    if len(element) or not is_mark(clean(element.text or "")):
        return False
    before, parent = element.getprevious(), element.getparent()
    ahead = before.tail if before is not None else parent.text if parent is not None else None
    return bool(_RUNNING.match((ahead or "")[-1:]) or _RUNNING.match((element.tail or "")[:1]))


def _shape(element: html.HtmlElement) -> tuple[str, str, str] | None:
    """Tag, classes and id without digits: what blocks of one kind share. None for a bare element."""
    if not isinstance(element.tag, str):
        return None
    classes = " ".join(sorted(attribute(element, "class").split()))
    name = _DIGITS.sub("#", attribute(element, "id"))
    return (element.tag, classes, name) if classes or name else None
