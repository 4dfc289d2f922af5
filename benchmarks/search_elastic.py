"""Elasticsearch for the measuring of searches: a node of its own, its documents, the same work asked by hand."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search_world import World

from findings.query import SearchQuery, SortOrder
from tests.support import elasticsearch as server
from tests.support.java import java_home
from tests.support.ports import free_port

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

PREFIX = "bench"
SEED = 7
#: Ads written again where a filling was interrupted: as many as were on their way at once, and more.
MARGIN = 5_000
HEAP = "1g"
_SETTINGS = """\
cluster.name: finadwatch-benchmark
node.name: one
node.processors: 2
discovery.type: single-node
network.host: 127.0.0.1
http.port: {port}
transport.port: {transport}
xpack.ml.enabled: false
xpack.security.enabled: false
path.data: {home}/data
path.logs: {home}/logs
cluster.routing.allocation.disk.threshold_enabled: false
"""
#: Seconds until a node with some ten million documents of Lucene has opened its indices.
_START_SECONDS = 300


@contextmanager
def node(folder: Path) -> Iterator[str]:
    """The address of a node with 1 GB of heap and two processors, whose data stays in a folder."""
    home = folder.resolve() / f"elasticsearch-{server.VERSION}"
    if not home.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        server.unpack(server.distribution(), home.parent)
    port = free_port()
    settings = _SETTINGS.format(port=port, transport=free_port(), home=home)
    (home / "config" / "elasticsearch.yml").write_text(settings)
    options = home / "config" / "jvm.options.d" / "heap.options"
    options.parent.mkdir(exist_ok=True)
    options.write_text(f"-Xms{HEAP}\n-Xmx{HEAP}\n")
    process = server.launch(home, java_home())
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not server.healthy(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the node did not start; see {home}/console-config.log")
            time.sleep(0.5)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(120)


def filled(url: str, folder: Path | None, count: int) -> None:
    """See to it that the index has so many ads. A filling that was interrupted goes on: ads come in one order."""
    from elasticsearch import Elasticsearch

    with Elasticsearch(url, request_timeout=300) as client:
        note = folder / "filled.json" if folder else None
        begun = {"ads": count}
        if note and (not note.is_file() or json.loads(note.read_text()) != begun):
            for index in client.indices.get_alias(name=f"{PREFIX}-ads").body:
                client.indices.delete(index=index)
            note.write_text(json.dumps(begun))
        client.indices.refresh(index=f"{PREFIX}-ads*")
        there = client.count(index=f"{PREFIX}-ads*")["count"]
        if there < count:
            _fill(client, url, count, max(0, there - MARGIN))
        while client.cluster.health()["initializing_shards"] or _merging(client):
            time.sleep(2)


def _merging(client: Any) -> int:
    told = client.indices.stats(index=f"{PREFIX}-ads", metric="merge")["_all"]["primaries"]
    merges: int = told["merges"]["current"]
    return merges


def _fill(client: "Elasticsearch", url: str, count: int, start: int) -> None:
    """Write the documents of the ads from a number on: here the searching is measured, not the writing."""
    from findings.stores.elastic.bulk import Item, write_bulk
    from findings.stores.elastic.documents import Seen, ad_document
    from findings.stores.elastic.names import Names, month_of
    from findings.stores.elastic.templates import create_index

    names = Names(f"{PREFIX}-")
    begun = time.perf_counter()
    made: set[str] = set()

    def items() -> Iterator[Item]:
        for number, ad in enumerate(World(SEED).ads(count, vectors=True)):
            if number < start:
                continue
            index = names.index("ads", month_of(ad.first_seen))
            if index not in made:
                create_index(client, index)
                made.add(index)
            if number % 20_000 == 0:
                print(f"{number} ads after {time.perf_counter() - begun:.0f} s", flush=True)
            yield Item(index, ad.id, ad_document(ad, Seen(frozenset([PREFIX]), last=ad.first_seen)))

    write_bulk(client, url, items(), refresh=True)
    print(f"wrote ads {start} to {count} in {time.perf_counter() - begun:.0f} s", flush=True)


def contents(url: str) -> str:
    """What is searched, in a sentence."""
    from elasticsearch import Elasticsearch

    with Elasticsearch(url, request_timeout=300) as client:
        told = client.search(
            index=f"{PREFIX}-ads",
            size=0,
            track_total_hits=True,
            aggregations={"findings": {"nested": {"path": "findings"}}},
        )
        stats = client.indices.stats(index=f"{PREFIX}-ads", metric="store,segments,docs")
        whole = stats["_all"]["primaries"]
        ads, findings = told["hits"]["total"]["value"], told["aggregations"]["findings"]["doc_count"]
        return (
            f"{ads} ads with {findings} findings in {len(stats['indices'])} indices,"
            f" {whole['docs']['count']} documents of Lucene in {whole['segments']['count']} segments,"
            f" {whole['store']['size_in_bytes'] / 1e9:.1f} GB"
        )


def by_hand(url: str) -> Callable[[SearchQuery], Any]:
    """The same work as one who knows the index would ask for it: page, total, four counts, highlighter."""
    from elasticsearch import Elasticsearch

    from findings.search.asked import ask
    from findings.search.fold import fold

    client = Elasticsearch(url, request_timeout=120)

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
        worst = query.sort is SortOrder.WORST
        return client.search(
            index=f"{PREFIX}-ads",
            query={"bool": {"filter": filters, "must_not": denied}},
            sort=[{"worst" if worst else "first_seen_us": "desc"}, {"id": "asc"}],
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
