"""What an ad slot shows: one creative for each place that a click on it can lead to."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html

from crawlers.parsers import urls
from crawlers.parsers.document import Page, attribute, clean, is_hidden, visible_text
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
#: Most ads in one slot.
_MAX_ADS = 100
#: A creative without any link is text that a script makes clickable; shorter ones are labels.
_SHORTEST_TEXT = 6
#: Pictures of this width or height in pixels, or less, are counters.
_COUNTER_PIXELS = 3


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
    `whole_document` (a frame) text without a link is an ad too.
    """
    groups = _groups(page, slot)
    if single and groups:
        first = next(iter(groups.values()))
        groups = {first[0].address: [link for links in groups.values() for link in links]}
    owners = _owners(groups)
    found = []
    for links in groups.values():
        block = slot if single else _block(slot, links, owners)
        made = _creative(links, block, source, counter)
        if made is not None:
            found.append(made)
    if found:
        return found
    return _unlinked(page, slot, source, whole_document)


def _groups(page: Page, slot: html.HtmlElement) -> dict[str, list[_Link]]:
    """The slot's links by address, controls and marks left out."""
    groups: dict[str, list[_Link]] = {}
    for link in _links(page, slot):
        groups.setdefault(link.address, []).append(link)
        if len(groups) >= _MAX_ADS:
            break
    return groups


def _links(page: Page, slot: html.HtmlElement) -> Iterator[_Link]:
    for element in slot.iter("a", "area"):
        shown = visible_text(element, limit=200)
        if is_mark(shown) or shown in CONTROLS or (not shown and not _pictures(element)):
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


def _pictures(element: html.HtmlElement) -> list[html.HtmlElement]:
    """Pictures that are more than counters."""
    return [picture for picture in element.iter("img") if not _is_counter(picture)]


def _is_counter(picture: html.HtmlElement) -> bool:
    sizes = [attribute(picture, name).removesuffix("px") for name in ("width", "height")]
    return any(size.isdecimal() and int(size[:6]) <= _COUNTER_PIXELS for size in sizes) or is_hidden(picture)


def _creative(
    links: list[_Link], block: html.HtmlElement, source: Source, counter: str | None
) -> Creative | None:
    title, title_from = _title([link.element for link in links])
    text = visible_text(block, skip=only_marks(block))
    if not title and not text and not any(_pictures(link.element) for link in links):
        return None
    return _made(block, title or text[:60], title_from, text or title, links[0], source, counter)


def _made(
    block: html.HtmlElement,
    title: str,
    title_from: str,
    text: str,
    link: _Link | None,
    source: Source,
    counter: str | None = None,
) -> Creative:
    wrappers = (*source.hosts.get("ad", ()), *source.hosts.get("wrapper", ()))
    target = urls.landing(link.address, wrappers, (counter,) if counter else ()) if link else None
    display = None
    if link is not None and target is None:
        # Only click counters are known: their hosts are all that the page tells about the target.
        display = " -> ".join(
            dict.fromkeys(urls.host_of(step) for step in urls.chain(link.address, wrappers))
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
    )


def _title(elements: list[html.HtmlElement]) -> tuple[str, str]:
    """The longest of the links' texts, else what is said of a link or its picture."""
    shown = [visible_text(element, skip=only_marks(element), limit=500) for element in elements]
    longest = max(shown, key=len, default="")
    if longest:
        return longest, "text"
    for name in ("title", "aria-label"):
        for element in elements:
            if said := clean(attribute(element, name)):
                return said, name
    for element in elements:
        for picture in _pictures(element):
            for name in ("alt", "title"):
                said = clean(attribute(picture, name))
                if said and not is_mark(said):
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


def _unlinked(page: Page, slot: html.HtmlElement, source: Source, whole_document: bool) -> list[Creative]:
    """An ad that a script makes clickable: an address in an attribute, or in a frame text alone."""
    text = visible_text(slot, skip=only_marks(slot))
    if not text and not _pictures(slot):
        return []
    for element in slot.iter():
        if not isinstance(element.tag, str):
            continue
        for name in ADDRESS_ATTRIBUTES:
            value = attribute(element, name)
            address = page.absolute(value) if value.startswith(("http", "//")) else None
            if address:
                title, title_from = _title([slot])
                return [_made(slot, title[:120], title_from, text, _Link(element, address, name), source)]
        opened = _opened(page, element)
        if opened:
            title, title_from = _title([slot])
            return [_made(slot, title[:120], title_from, text, _Link(element, opened, "onclick"), source)]
    if whole_document and len(text) >= _SHORTEST_TEXT:
        return [_made(slot, text[:60], "text", text, None, source)]
    return []
