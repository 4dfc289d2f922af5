"""What tells an ad from others however a few of its words change.

SimHash (Charikar 2002) over runs of three folded characters: two creatives that share most runs
differ in few of 64 bits. What an advertiser changes from day to day counts little: digits are one sign,
punctuation and white space none, a run said again counts once. Near signatures are found by equal bands (`bands`): of DISTANCE + 1
bands, two signatures that differ in at most DISTANCE bits share one.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import chain, pairwise
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
#: Characters of creatives whose signatures are computed together: some 6 MB of counters.
_TOGETHER = 100_000
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


class _Kept(dict[int, str]):
    """A translation table that works out what is kept of a code point the first time it meets it: both folding
    and what follows look at one code point at a time."""

    def __missing__(self, code: int) -> str:
        value = self[code] = _DIGITS.sub("0", _signless(chr(code)))
        return value


_KEPT = _Kept()


@lru_cache(maxsize=256)
def kept(creative: str) -> str:
    """What counts of a creative: folded letters, each digit as 0."""
    return creative[:MOST].translate(_KEPT)


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
    return simhashes([plain])[0]


def simhashes(plains: Iterable[str]) -> list[int]:
    """The signatures of what counts of many creatives, several times as fast together."""
    found: list[int] = []
    some: list[str] = []
    characters = 0
    for plain in plains:
        # Of an empty text there is no run; its place is filled below.
        some.append(plain.ljust(RUN, "\0") if plain else "")
        characters += len(plain)
        if characters > _TOGETHER:
            found += _simhashes(some)
            some, characters = [], 0
    return found + _simhashes(some)


def _simhashes(texts: Sequence[str]) -> list[int]:
    """The signatures of texts that have a run, and 0 for empty ones."""
    import numpy as np

    lengths = [len(text) - RUN + 1 for text in texts if text]
    if not lengths:
        return [0] * len(texts)
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    # A code point has 21 bits: three of them are one number. Runs that reach into the next text go out.
    runs = codes[:-2] << np.uint64(42) | codes[1:-1] << np.uint64(21) | codes[2:]
    inside = np.ones(len(codes), bool)
    ends = np.cumsum(np.array(lengths) + RUN - 1)
    inside[ends - 1] = inside[ends - 2] = False
    runs = runs[inside[: len(runs)]]
    # A run that is repeated counts once: a slogan said ten times is no other slogan.
    begins = _begins(lengths)
    for begin, length in zip(begins.tolist(), lengths, strict=True):
        runs[begin : begin + length].sort()
    once = np.ones(len(runs), bool)
    np.not_equal(runs[1:], runs[:-1], out=once[1:])
    once[begins] = True
    counts = np.add.reduceat(once, begins, dtype=np.int64)
    mixed = _spread(runs[once])
    # Each byte's eight bits as eight counters of a byte, which hold the sum of 255 runs.
    begins = _begins(counts)
    blocks = [range(begin, begin + count, 255) for begin, count in zip(begins.tolist(), counts, strict=True)]
    counters = np.add.reduceat(
        _counters()[mixed.view(np.uint8).reshape(-1, 8)],
        np.fromiter(chain.from_iterable(blocks), np.int64),
        axis=0,
    )
    ones = np.add.reduceat(
        counters.view(np.uint8), _begins([len(block) for block in blocks]), axis=0, dtype=np.int64
    )
    signatures = np.packbits(ones * 2 > counts[:, None], axis=1, bitorder="little").view(np.uint64)
    told = iter(signatures.ravel().tolist())
    return [next(told) if text else 0 for text in texts]


def _begins(lengths: "Sequence[int] | NDArray[Any]") -> "NDArray[Any]":
    """Where each of some parts of an array begins."""
    import numpy as np

    return np.cumsum(lengths) - lengths


@cache
def _counters() -> "NDArray[Any]":
    """For each byte, a number whose bytes are its bits."""
    import numpy as np

    numbers = np.arange(256, dtype=np.uint8)[:, None]
    return np.unpackbits(numbers, axis=1, bitorder="little").view(np.uint64).ravel()


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
