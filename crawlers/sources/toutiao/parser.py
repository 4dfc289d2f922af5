"""Toutiao search: cards in JSON beside the elements drawn from them."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from lxml import html

from crawlers.filters import AdFilters
from crawlers.parsers import search
from crawlers.parsers.cards import MAX_CARDS, Card, CardPaths, merged
from crawlers.parsers.document import Page, attribute, select
from crawlers.parsers.embedded import assigned, at, first_in, objects, text_of
from crawlers.parsers.relevance import EMPTY_LIST, withheld
from crawlers.parsers.words import is_mark
from crawlers.sources.model import Source
from findings.model.crawl import ParsedPage
from findings.model.vocabulary import Outcome

_PATHS = CardPaths(
    titles=("display.title.text", "title", "display.title", "emphasized.title", "display.emphasized.title"),
    links=(
        "display.info.url",
        "info.url",
        "article_url",
        "ttsearch_msite_url",
        "url",
        "share_url",
        "source_url",
        "pc_schema",
        "open_url",
    ),
    texts=(
        "display.summary.text",
        "abstract",
        "summary.text",
        "summary_text",
        "emphasized.summary",
        "display.emphasized.summary",
    ),
    sources=("display.info.site_name", "media_name", "source", "display.source.text"),
)
#: Template keys of cards that are no results.
_FRAME = ("SearchBar", "BottomBar", "71-undefined")
#: Most objects with a title that are looked at in older data; many tell the same result again.
_MAX_OBJECTS = 5_000
_NO = (None, False, 0, "", "0", "false")


def read(source: Source, page: Page, filters: AdFilters) -> ParsedPage:
    """The elements first, then the cards of the current pages, else the data of the older ones."""
    drawn = search.read(source, page, filters)
    cards = list(_cards(source, page))[:MAX_CARDS]
    label = "data-druid-card-data-id"
    if not cards:
        cards = list(_older(source, page))[:MAX_CARDS]
        label = "_SSR_HYDRATED_DATA"
    answer = merged(source, page, drawn, cards, label)
    if answer.outcome is Outcome.SELECTOR_BROKEN and withheld(page, ".s-result-list"):
        return ParsedPage(source=source.name, outcome=Outcome.BLOCKED, detail=EMPTY_LIST)
    return answer


def _cards(source: Source, page: Page) -> Iterator[Card]:
    """The cards in page order: each script names the element that is drawn from it by its id."""
    drawn = {
        attribute(one, "data-druid-card-dom-id"): one for one in select(page.tree, "[data-druid-card-dom-id]")
    }
    found: list[Card] = []
    for script in select(page.tree, "script[data-druid-card-data-id]")[:MAX_CARDS]:
        place = drawn.get(attribute(script, "data-druid-card-data-id"), script)
        data = at(first_in(script), "data")
        if isinstance(data, dict) and data.get("template_key") not in _FRAME:
            found.extend(_results(source, page, data, place))
    order = {element: index for index, element in enumerate(page.tree.iter())}
    yield from sorted(found, key=lambda card: order.get(card.place, 0))


def _older(source: Source, page: Page) -> Iterator[Card]:
    """Results in `window._SSR_HYDRATED_DATA`: every object with a title and an address, each address once."""
    seen: set[str] = set()
    place = next(page.tree.iter("script"), page.tree)
    for data in assigned(page, "window._SSR_HYDRATED_DATA"):
        named = (one for one in objects(data) if "title" in one or "display" in one)
        for one in islice(named, _MAX_OBJECTS):
            card = _card(source, page, one, place)
            if card is not None and card.url not in seen:
                seen.add(card.url)
                yield card


def _results(source: Source, page: Page, data: dict[str, Any], place: html.HtmlElement) -> Iterator[Card]:
    """The result of a card, or the several that a list card holds."""
    inner = data.get("display")
    for one in inner[:MAX_CARDS] if isinstance(inner, list) else [data]:
        card = _card(source, page, one, place)
        if card is not None:
            yield card


def _card(source: Source, page: Page, data: Any, place: html.HtmlElement) -> Card | None:
    card = _PATHS.card(source, page, data, place)
    return card and replace(card, mark=_mark(data))


def _mark(data: dict[str, Any]) -> str | None:
    """What in a card proves an ad: its own flags, or the label that it is drawn with."""
    for key in ("is_ad", "ad_id", "raw_ad_data", "ad_label"):
        if data.get(key) not in _NO and data.get(key) not in ([], {}):
            return key
    if data.get("tag") == "ad":
        return "data-tag-ad"
    label = text_of(data.get("label"), 20)
    return "label" if label and is_mark(label) else None
