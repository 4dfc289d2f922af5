"""What an ad slot shows: one creative for each place that a click on it can lead to."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote

from lxml import html

from crawlers.parsers import urls
from crawlers.parsers.document import Page, attribute, clean, visible_text
from crawlers.parsers.fields import Hits, first_value
from crawlers.parsers.shown import declared_size, draws, is_unseen, pictures
from crawlers.parsers.words import CONTROLS, is_mark, only_marks
from crawlers.sources.model import Source

#: Attributes that carry an address where the link itself carries a script, most telling first.
ADDRESS_ATTRIBUTES = (
    "data-landurl",
    "data-landing",
    "data-target-url",
    "data-href",
    "data-link",
    "data-url",
    "data-click-url",
    "data-clickurl",
    "data-jump",
    "data-src-url",
)
_OPEN = re.compile(
    r"""(?:open|location(?:\.href)?\s*=|href\s*=)\s*\(?\s*['"]((?:https?:)?//[^'"]{4,2000})['"]"""
)
#: Where a click on a Flash film led: in its variables.
_FLASH = re.compile(
    r"(?:clicktag|adlink|click_?url|link|url)=(https?(?::|%3a)(?:/|%2f){2}[^&\s]{4,2000})", re.IGNORECASE
)
#: Most ads in one slot.
_MAX_ADS = 100
#: A creative without any link is text that a script makes clickable; shorter ones are labels.
_SHORTEST_TEXT = 6
#: A picture without a link is an ad only where it is declared at least this large, in pixels.
_BANNER_SIDE = 60
#: What a server says instead of an ad.
_FAILURE = re.compile(
    r"^\W*(?:[45]\d\d\b|error\b|not found|forbidden|bad gateway|access denied|无法访问|页面不存在|网页无法)",
    re.IGNORECASE,
)
#: A title that is no title: the address or the file of the picture itself.
_FILE = re.compile(r"^(?:https?:)?//|\.(?:jpe?g|png|gif|webp|swf|bmp)$", re.IGNORECASE)
#: Links that tell about ads or close them: an icon in a slot's corner, none of the ad's own.
_ABOUT_ADS = re.compile(
    r"iac-i\.org|adchoices|aboutads|/privacy|/gb/legal\.html|adsettings|whythisad|jubao", re.IGNORECASE
)
#: When something was posted, and the dots around it: a feed writes that beside its ads too.
_STAMP = re.compile(
    r"[·•|]|(?:刚刚|今天|昨天|前天|\d{1,3}\s*(?:秒|分钟|小时|天)前|\d{4}\.\d{1,2}\.\d{1,2}|(?:\d{4}\s*[-/年]\s*)?\d{1,2}\s*[-/月]\s*\d{1,2}日?)?"
    r"\s*(?:\d{1,2}:\d{2}(?::\d{2})?)?"
)
#: Lengths between which a text can be the name of an advertiser.
_NAME = range(2, 61)


@dataclass(frozen=True)
class Creative:
    """One ad in a slot; `element` is where it stands, `click` what a click on it opens."""

    element: html.HtmlElement
    title: str
    title_from: str
    text: str
    display: str | None
    landing_url: str | None
    landing_from: str | None
    click: str | None
    advertiser: str | None = None
    hits: Hits | None = None
    """Which candidate named the advertiser."""


@dataclass
class _Link:
    element: html.HtmlElement
    address: str
    found_in: str


def has_content(page: Page) -> bool:
    """Whether a page shows anything: text, a picture, a frame, a canvas."""
    if any(page.tree.find(f".//{tag}") is not None for tag in ("img", "iframe", "canvas", "video", "svg")):
        return True
    return bool(visible_text(page.tree, limit=200))


def creatives(
    page: Page,
    slot: html.HtmlElement,
    source: Source,
    *,
    single: bool,
    counter: str | None = None,
    whole_document: bool = False,
) -> list[Creative]:
    """The ads in a slot, in document order.

    Links to one address are one ad (a picture and its headline). `single` says that the slot is
    one ad, whatever it links to; `counter` is a host that a filter list calls an ad server. In
    `whole_document` (a frame) text without a link is an ad too. A hidden slot holds none.
    """
    if is_unseen(slot):
        return []
    asked = _Asked(page, slot, source, counter)
    groups = _groups(asked)
    if single and groups:
        first = next(iter(groups.values()))
        groups = {first[0].address: [link for links in groups.values() for link in links]}
    owners = _owners(groups)
    found = []
    for links in groups.values():
        made = _creative(links, slot if single else _block(slot, links, owners), asked)
        if made is not None:
            found.append(made)
    if found:
        return found
    return _covered(asked) or _unlinked(asked, whole_document)


@dataclass(frozen=True)
class _Asked:
    """What is read: a slot of a page, and what its source knows."""

    page: Page
    slot: html.HtmlElement
    source: Source
    counter: str | None

    @property
    def wrappers(self) -> tuple[str, ...]:
        return (*self.source.hosts.get("ad", ()), *self.source.hosts.get("wrapper", ()))


def _groups(asked: _Asked) -> dict[str, list[_Link]]:
    """The slot's links by address; controls, marks and links without content left out."""
    groups: dict[str, list[_Link]] = {}
    for link in _links(asked):
        if not _has_content(link.element):
            continue
        groups.setdefault(link.address, []).append(link)
        if len(groups) >= _MAX_ADS:
            break
    return groups


def _has_content(element: html.HtmlElement) -> bool:
    return bool(visible_text(element, limit=200)) or draws(element)


def _links(asked: _Asked) -> Iterator[_Link]:
    page = asked.page
    for element in asked.slot.iter("a", "area"):
        shown = visible_text(element, limit=200)
        if is_mark(shown) or shown in CONTROLS or _ABOUT_ADS.search(attribute(element, "href")):
            continue
        for name in (*ADDRESS_ATTRIBUTES, "href"):
            address = page.absolute(attribute(element, name)) if attribute(element, name) else None
            if address:
                yield _Link(element, address, name)
                break
        else:
            opened = _opened(page, element)
            if opened:
                yield _Link(element, opened, "onclick")


def _opened(page: Page, element: html.HtmlElement) -> str | None:
    match = _OPEN.search(attribute(element, "onclick"))
    return page.absolute(match.group(1)) if match else None


def _covered(asked: _Asked) -> list[Creative]:
    """A picture (Flash, a film, a background) under a transparent link that leads to an ad server or away."""
    if not draws(asked.slot):
        return []
    links = list(islice(_links(asked), _MAX_ADS))
    counted = [
        link
        for link in links
        if urls.host_matches(link.address, asked.wrappers) or asked.counter == urls.host_of(link.address)
    ]
    away = [link for link in links if urls.site_of(link.address) != urls.site_of(asked.page.url)]
    for link in (*counted, *away):
        title, title_from = _title([asked.slot])
        return [_made(asked, asked.slot, title[:120], title_from, _text(asked.slot) or title, link)]
    return []


def _text(block: html.HtmlElement) -> str:
    """What an ad says: the text of its block without marks, controls and time stamps."""
    stamps = {
        element
        for element in block.iter("span", "i", "em", "time", "small", "font")
        if len(element) == 0 and (said := (element.text or "").strip()) and _STAMP.fullmatch(said)
    }
    return visible_text(block, skip=only_marks(block) | stamps)


def _creative(links: list[_Link], block: html.HtmlElement, asked: _Asked) -> Creative | None:
    title, title_from = _title([link.element for link in links])
    text = _text(block)
    if not title and not text and not any(draws(link.element) for link in links):
        return None
    if all(is_unseen(link.element) for link in links):
        return None
    return _made(asked, block, title or text[:60], title_from, text or title, links[0])


def _made(
    asked: _Asked, block: html.HtmlElement, title: str, title_from: str, text: str, link: _Link | None
) -> Creative:
    wrappers = asked.wrappers
    suspects = (asked.counter,) if asked.counter else ()
    opaque = (
        link is not None and urls.host_matches(link.address, asked.source.hosts.get("opaque", ())) is not None
    )
    target = urls.landing(link.address, wrappers, suspects) if link and not opaque else None
    display = None
    if link is not None and target is None:
        # Only click counters are known: their hosts are all that the page tells about the target.
        steps = [link.address] if opaque else urls.chain(link.address, wrappers)
        display = " -> ".join(dict.fromkeys(map(urls.host_of, steps)))
    hits = Hits()
    advertiser = first_value(
        asked.source,
        "advertiser",
        block,
        hits,
        accept=lambda name: len(name) in _NAME and not is_mark(name) and name != title,
    )
    return Creative(
        element=block,
        title=title,
        title_from=title_from,
        text=text,
        display=display or None,
        landing_url=target,
        landing_from=link.found_in if link and target else None,
        click=link.address if link else None,
        advertiser=advertiser,
        hits=hits,
    )


def _title(elements: list[html.HtmlElement]) -> tuple[str, str]:
    """The longest of the links' texts, else what is said of a link or its picture."""
    shown = [visible_text(element, skip=only_marks(element), limit=500) for element in elements]
    longest = max(shown, key=len, default="")
    if longest:
        return longest, "text"
    for name in ("title", "aria-label"):
        for element in elements:
            said = clean(attribute(element, name))
            if said and not is_mark(said) and not _FILE.search(said):
                return said, name
    for element in elements:
        for picture in pictures(element):
            for name in ("alt", "title"):
                said = clean(attribute(picture, name))
                if said and not is_mark(said) and not _FILE.search(said):
                    return said, f"img {name}"
    return "", "picture"


def _owners(groups: dict[str, list[_Link]]) -> Counter[html.HtmlElement]:
    """Of how many ads each element holds a link."""
    owners: Counter[html.HtmlElement] = Counter()
    for links in groups.values():
        owners.update({above for link in links for above in (link.element, *link.element.iterancestors())})
    return owners


def _block(slot: html.HtmlElement, links: list[_Link], owners: Counter[html.HtmlElement]) -> html.HtmlElement:
    """The largest element in the slot around these links that holds no other ad's link."""
    node = links[0].element
    if node is slot:
        return node
    for above in node.iterancestors():
        if owners[above] > 1:
            break
        node = above
        if above is slot:
            break
    return node


def _unlinked(asked: _Asked, whole_document: bool) -> list[Creative]:
    """An ad that a script makes clickable: an address in an attribute, or text or a banner alone."""
    page, slot = asked.page, asked.slot
    text = _text(slot)
    if not text and not draws(slot):
        return []
    title, title_from = _title([slot])
    for element in slot.iter():
        if not isinstance(element.tag, str):
            continue
        for name in ADDRESS_ATTRIBUTES:
            value = attribute(element, name)
            address = page.absolute(value) if value.startswith(("http", "//")) else None
            if address:
                return [_made(asked, slot, title[:120], title_from, text, _Link(element, address, name))]
        opened = _opened(page, element)
        if opened:
            return [_made(asked, slot, title[:120], title_from, text, _Link(element, opened, "onclick"))]
        film = _FLASH.search(attribute(element, "flashvars") or _variables(element))
        if film and (address := page.absolute(unquote(film.group(1)))):
            return [_made(asked, slot, title[:120], title_from, text, _Link(element, address, "flashvars"))]
    if whole_document and len(text) >= _SHORTEST_TEXT and not _FAILURE.match(text):
        return [_made(asked, slot, text[:60], "text", text, None)]
    if not text and any(_is_banner(picture) for picture in pictures(slot)):
        return [_made(asked, slot, title[:120], title_from, title, None)]
    return []


def _variables(element: html.HtmlElement) -> str:
    """The variables of a Flash film where they stand in a `param`."""
    named = element.tag == "param" and attribute(element, "name").lower() == "flashvars"
    return attribute(element, "value") if named else ""


def _is_banner(picture: html.HtmlElement) -> bool:
    return all(side is not None and side >= _BANNER_SIDE for side in declared_size(picture))
