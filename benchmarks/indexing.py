"""Documents a second that the store writes, beside `elasticsearch.helpers.parallel_bulk` of the same documents.

python benchmarks/indexing.py [--bundles 3000] [--rounds 3] [--profile]

Both write to the same server, in turns, into empty indices made from the same templates, and leave the same
behind: ads with findings, spans and vectors, their sightings, captures, places and case files, all found by the
next search. Ours is `write_many` as an import calls it: from domain values, with checks, near-duplicates
looked up, facts of cases counted, ads seen again updated (one in ten: the peer writes each once). The peer gets every
document that ours left, as ours sent it (vectors packed), in two ways: as values that its client turns into
JSON (as one uses it), and as JSON ready-made; at its end the indices are refreshed too. That both left as many
documents in each index is checked. Until November 2026 the peer was not given places and case files, half of all
documents: the ratios of then are of less work for it. The text is drawn from invented words, by 400 firms with a
domain each. Seconds of processors are told too, of this process and of the server: what a loaded machine can still say.
"""

import argparse
import gc
import json
import os
import random
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from elasticsearch import Elasticsearch
from elasticsearch.helpers import parallel_bulk

from findings.model.judgement import Span
from findings.model.records import CaptureBundle
from findings.model.vocabulary import Severity
from findings.stores import open_store
from findings.stores.elastic.documents import DIMENSIONS, packed
from tests.support import elasticsearch
from tests.support import records as make

HAN = [chr(0x4E00 + n) for n in range(0, 3000)]
#: Ads that one capture brings, and of them those seen before.
ADS, AGAIN = 5, 0.1
#: Firms that advertise, each with a domain of its own.
FIRMS = 400


def drawn(count: int, seed: int) -> list[CaptureBundle]:
    """So many captures; most ads are new, one in ten was seen before. About 150 characters an ad."""
    draw = random.Random(seed)
    words = ["".join(draw.choices(HAN, k=draw.randint(2, 4))) for _ in range(5000)]
    known: list[Any] = []
    made = []
    for page in range(count):
        ads = {}
        for _ in range(ADS):
            if known and draw.random() < AGAIN:
                ad = draw.choice(known)
            else:
                ad = _ad(draw, words)
                known.append(ad)
            ads[ad.id] = ad
        made.append(make.bundle(*ads.values(), page=page, run=f"r{seed}", at=make.minutes(page / 10)))
    return made


def _ad(draw: random.Random, words: list[str]) -> Any:
    tokens = tuple(draw.choices(words, k=draw.randint(35, 65)))
    text = "".join(tokens)
    spans = tuple(
        Span("text", start, start + 4, text[start : start + 4])
        for start in draw.sample(range(len(text) - 4), k=2)
    )
    found = [
        make.finding(category, draw.choice(list(Severity)), round(draw.random(), 3), spans=spans)
        for category in draw.sample(range(2, 10), k=draw.choice((0, 1, 1, 2)))
    ]
    firm = draw.randrange(FIRMS)
    return make.ad(
        text,
        *found,
        title=text[:12],
        url=f"https://{firm}.example/{draw.randrange(10**6)}",
        advertiser_shown=f"星河{firm}理财有限公司",
        tokens=tokens,
        embedding=tuple(round(draw.gauss(0, 1), 6) for _ in range(DIMENSIONS)),
    )


