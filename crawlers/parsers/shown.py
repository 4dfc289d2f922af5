"""Whether a reader can see an element: what its own markup says, and what it draws besides text."""

import re
from collections.abc import Iterator
from itertools import chain, islice

from lxml import html

from crawlers.parsers.document import attribute, is_hidden

#: A picture that is smaller than this in CSS pixels, on either side, is an icon or a counter (sources.md d.5).
MIN_SIDE = 30
_SIZE = {
    name: re.compile(
        rf"(?:^|[;\s]){name}\s*:\s*(\d{{1,6}})(?:\.\d+)?(?:px)?\s*(?:!important\s*)?(?:;|$)", re.IGNORECASE
    )
    for name in ("width", "height")
}
_CUT = re.compile(
    r"overflow\s*:\s*hidden|opacity\s*:\s*0\s*(?:;|$)|opacity\s*:\s*0\.0+\s*(?:;|$)", re.IGNORECASE
)
_BACKGROUND = re.compile(
    r"background(?:-image)?\s*:[^;]{0,200}url\(\s*['\"]?(?!['\"]?data:image/gif)[^)]{4}", re.IGNORECASE
)
#: Elements that are pictures themselves.
_DRAWN = ("object", "embed", "video", "canvas")
#: How far above an element its hiding is looked for: pages may nest without end.
_LEVELS = 60
#: How many panels of one set of tabs are looked at.
_PANELS = 30
#: Elements that are looked through for a background picture.
_MOST_ELEMENTS = 300


def declared_size(element: html.HtmlElement) -> tuple[int | None, int | None]:
    """Width and height in CSS pixels as style or attributes give them; None where they don't."""
    style = attribute(element, "style")
    sides = []
    for name, pattern in _SIZE.items():
        match = pattern.search(style)
        value = match.group(1) if match else attribute(element, name).strip().removesuffix("px")
        sides.append(int(value[:6]) if value.isdecimal() else None)
    return sides[0], sides[1]


def is_unseen(element: html.HtmlElement) -> bool:
    """Whether the markup hides an element: its own style or one above it, or a size of nothing."""
    if element.get("hidden") is not None or is_hidden(element):
        return True
    width, height = declared_size(element)
    if (width == 0 and height == 0) or (0 in (width, height) and _CUT.search(attribute(element, "style"))):
        return True
    for level, above in enumerate(element.iterancestors()):
        if level >= _LEVELS:
            break
        if is_hidden(above) and not _is_tab(above):
            return True
    return False


def _is_tab(panel: html.HtmlElement) -> bool:
    """Whether a hidden element is a panel of tabs that another panel covers: one touch shows it."""
    if (
        panel.get("role") != "tabpanel"
        and panel.get("tab-type") is None
        and "tab" not in attribute(panel, "class")
    ):
        return False
    kind = (panel.tag, panel.get("role"), panel.get("tab-type"))
    beside = islice(chain(panel.itersiblings(preceding=True), panel.itersiblings()), _PANELS)
    return any(
        (one.tag, one.get("role"), one.get("tab-type")) == kind and not is_hidden(one) for one in beside
    )


def is_icon(picture: html.HtmlElement) -> bool:
    """Whether a picture is declared too small to be an ad, or hidden."""
    return is_hidden(picture) or any(side is not None and side < MIN_SIDE for side in declared_size(picture))


def pictures(element: html.HtmlElement) -> list[html.HtmlElement]:
    """The pictures in an element that are more than icons and counters."""
    return [picture for picture in element.iter("img") if not is_icon(picture)]


def draws(element: html.HtmlElement) -> bool:
    """Whether an element shows a picture of any kind: an image, a background, a film, Flash."""
    return any(True for _ in pictures(element)) or any(True for _ in _other_pictures(element))


def _other_pictures(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for number, node in enumerate(element.iter()):
        if number >= _MOST_ELEMENTS:
            return
        if not isinstance(node.tag, str) or is_icon(node):
            continue
        if node.tag in _DRAWN or (node.get("style") and _BACKGROUND.search(attribute(node, "style"))):
            yield node
