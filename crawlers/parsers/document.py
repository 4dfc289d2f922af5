"""A fetched page as a tree that is safe to walk: decoded, cut to size, cleaned of NULs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from urllib.parse import urljoin

import msgspec
from cssselect import HTMLTranslator
from lxml import etree, html

from crawlers.parsers.charset import decode

#: Largest body that is read, in bytes: three times the largest real result page seen (1.3 MB).
#: The rest is cut off.
MAX_BYTES = 4_000_000
#: Longest attribute value that is looked at, in characters: `data:` images can hold megabytes.
MAX_ATTRIBUTE = 8_000
#: Between the parts of a locator that leads into a frame.
FRAME_SEPARATOR = " >> "
_CSS = HTMLTranslator()

# Space, and glyphs of icon fonts (private use area), which are pictures and no text.
_SPACE = re.compile(r"[\s\ue000-\uf8ff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Not `head` but what stands in it: where `<body>` is left out, libxml2 puts <main> or <article> in the head.
_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "textarea", "title", "select", "svg", "iframe"}
)
_BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
#: Attributes of one tag that are read: libxml2 takes seconds for ten thousand and minutes for a hundred
#: thousand, because it looks through all for each. The text is taken apart as HTML's own tokenizer does it;
#: possessive, so that it stays one pass.
MAX_ATTRIBUTES = 1_000
_ONE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
_TAG = re.compile(rf"(<[a-zA-Z][^\s/>]*+(?:{_ONE}){{0,{MAX_ATTRIBUTES}}}+)(?:{_ONE})*+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class FrameDoc(msgspec.Struct, frozen=True, kw_only=True):
    """The document of one frame as the browser held it.

    `url` is the frame's address; `locator` the absolute XPath of the frame's element in its
    parent's document, with the parents' locators before it, joined by `FRAME_SEPARATOR`.
    """

    url: str
    html: str | bytes
    locator: str


class Page:
    """One document: its text, its tree, and where it came from. Make it with `read_page`."""

    def __init__(
        self,
        text: str,
        url: str | None,
        *,
        size: int,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        frames: Sequence[FrameDoc] = (),
    ) -> None:
        self.text = text
        """The decoded source text."""
        self.url = url
        self.size = size
        """Length of the body in bytes, before any cut."""
        self.status = status
        self.headers = headers or {}
        self.frames = tuple(frames)

    @property
    def cut(self) -> bool:
        """Whether the body was longer than `MAX_BYTES`."""
        return self.size > MAX_BYTES

    @cached_property
    def tree(self) -> html.HtmlElement:
        """The root element; an empty document where the markup gives none."""
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        root: html.HtmlElement | None = None
        try:
            text = _TAG.sub(r"\1", self.text)
            root = html.document_fromstring(text.encode("utf-8"), parser=parser)
        except (etree.ParserError, etree.XMLSyntaxError):
            root = None  # nothing but comments, or markup libxml2 gives up on
        if root is None:
            return html.document_fromstring("<html><body></body></html>")
        for unused in list(root.iter("template")):
            # A browser keeps what stands in there out of the document.
            unused.text = None
            del unused[:]
        return root

    @property
    def body(self) -> html.HtmlElement:
        """The body element; the root where there is none (a frameset)."""
        body = self.tree.find("body")
        return self.tree if body is None else body

    @cached_property
    def title(self) -> str:
        """The text of the first `title` element."""
        element = self.tree.find(".//title")
        return clean(element.text or "") if element is not None else ""

    @cached_property
    def seen(self) -> str:
        """What a reader sees of the page, at most 20,000 characters; every signature asks for it."""
        return visible_text(self.tree)

    def locate(self, element: html.HtmlElement) -> str:
        """The absolute XPath of an element of this page."""
        return str(element.getroottree().getpath(element))

    def absolute(self, link: str, base: str = "") -> str | None:
        """A link as an http(s) address, or None for anything else (`javascript:`, broken).

        `base` is where a page that came without an address is taken to come from.
        """
        try:
            joined = urljoin(self.url or base, link.strip())
        except ValueError:
            return None
        if joined.startswith("//"):
            joined = "https:" + joined
        return joined if joined[:8].lower().startswith(("http://", "https://")) else None


def read_page(
    body: bytes | str,
    url: str | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    frames: Sequence[FrameDoc] = (),
) -> Page:
    """Decode a body: by HTTP header, byte order mark, `meta`, else by trying, in this order."""
    lowered = {str(name).lower(): str(value) for name, value in (headers or {}).items()}
    if isinstance(body, str):
        size, text = len(body), body[:MAX_BYTES]
    else:
        size, text = len(body), decode(body[:MAX_BYTES], lowered.get("content-type"))
    return Page(_CONTROL.sub("", text), url, size=size, status=status, headers=lowered, frames=frames)


@lru_cache(maxsize=4096)
def selector(css: str) -> etree.XPath | None:
    """A compiled CSS selector, or None where it is not one that lxml can evaluate."""
    # Not lxml's own translator: its `:contains()` calls back into Python, which was seen to crash.
    try:
        return etree.XPath(_CSS.css_to_xpath(css))
    except Exception:  # cssselect raises several unrelated types on odd selectors of a filter list
        return None


@lru_cache(maxsize=256)
def path(expression: str) -> etree.XPath:
    """A compiled XPath expression of a source definition."""
    return etree.XPath(expression)


def select(element: html.HtmlElement, css: str | None, xpath: str | None = None) -> list[html.HtmlElement]:
    """Elements below (or at) `element` that a CSS selector or XPath picks, in document order."""
    compiled = selector(css) if css else path(xpath) if xpath else None
    if compiled is None:
        return [] if (css or xpath) else [element]
    found = compiled(element)
    return [hit for hit in found if isinstance(hit, html.HtmlElement)] if isinstance(found, list) else []


def clean(text: str) -> str:
    """Single spaces, none at the ends."""
    return _SPACE.sub(" ", text).strip()


def attribute(element: html.HtmlElement, name: str) -> str:
    """An attribute's value, cut to `MAX_ATTRIBUTE`; empty where it is absent."""
    return (element.get(name) or "")[:MAX_ATTRIBUTE]


