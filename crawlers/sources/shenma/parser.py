"""Shenma and Quark: rows and cards as they are drawn, and the JSON that cards are drawn from."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import html

from crawlers.filters import AdFilters
from crawlers.parsers import search
from crawlers.parsers.cards import MAX_CARDS, Card, CardPaths, merged
from crawlers.parsers.document import Page, select
from crawlers.parsers.embedded import at, first_in, text_of
from crawlers.sources.model import Source
from findings.model.crawl import ParsedPage

_PATHS = CardPaths(
    titles=("titleProps.content", "title.content", "title.text", "title", "company_name", "strong.title"),
    links=(
        "sourceProps.dest_url",
        "source.dest_url",
        "normal_url",
        "title_url",
        "url",
        "title.url",
        "strong.baike_url",
        "dest_url",
    ),
    texts=(
        "summaryProps.content",
        "summary.content",
        "message.replyContent",
        "show_body",
        "desc",
        "summary",
        "strong.baike_text",
    ),
    sources=("sourceProps.source", "source.source", "source_name", "site"),
)
#: Lists inside a card that hold one result each.
_LISTS = {"ai_page": "list", "news_uchq": "feed"}
_CLICK = "sm.cn/adclick?"


def read(source: Source, page: Page, filters: AdFilters) -> ParsedPage:
    """The elements first, completed by the cards' JSON where the page has it."""
    drawn = search.read(source, page, filters)
    cards = list(_cards(source, page))[:MAX_CARDS]
    return merged(source, page, drawn, cards, "data-used-by=hydrate")


def _cards(source: Source, page: Page) -> Iterator[Card]:
    for script in select(page.tree, "script[data-used-by=hydrate], script[id^='s-data-']")[:MAX_CARDS]:
        whole = first_in(script)
        data = at(whole, "data.initialData")
        if not isinstance(data, dict):
            data = at(whole, "data") if isinstance(at(whole, "data"), dict) else whole
        if not isinstance(data, dict):
            continue
        kind = text_of(at(whole, "extraData.sc"), 60) or ""
        place = _drawn_from(script)
        entries = data.get(_LISTS.get(kind, ""))
        for one in entries[:MAX_CARDS] if isinstance(entries, list) else [data]:
            card = _card(source, page, one, place)
            if card is not None:
                yield card


def _drawn_from(script: html.HtmlElement) -> html.HtmlElement:
    """The card element that a script stands in, else the script."""
    for above in script.iterancestors():
        if "qk-card" in (above.get("class") or "") or above.get("ad_dot_url"):
            return above
        if above.tag in ("body", "html"):
            break
    return script


def _card(source: Source, page: Page, data: Any, place: html.HtmlElement) -> Card | None:
    card = _PATHS.card(source, page, data, place)
    return card and replace(card, mark="adclick" if _CLICK in card.url else None)
