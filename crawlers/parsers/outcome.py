"""Which signature of "no answer" a page shows."""

import re
from functools import lru_cache

from crawlers.parsers.document import Page, select, visible_text
from crawlers.sources.model import Signature, Source
from findings.model.vocabulary import Outcome

#: How much of a page's source a signature looks at, in characters.
_BODY = 200_000


@lru_cache(maxsize=512)
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def signature_of(source: Source, page: Page, *, refusals: bool) -> Signature | None:
    """The first signature that holds: refusals (captcha, login, block), or else true zeros."""
    for signature in source.signatures:
        if (signature.outcome is not Outcome.EMPTY) is refusals and _holds(signature, page):
            return signature
    return None


def _holds(signature: Signature, page: Page) -> bool:
    """All given conditions, the cheap ones first."""
    if signature.status and page.status not in signature.status:
        return False
    if signature.max_bytes is not None and page.size > signature.max_bytes:
        return False
    if signature.url is not None:
        addresses = (page.url or "", page.headers.get("location", ""))
        if not any(_pattern(signature.url).search(address) for address in addresses):
            return False
    if signature.title is not None and not _pattern(signature.title).search(page.title):
        return False
    if signature.body is not None and not _pattern(signature.body).search(page.text[:_BODY]):
        return False
    if signature.css is None and signature.text is None:
        return True
    places = select(page.tree, signature.css) if signature.css else []
    if signature.text is None:
        return bool(places)
    wanted = _pattern(signature.text)
    if signature.css is None:
        return wanted.search(page.seen) is not None
    return any(wanted.search(visible_text(place)) for place in places)