class Clock:
    """Seconds of the clock, and of processors: this process's and a server's (a process group)."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._began: list[float] = []
        self.spent: list[float] = []

    def _now(self) -> list[float]:
        ticks = 0
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = entry.read_text().rpartition(") ")[2].split()
                ticks += int(fields[11]) + int(fields[12]) if int(fields[2]) == self._server else 0
        return [time.perf_counter(), time.process_time(), ticks / os.sysconf("SC_CLK_TCK")]

    def begin(self) -> None:
        """From here."""
        self._began = self._now()

    def end(self) -> None:
        """To here."""
        self.spent = [now - then for now, then in zip(self._now(), self._began, strict=True)]


def ours(url: str, bundles: list[CaptureBundle], clock: Clock) -> str:
    """One import; the prefix it went to."""
    prefix = f"b{secrets.token_hex(4)}"
    with open_store(f"{url}?prefix={prefix}") as store:
        store.create()
        clock.begin()
        store.write_many(iter(bundles))
        clock.end()
        return prefix


def kept(client: Elasticsearch, prefix: str) -> list[tuple[str, str, dict[str, Any]]]:
    """The documents of an import, as it wrote them: index without its prefix, id, source."""
    found = []
    for index in sorted(held(client, prefix)):
        place = None
        while True:
            hits = client.search(
                index=f"{prefix}-{index}", sort=["_seq_no"], size=500, search_after=place,
                source_exclude_vectors=False,
            )["hits"]["hits"]  # fmt: skip
            if not hits:
                break
            for hit in hits:
                source = hit["_source"]
                if isinstance(source.get("embedding"), list):
                    source["embedding"] = packed(tuple(source["embedding"]))
                found.append((index, hit["_id"], source))
            place = hits[-1]["sort"]
    return found


def held(client: Elasticsearch, prefix: str) -> dict[str, int]:
    """How many documents a search finds in each index of a store that has any."""
    counts = {
        index.removeprefix(f"{prefix}-"): int(client.count(index=index)["count"])
        for index in client.indices.get(index=f"{prefix}-*", features="aliases")
    }
    return {index: count for index, count in counts.items() if count}


def peer(
    client: Elasticsearch, url: str, documents: list[tuple[str, str, Any]], ready: bool, clock: Clock
) -> str:
    """parallel_bulk over these documents; the prefix they went to."""
    prefix = f"b{secrets.token_hex(4)}"
    with open_store(f"{url}?prefix={prefix}") as store:
        store.create()
    for index in {index for index, _, _ in documents}:
        client.options(ignore_status=400).indices.create(index=f"{prefix}-{index}")
    actions: Iterator[Any] = (
        (({"index": {"_index": f"{prefix}-{index}", "_id": key}}, source) for index, key, source in documents)
        if ready
        else (
            {"_index": f"{prefix}-{index}", "_id": key, "_source": source} for index, key, source in documents
        )
    )
    expand: dict[str, Any] = {"expand_action_callback": lambda pair: pair} if ready else {}
    clock.begin()
    for good, told in parallel_bulk(client, actions, thread_count=4, chunk_size=500, **expand):
        assert good, told
    client.indices.refresh(index=f"{prefix}-*")
    clock.end()
    return prefix


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--bundles", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="profile one import instead")
    given = parser.parse_args()
    with ExitStack() as stack:
        server = elasticsearch.start()
        stack.callback(server.stop)
        url, clock = server.url, Clock(server.pid)
        client = stack.enter_context(Elasticsearch(url, request_timeout=120))
        bundles = drawn(given.bundles, 7)
        prefix = ours(url, bundles, clock)  # warms both
        if given.profile:
            profiled(lambda: ours(url, bundles, clock))
            return
        documents = kept(client, prefix)
        ready = [
            (index, key, json.dumps(source, ensure_ascii=False, separators=(",", ":")))
            for index, key, source in documents
        ]
        left = held(client, prefix)
        clean(client)
        # What all have in memory is no work of theirs: the collector of garbage leaves it alone.
        gc.collect()
        gc.freeze()
        ways: dict[str, Callable[[], str]] = {
            "write_many": lambda: ours(url, bundles, clock),
            "parallel_bulk of values": lambda: peer(client, url, documents, False, clock),
            "parallel_bulk of ready JSON": lambda: peer(client, url, ready, True, clock),
        }
        spent: dict[str, list[list[float]]] = {name: [] for name in ways}
        for turn in range(given.rounds):
            for name in (list(ways), list(reversed(ways)))[turn % 2]:
                prefix = ways[name]()
                assert held(client, prefix) == left, (name, held(client, prefix), left)
                spent[name].append(clock.spent)
                clean(client)
    told = ", ".join(f"{index} {count}" for index, count in left.items())
    print(f"{len(documents)} documents ({told}), {given.rounds} rounds in turns")
    base = spent["write_many"]
    for name, found in spent.items():
        clocks, own, servers = (statistics.median(one[part] for one in found) for part in range(3))
        pairs = list(zip(found, base, strict=True))
        by_clock = statistics.median(it[0] / our[0] for it, our in pairs)
        by_cpu = statistics.median(sum(it[1:]) / sum(our[1:]) for it, our in pairs)
        print(
            f"{name:28} {len(documents) / clocks:7.0f}/s, {own:.2f} s of CPU here, {servers:.2f} s in the server; "
            f"ours ÷ it {by_clock:.2f} by the clock, {by_cpu:.2f} by CPU"
        )


def clean(client: Elasticsearch) -> None:
    """Remove what the benchmark made."""
    if there := [name for name in client.indices.get_alias(index="b*").body if name[9:10] == "-"]:
        client.indices.delete(index=there)


def profiled(call: Callable[[], object]) -> None:
    """Where one call spends its time in this process."""
    import cProfile
    import pstats

    profile = cProfile.Profile()
    profile.runcall(call)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
