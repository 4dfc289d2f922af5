"""An app store's answer, JSON or page: the apps it lists, by the shapes that the source names.

The shapes are tried in order; the first in which an app stands is read, and its name is recorded under
`selectors`. A list that is there and empty is a true zero. JSON may be the whole answer, stand in a
page's script, in other text, or as a string inside JSON.
"""

from crawlers.filters import AdFilters
from crawlers.parsers.document import Page
from crawlers.parsers.embedded import NoData, answer, in_scripts
from crawlers.parsers.outcome import signature_of
from crawlers.parsers.store_entries import Entry, html_entries, json_entries
from crawlers.parsers.wrapped import inner, wrapped
from crawlers.sources.model import HtmlShape, JsonShape, Source
from findings.model.crawl import ParsedApp, ParsedPage
from findings.model.vocabulary import Outcome

#: Most apps of one answer; the largest answer seen has 100.
_MOST = 1_000
#: Most apps of one page: each may be looked for marks around it.
_MOST_DRAWN = 300
#: Scripts of a page that hold data.
_SCRIPTS = 'script#__NEXT_DATA__, script[type="application/json"], script[type="application/ld+json"]'


def read(source: Source, page: Page, filters: AdFilters) -> ParsedPage:
    """Apps in the answer's order. An answer of another shape is `selector_broken`."""
    web_page = page.text.lstrip("\ufeff \r\n\t")[:1] == "<"
    documents, why = _documents(page, web_page)
    for shape in source.shapes:
        found, empty = _entries(shape, documents, page if web_page else None)
        if found:
            return _listed(source, shape, found)
        if empty:
            return _zero(source, shape)
    if signature_of(source, page, refusals=False) is not None:
        return ParsedPage(source=source.name, outcome=Outcome.EMPTY)
    if web_page and not documents and not any(map(_is_page, source.shapes)):
        return ParsedPage(source=source.name, outcome=Outcome.BLOCKED, detail="a web page instead of JSON")
    return ParsedPage(source=source.name, outcome=Outcome.SELECTOR_BROKEN, detail=why or "no shape fits")


def _is_page(shape: JsonShape | HtmlShape) -> bool:
    return isinstance(shape, HtmlShape) or shape.in_page


def _documents(page: Page, web_page: bool) -> tuple[list[object], str | None]:
    """The JSON of an answer wherever it stands, and why there is none."""
    try:
        whole = answer(page)
    except NoData as none:
        if web_page:
            return list(in_scripts(page, _SCRIPTS)), None
        found = wrapped(page.text)
        return found, None if found else str(none)
    return [whole, *inner(whole)], None


def _entries(
    shape: JsonShape | HtmlShape, documents: list[object], page: Page | None
) -> tuple[list[Entry], bool]:
    """The apps that stand in a shape, and whether its list is there and empty."""
    if isinstance(shape, HtmlShape):
        return (html_entries(shape, page, _MOST_DRAWN) if page is not None else []), False
    hollow = False
    for document in documents:
        found, empty = json_entries(shape, document, _MOST)
        if found:
            return found, False
        hollow = hollow or empty
    return [], hollow


def _listed(source: Source, shape: JsonShape | HtmlShape, found: list[Entry]) -> ParsedPage:
    selectors = {"shape": shape.name}
    for entry in found:
        for field, label in entry.labels.items():
            selectors.setdefault(field, label)
    apps = tuple(_app(source, entry, position) for position, entry in enumerate(found, 1))
    return ParsedPage(source=source.name, outcome=Outcome.OK, apps=apps, selectors=selectors)


def _zero(source: Source, shape: JsonShape | HtmlShape) -> ParsedPage:
    return ParsedPage(source=source.name, outcome=Outcome.EMPTY, selectors={"shape": shape.name})


def _app(source: Source, entry: Entry, position: int) -> ParsedApp:
    package = entry.text("package")
    url = entry.text("url")
    if url is None and package is not None and source.app_url is not None:
        url = source.app_url.replace("{package}", package)
    prefix = source.prefixes.get("screenshots", "")
    return ParsedApp(
        name=entry.text("name") or "",
        package=package,
        developer=entry.text("developer"),
        icp=entry.text("icp"),
        icp_entity=entry.text("icp_entity"),
        description=entry.text("description"),
        promoted=entry.promoted,
        position=position,
        url=url,
        genre=entry.text("genre"),
        screenshots=entry.addresses("screenshots", prefix),
    )
