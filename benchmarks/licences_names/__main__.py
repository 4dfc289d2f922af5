"""How well and how fast names are matched, against a register of invented firms.

    python -m benchmarks.licences_names [--entries 1000000] [--seed 20261122] [--per-kind 1000]
        [--folder PATH] [--misses FILE] [--peer PYTHON [--peer-names 500]]

Makes the register (kept in PATH, taken from there where it lies), asks for faulty names of its firms, for
names of other firms and for impostors, one process, one core. `--peer` is the Python of an environment with
nomenklatura and RapidFuzz: they get the same names, a sample of them, and the answers of all three are counted alike.
"""

import argparse
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from benchmarks.licences_names import measure
from benchmarks.licences_names.peers import beside_peers
from benchmarks.licences_names.world import World
from licences.registers import Registers
from licences.staging import store_version

KEPT = 60_000


def _world(folder: Path, seed: int, entries: int) -> World:
    """The world whose register lies in a folder, made where it doesn't."""
    world = World(seed, entries, KEPT)
    spent = time.process_time()
    if (folder / measure.REGISTER).is_dir():
        for _ in world.entries():
            pass
        print(f"world made again: {time.process_time() - spent:.0f} s of CPU")
    else:
        store_version(folder, measure.register(), world.entries(), "")
        print(f"world made, stored and compiled: {time.process_time() - spent:.0f} s of CPU", flush=True)
    return world


def _share(part: int, whole: int) -> str:
    return f"{part / whole:8.4f}" if whole else "       –"


def _sum(scores: Iterable[measure.Score]) -> measure.Score:
    total = measure.Score()
    for one in scores:
        for name in ("asked", "right", "treated", "treated_wrong", "suggested", "near"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
    return total


def _print_scores(title: str, scores: dict[str, measure.Score], rate: float) -> None:
    print(f"\n{title}: {rate:.0f} names/s of CPU time (verdict, and what is like it)")
    print(
        f"{'kind':22} {'names':>6} {'recall@1':>8} {'treated':>8} {'wrongly':>8} {'pointed':>8} {'near':>8}"
    )
    named = _sum(score for kind, score in scores.items() if kind in measure.NAMED_KINDS)
    sums = {"those of the issue": named, "all": _sum(scores.values())}
    for kind, one in (*scores.items(), *((title, total) for title, total in sums.items() if total.asked)):
        print(
            f"{kind:22} {one.asked:6} {_share(one.right, one.asked)} {_share(one.treated, one.asked)}"
            f" {_share(one.treated_wrong, one.asked)} {_share(one.suggested, one.asked)}"
            f" {_share(one.near, one.asked)}",
            flush=True,
        )


def _keep_misses(path: Path, *groups: dict[str, measure.Score]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for scores in groups:
            for kind, score in scores.items():
                for asked, answer in score.missed[:10]:
                    file.write(f"{kind}\t{asked.firm}\t{asked.name}\t{answer.status}\t{answer.top}\n")


def main() -> None:
    """Make, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--per-kind", type=int, default=1_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--misses", type=Path, help="ten misses of each kind go here")
    parser.add_argument("--peer", type=Path, help="Python of an environment with nomenklatura and RapidFuzz")
    parser.add_argument("--peer-names", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        world = _world(folder, options.seed, options.entries)
        registers = Registers.load(folder)
        registers.index.name("先开名单")
        made = measure.variants_of(world, options.seed + 1, options.per_kind)
        unclear = measure.ambiguous(world, made)
        others_core = measure.reads_as_another_core(world, made) - unclear
        clear = [one for number, one in enumerate(made) if number not in unclear | others_core]
        others = measure.strangers_of(world, options.seed + 2, options.per_kind)
        print(
            f"{len(made)} variants, {len(unclear)} of them one fault from another entry too; {len(others)} strangers"
        )
        right, rate = measure.score(registers, clear)
        _print_scores("variants that can be of one firm alone", right, rate)
        for title, numbers in (("as near to another", unclear), ("core of other firms", others_core)):
            if numbers:
                some = measure.score(registers, [made[at] for at in sorted(numbers)])
                _print_scores(f"variants: {title}", *some)
        wrong, rate = measure.score(registers, others, right=False)
        _print_scores("other firms", wrong, rate)
        statuses, cleared = measure.impostors_of(registers, world, options.seed + 3, options.per_kind)
        print(f"\n{sum(statuses.values())} impostors, {len(cleared)} cleared")
        for (kind, status), count in sorted(statuses.items()):
            print(f"{kind:22} {status:16} {count:6}")
        for one in cleared[:10]:
            print(one)
        if options.misses:
            _keep_misses(options.misses, right, wrong)
        if options.peer:
            beside_peers(options.peer, registers, world, clear, others, options.peer_names, options.seed)


if __name__ == "__main__":
    main()
