"""What the outbox costs: bundles put and sent beside `write_many` of the same bundles, in turns in one run.

    OMP_NUM_THREADS=1 python benchmarks/outbox.py [--bundles 400] [--rounds 3] [--store URL]

Without --store the bundles go into a SQLite file; with the address of an Elasticsearch they go under names of their
own, which are removed afterwards. Each round writes bundles of its own by each way, so all ads are new to both.
`put` is one commit a bundle, on disk when it returns; `send` is the sender alone, from the outbox into the store.
Seconds are of the clock; those of CPU are of this process (the server's own not counted).
"""

import argparse
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from indexing import drawn

from findings.outbox.box import Outbox
from findings.outbox.letters import pack
from findings.outbox.sender import Sender, Sent
from findings.store import FindingStore
from findings.stores import open_store


def took(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the clock and of CPU."""
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - cpu


def measure(
    store: FindingStore, folder: Path, bundles: int, rounds: int
) -> dict[str, list[tuple[float, float]]]:
    """The times of each part, by round."""
    times: dict[str, list[tuple[float, float]]] = {"write_many": [], "put": [], "send": []}
    for number in range(rounds):
        straight, by_outbox = drawn(bundles, 2 * number), drawn(bundles, 2 * number + 1)
        with Outbox(folder / f"{number}.db", 2000, sender=True) as outbox:

            def put(outbox: Outbox = outbox, some: list = by_outbox) -> None:  # type: ignore[type-arg]
                for bundle in some:
                    outbox.put(store.url, bundle)

            def send(outbox: Outbox = outbox) -> None:
                with outbox.sending(store.url):
                    Sender(outbox, store, store.url).send(Sent())

            def write(some: list = straight) -> None:  # type: ignore[type-arg]
                store.write_many(some)

            parts = [("write_many", write), ("put", put), ("send", send)]
            for name, work in parts if number % 2 == 0 else [*parts[1:], parts[0]]:
                times[name].append(took(work))
            assert outbox.waiting(store.url) == 0
    return times


def tell(times: dict[str, list[tuple[float, float]]], bundles: int) -> None:
    """Print bundles a second of each part, and what the way by the outbox takes of the direct one."""
    for name, found in times.items():
        clock, cpu = (statistics.median(values) for values in zip(*found, strict=True))
        print(f"{name:12} {bundles / clock:8.0f} bundles/s   {bundles / cpu:8.0f} bundles a second of CPU")
    for of, at in (("clock", 0), ("CPU", 1)):
        shares = {
            "send": [s[at] / w[at] for s, w in zip(times["send"], times["write_many"], strict=True)],
            "put and send": [
                (p[at] + s[at]) / w[at]
                for p, s, w in zip(times["put"], times["send"], times["write_many"], strict=True)
            ],
        }
        for name, ratios in shares.items():
            low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
            print(f"{name} ÷ write_many, {of}: {middle:.2f} ({low:.2f} to {high:.2f})")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundles", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--store")
    asked = parser.parse_args()
    sizes = [len(pack(bundle)[0]) for bundle in drawn(50, 0)]
    print(f"{asked.bundles} bundles a round of {statistics.mean(sizes) / 1000:.1f} kB, {asked.rounds} rounds")
    with tempfile.TemporaryDirectory() as folder:
        if asked.store:
            url = f"{asked.store}?prefix=o{secrets.token_hex(6)}"
        else:
            url = f"sqlite:///{folder}/findings.db"
        with open_store(url) as store:
            store.create()
            try:
                tell(measure(store, Path(folder), asked.bundles, asked.rounds), asked.bundles)
            finally:
                if asked.store:
                    remove(asked.store, url.partition("?prefix=")[2])


def remove(server: str, prefix: str) -> None:
    """Remove the indices of the run."""
    from elasticsearch import Elasticsearch

    with Elasticsearch(server) as client:
        names = list(client.indices.get(index=f"{prefix}-*", features="aliases").body)
        if names:
            client.indices.delete(index=",".join(names))


if __name__ == "__main__":
    main()
