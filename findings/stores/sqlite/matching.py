"""Which ads match a search: they are looked up once, and all that is told of them is made from that.

Thousands of rows passed to Python one by one take longer than finding them: their numbers come as one text.
"""

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from findings.query import SortOrder
from findings.search.cursor import Place
from findings.search.expression import Expression
from findings.stores.sqlite.conditions import (
    INDICES,
    ORDERS,
    Condition,
    after,
    finds_rows,
    of_order,
    rows_first,
    where,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Only conditions made by conditions.py are put into statements; what people type is a parameter.

_numbers = msgspec.json.Decoder(list[int])


class Matching(NamedTuple):
    """The ads that match: a condition that finds them again, how many of each combination (`ad_kinds`),
    and their rows, where the search finds rows first (`conditions.finds_rows`)."""

    condition: Condition
    kinds: dict[int, int]
    rows: "NDArray[np.int64] | None"

    @property
    def total(self) -> int:
        """How many they are."""
        return sum(self.kinds.values())


def matching(connection: sqlite3.Connection, expression: Expression | None) -> Matching:
    """All ads that match."""
    if expression is None or not finds_rows(expression):
        condition, values = where(expression)
        counted = connection.execute(
            f"SELECT f.kind, count(*) FROM ad_facts AS f WHERE {condition} GROUP BY f.kind",  # noqa: S608
            values,
        )
        return Matching((condition, values), dict(counted.fetchall()), None)
    import numpy as np

    tables, (condition, values) = rows_first(expression)
    ads, kinds = connection.execute(
        f"SELECT group_concat(f.ad), group_concat(f.kind) FROM {tables} WHERE {condition}",  # noqa: S608
        values,
    ).fetchone()
    listed = f"[{ads or ''}]"
    names, counts = np.unique(_array(f"[{kinds or ''}]"), return_counts=True)
    return Matching(
        ("f.ad IN (SELECT value FROM json_each(?))", [listed]),
        dict(zip(names.tolist(), counts.tolist(), strict=True)),
        _array(listed),
    )


def page(
    connection: sqlite3.Connection,
    expression: Expression | None,
    found: Matching,
    sort: SortOrder,
    place: Place | None,
    limit: int,
) -> list[tuple[Place, int]]:
    """Places and rows of the first of the ads found behind a place, in order."""
    if not found.total:
        return []
    if found.rows is None:
        (stored,) = connection.execute("SELECT coalesce(max(ad), 0) FROM ad_facts").fetchone()
        # Ads in order until enough of them match, or those that match, sorted: by what is likely less work.
        walk = found.total**2 > 4 * stored
        return list(places(connection, found.condition, sort, place, limit, walk=walk))
    walked = _walked(connection, of_order(expression, sort), found, sort, place, limit)
    return walked or list(places(connection, found.condition, sort, place, limit, walk=False))


def places(
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


def _walked(
    connection: sqlite3.Connection,
    within: Condition,
    found: Matching,
    sort: SortOrder,
    place: Place | None,
    limit: int,
) -> list[tuple[Place, int]]:
    """A full page of the ads found, by walking through all in order; nothing if that takes longer than
    sorting those found, of which there are fewer than a page perhaps."""
    import numpy as np

    assert found.rows is not None
    is_found = np.zeros(int(found.rows.max()) + 1, np.bool_)
    is_found[found.rows] = True
    marks = is_found.tobytes()
    met: list[tuple[Place, int]] = []
    for one in places(connection, within, sort, place, found.total, walk=True):
        if one[1] < len(marks) and marks[one[1]]:
            met.append(one)
            if len(met) == limit:
                return met
    return []


def _array(numbers: str) -> "NDArray[np.int64]":
    import numpy as np

    return np.array(_numbers.decode(numbers), np.int64)
