"""Rescreens in the tables `rescreens` and `rescreen_slices`; a part is written in one transaction."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from findings.errors import WriteRefused
from findings.model.records import AdRecord
from findings.rescreening.job import (
    Archived,
    Batch,
    Failure,
    Job,
    LastSeen,
    Part,
    Progress,
    Rejudged,
    advanced,
    bounds,
    replaced,
)
from findings.rescreens import MOST, MOST_AGAIN, MOST_BYTES
from findings.search.asked import ask
from findings.search.cursor import micros
from findings.stores.codec import decode, encode, readable, replaceable
from findings.stores.sqlite.conditions import Condition, where
from findings.stores.sqlite.database import Database
from findings.stores.sqlite.settling import Touched
from findings.stores.sqlite.writing import put_ad

# The ad of each row comes first, whatever is asked of it: the order is that of ids, and no row is left out.
_READ = (
    "SELECT ads.id, ads.record, (SELECT s.record FROM sightings s WHERE s.ad = ads.row"
    " ORDER BY s.at DESC, s.id DESC LIMIT 1)"
    " FROM ads CROSS JOIN ad_facts AS f ON f.ad = ads.row WHERE {where} ORDER BY ads.id LIMIT ?"
)


class SqliteRescreens:
    """See `Rescreens`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, job: Job) -> Job:
        """Keep a rescreen unless it is there."""
        job = readable(job)
        with self._database.transaction("IMMEDIATE", job.id) as connection:
            connection.execute(
                "INSERT OR IGNORE INTO rescreens (id, begun_at, record) VALUES (?, ?, ?)",
                (job.id, micros(job.begun_at), encode(job.id, job)),
            )
            return _job(connection, job.id) or job

    def end(self, job: Job) -> None:
        """Keep when it ended."""
        with self._database.transaction("IMMEDIATE", job.id) as connection:
            connection.execute("UPDATE rescreens SET record = ? WHERE id = ?", (encode(job.id, job), job.id))

    def job(self, job_id: str) -> Job | None:
        """One rescreen, or None."""
        with self._database.transaction() as connection:
            return _job(connection, job_id)

    def jobs(self) -> list[Job]:
        """All rescreens, newest first."""
        with self._database.transaction() as connection:
            rows = connection.execute("SELECT record FROM rescreens ORDER BY begun_at DESC, id").fetchall()
        return [decode(record, Job) for (record,) in rows]

    def progress(self, job: Job) -> list[Progress]:
        """How far each slice came."""
        with self._database.transaction() as connection:
            rows = connection.execute("SELECT number, record FROM rescreen_slices WHERE job = ?", (job.id,))
            kept = {number: decode(record, Progress) for number, record in rows}
        return [kept.get(number, Progress(number=number)) for number in range(job.slices)]

    def settle(self, job: Job, number: int) -> Progress:
        """How far a slice came: nothing is ever half written here."""
        with self._database.transaction() as connection:
            return _progress(connection, job, number)

    def read(self, job: Job, progress: Progress) -> Batch:
        """The next ads of a slice."""
        if progress.again:
            wanted = progress.again[:MOST_AGAIN]
            condition: Condition = (f"ads.id IN ({', '.join('?' * len(wanted))})", list(wanted))
        else:
            condition = _behind(job, progress)
        found: list[tuple[str, bytes, bytes | None]] = []
        size = 0
        with self._database.transaction() as connection:
            rows = connection.execute(_READ.format(where=condition[0]), [*condition[1], MOST])
            for row in rows:
                found.append(row)
                size += len(row[1])
                if size > MOST_BYTES and not progress.again:
                    break
        whole = size <= MOST_BYTES and len(found) < MOST
        ads, unreadable = _read(found)
        if progress.again:
            return Batch(
                ads=ads, cursor=progress.cursor, end=progress.end, tried=wanted, unreadable=unreadable
            )
        cursor = found[-1][0] if found else progress.cursor
        return Batch(ads=ads, cursor=cursor, end=whole, unreadable=unreadable)

    def write(self, job: Job, part: Part) -> Progress:
        """Write a part in one transaction."""
        with self._database.transaction("IMMEDIATE", job.id) as connection:
            stands = _progress(connection, job, part.number)
            if stands.parts != part.parts:
                return stands
            lost: list[str] = []
            refused: list[Failure] = []
            touched = Touched(connection)
            for one in part.changed:
                try:
                    if not _rejudge(connection, one, touched):
                        lost.append(one.ad_id)
                except WriteRefused as error:
                    refused.append(Failure.of(one.ad_id, str(error)))
            touched.settle(datetime.now(UTC))
            now = advanced(stands, part, tuple(lost), tuple(refused))
            connection.execute(
                "INSERT OR REPLACE INTO rescreen_slices (job, number, record) VALUES (?, ?, ?)",
                (job.id, part.number, encode(job.id, now)),
            )
            return now

    def close(self) -> None:
        """Nothing is held between two readings."""


def _job(connection: sqlite3.Connection, job_id: str) -> Job | None:
    row = connection.execute("SELECT record FROM rescreens WHERE id = ?", (job_id,)).fetchone()
    return None if row is None else decode(row[0], Job)


def _progress(connection: sqlite3.Connection, job: Job, number: int) -> Progress:
    row = connection.execute(
        "SELECT record FROM rescreen_slices WHERE job = ? AND number = ?", (job.id, number)
    ).fetchone()
    return Progress(number=number) if row is None else decode(row[0], Progress)


def _behind(job: Job, progress: Progress) -> Condition:
    """The ads of a slice behind its cursor that the rescreen asks for."""
    low, high = bounds(progress.number, job.slices)
    asked, values = where(ask(job.query).expression)
    condition = f"ads.id > ? AND ads.id >= ? AND {asked}"
    if high is not None:
        return f"{condition} AND ads.id < ?", [progress.cursor, low, *values, high]
    return condition, [progress.cursor, low, *values]


def _read(
    rows: Iterable[tuple[str, bytes, bytes | None]],
) -> tuple[tuple[Archived, ...], tuple[Failure, ...]]:
    ads: list[Archived] = []
    unreadable: list[Failure] = []
    for ad_id, record, sighting in rows:
        try:
            last = None if sighting is None else decode(sighting, LastSeen)
            ads.append(Archived(decode(record, AdRecord), last))
        except msgspec.MsgspecError as error:
            unreadable.append(Failure.of(ad_id, str(error)))
    return tuple(ads), tuple(unreadable)


def _rejudge(connection: sqlite3.Connection, new: Rejudged, touched: Touched) -> bool:
    """Put a new judgement in its place; False if another one came between. Raises WriteRefused."""
    found = connection.execute("SELECT row, record FROM ads WHERE id = ?", (new.ad_id,)).fetchone()
    if found is None:
        raise WriteRefused(new.ad_id, "it is not stored any more")
    row, record = found
    stored = decode(record, AdRecord)
    ad = replaced(stored, readable(new))
    if ad is None:
        return False
    if ad != stored:
        replaceable(ad.id, msgspec.json.decode(record), AdRecord)
        put_ad(connection, ad, stored, row, touched.ad_is_there(stored, ad).creative)
    return True