def is_hidden(element: html.HtmlElement) -> bool:
    """Whether the element's own style hides it."""
    return bool(_HIDDEN.search(attribute(element, "style")))


def visible_text(
    element: html.HtmlElement, skip: frozenset[html.HtmlElement] = frozenset(), limit: int = 20_000
) -> str:
    """The text a reader sees in an element, at most `limit` characters; blocks are set apart by a space.

    Scripts, styles and hidden descendants are left out; so is every element in `skip`.
    """
    parts: list[str] = []
    length = 0
    for piece in _pieces(element, skip):
        parts.append(piece)
        length += len(piece)
        if length > limit:
            break
    return clean("".join(parts))[:limit]


def has_text(element: html.HtmlElement, skip: frozenset[html.HtmlElement] = frozenset()) -> bool:
    """Whether a reader sees any text in an element, less the elements in `skip`."""
    return any(clean(piece) for piece in _pieces(element, skip))


def _pieces(root: html.HtmlElement, skip: frozenset[html.HtmlElement]) -> Iterator[str]:
    """Texts and tails in document order, without recursion: markup may nest without end."""
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        plain = isinstance(node.tag, str)
        if event == "start":
            if node is not root and (not plain or node.tag in _UNSEEN or node in skip or is_hidden(node)):
                walk.skip_subtree()
                continue
            if node.tag in _BLOCK:
                yield " "
            if node.text and plain:
                yield node.text
        else:
            if node.tag in _BLOCK:
                yield " "
            if node is not root and node.tail:
                yield node.tail
