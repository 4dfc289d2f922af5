"""A page of a URL list: the page itself is what is judged, so it holds no ads of its own."""

from crawlers.filters import AdFilters
from crawlers.parsers.document import Page, visible_text
from crawlers.sources.model import Source
from findings.model.crawl import ParsedPage
from findings.model.vocabulary import Outcome


def read(source: Source, page: Page, filters: AdFilters) -> ParsedPage:
    """`ok` unless the page shows nothing at all: no text, no picture, no frame."""
    shows = bool(
        page.tree.findall(".//img") or page.tree.findall(".//iframe") or page.tree.findall(".//canvas")
    ) or bool(visible_text(page.tree, limit=200))
    if not shows:
        return ParsedPage(source=source.name, outcome=Outcome.BLOCKED, detail="page without content")
    return ParsedPage(source=source.name, outcome=Outcome.OK)
