"""What older layouts lack, added in place: every step only adds, so an interrupted one is rolled back whole."""

import sqlite3
from collections.abc import Iterator

import msgspec

from findings.model.crawl import Capture
from findings.search.cursor import micros
from findings.stores.codec import decode
from findings.stores.sqlite.writing import filled_text

#: Captures read at a time: a record may hold the text of many landing pages.
_BATCH = 200


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring tables of a layout up to what `schema.sql` then completes, inside the caller's transaction."""
    if version == 1:
        _time_and_fields_of_captures(connection)
    if version in (1, 2):
        _places_of_captures(connection)
    if version in (1, 2, 3):
        _duties_of_ads(connection)


def _time_and_fields_of_captures(connection: sqlite3.Connection) -> None:
    """Version 2: `captures.at` and `captures.filled`, from the records."""
    connection.execute("ALTER TABLE captures ADD COLUMN at INTEGER NOT NULL DEFAULT 0")
    connection.execute("ALTER TABLE captures ADD COLUMN filled TEXT NOT NULL DEFAULT '{}'")
    for some in _batches(connection):
        connection.executemany(
            "UPDATE captures SET at = ?, filled = ? WHERE task_id = ?",
            [(micros(capture.at), filled_text(capture), task) for task, capture in some],
        )


def _places_of_captures(connection: sqlite3.Connection) -> None:
    """Version 3: `captures.device` and `captures.region`, from the records."""
    connection.execute("ALTER TABLE captures ADD COLUMN device TEXT NOT NULL DEFAULT ''")
    connection.execute("ALTER TABLE captures ADD COLUMN region TEXT")
    for some in _batches(connection):
        connection.executemany(
            "UPDATE captures SET device = ?, region = ? WHERE task_id = ?",
            [(capture.task.device, capture.task.region, task) for task, capture in some],
        )


def _duties_of_ads(connection: sqlite3.Connection) -> None:
    """Version 4: the table `ad_duties`, from the records."""
    connection.execute(
        "CREATE TABLE ad_duties (duty TEXT NOT NULL, ad INTEGER NOT NULL REFERENCES ads (row) ON DELETE CASCADE,"
        " PRIMARY KEY (duty, ad)) STRICT, WITHOUT ROWID"
    )
    connection.execute(
        "INSERT OR IGNORE INTO ad_duties (duty, ad)"
        " SELECT json_extract(missed.value, '$.duty'), ads.row"
        " FROM ads, json_each(CAST(ads.record AS TEXT), '$.judgement.form') AS missed"
    )


def _batches(connection: sqlite3.Connection) -> Iterator[list[tuple[str, Capture]]]:
    """All captures with their task ids, some at a time."""
    last = ""
    while rows := connection.execute(
        "SELECT task_id, record FROM captures WHERE task_id > ? ORDER BY task_id LIMIT ?", (last, _BATCH)
    ).fetchall():
        yield [(task, _capture(task, record)) for task, record in rows]
        last = rows[-1][0]


def _capture(task: str, record: bytes) -> Capture:
    try:
        return decode(record, Capture)
    except msgspec.DecodeError as error:
        raise sqlite3.DatabaseError(f"the capture of task {task} can't be read: {error}") from error
