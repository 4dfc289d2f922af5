"""Ads like another one, in words or in meaning: what "near" means on every store.

In words: creatives whose signatures (SimHash of 64 bits, `findings/cases/fingerprint.py`) differ in few bits.
Compared are those that share one of the signature's six parts: all at a distance of 5 bits or less, nearly
all at 6 to 8, many of those up to 12; random creatives lie about 32 apart.
In meaning: the cosine of two vectors. SQLite compares with every vector, Elasticsearch with those that its graph
(HNSW) leads to; both say the exact nearness of what they found.
"""

from collections.abc import Iterable, Sequence
from heapq import nsmallest

import msgspec

from findings.cases.fingerprint import bands, differing, simhash
from findings.model.records import AdRecord
from findings.search.vectors import direction

#: Bits by which creatives may differ and still be alike, of 64.
MAX_BITS = 12
#: Parts of a signature: with 10 or 11 bits each, one ad in 250 shares one by chance.
PARTS = 6
#: Ads compared with one: of a creative that was seen more often than this, the first by id.
MAX_CANDIDATES = 10_000
#: How many more than asked for a graph is asked, so that the exact order decides what is told.
SPARE = 4


class Near(msgspec.Struct, frozen=True):
    """An ad and how near it is: 1 for the same signature or direction, 0 for the opposite."""

    ad: AdRecord
    nearness: float


def signature(ad: AdRecord) -> int:
    """The signature of an ad's creative."""
    return simhash(ad.creative)


def parts(mark: int) -> tuple[str, ...]:
    """What two near signatures share one of; none for a creative without letters."""
    return tuple(map(str, bands(mark, PARTS))) if mark else ()


def nearest_marks(mark: int, others: Iterable[tuple[str, int]], limit: int) -> list[tuple[str, float]]:
    """Ids of the signatures nearest to one, with their nearness."""
    found = ((differing(mark, other), ad_id) for ad_id, other in others)
    near = nsmallest(limit, ((bits, ad_id) for bits, ad_id in found if bits <= MAX_BITS))
    return [(ad_id, 1 - bits / 64) for bits, ad_id in near]


def nearest_in_meaning(vector: Sequence[float], ads: Iterable[AdRecord], limit: int) -> list[Near]:
    """The ads nearest to a vector of length 1, exactly."""
    near: list[Near] = []
    for ad in ads:
        meaning = direction(ad.embedding)
        if meaning is not None:
            near.append(Near(ad, (1 + sum(map(float.__mul__, vector, meaning))) / 2))
    return sorted(near, key=lambda one: (-one.nearness, one.ad.id))[:limit]
