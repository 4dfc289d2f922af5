"""Where a link really leads: unwrapping click counters without following them."""

import base64
import binascii
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from urllib.parse import unquote, urlsplit

from crawlers.declared import owner_of

#: Longest address that is taken apart, in characters.
_LONGEST = 8_000
#: How many wrappers inside one another are undone.
_DEPTH = 4
#: Query keys under which click counters carry the target, most telling first.
_KEYS = (
    "url", "u", "target", "targeturl", "target_url", "to", "dest", "destination", "redirect", "redirect_url",
    "redirecturl", "landing", "landing_url", "lp", "link", "href", "jump", "goto", "go", "r", "o", "ru", "curl",
    "clickurl", "click_url", "adurl", "rurl", "rdt", "f", "t", "q",
)  # fmt: skip
_COUNTER_PATH = re.compile(
    r"(?:^|[/_.-])(?:ad_?)?(?:clicks?|clk|trackclk|track|redirect|redir|jump|goto|go|out|link|tg|cpc|r)(?:$|[/_.?=&;-])",
    re.IGNORECASE,
)
_PAIR = re.compile(r"[?&;/]([\w.-]{1,40})=([^&;#]*)")
#: Bing's wrapping: "a1" and the address in base64url; `aHR0c` is "http".
_BASE64 = re.compile(r"a1(aHR0c[\w+/-]*)=*", re.ASCII)
_TAIL = re.compile(r"(?:[?;&]|,u)(https?(?::|%3[aA])(?://|%2[fF]%2[fF]).+)$")


def host_of(url: str | None) -> str:
    """The host name in lower case; empty where there is none."""
    try:
        return (urlsplit(url or "").hostname or "").rstrip(".")
    except ValueError:
        return ""


def site_of(url: str | None) -> str:
    """The part of an address's host that one owner registers; empty where there is no host."""
    return owner_of(host_of(url))


def host_matches(url: str | None, names: Iterable[str]) -> str | None:
    """The listed name that covers an address: a host and all below it, `*` wild, a path prefix after `/`."""
    host = host_of(url)
    if not host or url is None:
        return None
    for name in names:
        wanted, _, prefix = name.partition("/")
        if "*" in wanted:
            if not fnmatchcase(host, wanted):
                continue
        elif host != wanted and not host.endswith("." + wanted):
            continue
        if not prefix or urlsplit(url).path.startswith("/" + prefix):
            return name
    return None


def chain(url: str, wrappers: Iterable[str] = ()) -> list[str]:
    """The address and, one after another, the addresses wrapped inside it.

    Only a click counter is taken apart: a host of `wrappers`, or a path that says so
    (`/click`, `/redirect`, `/jump`…). An ordinary page with an address in its query is its own end.
    """
    names = tuple(wrappers)
    found = [url]
    while len(found) <= _DEPTH:
        inner = _inner(found[-1], names)
        if inner is None or inner in found:
            break
        found.append(inner)
    return found


def landing(url: str, wrappers: Iterable[str] = (), suspects: Iterable[str] = ()) -> str | None:
    """The page behind a link, or None where only a click counter (one of `wrappers`) is known.

    `suspects` are hosts that may be counters: taken apart if they can be, else believed.
    """
    names = tuple(wrappers)
    last = chain(url, (*names, *suspects))[-1]
    return None if host_matches(last, names) else last


def _inner(url: str, wrappers: tuple[str, ...]) -> str | None:
    if len(url) > _LONGEST:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if not host_matches(url, wrappers) and not _COUNTER_PATH.search(parts.path):
        return None
    # Some counters put their parameters into the path: /r/k=1&p=2&o=http%3A%2F%2F…
    after = url[len(parts.scheme) + 3 + len(parts.netloc) :]
    pairs = [(match[1], _whole(match, after)) for match in _PAIR.finditer(after)]
    by_key = {key.lower(): value for key, value in reversed(pairs)}
    for key in _KEYS:
        inner = _address(by_key.get(key, ""))
        if inner:
            return inner
    tail = _TAIL.search(url)
    return _address(tail.group(1)) if tail else None


def _whole(pair: re.Match[str], text: str) -> str:
    """A pair's value; one that is an address as it stands, not encoded, reaches as far as its own query does.

    What follows an `&` belongs to it once it has a `?` of its own: counters put such a target last.
    """
    value = pair[2]
    if not value[:8].lower().startswith(("http://", "https://")):
        return value
    rest = text[pair.start(2) :]
    here = rest.split("&", 1)[0]
    return rest if "?" in here else here


def _unbase64(value: str) -> str:
    """The address behind Bing's `a1…`; the value itself where it is none."""
    match = _BASE64.fullmatch(value)
    if match is None:
        return value
    text = match[1].translate(str.maketrans("+/", "-_"))
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return value


def _address(value: str) -> str | None:
    """An http(s) address, percent-decoded once or twice or taken out of base64 if that makes it one."""
    for _ in range(3):
        candidate = _unbase64(value.strip())
        if candidate[:8].lower().startswith(("http://", "https://")) and host_of(candidate):
            return candidate
        decoded = unquote(candidate)
        if decoded == candidate:
            return None
        value = decoded
    return None
