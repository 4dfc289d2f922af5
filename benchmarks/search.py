"""How long a search takes: `python benchmarks/search.py sqlite|elastic --ads 200000 [--queries 300]`.

Ads are generated: sentences of a Zipf vocabulary with phrases of the trade among them, twelve months, fifteen
sources. Queries are words that stand in them, words with filters, filters alone, operators and fields, in the
order in which a seeded generator draws them; each answers a page of 20 with total, the usual facets and all
highlights. `sqlite FILE` keeps its file and goes on with it; `elastic URL` writes under the prefix `bench`,
beside each search a hand-written query of the same work is asked, in turns.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from findings.model.records import AdRecord
from findings.model.vocabulary import LicenceStatus, Severity
from findings.query import SearchQuery
from findings.stores import open_store
from tests.support import records as make

START = datetime(2025, 12, 1, tzinfo=UTC)
MONTHS_S = 360 * 86_400
PHRASES = (
    "保本保息", "年化收益率12%", "稳赚不赔", "无抵押贷款", "当天放款", "内部消息", "专家推荐", "零风险", "限时抢购",
    "加微信领取", "高额返利", "理财产品", "信用卡套现", "投资有风险", "股票推荐", "首付贷款",
)  # fmt: skip


class World:
    """Ads one after another; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        han = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
        self.draw.shuffle(han)
        # Two to three characters a word; the n-th word is 1/n as frequent as the first.
        self.words = ["".join(self.draw.choices(han, k=self.draw.choice((2, 2, 3)))) for _ in range(20_000)]
        self.weights = [1 / (rank + 5) for rank in range(len(self.words))]
        self.hosts = [f"s{n}.{'abcdefgh'[n % 8]}{n % 500}.example" for n in range(5000)]

    def text(self, words: int) -> str:
        """A text of so many words, with a phrase of the trade in four and a comma in six."""
        told: list[str] = []
        for word in self.draw.choices(self.words, self.weights, k=words):
            told.append(word)
            if self.draw.random() < 0.02:
                told.append(self.draw.choice(PHRASES))
            if self.draw.random() < 0.15:
                told.append("，")
        return "".join(told)

    def ads(self, count: int) -> Iterator[AdRecord]:
        """So many different ads."""
        for number in range(count):
            text = self.text(self.draw.randint(30, 130)) + f" {number}"
            findings = [
                make.finding(
                    category,
                    self.draw.choice(list(Severity)),
                    round(self.draw.uniform(0.3, 1), 3),
                    spans=(make.Span("text", 0, 4, text[:4]), make.Span("text", 9, 12, text[9:12])),
                )
                for category in sorted(
                    {self.draw.randint(1, 9) for _ in range(self.draw.choice((0, 1, 1, 2)))}
                )
            ]
            yield make.ad(
                text,
                *findings,
                title=self.text(4),
                source=f"source{self.draw.randint(1, 15)}",
                url=f"https://{self.draw.choice(self.hosts)}/{number}",
                licence=self.draw.choice(list(LicenceStatus)),
                first_seen=START + timedelta(seconds=self.draw.randrange(MONTHS_S)),
                advertiser_shown=f"{self.draw.choice(self.words)}{self.draw.choice(self.words)}有限公司",
            )

    def queries(self, count: int) -> Iterator[tuple[str, SearchQuery]]:
        """Searches of several kinds, by name."""
        for _ in range(count):
            kind = self.draw.choices(
                ("word", "trade", "two words", "filtered", "filters", "operators", "field"),
                (35, 10, 15, 15, 10, 10, 5),
            )[0]
            # Not the thirty words that are in more than a fifth of all ads: nobody looks for those.
            word, other, third = self.draw.choices(self.words[30:], self.weights[30:], k=3)
            since = START + timedelta(days=self.draw.randrange(300))
            match kind:
                case "word":
                    yield kind, SearchQuery(words=f'"{word}"')
                case "trade":
                    yield kind, SearchQuery(words=f'"{self.draw.choice(PHRASES)}"')
                case "two words":
                    yield kind, SearchQuery(words=f'"{word}" "{other}"')
                case "filtered":
                    yield (
                        kind,
                        SearchQuery(
                            words=f'"{word}"',
                            categories=(self.draw.randint(1, 9),),
                            since=since,
                            until=since + timedelta(days=60),
                        ),
                    )
                case "filters":
                    yield (
                        kind,
                        SearchQuery(
                            categories=(self.draw.randint(1, 9),),
                            sources=(f"source{self.draw.randint(1, 15)}",),
                        ),
                    )
                case "operators":
                    yield kind, SearchQuery(words=f'("{word}" OR "{other}") -"{third}"')
                case _:
                    yield kind, SearchQuery(words=f"domain:{self.draw.choice(self.hosts).split('.', 1)[1]}")


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


def fill_index(url: str, world: World, count: int) -> None:
    """Write the ads' documents in bulk: here the searching is measured, not the writing."""
    from elasticsearch import Elasticsearch
    from elasticsearch.helpers import parallel_bulk

    from findings.stores.elastic.documents import Seen, ad_document
    from findings.stores.elastic.names import Names, month_of
    from findings.stores.elastic.templates import create_index

    names = Names("bench-")
    server = url.partition("?")[0]
    begun = time.perf_counter()
    with Elasticsearch(server, request_timeout=120) as client:
        made: set[str] = set()

        def actions() -> Iterator[dict[str, Any]]:
            for ad in world.ads(count):
                index = names.index("ads", month_of(ad.first_seen))
                if index not in made:
                    create_index(client, index)
                    made.add(index)
                yield {
                    "_index": index,
                    "_id": ad.id,
                    "_source": ad_document(ad, Seen(frozenset(["bench"]), last=ad.first_seen)),
                }

        for _ in parallel_bulk(
            client, actions(), thread_count=2, chunk_size=500, expand_action_callback=_lines
        ):
            pass
        client.indices.refresh(index=f"{names.alias('ads')}")
    print(f"wrote {count} ads in {time.perf_counter() - begun:.0f} s", flush=True)


