"""How long a search takes: `python benchmarks/search.py sqlite FILE` or `… elastic FOLDER`, with `--ads`, `--queries`.

Ads are generated (`search_world.py`): sentences of a Zipf vocabulary with phrases of the trade among them, twelve
months, fifteen sources, with vectors on Elasticsearch. Queries are words that stand in them, words with filters,
filters alone, operators and fields, in the order in which a seeded generator draws them; each answers a page of 20
with total, the usual facets and all highlights.

A file or folder that has the ads already is measured at once. In a folder runs a node of its own with 1 GB of heap
and two processors; an address of a server (http://…) is written to under the prefix `bench`. On Elasticsearch each
search is followed by a hand-written query of the same work, or goes after it, in turns; then eight clients at once
ask the same searches.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import search_elastic
from search_world import World

from findings.model.errors import FinAdWatchError
from findings.query import SearchQuery
from findings.store import FindingStore
from findings.stores import open_store

#: Searches before the measured ones: the first warm caches.
WARMING = 40
CLIENTS = 8
#: Milliseconds by kind of query.
Took = dict[str, list[float]]


def fill(path: Path, world: World, count: int) -> None:
    """Fill the tables that a search reads, without sightings and cases: here the searching is measured."""
    import sqlite3

    from findings.search.cursor import micros
    from findings.search.fold import letters
    from findings.stores.codec import encode
    from findings.stores.ranking import severity_rank, worst
    from findings.stores.sqlite.indexing import index_ad

    begun = time.perf_counter()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for row, ad in enumerate(world.ads(count), start=1):
        judgement = ad.judgement
        first_seen = micros(ad.first_seen)
        connection.execute(
            "INSERT INTO ads (row, id, case_id, source, licence_status, host, severity, worst, first_seen, record)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (row, ad.id, ad.case_id, ad.source, judgement.licence.status, ad.landing_host,
             severity_rank(judgement), worst(judgement), first_seen, encode(ad.id, ad)),
        )  # fmt: skip
        connection.execute(
            "INSERT INTO ad_letters (rowid, title, text) VALUES (?, ?, ?)",
            (row, letters(ad.title), letters(ad.text)),
        )
        index_ad(connection, row, ad, first_seen)
    connection.execute("COMMIT")
    connection.close()
    print(f"wrote {count} ads in {time.perf_counter() - begun:.0f} s", flush=True)


def measured_sqlite(file: Path, ads: int, queries: int) -> None:
    """Fill a file that is empty, and measure."""
    with open_store(f"sqlite:///{file}") as store:
        store.create()
        if store.search(SearchQuery(facets=(), limit=1)).total == 0:
            fill(file, World(search_elastic.SEED), ads)
        took: Took = {}
        spent: Took = {}
        found: list[int] = []
        for number, (kind, query) in enumerate(World(search_elastic.SEED).queries(WARMING + queries)):
            busy = time.thread_time()
            answer, clock = timed(store.search, query)
            busy = time.thread_time() - busy
            if number >= WARMING:
                took.setdefault(kind, []).append(clock)
                spent.setdefault(kind, []).append(busy * 1000)
                found.append(answer.total)
        print(f"sqlite, {store.search(SearchQuery(facets=(), limit=1)).total} ads; {hits(found)}")
    report("search", took)
    report("search, CPU time of this process", spent)


def measured_elastic(place: str, ads: int, queries: int) -> None:
    """Start a node on a folder, fill an index that is not full, and measure."""
    with ExitStack() as stack:
        folder = None if place.startswith("http") else Path(place)
        server = stack.enter_context(search_elastic.node(folder)) if folder else place
        url = f"{server}?prefix={search_elastic.PREFIX}"
        store = stack.enter_context(open_store(url))
        store.create()
        search_elastic.filled(server, folder, ads)
        print(f"elastic: {search_elastic.contents(server)}", flush=True)
        by_hand = search_elastic.by_hand(server)
        asked = list(World(search_elastic.SEED).queries(WARMING + queries))
        ours: Took = {}
        theirs: Took = {}
        found: list[int] = []
        for number, (kind, query) in enumerate(asked):
            if number % 2:
                answer, mine = timed(store.search, query)
                told, its = timed(by_hand, query)
            else:
                told, its = timed(by_hand, query)
                answer, mine = timed(store.search, query)
            # Its analyzer passes over signs, so a phrase may reach over a comma: it finds, or denies, a few more.
            assert '-"' in query.words or told["hits"]["total"]["value"] >= answer.total, query
            if number >= WARMING:
                ours.setdefault(kind, []).append(mine)
                theirs.setdefault(kind, []).append(its)
                found.append(answer.total)
        print(hits(found))
        report("search", ours)
        report("by hand", theirs)
        print(f"p95 ÷ by hand: {at(everything(ours), 95) / at(everything(theirs), 95):.2f}")
        ratios = [a / b for a, b in zip(everything(ours), everything(theirs), strict=True)]
        print(f"median of ratios: {statistics.median(ratios):.2f}")
        together(url, [query for _, query in asked[WARMING:]])


def together(url: str, queries: list[SearchQuery]) -> None:
    """Eight clients, each with a connection of its own, ask all queries between them."""
    errors: list[str] = []

    def ask(store: FindingStore, some: Iterable[SearchQuery]) -> list[float]:
        took = []
        for query in some:
            try:
                took.append(timed(store.search, query)[1])
            except FinAdWatchError as error:
                errors.append(str(error))
        return took

    with ExitStack() as stack:
        stores = [stack.enter_context(open_store(url)) for _ in range(CLIENTS)]
        pool = stack.enter_context(ThreadPoolExecutor(CLIENTS))
        begun = time.perf_counter()
        parts = [pool.submit(ask, store, queries[n::CLIENTS]) for n, store in enumerate(stores)]
        took = [one for part in parts for one in part.result()]
        rate = len(took) / (time.perf_counter() - begun)
    print(
        f"{CLIENTS} clients: {len(took)} searches, {len(errors)} errors {errors[:1]}, {rate:.1f} a second,"
        f" p50 {at(took, 50):.1f} ms, p95 {at(took, 95):.1f} ms, at most {max(took):.1f} ms"
    )


def timed(search: Callable[[SearchQuery], Any], query: SearchQuery) -> tuple[Any, float]:
    """The answer, and the milliseconds that it took."""
    begun = time.perf_counter()
    answer = search(query)
    return answer, (time.perf_counter() - begun) * 1000


def hits(found: list[int]) -> str:
    """How many ads the searches found."""
    return f"found {statistics.median(found):.0f} in the middle, {max(found)} at most"


def everything(took: Took) -> list[float]:
    """Of all kinds."""
    return [one for some in took.values() for one in some]


def report(name: str, took: Took) -> None:
    """Median, 95th percentile and largest in milliseconds, in all and by kind."""
    for kind, some in (("all", everything(took)), *sorted(took.items())):
        print(
            f"{name:10} {kind:10} {len(some):4}  p50 {at(some, 50):6.1f}  p95 {at(some, 95):6.1f}"
            f"  at most {max(some):6.1f} ms"
        )


def at(values: list[float], percent: int) -> float:
    """A percentile."""
    return statistics.quantiles(values, n=100)[percent - 1] if len(values) > 1 else values[0]


def main() -> None:
    """Measure one store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["sqlite", "elastic"])
    parser.add_argument("place", help="a file; a folder, or the address of a server")
    parser.add_argument("--ads", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=300)
    given = parser.parse_args()
    if given.kind == "sqlite":
        measured_sqlite(Path(given.place), given.ads, given.queries)
    else:
        measured_elastic(given.place, given.ads, given.queries)


if __name__ == "__main__":
    main()
