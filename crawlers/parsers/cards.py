"""Result pages whose results stand twice: drawn as elements, and as JSON that a script draws them from.

The JSON is steadier, the elements carry what a reader sees of an ad. What one of the two lacks is taken from
the other; an ad that both hold is one ad.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from lxml import html

from crawlers.parsers import urls
from crawlers.parsers.document import Page
from crawlers.parsers.embedded import at, text_of, untagged
from crawlers.sources.model import Source
from findings.model.crawl import Organic, ParsedAd, ParsedPage
from findings.model.vocabulary import Device, Outcome, Slot

#: Most results of a page that are read from JSON; real pages have about 20.
MAX_CARDS = 300
#: Longest address, in characters.
_LONGEST = 8_000


@dataclass(frozen=True)
class Card:
    """One result or ad as the page's JSON tells it. `mark` proves an ad, None for a natural result.

    `place` is the element that is drawn from the card, or the script that holds it.
    """

    title: str
    url: str
    text: str
    place: html.HtmlElement
    shown_by: str | None = None
    mark: str | None = None


@dataclass(frozen=True)
class CardPaths:
    """Where in a card's JSON its parts stand, most telling path first."""

    titles: tuple[str, ...]
    links: tuple[str, ...]
    texts: tuple[str, ...]
    sources: tuple[str, ...]

    def card(self, source: Source, page: Page, data: Any, place: html.HtmlElement) -> Card | None:
        """The result that a card's data tell of; None without a title or an address. Its mark is the caller's."""
        title = _first(data, self.titles)
        links = (address(source, page, text_of(at(data, path), _LONGEST)) for path in self.links)
        link = next(filter(None, links), None)
        if title is None or link is None:
            return None
        text, shown_by = _first(data, self.texts) or "", _first(data, self.sources)
        return Card(title=title, url=link, text=text, place=place, shown_by=shown_by)


def _first(data: Any, paths: Sequence[str]) -> str | None:
    return next((text for path in paths if (text := untagged(at(data, path)))), None)


@dataclass
class _Found:
    """An ad with where it stands and what a click on it opens."""

    ad: ParsedAd
    place: html.HtmlElement
    click: str | None
    key: tuple[int, int] = (0, 0)
    """Where it stands: its element's place in the document, then its place among the cards."""


def merged(source: Source, page: Page, drawn: ParsedPage, cards: Sequence[Card], label: str) -> ParsedPage:
    """The page as read from its elements (`drawn`), completed by its cards; `label` names them in `selectors`."""
    order = {element: index for index, element in enumerate(page.tree.iter())}
    ads = _drawn_ads(source, page, drawn, order)
    taken = {element for one in ads for element in one.place.iter()}
    around = {above for one in ads for above in one.place.iterancestors()}
    untold = Counter(one.ad.title for one in ads)
    results: list[Card] = []
    places: list[tuple[int, int]] = []
    for index, card in enumerate(cards[:MAX_CARDS]):
        if card.place in taken or card.place in around:
            continue
        if card.place.tag == "script" and untold[card.title] > 0:
            untold[card.title] -= 1  # its element isn't known: the ad that is drawn with its title
            continue
        key = (order.get(card.place, 0), index)
        if card.mark is None:
            results.append(card)
            places.append(key)
        else:
            ads.append(_card_ad(source, page, card, key))
    from_cards = len(results) >= len(drawn.organic) and bool(results)
    ads.sort(key=lambda one: (one.ad.slot is Slot.RIGHT, one.key))
    numbered = [
        msgspec.structs.replace(
            one.ad,
            position=number,
            slot=_slot(one, places) if from_cards or one.place not in taken else one.ad.slot,
        )
        for number, one in enumerate(ads, 1)
    ]
    organic = _organic(source, results) if from_cards else drawn.organic
    selectors = {**drawn.selectors, **({"result": label} if from_cards else {})}
    return msgspec.structs.replace(
        drawn,
        outcome=Outcome.OK if numbered or organic else drawn.outcome,
        detail=None if numbered or organic else drawn.detail,
        ads=tuple(numbered),
        organic=organic,
        selectors=selectors,
        locators=tuple(page.locate(one.place) for one in ads),
        clicks=tuple(one.click for one in ads),
    )


def address(source: Source, page: Page, link: str | None) -> str | None:
    """A link of the page as an http(s) address; one without a host is the engine's own."""
    return page.absolute(link, source.url[Device.DESKTOP].split("?")[0]) if link else None


def target(source: Source, page: Page, link: str | None) -> str | None:
    """The page behind a link, or None where it names only a click counter."""
    whole = address(source, page, link)
    return urls.landing(whole, source.hosts.get("wrapper", ())) if whole else None


def _drawn_ads(
    source: Source, page: Page, drawn: ParsedPage, order: dict[html.HtmlElement, int]
) -> list[_Found]:
    found = []
    for ad, locator, click in zip(drawn.ads, drawn.locators, drawn.clicks, strict=True):
        hit = page.tree.xpath(locator) if locator else []
        if not (isinstance(hit, list) and hit and isinstance(hit[0], html.HtmlElement)):
            continue
        if ad.landing_url is None:
            ad = msgspec.structs.replace(ad, landing_url=target(source, page, click))
        found.append(_Found(ad, hit[0], click, (order.get(hit[0], 0), -1)))
    return found


def _card_ad(source: Source, page: Page, card: Card, key: tuple[int, int]) -> _Found:
    ad = ParsedAd(
        title=card.title,
        text=card.text,
        display=card.shown_by,
        landing_url=target(source, page, card.url),
        advertiser=None,
        position=1,
        slot=Slot.TOP,
        mark=card.mark or "",
    )
    return _Found(ad, card.place, address(source, page, card.url), key)


def _slot(found: _Found, places: Sequence[tuple[int, int]]) -> Slot:
    """Before, between or after the results of the cards; a place of its own stays."""
    if found.ad.slot in (Slot.RIGHT, Slot.BRAND):
        return found.ad.slot
    if not places or found.key < min(places):
        return Slot.TOP
    return Slot.BOTTOM if found.key > max(places) else Slot.MID


def _organic(source: Source, results: Sequence[Card]) -> tuple[Organic, ...]:
    wrappers = source.hosts.get("wrapper", ())
    return tuple(
        Organic(
            title=card.title,
            url=urls.landing(card.url, wrappers) or card.url,
            text=card.text,
            position=number,
        )
        for number, card in enumerate(results, 1)
    )