def _lines(action: dict[str, Any]) -> tuple[Any, Any]:
    return {"index": {"_index": action["_index"], "_id": action["_id"]}}, action["_source"]


def by_hand(url: str) -> Callable[[SearchQuery], Any]:
    """The same work as one who knows the index would ask for it: page, total, four counts, highlighter."""
    from elasticsearch import Elasticsearch

    from findings.search.asked import ask
    from findings.search.fold import fold

    client = Elasticsearch(url.partition("?")[0], request_timeout=120)

    def phrase(word: str) -> dict[str, Any]:
        return {
            "multi_match": {"query": fold(word), "type": "phrase", "fields": ["folded.title", "folded.text"]}
        }

    def search(query: SearchQuery) -> Any:
        words = query.words.replace("(", "").replace(")", "").split('"')
        filters: list[Any] = []
        denied: list[Any] = []
        if query.words.startswith("domain:"):
            filters.append({"term": {"domains": query.words[7:]}})
        elif " OR " in query.words:
            filters.append({"bool": {"should": [phrase(words[1]), phrase(words[3])]}})
            denied.append(phrase(words[5]))
        else:
            filters += [phrase(word) for word in words[1::2]]
        if query.categories:
            filters.append({"terms": {"categories": query.categories}})
        if query.sources:
            filters.append({"terms": {"source": query.sources}})
        if query.since and query.until:
            filters.append({"range": {"first_seen": {"gte": query.since, "lt": query.until}}})
        return client.search(
            index="bench-ads",
            query={"bool": {"filter": filters, "must_not": denied}},
            sort=[{"first_seen_us": "desc"}, {"id": "asc"}],
            size=21,
            source_includes=["record"],
            track_total_hits=True,
            aggregations={
                name: {"terms": {"field": field, "size": 1000}}
                for name, field in (
                    ("c", "categories"),
                    ("s", "source"),
                    ("l", "licence_status"),
                    ("v", "severity"),
                )
            },
            highlight={
                "fields": {"folded.title": {}, "folded.text": {}},
                "type": "unified",
                "number_of_fragments": 0,
                "highlight_query": {"bool": {"should": [phrase(term) for term in ask(query).phrases]}},
            }
            if ask(query).phrases
            else None,
        ).body

    return search


def report(name: str, took: dict[str, list[float]]) -> None:
    """Median and 95th percentile in milliseconds, in all and by kind."""
    everything = [one for some in took.values() for one in some]
    print(
        f"{name}: {len(everything)} searches, p50 {at(everything, 50):.1f} ms, p95 {at(everything, 95):.1f} ms"
    )
    for kind, some in sorted(took.items()):
        print(f"  {kind:10} {len(some):4}  p50 {at(some, 50):6.1f}  p95 {at(some, 95):6.1f}")


def at(values: list[float], percent: int) -> float:
    """A percentile."""
    return statistics.quantiles(values, n=100)[percent - 1] if len(values) > 1 else values[0]


def main() -> None:
    """Measure one store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["sqlite", "elastic"])
    parser.add_argument("place", help="a file, or the address of a server")
    parser.add_argument("--ads", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=300)
    asked = parser.parse_args()
    url = f"sqlite:///{asked.place}" if asked.kind == "sqlite" else f"{asked.place}?prefix=bench"
    world = World(7)
    with open_store(url) as store:
        store.create()
        there = store.search(SearchQuery(facets=(), limit=1)).total
        if there == 0 and asked.kind == "sqlite":
            fill(Path(asked.place), World(7), asked.ads)
        elif there == 0:
            fill_index(url, World(7), asked.ads)
        hand = by_hand(url) if asked.kind == "elastic" else None
        queries = list(world.queries(asked.queries + 40))
        ours: dict[str, list[float]] = {}
        spent: dict[str, list[float]] = {}
        theirs: dict[str, list[float]] = {}
        found: list[int] = []
        for number, (kind, query) in enumerate(queries):
            busy = time.thread_time()
            begun = time.perf_counter()
            answer = store.search(query)
            ended = time.perf_counter()
            busy = time.thread_time() - busy
            if hand is not None:
                told = hand(query)
                last = time.perf_counter()
                # Its analyzer passes over signs, so a phrase may reach over a comma: it finds a few more.
                assert told["hits"]["total"]["value"] >= answer.total, query
            if number >= 40:  # the first warm caches
                ours.setdefault(kind, []).append((ended - begun) * 1000)
                spent.setdefault(kind, []).append(busy * 1000)
                found.append(answer.total)
                if hand is not None:
                    theirs.setdefault(kind, []).append((last - ended) * 1000)
        total = store.search(SearchQuery(facets=(), limit=1)).total
        print(
            f"{asked.kind}, {total} ads; found {statistics.median(found):.0f} in the middle, {max(found)} at most"
        )
        report("search", ours)
        report("search, CPU time of this process", spent)
        if theirs:
            report("by hand", theirs)
            one, other = ([x for some in t.values() for x in some] for t in (ours, theirs))
            print(
                f"p95 ÷ by hand: {at(one, 95) / at(other, 95):.2f}; median of ratios {statistics.median(a / b for a, b in zip(one, other, strict=True)):.2f}"
            )


if __name__ == "__main__":
    main()
