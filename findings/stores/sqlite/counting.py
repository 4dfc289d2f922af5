"""Counts of the ads that match, by the combinations of the closed lists and by the terms of each ad."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from findings.model.vocabulary import CaseState
from findings.query import Facet
from findings.search.hits import most_values, ordered
from findings.stores.ranking import severity_of
from findings.stores.sqlite.conditions import Condition
from findings.stores.sqlite.indexing import DUTY_BITS
from findings.stores.sqlite.matching import Matching

# Only conditions made by conditions.py are put into statements; what people type is a parameter.

#: The facets that a row of `ad_kinds` has values of, in the order of `_COLUMNS`.
_OF_KINDS = (
    Facet.SOURCE,
    Facet.LICENCE_STATUS,
    Facet.SEVERITY,
    Facet.CATEGORY,
    Facet.DUTY,
    Facet.PRODUCT,
    Facet.CHANNEL,
)
_COLUMNS = "source, licence_status, severity, categories, duties, product, channel"


class Kinds:
    """The rows of `ad_kinds`, read once: they are only ever added. One thread asks at a time."""

    def __init__(self) -> None:
        self._members: list[tuple[tuple[str, ...], Any]] = []
        self._size = 0

    def facets(self, connection: sqlite3.Connection, counted: Mapping[int, int]) -> list[dict[str, int]]:
        """The ads of each value, for each facet in the order of `_OF_KINDS`."""
        import numpy as np

        if not counted:
            return [{} for _ in _OF_KINDS]
        if max(counted) >= self._size:
            self._read(connection)
        ads = np.zeros(self._size, np.int64)
        ads[list(counted)] = list(counted.values())
        return [
            {value: int(count) for value, count in zip(names, members @ ads, strict=True) if count}
            for names, members in self._members
        ]

    def _read(self, connection: sqlite3.Connection) -> None:
        import numpy as np

        rows = connection.execute(f"SELECT id, {_COLUMNS} FROM ad_kinds").fetchall()  # noqa: S608
        self._size = max(row[0] for row in rows) + 1
        self._members = []
        for place, facet in enumerate(_OF_KINDS, start=1):
            of_kinds = {row[0]: tuple(_names(facet, row[place])) for row in rows}
            names = tuple(sorted({name for some in of_kinds.values() for name in some}))
            numbers = {name: number for number, name in enumerate(names)}
            members = np.zeros((len(names), self._size), np.int64)
            for kind, some in of_kinds.items():
                for name in some:
                    members[numbers[name], kind] = 1
            self._members.append((names, members))


def facets(
    connection: sqlite3.Connection,
    wanted: tuple[Facet, ...],
    matching: Matching,
    kinds: Kinds,
) -> dict[str, dict[str, int]]:
    """The facets of all ads that match."""
    found: dict[str, dict[str, int]] = {}
    of_kinds = kinds.facets(connection, matching.kinds) if set(wanted) & set(_OF_KINDS) else []
    for facet in wanted:
        if facet in _OF_KINDS:
            found[facet.value] = ordered(of_kinds[_OF_KINDS.index(facet)])
        elif facet is Facet.STATE:
            found[facet.value] = ordered(_states(connection, matching.condition, matching.total))
        else:
            found[facet.value] = ordered(_terms(connection, facet, matching.condition))
    return found


def _names(facet: Facet, value: int | str) -> Iterator[str]:
    """What a column of a combination stands for."""
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


def _terms(connection: sqlite3.Connection, facet: Facet, condition: Condition) -> dict[str, int]:
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
