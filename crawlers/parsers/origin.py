"""Where a saved page came from, as the page itself tells: for files that were handed over without an address."""

import re
from collections import Counter
from itertools import islice

from crawlers.parsers import urls
from crawlers.parsers.document import Page, attribute

#: What browsers write at the top of a page that they save.
_SAVED = re.compile(r"<!--\s*saved from url=\(\d{1,6}\)(https?://[^\s<>\"']{4,2000})")
_HEAD = 20_000
#: Most links whose hosts are counted, and how many of one site, and what share, make it the page's own.
_LINKS = 2_000
_ENOUGH = 8
_SHARE = 0.25


def guessed_url(page: Page) -> str | None:
    """The page's own address, or its host's front page; None where nothing tells.

    In this order: the browser's note `saved from url`, `<base href>`, `link rel=canonical`,
    `og:url`, and the host that most links of the page's most frequent site lead to.
    """
    noted = _SAVED.search(page.text[:_HEAD])
    if noted and urls.host_of(noted.group(1)):
        return noted.group(1)
    for path, name in (
        ("//base[@href]", "href"),
        ("//link[@rel='canonical'][@href]", "href"),
        ("//meta[@property='og:url'][@content]", "content"),
    ):
        for element in islice(page.tree.iterfind("." + path), 5):
            address = page.absolute(attribute(element, name))
            if address and urls.host_of(address):
                return address
    return _most_linked(page)


def _most_linked(page: Page) -> str | None:
    addresses = (page.absolute(attribute(link, "href")) for link in islice(page.tree.iter("a"), _LINKS))
    hosts = Counter(host for host in map(urls.host_of, addresses) if host)
    sites: Counter[str] = Counter()
    for host, count in hosts.items():
        sites[urls.site_of(f"https://{host}/")] += count
    if not sites:
        return None
    site, count = sites.most_common(1)[0]
    if count < _ENOUGH or count < _SHARE * sum(sites.values()):
        return None
    host = max((h for h in hosts if urls.site_of(f"https://{h}/") == site), key=lambda h: hosts[h])
    return f"https://{host}/"
