"""What tells an ad from others however a few of its words change.

SimHash (Charikar 2002) over runs of three folded characters: two creatives that share most runs
differ in few of 64 bits. What an advertiser changes from day to day counts little: digits are one sign,
punctuation and white space none, a run said again counts once. Near signatures are found by equal bands (`bands`): of DISTANCE + 1
bands, two signatures that differ in at most DISTANCE bits share one.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from findings.model.casework import Fingerprint
from findings.model.records import AdRecord
from findings.search.fold import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tldextract import TLDExtract

#: Characters of a run, and characters hashed of one creative: what stands behind is rarely the creative.
RUN, MOST = 3, 20_000
#: Bits by which near-duplicates may differ. Chosen on tests/support/creatives.py `CHOSEN_ON` as the most at
#: which no pair of different ads of one firm in 3,000 was taken for one, and at which a band still has
#: 8 bits; benchmarks/README.md tells what it does on others.
DISTANCE = 7
#: Creatives with fewer kept characters than this are alike only if they are equal: one word more or
#: less changes a fifth of their runs, and two short slogans of one firm may be two products.
SHORT = 20
_BITS = 64
_DIGITS = re.compile(r"\d")
#: Constants of splitmix64 (Steele, Lea, Flood 2014), by which runs are spread over the bits.
_STEP, _MIX1, _MIX2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
#: Characters read of an advertiser's name.
_LONG_NAME = 200


def fingerprint(ad: AdRecord) -> Fingerprint:
    """The fingerprint of an ad as it stands."""
    return Fingerprint(
        who=who(ad),
        host=domain(ad.landing_host),
        simhash=f"{simhash(ad.creative):016x}",
        picture=ad.picture,
        page=page_key(ad.landing.text if ad.landing else ""),
    )


def who(ad: AdRecord) -> str:
    """The advertiser: its code, else the register entry that it is, else its folded name; "" if unknown."""
    judgement = ad.judgement
    if judgement.advertiser.uscc:
        return f"uscc:{judgement.advertiser.uscc}"
    name = judgement.advertiser.name or ad.advertiser_shown or ""
    plain = _signless(name[:_LONG_NAME])
    return f"name:{plain}" if plain else ""


def page_key(text: str) -> str:
    """16 hex digits of a landing page's words; "" for none. Digits don't count: pages show counters."""
    plain = _DIGITS.sub("0", _signless(text))
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:16] if plain else ""


@lru_cache(maxsize=256)
def kept(creative: str) -> str:
    """What counts of a creative: folded letters, each digit as 0."""
    return _DIGITS.sub("0", letters(creative))


def letters(creative: str) -> str:
    """The folded letters and digits of a creative."""
    return _signless(creative[:MOST])


def _signless(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


def simhash(creative: str) -> int:
    """64 bits; 0 for a creative without a letter."""
    return simhash_of(kept(creative))


@lru_cache(maxsize=256)
def simhash_of(plain: str) -> int:
    """The signature of what counts of a creative (`kept`); a store asks for it more than once."""
    import numpy as np

    if not plain:
        return 0
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    if len(codes) < RUN:
        codes = np.pad(codes, (0, RUN - len(codes)))
    # A code point has 21 bits: three of them are one number.
    runs = codes[:-2] << np.uint64(42) | codes[1:-1] << np.uint64(21) | codes[2:]
    # A run that is repeated counts once: a slogan said ten times is no other slogan.
    mixed = _spread(np.unique(runs))
    bits = np.unpackbits(mixed.view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    majority = bits.sum(axis=0, dtype=np.int64) * 2 > len(mixed)
    return int(np.packbits(majority, bitorder="little").view(np.uint64)[0])


def _spread(runs: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    mixed = runs + np.uint64(_STEP)
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(_MIX1)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(_MIX2)
    return mixed ^ mixed >> np.uint64(31)


def differing(one: int, other: int) -> int:
    """Bits in which two signatures differ."""
    return (one ^ other).bit_count()


def bands(signature: int, count: int = DISTANCE + 1) -> Sequence[int]:
    """So many parts of a signature, none like a part of another number: two signatures that differ in fewer
    bits than there are parts have one in common."""
    return [number << _BITS | signature >> low & mask for number, (low, mask) in enumerate(_cuts(count))]


@cache
def _cuts(count: int) -> list[tuple[int, int]]:
    """Where each band begins, and the mask of its length."""
    edges = [_BITS * number // count for number in range(count + 1)]
    return [(low, (1 << high - low) - 1) for low, high in pairwise(edges)]


@lru_cache(maxsize=4096)
def domain(host: str | None) -> str | None:
    """The part of a host that one owner registers (a.b.com.cn → b.com.cn), else the host itself.

    Below an ending that the public suffix list does not have these are its last two labels.
    """
    if not host:
        return None
    plain = host[:253].rstrip(".").lower()
    found = _suffixes()(plain)
    if not found.suffix and found.domain and not (found.ipv4 or found.ipv6):
        return ".".join(plain.split(".")[-2:])
    return found.top_domain_under_public_suffix or plain


@cache
def _suffixes() -> "TLDExtract":
    """The public suffix list that comes with tldextract; nothing is fetched."""
    from tldextract import TLDExtract

    return TLDExtract(cache_dir=None, suffix_list_urls=())
