"""Near-duplicates among texts, found by their words: a template sent a hundred times is one group.

MinHash over runs of characters with figures folded (A. Broder, 1997): texts that agree in one band of
`ROWS` smallest hashes are joined. Pairs alike (Jaccard) by 0.8 meet in 99.7 %, by 0.5 in 66 %, by
0.1 in 0.8 % of cases.
"""

import re
import zlib
from collections.abc import Sequence

BANDS = 8
ROWS = 3
#: Characters of a run; figures count as one, white space as none.
RUN = 2
#: Code points of a text that are compared.
COMPARED = 6_000
#: The hashes are a·x + b modulo a prime, with fixed a and b.
_PRIME = (1 << 61) - 1
_HASHES = [(zlib.crc32(f"a{at}".encode()) | 1, zlib.crc32(f"b{at}".encode())) for at in range(BANDS * ROWS)]

_FIGURES = re.compile(r"\d+")


def groups_of(texts: Sequence[str]) -> list[str]:
    """The group of each text, named after the smallest text hash in it, whatever their order."""
    leader = list(range(len(texts)))

    def root(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    seen: dict[tuple[int, tuple[int, ...]], int] = {}
    for at, text in enumerate(texts):
        for band, hashes in enumerate(_bands(text)):
            other = seen.setdefault((band, hashes), at)
            leader[root(at)] = root(other)
    names: dict[int, str] = {}
    for at, text in enumerate(texts):
        name = f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"
        mine = root(at)
        names[mine] = min(names.get(mine, name), name)
    return [f"learned-{names[root(at)]}" for at in range(len(texts))]


def _bands(text: str) -> list[tuple[int, ...]]:
    folded = _FIGURES.sub("0", "".join(text[:COMPARED].split()).lower())
    runs = {
        zlib.crc32(folded[at : at + RUN].encode("utf-8", "surrogatepass"))
        for at in range(max(len(folded) - RUN + 1, 1))
    }
    smallest = [min((a * run + b) % _PRIME for run in runs) for a, b in _HASHES]
    return [tuple(smallest[band * ROWS : (band + 1) * ROWS]) for band in range(BANDS)]
