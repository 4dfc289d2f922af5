"""The FindingStore over one SQLite file."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from findings.backup.manifest import EvidenceListed, Manifest, Restored
from findings.casebook import Casebook
from findings.handovers import Handovers
from findings.model.crawl import Capture, Task
from findings.model.records import AdRecord, CaptureBundle, CaseView, Run, Sighting
from findings.query import Coverage, SearchQuery, SearchResult, SourceDay, TaskCounts
from findings.rescreens import Rescreens
from findings.search.asked import Asked, ask, ask_alike, ask_since
from findings.search.cursor import micros
from findings.search.near import Near, parts, signature
from findings.search.saved import SavedSearch
from findings.search.vectors import checked_direction
from findings.store import IndexStatus, Migrated
from findings.stores.codec import checked, decode, encode, readable
from findings.stores.sqlite import backing, ledger, nearby, reading, saved, searching
from findings.stores.sqlite.casebook import SqliteCasebook
from findings.stores.sqlite.counting import Kinds
from findings.stores.sqlite.database import SCHEMA_VERSION, Database
from findings.stores.sqlite.handovers import SqliteHandovers
from findings.stores.sqlite.holding import FileHold, file_held, hold_file
from findings.stores.sqlite.rescreens import SqliteRescreens
from findings.stores.sqlite.settling import Touched
from findings.stores.sqlite.writing import write_bundle

#: The tables that `status` shows.
_SHOWN = (
    "ads", "audit", "batches", "captures", "case_files", "handed_items", "plans", "runs", "sightings", "tasks",
)  # fmt: skip
#: Bundles in one transaction of `write_many`: each commit waits for the disk.
BATCH = 200


class SqliteStore:
    """Ads, sightings, captures and runs in one file; several threads and processes may write."""

    def __init__(self, path: Path, url: str) -> None:
        self.url = url
        self._database = Database(path, url)
        self._kinds = Kinds()

    def create(self) -> list[str]:
        """Make the file and its tables."""
        return self._database.create()

    def status(self) -> list[IndexStatus]:
        """Rows of each table, and the bytes of their records."""
        with self._database.transaction() as connection:
            return [
                IndexStatus(table, str(SCHEMA_VERSION), *_size(connection, table), "open") for table in _SHOWN
            ]

    def migrate(self, told: Callable[[int, int], None]) -> Migrated:
        """Bring the tables to this layout, in one transaction; every opening of the file does so."""
        version = self._database.layout()
        with self._database.transaction():
            return Migrated(version, SCHEMA_VERSION)

    def drop_old(self) -> list[str]:
        """Nothing: tables are brought up in place."""
        with self._database.transaction():
            return []

    def put_run(self, run: Run) -> None:
        """Store a run, or replace the one with its id."""
        run = readable(run)
        with self._database.transaction("IMMEDIATE", run.id) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO runs (id, started_at, record) VALUES (?, ?, ?)",
                (run.id, micros(run.started_at), encode(run.id, run)),
            )

    def runs(self) -> list[Run]:
        """All runs, newest first."""
        with self._database.transaction() as connection:
            rows = connection.execute("SELECT record FROM runs ORDER BY started_at DESC, id").fetchall()
        return [decode(record, Run) for (record,) in rows]

    def put_plan(self, run_id: str, text: str) -> None:
        """Keep the plan of a run."""
        with self._database.transaction("IMMEDIATE", run_id) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO plans (run_id, record) VALUES (?, ?)", (run_id, text.encode())
            )

    def plan(self, run_id: str) -> str | None:
        """The plan of a run, or None."""
        with self._database.transaction() as connection:
            row = connection.execute("SELECT record FROM plans WHERE run_id = ?", (run_id,)).fetchone()
        return None if row is None else bytes(row[0]).decode()

    def put_tasks(self, run_id: str, tasks: Iterable[Task]) -> int:
        """Write down the tasks of a run, 1,000 a transaction."""
        waiting = iter(tasks)
        place = 0
        while batch := list(islice(waiting, ledger.BATCH)):
            with self._database.transaction("IMMEDIATE", run_id) as connection:
                ledger.write_tasks(connection, run_id, batch, place)
            place += len(batch)
        return place

    def open_tasks(self, run_id: str, source: str | None = None) -> Iterator[Task]:
        """The tasks without a capture, read 1,000 at a time."""
        after = (-1, "")
        while True:
            with self._database.transaction() as connection:
                batch = ledger.read_open(connection, run_id, source, after)
            if not batch:
                return
            yield from (task for _, task in batch)
            after = batch[-1][0]

    def task_counts(self, run_id: str) -> TaskCounts:
        """Done and open tasks of a run."""
        with self._database.transaction() as connection:
            return ledger.count_tasks(connection, run_id)

    def hold(self, run_id: str) -> AbstractContextManager[FileHold]:
        """Hold a run by a lock on a file beside the database."""
        return hold_file(self._database.path, self.url, run_id)

    def held(self, run_id: str) -> bool:
        """Whether a living process holds a run."""
        return file_held(self._database.path, run_id)

    def write(self, bundle: CaptureBundle) -> None:
        """Store one bundle in one transaction."""
        self._write([bundle])

    def write_many(self, bundles: Iterable[CaptureBundle]) -> int:
        """Store many bundles, 200 a transaction, and return how many."""
        batch: list[CaptureBundle] = []
        written = 0
        for bundle in bundles:
            batch.append(bundle)
            if len(batch) == BATCH:
                self._write(batch)
                written += len(batch)
                batch = []
        if batch:
            self._write(batch)
        return written + len(batch)

    def _write(self, bundles: list[CaptureBundle]) -> None:
        fit = [checked(bundle) for bundle in bundles]
        with self._database.transaction("IMMEDIATE", fit[0].capture.task.id) as connection:
            touched = Touched(connection)
            for bundle in fit:
                write_bundle(connection, bundle, touched)
            touched.settle(datetime.now(UTC))

    def done_tasks(self, run_id: str) -> set[str]:
        """Ids of the tasks of a run whose captures are stored."""
        with self._database.transaction() as connection:
            rows = connection.execute("SELECT task_id FROM captures WHERE run_id = ?", (run_id,)).fetchall()
        return {task for (task,) in rows}

    def capture(self, task_id: str) -> Capture | None:
        """What one task brought, or None."""
        with self._database.transaction() as connection:
            row = connection.execute("SELECT record FROM captures WHERE task_id = ?", (task_id,)).fetchone()
        return None if row is None else decode(row[0], Capture)

    def ad(self, ad_id: str) -> AdRecord | None:
        """One ad, or None."""
        with self._database.transaction() as connection:
            row = connection.execute("SELECT record FROM ads WHERE id = ?", (ad_id,)).fetchone()
        return None if row is None else decode(row[0], AdRecord)

    def sightings(self, ad_id: str) -> list[Sighting]:
        """The sightings of one ad, oldest first."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT s.record FROM sightings s JOIN ads ON ads.row = s.ad WHERE ads.id = ?"
                " ORDER BY s.at, s.id",
                (ad_id,),
            ).fetchall()
        return [decode(record, Sighting) for (record,) in rows]

    def search(self, query: SearchQuery) -> SearchResult:
        """One page of what matches."""
        asked = ask(query)
        with self._database.transaction() as connection:
            return searching.search(connection, asked, self._kinds)

    def scan(self, query: SearchQuery) -> Iterator[AdRecord]:
        """All that matches, one at a time from one view of the store."""
        asked = ask(query)
        return self._scan(asked)

    def arrivals(self, query: SearchQuery, since: int) -> Iterator[tuple[int, AdRecord]]:
        """All that matches and was stored since, with when, from one view of the store."""
        return self._arrivals(ask_since(query, since))

    def _arrivals(self, asked: Asked) -> Iterator[tuple[int, AdRecord]]:
        with self._database.reading() as connection:
            yield from searching.arrivals(connection, asked)

    def alike(self, ad: AdRecord, query: SearchQuery) -> list[Near]:
        """The ads nearest to one in words."""
        mark = signature(ad)
        asked = ask_alike(query, ad.id, parts(mark))
        with self._database.transaction() as connection:
            return nearby.alike(connection, mark, asked) if parts(mark) else []

    def meaning(self, vector: Sequence[float], query: SearchQuery) -> list[Near]:
        """The ads nearest to a vector, compared with every one."""
        asked, wanted = ask(query), checked_direction(vector)
        with self._database.reading() as connection:
            return nearby.meaning(connection, wanted, asked)

    def put_search(self, search: SavedSearch) -> None:
        """Keep a saved search."""
        kept = readable(search)
        with self._database.transaction("IMMEDIATE", kept.name) as connection:
            saved.put(connection, kept)

    def saved_searches(self, owner: str) -> list[SavedSearch]:
        """The saved searches of one officer, by name."""
        with self._database.transaction() as connection:
            return saved.of_owner(connection, owner)

    def saved_search(self, owner: str, name: str) -> SavedSearch | None:
        """One saved search, or None."""
        with self._database.transaction() as connection:
            return saved.named(connection, owner, name)

    def drop_search(self, owner: str, name: str) -> bool:
        """Forget a saved search."""
        with self._database.transaction("IMMEDIATE", name) as connection:
            return saved.drop(connection, owner, name)

    def _scan(self, asked: Asked) -> Iterator[AdRecord]:
        with self._database.reading() as connection:
            yield from searching.scan(connection, asked)

    def cases(self, query: SearchQuery) -> Iterator[CaseView]:
        """The cases of the matching ads, worst first, one at a time from one view of the store."""
        return self._cases(ask(query))

    def _cases(self, asked: Asked) -> Iterator[CaseView]:
        with self._database.reading() as connection:
            for case_id in reading.case_ids(connection, asked):
                view = reading.case(connection, case_id)
                if view is not None:
                    yield view

    def case(self, case_id: str) -> CaseView | None:
        """One case, or None."""
        with self._database.transaction() as connection:
            return reading.case(connection, case_id)

    def casebook(self) -> Casebook:
        """The files of the cases and the trail, in the same file."""
        return SqliteCasebook(self._database)

    def rescreens(self) -> Rescreens:
        """Rescreens in the same file."""
        return SqliteRescreens(self._database)

    def handovers(self) -> Handovers:
        """Batches and their rows in the same file."""
        return SqliteHandovers(self._database)

    def coverage(self, run_id: str | None = None) -> Coverage:
        """Outcomes and findings of one run, or of everything stored."""
        with self._database.transaction() as connection:
            return reading.coverage(connection, run_id)

    def source_days(self, since: date, until: date) -> Iterator[SourceDay]:
        """What each source brought on each day, from one view of the store."""
        with self._database.reading() as connection:
            yield from reading.source_days(connection, since, until)

    def backup(
        self, place: str, meanwhile: Callable[[], EvidenceListed | None], told: Callable[[int, int], None]
    ) -> Manifest:
        """Copy the file as it is at one moment; others go on writing."""
        return backing.back_up(self._database, Path(place), meanwhile, told)

    def restore(
        self,
        place: str,
        meanwhile: Callable[[Manifest], None],
        told: Callable[[int, int], None],
        *,
        replace: bool,
    ) -> Restored:
        """Put the file of a backup in this one's place."""
        self._database.close()
        self._kinds = Kinds()  # another file has other ones
        return backing.restore(self._database.path, self.url, Path(place), meanwhile, told, replace=replace)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _size(connection: sqlite3.Connection, table: str) -> tuple[int, int]:
    counted = f"SELECT count(*), coalesce(sum(length(record)), 0) FROM {table}"  # noqa: S608
    rows, size = connection.execute(counted).fetchone()
    return rows, size
