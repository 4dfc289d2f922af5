"""No address of the sandbox leads nowhere, and none leaves it."""

import re
from datetime import date
from urllib.parse import urljoin, urlsplit

from lxml import html

from sandbox.programs import programs
from sandbox.search_page import load_search
from sandbox.web import Answer, load_web

ENGINE = load_search()
WEB = load_web(date(2026, 11, 22), programs())
#: Leaves the sandbox on purpose: the address guard must stop it. (Browsers refuse ports 1, 7 and 9 by themselves.)
GUARDED = "http://127.0.0.1:8/"
_SCRIPT = re.compile(r"""(?:fetch\(|location\.replace\()["']([^"']+)["']""")


def _answer(url: str) -> Answer:
    parts = urlsplit(url)
    return WEB.answer(parts.hostname or "", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _addresses(url: str) -> set[str]:
    """Everything that a page links, embeds, redirects or fetches."""
    answer = _answer(url)
    if "Location" in answer.headers:
        return {answer.headers["Location"]}
    kind = answer.headers["Content-Type"]
    if kind.startswith("text/javascript") and "itunes" not in url:
        return {urljoin(url, found) for found in _SCRIPT.findall(answer.body.decode())}
    if not kind.startswith("text/html"):
        return set()
    text = answer.body.decode("gbk" if "gbk" in kind else "utf-8")
    page = html.fromstring(text)
    found = {link for _, _, link, _ in page.iterlinks()} | set(_SCRIPT.findall(text))
    found |= {a.get("data-landurl") for a in page.cssselect("[data-landurl]")}
    found |= {box.get("mu") for box in page.cssselect("[mu]")}
    return {urljoin(url, link) for link in found if link}


def test_every_address_resolves_to_a_page_of_the_sandbox():
    seen: set[str] = set()
    waiting = {*WEB.urls(), "https://www.baidu.com/"}
    waiting |= {
        f"https://www.baidu.com/s?wd={words}&pn={n * 10}" for words in ENGINE.keywords for n in (0, 1)
    }
    dangling = []
    while waiting:
        url = waiting.pop().partition("#")[0]
        if url in seen or url == GUARDED:
            continue
        seen.add(url)
        # links to the store's product pages lead to the live store's site, which is no host of ours
        if _answer(url).status == 404:
            dangling.append(url)
            continue
        waiting |= _addresses(url)

    assert dangling == []
    assert len(seen) > 100


def test_hosts_are_fictional_but_for_the_engines_and_stores():
    real = {host.name for host in WEB.hosts if not host.name.endswith(".example")}

    assert real == {
        "www.baidu.com",
        "wappass.baidu.com",
        "itunes.apple.com",
        "sj.qq.com",
        "web-drcn.hispace.dbankcloud.com",
    }
