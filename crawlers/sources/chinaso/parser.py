"""ChinaSo: the JSON of its interface, or its page as a browser drew it."""

from typing import Any

from crawlers.filters import AdFilters
from crawlers.parsers import search, urls
from crawlers.parsers.cards import MAX_CARDS, address
from crawlers.parsers.document import Page
from crawlers.parsers.embedded import NoData, answer, at, text_of, untagged
from crawlers.parsers.outcome import signature_of
from crawlers.parsers.relevance import EMPTY_LIST, withheld
from crawlers.sources.model import Source
from findings.model.crawl import Organic, ParsedPage
from findings.model.vocabulary import Outcome


def read(source: Source, page: Page, filters: AdFilters) -> ParsedPage:
    """An answer in JSON, which holds natural results only; else the page."""
    try:
        data = answer(page)
    except NoData as none:
        if page.text.lstrip("\ufeff \r\n\t")[:1] != "<":
            return ParsedPage(source=source.name, outcome=Outcome.SELECTOR_BROKEN, detail=str(none))
        return _drawn(source, page, filters)
    entries = at(data, "data.data")
    if not isinstance(entries, list):
        return _no_list(source, page, data)
    organic: list[Organic] = []
    for entry in entries[:MAX_CARDS]:
        title = untagged(at(entry, "title"))
        link = address(source, page, text_of(at(entry, "url"), 8000))
        if title is None:
            continue
        wrappers = source.hosts.get("wrapper", ())
        url = (urls.landing(link, wrappers) or link) if link else ""
        text = untagged(at(entry, "snippet")) or ""
        organic.append(Organic(title=title, url=url, text=text, position=len(organic) + 1))
    found = bool(organic)
    return ParsedPage(
        source=source.name,
        outcome=Outcome.OK if found else Outcome.SELECTOR_BROKEN if entries else Outcome.EMPTY,
        organic=tuple(organic),
        selectors={"result": "data.data", "title": "title"} if found else {},
        detail="no entry has a title" if entries and not found else None,
    )


def _no_list(source: Source, page: Page, data: Any) -> ParsedPage:
    """An answer without a result list: nothing found, refused, or in another shape."""
    zero = signature_of(source, page, refusals=False)
    if zero is not None:
        return ParsedPage(source=source.name, outcome=Outcome.EMPTY, detail=f"signature: {zero.name}")
    status = at(data, "status")
    if isinstance(status, int) and status != 0:
        said = text_of(at(data, "msg"), 80) or ""
        return ParsedPage(source=source.name, outcome=Outcome.BLOCKED, detail=f"status {status}: {said}")
    return ParsedPage(source=source.name, outcome=Outcome.SELECTOR_BROKEN, detail="no list at data.data")


def _drawn(source: Source, page: Page, filters: AdFilters) -> ParsedPage:
    """The page; a shell that no script has filled yet is no answer."""
    parsed = search.read(source, page, filters)
    if parsed.outcome is Outcome.SELECTOR_BROKEN and withheld(page, ".search-list, #app"):
        return ParsedPage(source=source.name, outcome=Outcome.BLOCKED, detail=EMPTY_LIST)
    return parsed
