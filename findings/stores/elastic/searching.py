"""A search of the index: a page of it, or the whole from one view."""

from collections.abc import Iterator
from typing import Any

from findings.model.records import AdRecord
from findings.query import Facet, SearchResult, SortOrder
from findings.search.asked import Asked
from findings.search.cursor import Place, pack, unpack
from findings.search.hits import hit, ordered
from findings.stores.elastic.queries import ORDERS, aggregations, conditions
from findings.stores.elastic.reading import Reader, record
from findings.stores.ranking import severity_of


def search(reader: Reader, asked: Asked) -> SearchResult:
    """One page of the ads that match, with the counts over all of them."""
    query = asked.query
    told = reader.ask(
        "ads",
        query=conditions(asked.expression),
        sort=ORDERS[query.sort],
        size=query.limit + 1,
        search_after=_after(asked),
        source_includes=["record"],
        track_total_hits=True,
        aggregations=aggregations(query.facets) or None,
    )
    hits = told["hits"]["hits"]
    shown = hits[: query.limit]
    last = Place(query.sort, *shown[-1]["sort"]) if len(hits) > query.limit else None
    return SearchResult(
        total=told["hits"]["total"]["value"],
        hits=tuple(hit(asked, record(found, AdRecord)) for found in shown),
        facets={facet.value: _counts(facet, told["aggregations"][facet.value]) for facet in query.facets},
        next_cursor=pack(last) if last else None,
        added=asked.added,
    )


def scan(reader: Reader, asked: Asked) -> Iterator[AdRecord]:
    """All ads that match, in order, from one view of the index however many are written meanwhile."""
    for found in reader.view("ads", conditions(asked.expression), ORDERS[asked.query.sort], _after(asked)):
        yield record(found, AdRecord)


def arrivals(reader: Reader, asked: Asked) -> Iterator[tuple[int, AdRecord]]:
    """All ads that match, with when they were stored, in that order."""
    for found in reader.view("ads", conditions(asked.expression), ORDERS[SortOrder.STORED], None):
        yield found["sort"][0], record(found, AdRecord)


def _after(asked: Asked) -> list[Any] | None:
    place = unpack(asked.query.cursor, asked.query.sort)
    return [place.value, place.id] if place else None


def _counts(facet: Facet, aggregation: Any) -> dict[str, int]:
    """Documents by value; the rank of ads without a finding is left out."""
    counted = {bucket["key"]: bucket["doc_count"] for bucket in aggregation["buckets"]}
    if facet is Facet.SEVERITY:
        return ordered({severity_of(rank).value: count for rank, count in counted.items() if rank >= 0})
    return ordered({str(value): count for value, count in counted.items()})
