"""Which case a new ad joins: that of the oldest ad that is nearly the same, of the same advertiser or domain.

A store looks for ads that share one of the `keys`; `chosen` says which of them decides. Below `SHORT`
kept characters only the same creative counts, with its digits; a creative without any is its picture.
A watched page is one case by its address.
"""

import hashlib
import struct
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from findings.cases.fingerprint import (
    DISTANCE,
    SHORT,
    bands,
    differing,
    domain,
    kept,
    letters,
    simhash_of,
    simhashes,
    who,
)
from findings.model.records import AdRecord

#: Pages that officers watch are ads of this source (sources/watchlist).
_WATCHED = "watchlist"
#: Bits by which the hashes of one picture may differ, scaled or packed anew; at most DISTANCE.
PICTURE_DISTANCE = 3
_ALL = (1 << 64) - 1
#: Odd constants that spread the parts of one scope over all keys (splitmix64, MurmurHash3).
_ODD, _ODD2 = 0x9E3779B97F4A7C15, 0xFF51AFD7ED558CCD


class Signs(msgspec.Struct, frozen=True):
    """What an ad is found by: the signature of its words (of its picture, if it has none), and keys of 64 bits;
    no keys if it joins by its id alone."""

    simhash: int
    keys: tuple[int, ...]
    distance: int = DISTANCE
    """Bits by which the signature of the same ad may differ."""


class Known(msgspec.Struct, frozen=True, order=True):
    """A stored ad that shares a key; the oldest comes first. `first_seen` in microseconds since 1970, `ad` is
    what its store knows it by: an id, or a row."""

    first_seen: int
    ad: int | str
    simhash: int


def signs_of(ad: AdRecord) -> Signs:
    """The signs of an ad."""
    plain = kept(ad.creative)
    return _signs(ad, plain, simhash_of(plain))


def signs_of_all(ads: Iterable[AdRecord]) -> dict[str, Signs]:
    """The signs of many ads, by their ids."""
    given = [(ad, kept(ad.creative)) for ad in ads]
    words = simhashes(plain for _, plain in given)
    return {ad.id: _signs(ad, plain, simhash) for (ad, plain), simhash in zip(given, words, strict=True)}


def _signs(ad: AdRecord, plain: str, words: int) -> Signs:
    drawn = not plain and ad.picture is not None
    signature = int(ad.picture, 16) if drawn and ad.picture else words
    if ad.source == _WATCHED or not signature:
        return Signs(signature, ())
    if drawn:
        parts = [_hash(f"picture:{band}") for band in bands(signature)]
    elif len(plain) < SHORT:
        parts = [_hash(f"={letters(ad.creative)}")]
    else:
        parts = list(bands(signature))
    site = domain(ad.landing_host)
    scopes = [_hash(scope) for scope in (who(ad), f"site:{site}" if site else "") if scope]
    keys = tuple([_key(scope, part) for scope in scopes for part in parts])
    return Signs(signature, keys, PICTURE_DISTANCE if drawn else DISTANCE)


def chosen(signs: Signs, candidates: Iterable[Known]) -> Known | None:
    """The oldest of the ads that share a key and are nearly the same; None: the ad begins a case."""
    near = (known for known in candidates if differing(signs.simhash, known.simhash) <= signs.distance)
    return min(near, default=None)


def _key(scope: int, part: int) -> int:
    """One number for both, signed, as SQLite keeps it."""
    mixed = (scope + part * _ODD + (part >> 64) * _ODD2) & _ALL
    return mixed - (mixed >> 63 << 64)


@lru_cache(maxsize=4096)
def _hash(text: str) -> int:
    told = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big")


def key_texts(signs: Signs) -> list[str]:
    """The keys, each as 16 hex digits."""
    told = struct.pack(f">{len(signs.keys)}q", *signs.keys).hex()
    return [told[at : at + 16] for at in range(0, len(told), 16)]
