"""Which authorities own a lead (`ruleset/routing.yaml`): first their kinds, then the place of each.

The kinds follow from product, trade, category and channel; the place from the seats of publisher
and advertiser (SAMR's Guide II of 2025: internet ads belong to the publisher's seat, pages of one's
own to the advertiser's, and the advertiser's place may act where it found the lead first).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from analyzers.authorities import Kind
from analyzers.errors import Fault
from analyzers.publishers import Publishers
from analyzers.rules import Words
from analyzers.yamlfile import Document
from findings.model.errors import Said
from findings.model.judgement import Finding, Handler
from findings.model.places import PLACES
from findings.model.seats import Seat, Seats
from findings.model.vocabulary import Channel, LicenceStatus, Product

_FIELD = re.compile(r"\{(who|place|how)\}")
#: Code points of a name in a reason: names are captured, and may have no end.
_WHO = 60


class When(msgspec.Struct, frozen=True):
    """Every condition given must hold."""

    categories: frozenset[int] = frozenset()
    products: frozenset[Product] = frozenset()
    types: frozenset[str] = frozenset()
    licence_status: frozenset[LicenceStatus] = frozenset()
    channels: frozenset[Channel] = frozenset()


class Route(msgspec.Struct, frozen=True, rename={"since": "from"}, kw_only=True):
    """Kinds of authority that own leads of one kind, from `since` until `until` (exclusive)."""

    to: tuple[str, ...]
    reason: Words
    basis: str
    when: When = When()
    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it is followed on a day."""
        return (self.since or date.min) <= on < (self.until or date.max)


class SeatWords(msgspec.Struct, frozen=True):
    """Why an authority of one place: sentences with {who}, {place} and {how}."""

    publisher: Words
    advertiser_first: Words
    own: Words
    advertiser: Words
    site: Words
    filing: Words
    home: Words


class Routing(msgspec.Struct, frozen=True):
    """Who owns a lead: routes in order, kinds of authority by key, who publishes where."""

    routes: tuple[Route, ...]
    seats: SeatWords | None
    kinds: Mapping[str, Kind]
    publishers: Publishers


def route(
    routing: Routing,
    findings: Iterable[Finding],
    product: Product,
    status: LicenceStatus,
    channel: Channel,
    seats: Seats,
    on: date,
    lang: str,
) -> tuple[Handler, ...]:
    """The authorities that own an ad's findings on a day, in the order of the routes; none without findings."""
    found = list(findings)
    matching = (
        entry
        for entry in routing.routes
        if any(_matches(entry.when, finding, product, status, channel) for finding in found)
    )
    return _handlers(routing, matching, seats, on, lang)


def general_route(routing: Routing, seats: Seats, on: date, lang: str) -> tuple[Handler, ...]:
    """The authorities that own any lead on an ad, whatever it is."""
    general = (entry for entry in routing.routes if entry.when == When())
    return _handlers(routing, general, seats, on, lang)


def names(handlers: Iterable[Handler]) -> tuple[str, ...]:
    """The names of authorities, each once."""
    return tuple(dict.fromkeys(handler.authority for handler in handlers))


def _matches(when: When, finding: Finding, product: Product, status: LicenceStatus, channel: Channel) -> bool:
    return (
        (not when.categories or finding.category in when.categories)
        and (not when.products or product in when.products)
        and (not when.types or finding.type in when.types)
        and (not when.licence_status or status in when.licence_status)
        and (not when.channels or channel in when.channels)
    )


def _handlers(
    routing: Routing, entries: Iterable[Route], seats: Seats, on: date, lang: str
) -> tuple[Handler, ...]:
    """One handler an authority; what leads to it twice (a merged regulator, two seats in one place) is told once."""
    reasons: dict[str, list[str]] = {}
    for entry in entries:
        if entry.holds(on):
            for key in entry.to:
                reasons.setdefault(key, []).append(entry.reason.said(lang))
    found: dict[str, tuple[str, str, list[str]]] = {}
    for key, business in reasons.items():
        kind = routing.kinds[key]
        for short, why in _places(routing.seats, kind, seats, lang):
            place = kind.place(short)
            named = kind.name(place, on, lang)
            parts = [*business, why]
            if not named.known:
                parts.append("name not verified: general term" if lang == "en" else "名称未核实，用通称")
            elif named.basis == "M":
                parts.append("name from memory, to be checked" if lang == "en" else "名称凭记忆，待核")
            found.setdefault(named.text, (key, place.short, []))[2].extend(parts)
    joint = "; " if lang == "en" else "；"
    return tuple(
        Handler(authority, kind, province, joint.join(dict.fromkeys(parts)))
        for authority, (kind, province, parts) in found.items()
    )


def _places(words: SeatWords | None, kind: Kind, seats: Seats, lang: str) -> Iterator[tuple[str, str]]:
    """The places whose authority of a kind is responsible, most so first, each with the reason."""
    if words is None:
        return
    publisher, advertiser, site = seats.publisher, seats.advertiser, seats.site
    if kind.seat == "publisher" and publisher is not None and not seats.own:
        yield publisher.place, _said(words.publisher, publisher, lang)
        if advertiser is not None:
            yield advertiser.place, _said(words.advertiser_first, advertiser, lang)
    elif kind.seat == "site" and site is not None:
        yield site.place, _said(words.filing, site, lang)
    elif advertiser is not None:
        own = kind.seat == "publisher" and seats.own
        yield advertiser.place, _said(words.own if own else words.advertiser, advertiser, lang)
    elif site is not None:
        yield site.place, _said(words.site, site, lang)
    else:
        home = Seat(place=seats.home, how="", how_en="")
        yield seats.home, _said(words.home, home, lang)


def _said(words: Words, seat: Seat, lang: str) -> str:
    """A sentence with its fields, put in at one go: a name may hold anything, braces too."""
    who = "".join(char for char in seat.who or "" if char.isprintable())[:_WHO]
    told = {
        "who": f" {who}" if who and lang == "en" else who,
        "place": PLACES[seat.place].en if lang == "en" else seat.place,
        "how": seat.how_en if lang == "en" else seat.how,
    }
    return _FIELD.sub(lambda field: told[field[1]], words.said(lang))


def routing_of(
    document: Document | None, kinds: Mapping[str, Kind], publishers: Publishers, faults: list[Fault]
) -> Routing:
    """The routing of a checked `routing.yaml`; what a schema can't see is added to `faults`."""
    if document is None:
        return Routing((), None, kinds, publishers)
    try:
        routes: Sequence[Route] = msgspec.convert(document.data["routes"], tuple[Route, ...])
    except msgspec.ValidationError as error:  # a date that is none, such as 2026-02-30
        faults.append(document.fault(["routes"], Said(str(error), zh=f"写法有误（{error}）")))
        return Routing((), None, kinds, publishers)
    words = msgspec.convert(document.data["seats"], SeatWords)
    for at, entry in enumerate(routes):
        faults += (
            document.fault(
                ["routes", at, "to"],
                Said(f"there is no kind of authority {key}", zh=f"没有机关类别 {key}"),
            )
            for key in entry.to
            if key not in kinds
        )
    return Routing(tuple(routes), words, kinds, publishers)
