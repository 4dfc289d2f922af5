"""Reads a fetched page or answer: bytes in, `ParsedPage` out. Pure: no network, clock or disk.

Frames. A browser hands over the documents of the page's frames as `FrameDoc`s beside the main
document; ads inside them are read too. A frame document is read with the frame's own address,
so filter rules and relative links work as they do in the browser.

Locators. `ParsedPage.locators[i]` is where ad i stands: an absolute XPath in the main document,
or, for an ad in a frame, the frame element's XPath and the XPath inside the frame's document
joined by `FRAME_SEPARATOR` (one more part for each level of nesting).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

from crawlers.filters import AdFilters
from crawlers.parsers.document import FRAME_SEPARATOR, FrameDoc, Page, read_page
from crawlers.parsers.origin import guessed_url
from crawlers.parsers.outcome import signature_of
from crawlers.sources.model import READERS, Kind, Source
from findings.model.crawl import ParsedPage
from findings.model.vocabulary import Outcome

__all__ = ["FRAME_SEPARATOR", "FrameDoc", "parse_page"]


class _Reader(Protocol):
    def read(self, source: Source, page: Page, filters: AdFilters) -> ParsedPage: ...


def parse_page(
    source: Source,
    body: bytes | str,
    url: str | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    filters: AdFilters | None = None,
    frames: Sequence[FrameDoc] = (),
) -> ParsedPage:
    """Say what a page of `source` holds, and with which outcome.

    `url` is the address the body came from, after redirects; without it a portal's page is asked
    where it came from (`origin`), else it is taken for one of the source's own pages. `headers` are the response's
    (names in any case): `Content-Type` for the charset, `Location` for redirects to a captcha.
    `filters` adds the rules of a filter list to the source's own marks. Never raises on what a
    page holds; outcomes are `ok empty captcha login blocked selector_broken`, and `error` for
    any other HTTP status from 400 on.
    """
    page = read_page(body, url, status=status, headers=headers or {}, frames=frames)
    if url is None and source.kind is Kind.PORTAL:
        page.url = guessed_url(page) or next(iter(source.pages), None)
    answer = signature_of(source, page, refusals=True)
    if answer is not None:
        return ParsedPage(source=source.name, outcome=answer.outcome, detail=f"signature: {answer.name}")
    if status >= 400:
        return ParsedPage(source=source.name, outcome=Outcome.ERROR, detail=f"HTTP {status}")
    if not page.text.strip():
        return ParsedPage(source=source.name, outcome=Outcome.BLOCKED, detail="empty body")
    return _reader(source.name, source.kind).read(source, page, filters or AdFilters.none())


@cache
def _reader(name: str, kind: Kind) -> _Reader:
    """The source's own `parser.py` where its folder holds one, else the reader of its kind."""
    own = f"crawlers.sources.{name}.parser"
    try:
        has_own = find_spec(own) is not None
    except ModuleNotFoundError:  # a source from another folder: no package of its own
        has_own = False
    return cast(_Reader, import_module(own if has_own else READERS[kind]))
