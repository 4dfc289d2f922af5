"""A search of the tables, inside a transaction of the caller."""

import sqlite3
from collections.abc import Iterator

from findings.model.records import AdRecord
from findings.query import SearchResult, SortOrder
from findings.search.asked import Asked
from findings.search.cursor import Place, pack, unpack
from findings.search.hits import hit
from findings.stores.codec import decode
from findings.stores.sqlite.conditions import where
from findings.stores.sqlite.counting import Kinds, facets
from findings.stores.sqlite.matching import matching, page, places


def search(connection: sqlite3.Connection, asked: Asked, kinds: Kinds) -> SearchResult:
    """One page of the ads that match, with the counts over all of them."""
    query = asked.query
    found = matching(connection, asked.expression)
    place = unpack(query.cursor, query.sort)
    hits = page(connection, asked.expression, found, query.sort, place, query.limit + 1)
    shown = hits[: query.limit]
    return SearchResult(
        total=found.total,
        hits=tuple(hit(asked, _ad(connection, row)) for _, row in shown),
        facets=facets(connection, query.facets, found, kinds),
        next_cursor=pack(shown[-1][0]) if len(hits) > query.limit else None,
        added=asked.added,
    )


def scan(connection: sqlite3.Connection, asked: Asked) -> Iterator[AdRecord]:
    """All ads that match, in order, read as they are asked for."""
    for _, ad in _all(connection, asked, asked.query.sort):
        yield ad


def arrivals(connection: sqlite3.Connection, asked: Asked) -> Iterator[tuple[int, AdRecord]]:
    """All ads that match, with when they were stored, in that order."""
    for place, ad in _all(connection, asked, SortOrder.STORED):
        yield int(place.value), ad


def _all(connection: sqlite3.Connection, asked: Asked, sort: SortOrder) -> Iterator[tuple[Place, AdRecord]]:
    place = unpack(asked.query.cursor, sort)
    # In the order of an index, so that nothing is sorted and little is held.
    for found, row in places(connection, where(asked.expression), sort, place, -1, walk=True):
        yield found, _ad(connection, row)


def _ad(connection: sqlite3.Connection, row: int) -> AdRecord:
    (record,) = connection.execute("SELECT record FROM ads WHERE row = ?", (row,)).fetchone()
    return decode(record, AdRecord)
