"""Packages made, checked, and checked again with single bits turned: by us, and by the commands of their VERIFY.md.

    OMP_NUM_THREADS=1 python benchmarks/packages.py [--packages 500] [--flips 200] [--seed 8]

Cases are invented (tests/support/packaged.py), with pictures of 1,000 × 1,600 pixels, drawn text, WARC files and a time
stamp of a real authority (`openssl ts`) for each twentieth. A flip is a random bit of a random file of a random package,
manifest, signature, key, sums and tokens among them. It counts as named if we name the file (of the manifest: it or its
signature), and as found by hand if a step of VERIFY.md, run as it stands by sh, openssl and sha256sum, fails. The page itself
is read before the flip: who got an altered page would have to notice it by its own steps, too. Prints one JSON object;
`cpu_ms` is CPU time of one core a package, without the store's own files.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from findings.evidence import FolderEvidenceStore
from handover.errors import BatchBroken
from handover.package.write import write_package
from handover.signing import Signer
from handover.verify import verify
from tests.support import packaged
from tests.support.timestamp_authority import Certified

_SIGNED = {"manifest.json", "manifest.json.sig"}


def named(folder: Path) -> set[str]:
    """The files that our check names."""
    try:
        return {fault.path for fault in verify(folder).faults}
    except BatchBroken as broken:  # a manifest that is no JSON any more
        return {"manifest.json"} if "manifest.json" in str(broken) else set()


def made(folder: Path, count: int) -> tuple[list[Path], float]:
    """So many packages below a folder, and seconds of CPU that writing them took."""
    evidence = FolderEvidenceStore(folder / "evidence")
    signer = Signer.load_or_make(folder / "signing.pem")
    authority = Certified(folder / "tsa")
    packages: list[Path] = []
    spent = 0.0
    for number in range(count):
        case, sightings, captures = packaged.whole(evidence, url=f"https://site{number}.example/join")
        covered = frozenset(ref.sha256 for ref in case.evidence)
        stamps = [packaged.stamp(evidence, covered, authority)] if number % 20 == 0 else []
        begun = time.process_time()
        packages.append(
            write_package(
                case, sightings, captures, evidence, stamps, folder / f"p{number:04d}", packaged.FACTS, signer
            ).folder
        )
        spent += time.process_time() - begun
    return packages, spent


def main() -> None:
    """Make, check, flip."""
    parser = argparse.ArgumentParser(description="Check packages, and packages with one bit turned.")
    parser.add_argument("--packages", type=int, default=500)
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=8)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as place:
        packages, spent = made(Path(place), asked.packages)
        begun = time.process_time()
        sound = sum(verify(package).sound for package in packages)
        checking = time.process_time() - begun
        by_hand = sum(packaged.by_hand(package) == [] for package in packages)
        ours = theirs = 0
        missed: list[str] = []
        kinds: dict[str, int] = {}
        for _ in range(asked.flips):
            package = chance.choice(packages)
            path = chance.choice(sorted(one for one in package.rglob("*") if one.is_file()))
            name = path.relative_to(package).as_posix()
            page = (package / "VERIFY.md").read_text("utf-8")
            whole = packaged.flip(path, chance.randrange(path.stat().st_size * 8))
            found = named(package)
            seen = bool(found & _SIGNED if name in _SIGNED else name in found)
            failed = packaged.by_hand(package, page) != []
            path.write_bytes(whole)
            ours += seen
            theirs += failed
            kinds[path.name] = kinds.get(path.name, 0) + 1
            if not (seen and failed):
                missed.append(name)
        size = sum(one.stat().st_size for one in packages[0].rglob("*") if one.is_file())
        report = {
            "packages": len(packages),
            "sound": sound,
            "sound_by_hand": by_hand,
            "bytes_each": size,
            "cpu_ms": round(1000 * spent / len(packages), 1),
            "verify_cpu_ms": round(1000 * checking / len(packages), 1),
            "flips": asked.flips,
            "named_by_us": ours,
            "found_by_hand": theirs,
            "missed": missed,
            "kinds_of_file": len(kinds),
        }
        print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main()
