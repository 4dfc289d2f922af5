"""What older layouts lack, added in place: every step only adds, so an interrupted one is rolled back whole."""

import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

import msgspec

from findings.cases.facts import creative_key
from findings.cases.joining import signs_of
from findings.model.crawl import Capture
from findings.model.records import AdRecord, Sighting
from findings.search.cursor import micros
from findings.stores.codec import decode
from findings.stores.sqlite import alike, case_files
from findings.stores.sqlite.indexing import index_ad, index_clear, index_sighting
from findings.stores.sqlite.writing import filled_text

_T = TypeVar("_T", bound=msgspec.Struct)

#: Captures read at a time: a record may hold the text of many landing pages.
_BATCH = 200


class _Rows(NamedTuple):
    """Rows of a table in the order of their first column, from behind `first`; the last column is the record."""

    query: str
    first: int | str


_ADS = _Rows("SELECT row, record FROM ads WHERE row > ? ORDER BY row LIMIT ?", 0)
_CAPTURES = _Rows("SELECT task_id, record FROM captures WHERE task_id > ? ORDER BY task_id LIMIT ?", "")
_SIGHTINGS = _Rows("SELECT id, ad, record FROM sightings WHERE id > ? ORDER BY id LIMIT ?", "")


class _Creative(msgspec.Struct, frozen=True):
    """What is read of an ad's record."""

    creative: str


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring tables of a layout up to what `schema.sql` then completes, inside the caller's transaction.

    0 is the version of a new file.
    """
    if 0 < version < 2:
        _time_and_fields_of_captures(connection)
    if 0 < version < 3:
        _places_of_captures(connection)
    if 0 < version < 4:
        _duties_of_ads(connection)
    if 0 < version < 5:
        _creatives_of_ads(connection)


def complete(connection: sqlite3.Connection, version: int) -> None:
    """Fill the tables that a layout did not have; after `schema.sql`, in the same transaction."""
    if 0 < version < 5:
        _files_of_cases(connection)
        _signs_of_ads(connection)
        _index_of_ads(connection)
    elif version == 5:
        _clear_findings_of_ads(connection)


def _time_and_fields_of_captures(connection: sqlite3.Connection) -> None:
    """Version 2: `captures.at` and `captures.filled`, from the records."""
    connection.execute("ALTER TABLE captures ADD COLUMN at INTEGER NOT NULL DEFAULT 0")
    connection.execute("ALTER TABLE captures ADD COLUMN filled TEXT NOT NULL DEFAULT '{}'")
    for some in _batches(connection, _CAPTURES, Capture):
        connection.executemany(
            "UPDATE captures SET at = ?, filled = ? WHERE task_id = ?",
            [(micros(capture.at), filled_text(capture), task) for task, capture in some],
        )


def _places_of_captures(connection: sqlite3.Connection) -> None:
    """Version 3: `captures.device` and `captures.region`, from the records."""
    connection.execute("ALTER TABLE captures ADD COLUMN device TEXT NOT NULL DEFAULT ''")
    connection.execute("ALTER TABLE captures ADD COLUMN region TEXT")
    for some in _batches(connection, _CAPTURES, Capture):
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


def _creatives_of_ads(connection: sqlite3.Connection) -> None:
    """Version 5: `ads.creative`, from the records; an index over it takes the place of that by case."""
    connection.execute("ALTER TABLE ads ADD COLUMN creative TEXT NOT NULL DEFAULT ''")
    connection.execute("DROP INDEX IF EXISTS ads_of_case")
    for some in _batches(connection, _ADS, _Creative):
        connection.executemany(
            "UPDATE ads SET creative = ? WHERE row = ?",
            [(creative_key(ad.creative), row) for row, ad in some],
        )


def _files_of_cases(connection: sqlite3.Connection) -> None:
    """Version 5: the table `case_files`, counted from ads and sightings."""
    for case_id in case_files.all_cases(connection):
        case_files.put(connection, [case_files.counted_first(connection, case_id)])


def _signs_of_ads(connection: sqlite3.Connection) -> None:
    """Version 5: by what new ads find those that are nearly the same; ads stay in the cases they are in."""
    for some in _batches(connection, _ADS, AdRecord):
        for row, ad in some:
            signs = signs_of(ad)
            if not alike.near(connection, signs)[1]:
                alike.put(connection, row, micros(ad.first_seen), signs)


def _index_of_ads(connection: sqlite3.Connection) -> None:
    """Version 5: what ads are searched by, from the records. When they were stored is not known: 0."""
    connection.execute("DROP INDEX IF EXISTS ads_newest")
    for some in _batches(connection, _ADS, AdRecord):
        for row, ad in some:
            index_ad(connection, row, ad, 0)
    for seen in _batches(connection, _SIGHTINGS, Sighting):
        for _, row, sighting in seen:
            index_sighting(connection, row, sighting)


def _clear_findings_of_ads(connection: sqlite3.Connection) -> None:
    """Version 6: of which categories ads have clear findings, from the records."""
    for some in _batches(connection, _ADS, AdRecord):
        for row, ad in some:
            index_clear(connection, row, ad)


def _batches(connection: sqlite3.Connection, rows: _Rows, kind: type[_T]) -> Iterator[list[tuple[Any, ...]]]:
    """All rows, some at a time, each with the value behind its record at the end."""
    last = rows.first
    while some := connection.execute(rows.query, (last, _BATCH)).fetchall():
        last = some[-1][0]
        yield [(*names, _read(record, f"record {names[0]}", kind)) for *names, record in some]


def _read(record: bytes, what: str, kind: type[_T]) -> _T:
    try:
        return decode(record, kind)
    except msgspec.DecodeError as error:
        raise sqlite3.DatabaseError(f"the {what} can't be read: {error}") from error
