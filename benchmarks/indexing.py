"""Documents a second that the store writes, beside `elasticsearch.helpers.parallel_bulk` of the same documents.

python benchmarks/indexing.py [--bundles 600] [--rounds 3] [--url http://127.0.0.1:9200] [--profile]

Both write to the same server, in turns, into empty indices made from the same templates, and leave the same
behind: ads with findings, spans and vectors, their sightings, captures, places and case files, all found by the
next search. Ours is `write_many` as an import calls it: from domain values, with checks, near-duplicates
looked up, facts of cases counted, ads seen again updated (one in ten: the peer writes each once). The peer gets every
document that ours left, as ours sent it (vectors packed), in two ways: as values that its client turns into
JSON (as one uses it), and as JSON ready-made; at its end the indices are refreshed too. That both left as many
documents in each index is checked. Until November 2026 the peer was not given places and case files, half of all
documents: the ratios of then are of less work for it. The text is drawn from invented words.
"""

import argparse
import json
import random
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
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
    return make.ad(
        text,
        *found,
        title=text[:12],
        url=f"https://{draw.randrange(400)}.example/{draw.randrange(10**6)}",
        tokens=tokens,
        embedding=tuple(round(draw.gauss(0, 1), 6) for _ in range(DIMENSIONS)),
    )


def ours(url: str, bundles: list[CaptureBundle]) -> tuple[float, str]:
    """Seconds of one import, and the prefix it went to."""
    prefix = f"b{secrets.token_hex(4)}"
    with open_store(f"{url}?prefix={prefix}") as store:
        store.create()
        began = time.perf_counter()
        store.write_many(iter(bundles))
        return time.perf_counter() - began, prefix


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
    client: Elasticsearch, url: str, documents: list[tuple[str, str, Any]], ready: bool
) -> tuple[float, str]:
    """Seconds of parallel_bulk over these documents, and the prefix they went to."""
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
    began = time.perf_counter()
    for good, told in parallel_bulk(client, actions, thread_count=4, chunk_size=500, **expand):
        assert good, told
    client.indices.refresh(index=f"{prefix}-*")
    return time.perf_counter() - began, prefix


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundles", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--url")
    parser.add_argument("--profile", action="store_true", help="profile one import instead")
    given = parser.parse_args()
    with ExitStack() as stack:
        url = given.url
        if url is None:
            server = elasticsearch.start()
            stack.callback(server.stop)
            url = server.url
        client = stack.enter_context(Elasticsearch(url, request_timeout=120))
        bundles = drawn(given.bundles, 7)
        _, prefix = ours(url, bundles)  # warms both
        if given.profile:
            profiled(lambda: ours(url, bundles))
            return
        documents = kept(client, prefix)
        ready = [
            (index, key, json.dumps(source, ensure_ascii=False, separators=(",", ":")))
            for index, key, source in documents
        ]
        left = held(client, prefix)
        clean(client)
        ways: dict[str, Callable[[], tuple[float, str]]] = {
            "write_many": lambda: ours(url, bundles),
            "parallel_bulk of values": lambda: peer(client, url, documents, False),
            "parallel_bulk of ready JSON": lambda: peer(client, url, ready, True),
        }
        rates: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(given.rounds):
            for name in (list(ways), list(reversed(ways)))[turn % 2]:
                seconds, prefix = ways[name]()
                assert held(client, prefix) == left, (name, held(client, prefix), left)
                rates[name].append(len(documents) / seconds)
                clean(client)
        told = ", ".join(f"{index} {count}" for index, count in left.items())
        print(f"{len(documents)} documents ({told}), {given.rounds} rounds in turns")
        base = rates["write_many"]
        for name, found in rates.items():
            ratio = statistics.median(a / b for a, b in zip(base, found, strict=True))
            print(
                f"{name:28} {statistics.median(found):8.0f}/s   ours ÷ it {ratio:.2f}   {[round(f) for f in found]}"
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
