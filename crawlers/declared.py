"""The host that an ad declares beside the one it leads to: pure."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tldextract import TLDExtract

#: Longest display line that is looked at, in characters.
_LONGEST = 300


@cache
def _extract() -> "TLDExtract":
    """The Public Suffix List that ships with the library: nothing is fetched, nothing is written."""
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=4096)
def owner_of(host: str) -> str:
    """The part of a host name that one owner registers (Public Suffix List); else the host itself.

    Below an ending that the list does not have these are its last two labels, as the list's rules say.
    """
    found = _extract()(host)
    if not found.suffix and found.domain and not (found.ipv4 or found.ipv6):
        return ".".join(host.rstrip(".").split(".")[-2:]).lower()
    return (found.top_domain_under_public_suffix or host).lower()


def declared_host(display: str | None, landing_url: str | None) -> str | None:
    """The host that an ad names as its target: in the line it shows, else in the address it carries."""
    return _host_shown(display) or _host_of(landing_url)


def leads_elsewhere(declared: str | None, reached: str | None) -> bool:
    """Whether the host reached belongs to another owner than the one declared.

    A lead, no proof: firms send visitors on to booking services, shops and sister brands.
    False where either is not known.
    """
    return bool(declared and reached) and owner_of(declared or "") != owner_of(reached or "")


def _host_shown(display: str | None) -> str | None:
    word = (display or "")[:_LONGEST].strip().split(" ")[0].rstrip("…/.")
    if not word or "." not in word:
        return None
    host = _host_of(word if "://" in word else f"http://{word}")
    return host if host and _extract()(host).suffix else None


def _host_of(url: str | None) -> str | None:
    try:
        return (urlsplit(url).hostname or None) if url else None
    except ValueError:
        return None
