"""A search of the tables, inside a transaction of the caller."""

import sqlite3
from collections.abc import Iterator

from findings.model.records import AdRecord
from findings.query import SearchResult, SortOrder
from findings.search.asked import Asked
from findings.search.cursor import Place, pack, unpack
from findings.search.hits import hit
from findings.stores.codec import decode
from findings.stores.sqlite.conditions import INDICES, ORDERS, Condition, after, only_kinds, where
from findings.stores.sqlite.counting import Kinds, count_kinds, facets

# Only conditions made by conditions.py are put into statements; what people type is a parameter.


def search(connection: sqlite3.Connection, asked: Asked, kinds: Kinds) -> SearchResult:
    """One page of the ads that match, with the counts over all of them."""
    query = asked.query
    condition = where(asked.expression)
    counted = count_kinds(connection, condition, narrow=only_kinds(asked.expression))
    total = sum(counted.values())
    place = unpack(query.cursor, query.sort)
    (stored,) = connection.execute("SELECT coalesce(max(ad), 0) FROM ad_facts").fetchone()
    # Ads in order until enough of them match, or those that match, sorted: by what is likely less work.
    walk = total * total > 4 * stored
    found = list(_places(connection, condition, query.sort, place, query.limit + 1, walk=walk))
    shown = found[: query.limit]
    return SearchResult(
        total=total,
        hits=tuple(hit(asked, _ad(connection, row)) for _, row in shown),
        facets=facets(connection, query.facets, condition, counted, kinds),
        next_cursor=pack(shown[-1][0]) if len(found) > query.limit else None,
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
    for found, row in _places(connection, where(asked.expression), sort, place, -1, walk=True):
        yield found, _ad(connection, row)


def _places(
    connection: sqlite3.Connection,
    condition: Condition,
    sort: SortOrder,
    place: Place | None,
    limit: int,
    *,
    walk: bool,
) -> Iterator[tuple[Place, int]]:
    """Places and rows of the ads that match behind a place, in order; `limit` -1 for all."""
    column, way = ORDERS[sort]
    behind, of_place = after(sort, place)
    by = f"INDEXED BY {INDICES[sort]}" if walk else ""
    rows = connection.execute(
        f"SELECT f.{column}, f.id, f.ad FROM ad_facts AS f {by} WHERE {condition[0]} AND {behind}"  # noqa: S608
        f" ORDER BY f.{column} {way}, f.id LIMIT ?",
        [*condition[1], *of_place, limit],
    )
    for value, name, row in rows:
        yield Place(sort, value, name), row


def _ad(connection: sqlite3.Connection, row: int) -> AdRecord:
    (record,) = connection.execute("SELECT record FROM ads WHERE row = ?", (row,)).fetchone()
    return decode(record, AdRecord)
