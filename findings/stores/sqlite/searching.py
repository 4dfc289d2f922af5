"""A search of the tables, inside a transaction of the caller."""

import sqlite3
from collections import Counter
from collections.abc import Iterator

from findings.model.records import AdRecord
from findings.model.vocabulary import CaseState
from findings.query import Facet, SearchResult, SortOrder
from findings.search.asked import Asked
from findings.search.cursor import Place, pack, unpack
from findings.search.hits import hit, most_values, ordered
from findings.stores.codec import decode
from findings.stores.ranking import severity_of
from findings.stores.sqlite.conditions import ORDERS, Condition, after, where
from findings.stores.sqlite.indexing import DUTY_BITS

# Only conditions made by conditions.py are put into statements; what people type is a parameter.

#: Ads read at once by `scan`.
_BATCH = 200

#: Facets counted from `ad_kinds`, and those from the terms of each ad.
_OF_KINDS = {Facet.SOURCE, Facet.LICENCE_STATUS, Facet.SEVERITY, Facet.PRODUCT, Facet.CHANNEL, Facet.CATEGORY, Facet.DUTY}  # fmt: skip
_OF_TERMS = {Facet.PROVINCE, Facet.DEVICE, Facet.REGION, Facet.RULE, Facet.KEYWORD, Facet.DOMAIN}


def search(connection: sqlite3.Connection, asked: Asked) -> SearchResult:
    """One page of the ads that match, with the counts over all of them."""
    query = asked.query
    condition = where(asked.expression)
    kinds = _kinds(connection, condition)
    rows = _page(connection, condition, query.sort, unpack(query.cursor, query.sort), query.limit + 1)
    ads = [ad for _, ad in rows[: query.limit]]
    more = len(rows) > query.limit
    return SearchResult(
        total=sum(kinds.values()),
        hits=tuple(hit(asked, ad) for ad in ads),
        facets={facet.value: _facet(connection, facet, condition, kinds) for facet in query.facets},
        next_cursor=pack(rows[query.limit - 1][0]) if more else None,
        added=asked.added,
    )


def scan(connection: sqlite3.Connection, asked: Asked) -> Iterator[AdRecord]:
    """All ads that match, in order, some at a time."""
    sort = asked.query.sort
    condition = where(asked.expression)
    place = unpack(asked.query.cursor, sort)
    while rows := _page(connection, condition, sort, place, _BATCH):
        yield from (ad for _, ad in rows)
        place = rows[-1][0]


def arrivals(connection: sqlite3.Connection, asked: Asked) -> Iterator[tuple[int, AdRecord]]:
    """All ads that match, with when they were stored, in that order."""
    condition = where(asked.expression)
    place: Place | None = None
    while rows := _page(connection, condition, SortOrder.STORED, place, _BATCH):
        yield from ((int(at.value), ad) for at, ad in rows)
        place = rows[-1][0]


def _page(
    connection: sqlite3.Connection, condition: Condition, sort: SortOrder, place: Place | None, limit: int
) -> list[tuple[Place, AdRecord]]:
    column, way = ORDERS[sort]
    behind, of_place = after(sort, place)
    rows = connection.execute(
        f"SELECT f.{column}, f.id, ads.record FROM ad_facts AS f JOIN ads ON ads.row = f.ad"  # noqa: S608
        f" WHERE {condition[0]} AND {behind} ORDER BY f.{column} {way}, f.id LIMIT ?",
        [*condition[1], *of_place, limit],
    )
    return [(Place(sort, value, name), decode(record, AdRecord)) for value, name, record in rows]


def _kinds(connection: sqlite3.Connection, condition: Condition) -> dict[int, int]:
    """How many ads match of each combination of the closed lists."""
    return dict(
        connection.execute(
            f"SELECT f.kind, count(*) FROM ad_facts AS f WHERE {condition[0]} GROUP BY f.kind",  # noqa: S608
            condition[1],
        ).fetchall()
    )


def _facet(
    connection: sqlite3.Connection, facet: Facet, condition: Condition, kinds: dict[int, int]
) -> dict[str, int]:
    if facet in _OF_KINDS:
        return _of_kinds(connection, facet, kinds)
    if facet in _OF_TERMS:
        return ordered(_of_terms(connection, facet, condition))
    return ordered(_states(connection, condition, sum(kinds.values())))


def _of_kinds(connection: sqlite3.Connection, facet: Facet, kinds: dict[int, int]) -> dict[str, int]:
    column = {Facet.CATEGORY: "categories", Facet.DUTY: "duties"}.get(facet, facet.value)
    counted: Counter[str] = Counter()
    for kind, value in connection.execute(f"SELECT id, {column} FROM ad_kinds"):  # noqa: S608
        if count := kinds.get(kind, 0):
            for name in _names(facet, value):
                counted[name] += count
    return ordered(counted)


def _names(facet: Facet, value: int | str) -> Iterator[str]:
    """The values that a combination stands for."""
    match facet:
        case Facet.CATEGORY:
            yield from (str(number) for number in range(1, 10) if int(value) >> number & 1)
        case Facet.DUTY:
            yield from (str(duty) for duty, bit in DUTY_BITS.items() if int(value) >> bit & 1)
        case Facet.SEVERITY:
            if int(value) >= 0:
                yield severity_of(int(value)).value
        case _:
            yield str(value)


def _of_terms(connection: sqlite3.Connection, facet: Facet, condition: Condition) -> dict[str, int]:
    return dict(
        connection.execute(
            "SELECT terms.value, count(*) AS ads FROM terms JOIN ad_terms ON ad_terms.term = terms.id"  # noqa: S608
            " WHERE terms.field = ? AND ad_terms.ad IN"
            f" (SELECT f.ad FROM ad_facts AS f WHERE {condition[0]})"
            " GROUP BY terms.id ORDER BY ads DESC, terms.value LIMIT ?",
            [facet.value, *condition[1], most_values(facet)],
        ).fetchall()
    )


def _states(connection: sqlite3.Connection, condition: Condition, total: int) -> dict[str, int]:
    """Ads by the state of their cases; the open ones are the rest."""
    counted: Counter[str] = Counter(
        dict(
            connection.execute(
                "SELECT case_files.state, count(*) FROM case_files JOIN ads ON ads.case_id = case_files.id"  # noqa: S608
                " WHERE case_files.state <> ? AND ads.row IN"
                f" (SELECT f.ad FROM ad_facts AS f WHERE {condition[0]}) GROUP BY case_files.state",
                [CaseState.OPEN, *condition[1]],
            ).fetchall()
        )
    )
    if left := total - counted.total():
        counted[CaseState.OPEN] = left
    return counted
