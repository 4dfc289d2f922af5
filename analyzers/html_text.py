"""The text of a web page that a reader sees. Bounded in size; never raises on broken markup."""

import re
from typing import Any

from lxml import etree, html

#: A page is cut here (characters): no ad page of 100 MB is read.
MAX_HTML = 5_000_000
#: Deeper elements than this are a bomb; their text is left out.
MAX_DEPTH = 400
_UNSEEN = frozenset(
    {
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "svg",
        "math",
        "object",
        "iframe",
        "canvas",
        "select",
        "textarea",
    }
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "button",
        "center",
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
        "option",
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
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|em|%)?\s*(?:;|$)", re.I
)
_BLANK = re.compile(r"[ \t\r\f\v]+")
_LINES = re.compile(r"\s*\n\s*")


def visible_text(markup: str) -> str:
    """The visible text of a page, a line a block, with the alternative texts of its images."""
    parser = html.HTMLParser(
        recover=True, huge_tree=False, remove_comments=True, remove_pis=True, no_network=True
    )
    source = _clean(markup[:MAX_HTML])
    try:
        root = html.document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    parts: list[str] = []
    _walk(root, parts)
    return _LINES.sub("\n", _BLANK.sub(" ", "".join(parts))).strip()


def _clean(markup: str) -> bytes:
    text = "".join(
        char for char in markup if char in "\t\n\r" or (char >= " " and not "\ud800" <= char <= "\udfff")
    )
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    return b'<meta charset="utf-8">' + text.encode()


def _walk(root: etree._Element, parts: list[str]) -> None:
    """Collect text in reading order without recursion."""
    stack: list[tuple[Any, int]] = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, str):
            parts.append(node)
            continue
        if not isinstance(node.tag, str):  # a comment or an entity
            continue
        if node.tag in _UNSEEN or depth > MAX_DEPTH or _hidden(node):
            continue
        edge = "\n" if node.tag in _BLOCKS else ""
        parts.append(edge)
        if node.tag == "img" and node.get("alt"):
            parts.append(f" {node.get('alt')} ")
        parts.append(node.text or "")
        stack.append((edge, depth))
        for child in reversed(node):
            stack.append((child.tail or "", depth))
            stack.append((child, depth + 1))


def _hidden(node: etree._Element) -> bool:
    # Not aria-hidden: that hides a text from screen readers only, and so from a judge who heeds it.
    if node.get("hidden") is not None or node.tag == "input":
        return True
    style = node.get("style")
    return bool(style and _HIDDEN_STYLE.search(style))
