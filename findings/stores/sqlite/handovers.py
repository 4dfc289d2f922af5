"""Batches, their numbers and their rows in the tables `batches`, `batch_numbers` and `handed_items`."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from findings.handovers import Stale
from findings.model.handover import BatchRecord, BatchState, HandedItem, Paper, Presence
from findings.search.cursor import micros
from findings.stores.codec import MAX_LONG, decode, encode, replaceable, within
from findings.stores.handed import MOST, MOST_BYTES, by_sending, checked_batch, counted_up, plain, portions
from findings.stores.sqlite.database import Database

_R = TypeVar("_R", BatchRecord, HandedItem)

_PUT_BATCH = (
    "INSERT OR REPLACE INTO batches (id, state, paper, year, drafted_at, record) VALUES (?, ?, ?, ?, ?, ?)"
)
_PUT_ITEM = (
    "INSERT OR REPLACE INTO handed_items (id, batch_id, row, case_id, presence, next_visit, record)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_NUMBERED = "SELECT number FROM batch_numbers WHERE office = ? AND year = ? AND batch_id = ?"
_GIVE_NUMBER = (
    "INSERT INTO batch_numbers (office, year, batch_id, number) SELECT ?1, ?2, ?3, coalesce(max(number), 0) + 1"
    " FROM batch_numbers WHERE office = ?1 AND year = ?2"
)


class SqliteHandovers:
    """See `Handovers`. Every change is one transaction, so processes take turns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def batch(self, batch_id: str) -> BatchRecord | None:
        """One batch, or None."""
        return self._find("batches", batch_id, BatchRecord)

    def put_batch(self, record: BatchRecord) -> BatchRecord | Stale:
        """Replace a batch that is as it was read."""
        record = checked_batch(record)
        with self._database.transaction("IMMEDIATE", record.id) as connection:
            return _stale(connection, "batches", record) or _put_batch(connection, counted_up(record))

    def batches(
        self,
        *,
        states: Sequence[BatchState] = (),
        papers: Sequence[Paper] = (),
        year: int | None = None,
    ) -> Iterator[BatchRecord]:
        """The batches that fit, newest draft first."""
        wanted, values = _one_of(state=states, paper=papers, year=() if year is None else (year,))
        return self._each(
            f"SELECT drafted_at, id, record FROM batches WHERE {wanted} AND (drafted_at, id) < (?, ?)"  # noqa: S608
            " ORDER BY drafted_at DESC, id DESC",
            values,
            (MAX_LONG, ""),
            BatchRecord,
        )

    def number(self, office: str, year: int, batch_id: str) -> int:
        """The number of a batch within office and year."""
        office, batch_id = plain(office), plain(batch_id)
        within(batch_id, "year", year, 1, 9999)
        asked = (office, year, batch_id)
        with self._database.transaction("IMMEDIATE", batch_id) as connection:
            if connection.execute(_NUMBERED, asked).fetchone() is None:
                connection.execute(_GIVE_NUMBER, asked)
            number: int = connection.execute(_NUMBERED, asked).fetchone()[0]
        return number

    def put_items(self, items: Iterable[HandedItem]) -> list[HandedItem | Stale]:
        """Replace rows that are as they were read, 500 a transaction."""
        stand: list[HandedItem | Stale] = []
        for portion in portions(items):
            with self._database.transaction("IMMEDIATE", portion[0].id) as connection:
                stand += [
                    _stale(connection, "handed_items", item) or _put_item(connection, counted_up(item))
                    for item in portion
                ]
        return stand

    def item(self, item_id: str) -> HandedItem | None:
        """One row, or None."""
        return self._find("handed_items", item_id, HandedItem)

    def items(self, batch_id: str) -> Iterator[HandedItem]:
        """The rows of a batch, in order."""
        return self._each(
            "SELECT row, record FROM handed_items WHERE batch_id = ? AND row > ? ORDER BY row",
            [plain(batch_id)],
            (0,),
            HandedItem,
        )

    def items_of(self, case_id: str) -> list[HandedItem]:
        """The rows of a case in all batches."""
        rows = self._each(
            "SELECT id, record FROM handed_items WHERE case_id = ? AND id > ? ORDER BY id",
            [plain(case_id)],
            ("",),
            HandedItem,
        )
        return by_sending(rows)

    def due(self, until: datetime, *, presences: Sequence[Presence] = ()) -> Iterator[HandedItem]:
        """The rows that are owed a visit by an instant, longest owed first."""
        wanted, values = _one_of(presence=presences)
        return self._each(
            f"SELECT next_visit, id, record FROM handed_items WHERE {wanted} AND next_visit <= ?"  # noqa: S608
            " AND (next_visit, id) > (?, ?) ORDER BY next_visit, id",
            [*values, micros(until)],
            (-MAX_LONG, ""),
            HandedItem,
        )

    def _find(self, table: str, document_id: str, kind: type[_R]) -> _R | None:
        with self._database.transaction() as connection:
            return _stands(connection, table, plain(document_id), kind)[0]

    def _each(
        self, query: str, values: Sequence[Any], behind: tuple[Any, ...], kind: type[_R]
    ) -> Iterator[_R]:
        """The records of a query, some at a time: whoever takes them may write between two.

        The query's last values are the place behind which to read on, its first columns that of each row.
        """
        while True:
            found: list[tuple[Any, ...]] = []
            size = 0
            with self._database.transaction() as connection:
                for row in connection.execute(f"{query} LIMIT {MOST}", [*values, *behind]):
                    found.append(row)
                    size += len(row[-1])
                    if size > MOST_BYTES:
                        break
                records = [decode(row[-1], kind) for row in found]
            if not records:
                return
            yield from records
            behind = found[-1][:-1]


def _stands(
    connection: sqlite3.Connection, table: str, document_id: str, kind: type[_R]
) -> tuple[_R | None, bytes]:
    """A record as it stands, with its JSON."""
    found = connection.execute(f"SELECT record FROM {table} WHERE id = ?", (document_id,)).fetchone()  # noqa: S608
    return (None, b"") if found is None else (decode(found[0], kind), found[0])


def _stale(connection: sqlite3.Connection, table: str, record: _R) -> Stale | None:
    """What stands in place of what a writer read; None where that is as it was. Raises WriteRefused."""
    stands, data = _stands(connection, table, record.id, type(record))
    if record.version != (stands.version if stands else 0):
        return Stale(stands)
    if stands is not None:
        replaceable(record.id, msgspec.json.decode(data), type(record))
    return None


def _put_batch(connection: sqlite3.Connection, record: BatchRecord) -> BatchRecord:
    drafted = micros(record.drafted.at)
    connection.execute(
        _PUT_BATCH,
        (record.id, record.state, record.paper, record.year, drafted, encode(record.id, record)),
    )
    return record


def _put_item(connection: sqlite3.Connection, item: HandedItem) -> HandedItem:
    due = None if item.next_visit is None else micros(item.next_visit)
    connection.execute(
        _PUT_ITEM,
        (item.id, item.batch_id, item.row, item.case_id, item.presence, due, encode(item.id, item)),
    )
    return item


def _one_of(**columns: Sequence[Any]) -> tuple[str, list[Any]]:
    """A condition on columns, each one of some values, or any where none are given."""
    asked = {column: values for column, values in columns.items() if values}
    parts = [f"{column} IN ({', '.join('?' * len(values))})" for column, values in asked.items()]
    return " AND ".join(parts) or "TRUE", [value for values in asked.values() for value in values]
