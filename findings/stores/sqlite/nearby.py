"""Ads near another one in words or meaning, inside a transaction of the caller."""

import sqlite3
from collections.abc import Iterator, Sequence

from findings.model.records import AdRecord
from findings.search.asked import Asked
from findings.search.near import MAX_CANDIDATES, Near, nearest_in_meaning, nearest_marks
from findings.stores.codec import decode
from findings.stores.sqlite.conditions import where
from findings.stores.sqlite.indexing import SIGN

#: Vectors compared at once: 1 kB each.
_BATCH = 4096


def alike(connection: sqlite3.Connection, mark: int, asked: Asked) -> list[Near]:
    """The ads that match, nearest in words first."""
    condition, values = where(asked.expression)
    rows = connection.execute(
        f"SELECT f.id, f.simhash FROM ad_facts AS f WHERE {condition} ORDER BY f.id LIMIT ?",  # noqa: S608
        [*values, MAX_CANDIDATES],
    )
    marks = ((name, simhash + SIGN) for name, simhash in rows)
    near = nearest_marks(mark, marks, asked.query.limit)
    return [Near(_ad(connection, name), nearness) for name, nearness in near]


def meaning(connection: sqlite3.Connection, vector: Sequence[float], asked: Asked) -> list[Near]:
    """The ads that match, nearest in meaning first: every vector is compared."""
    limit = asked.query.limit
    best: list[tuple[float, str]] = []
    for some in _compared(connection, vector, asked):
        best = sorted([*best, *some])[:limit]
    return nearest_in_meaning(vector, (_ad(connection, name) for _, name in best), limit)


def _compared(
    connection: sqlite3.Connection, vector: Sequence[float], asked: Asked
) -> Iterator[list[tuple[float, str]]]:
    """Minus the cosine of each ad's vector, with its id, some at a time."""
    import numpy as np

    wanted = np.asarray(vector, np.float32)
    condition, values = where(asked.expression)
    rows = connection.execute(
        "SELECT f.id, v.vector FROM ad_vectors AS v JOIN ad_facts AS f ON f.ad = v.ad"  # noqa: S608
        f" WHERE {condition}",
        values,
    )
    while some := rows.fetchmany(_BATCH):
        vectors = np.frombuffer(b"".join(blob for _, blob in some), np.float32).reshape(len(some), -1)
        far = -(vectors @ wanted)
        kept = np.argsort(far, kind="stable")[: asked.query.limit]
        # Those as near as the last kept one may have a smaller id.
        edge = np.flatnonzero(far <= far[kept[-1]])
        yield [(float(far[n]), some[n][0]) for n in edge]


def _ad(connection: sqlite3.Connection, name: str) -> AdRecord:
    (record,) = connection.execute("SELECT record FROM ads WHERE id = ?", (name,)).fetchone()
    return decode(record, AdRecord)
