"""How well signatures tell the same ad from another of the same firm, on words that no threshold was chosen on.

python benchmarks/near_duplicates.py [--pairs 3000] [--seed 1] [--chosen-on]

A pair is an ad and what its advertiser makes of it (one to three of: other digits, signs put in, traditional
characters, full width, a city before, its end cut off, a word exchanged, another call), or two ads of one firm: other
claims of the same products. Ads are made from invented parts (tests/support/creatives.py). `--chosen-on` takes
the parts that the distance was chosen on.
"""

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from findings.cases.fingerprint import DISTANCE, differing, simhash
from tests.support.creatives import CHOSEN_ON, TOLD_OF, Parts, changed, creative


def _firm(text: str) -> str:
    return text.partition("\n")[0].rpartition("-")[2]


def _other(text: str, parts: Parts, chance: random.Random) -> str:
    """Another ad of the same firm."""
    while True:
        other = creative(parts, chance)
        if other != text and _firm(other) == _firm(text):
            return other


def main() -> None:
    """Print recall and wrong joins at each distance, and the time of a signature."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chosen-on", action="store_true")
    given = parser.parse_args()
    parts, chance = (CHOSEN_ON if given.chosen_on else TOLD_OF), random.Random(given.seed)
    same, others = [], []
    texts = [creative(parts, chance) for _ in range(given.pairs)]
    began = time.process_time()
    for text in texts:
        simhash(text)
    spent = (time.process_time() - began) / len(texts)
    for text in texts:
        same.append(differing(simhash(text), simhash(changed(text, parts, chance))))
        others.append(differing(simhash(text), simhash(_other(text, parts, chance))))
    print(f"{given.pairs} pairs of each, {sum(map(len, texts)) / len(texts):.0f} characters an ad; ", end="")
    print(f"a signature takes {spent * 1e6:.0f} µs of CPU")
    for bits in range(0, 13):
        found = sum(one <= bits for one in same) / len(same)
        wrong = sum(one <= bits for one in others) / len(others)
        precision = found / (found + wrong) if found + wrong else 1.0
        mark = "  <- used" if bits == DISTANCE else ""
        print(f"≤ {bits:2} bits: recall {found:.3f}  wrong {wrong:.4f}  precision {precision:.4f}{mark}")


if __name__ == "__main__":
    main()
