"""Which case a new ad joins: that of the oldest ad that is nearly the same, of the same advertiser or domain.

A store looks for ads that share one of the `keys`; `chosen` says which of them decides. Below `SHORT`
kept characters only the same creative counts, with its digits. A watched page is one case by its address.
"""

import hashlib
from collections.abc import Iterable

import msgspec

from findings.cases.fingerprint import DISTANCE, SHORT, bands, differing, domain, kept, letters, simhash, who
from findings.model.records import AdRecord

#: Pages that officers watch are ads of this source (sources/watchlist).
_WATCHED = "watchlist"


class Signs(msgspec.Struct, frozen=True):
    """What an ad is found by: its signature, and keys of 64 bits; none if it joins by its id alone."""

    simhash: int
    keys: tuple[int, ...]


class Known(msgspec.Struct, frozen=True, order=True):
    """A stored ad that shares a key; the oldest comes first. `first_seen` in microseconds since 1970."""

    first_seen: int
    ad_id: str
    case_id: str
    simhash: int


def signs_of(ad: AdRecord) -> Signs:
    """The signs of an ad."""
    plain = kept(ad.creative)
    signature = simhash(ad.creative)
    if ad.source == _WATCHED or not plain:
        return Signs(signature, ())
    parts = [f"={letters(ad.creative)}"] if len(plain) < SHORT else bands(signature)
    site = domain(ad.landing_host)
    scopes = [scope for scope in (who(ad), f"site:{site}" if site else "") if scope]
    return Signs(signature, tuple(_key(scope, part) for scope in scopes for part in parts))


def chosen(signs: Signs, candidates: Iterable[Known]) -> Known | None:
    """The oldest of the ads that share a key and are nearly the same; None: the ad begins a case."""
    near = (known for known in candidates if differing(signs.simhash, known.simhash) <= DISTANCE)
    return min(near, default=None)


def _key(scope: str, part: str) -> int:
    told = f"{scope}\x1f{part}".encode("utf-8", "surrogatepass")
    # Signed, as SQLite keeps it.
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big", signed=True)


def key_text(key: int) -> str:
    """A key as 16 hex digits."""
    return f"{key & (1 << 64) - 1:016x}"
