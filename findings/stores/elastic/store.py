"""The FindingStore over Elasticsearch."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Self

from elasticsearch import Elasticsearch

from findings.backup.manifest import EvidenceListed, Manifest, Restored, head_of
from findings.casebook import Casebook
from findings.handovers import Handovers
from findings.model.crawl import Capture, Task
from findings.model.records import AdRecord, CaptureBundle, CaseView, Run, Sighting
from findings.query import Coverage, SearchQuery, SearchResult, SourceDay, TaskCounts
from findings.rescreens import Rescreens
from findings.search.asked import ask, ask_alike, ask_since
from findings.search.near import Near, parts, signature
from findings.search.saved import SavedSearch
from findings.search.vectors import checked_direction
from findings.store import IndexStatus, Migrated
from findings.stores.behind import one_behind
from findings.stores.codec import checked, readable
from findings.stores.elastic import nearby, searching
from findings.stores.elastic.alike import Alike
from findings.stores.elastic.bulk import Item, write_bulk
from findings.stores.elastic.case_files import CaseFiles
from findings.stores.elastic.casebook import ElasticCasebook
from findings.stores.elastic.cases import cases, views
from findings.stores.elastic.changing import Changes
from findings.stores.elastic.client import connect, errors
from findings.stores.elastic.coverage import coverage
from findings.stores.elastic.days import source_days
from findings.stores.elastic.documents import run_document
from findings.stores.elastic.handovers import ElasticHandovers
from findings.stores.elastic.holding import LeaseHold, hold_lease, read_lease
from findings.stores.elastic.late import Joining
from findings.stores.elastic.ledger import Ledger
from findings.stores.elastic.members import Members
from findings.stores.elastic.migrate import drop_old, migrate
from findings.stores.elastic.names import Names, month_of
from findings.stores.elastic.preparing import Prepared, weight
from findings.stores.elastic.reading import Reader
from findings.stores.elastic.rejudging import Rejudging
from findings.stores.elastic.rescreens import ElasticRescreens
from findings.stores.elastic.restoring import Restoring
from findings.stores.elastic.saved import Searches
from findings.stores.elastic.settling import Settling
from findings.stores.elastic.snapshots import back_up
from findings.stores.elastic.status import index_status
from findings.stores.elastic.templates import apply_templates, create_index, first_indices
from findings.stores.elastic.trail import Trail
from findings.stores.elastic.versions import require_current
from findings.stores.elastic.writing import Writer

#: Bundles, and about how many bytes of documents, written together by `write_many`: each batch costs the server a
#: refresh, and with it a part of an index that it merges later.
BATCH, BATCH_BYTES = 1000, 64 * 1024 * 1024


def _now() -> datetime:
    return datetime.now(UTC)


class ElasticStore:
    """Ads, sightings, captures and runs in Elasticsearch; many workers may write at once."""

    def __init__(
        self,
        address: str,
        url: str,
        *,
        prefix: str = "",
        username: str | None = None,
        password: str | None = None,
        api_key: str | None = None,
        ca_file: Path | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.url = url
        self._clock = clock
        self._names = Names(prefix)
        with errors(url):
            self._connection = connect(
                address, username=username, password=password, api_key=api_key, ca_file=ca_file
            )
        self._of_this_version = False

    @property
    def _client(self) -> Elasticsearch:
        """The connection, once the store is known to be of this version.

        Raises StoreOutdated, StoreNewer.
        """
        if not self._of_this_version:
            self._of_this_version = require_current(self._connection, self.url, self._names)
        return self._connection

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self._client, self.url, self._names)

    @cached_property
    def _writer(self) -> Writer:
        alike = Alike(self._reader)
        joining = Joining(self.url, alike, self._changes, self._trail, self._settling, self._reader)
        return Writer(self._client, self.url, self._names, self._settling, alike, joining)

    @cached_property
    def _settling(self) -> Settling:
        return Settling(self.url, self._files, self._changes, self._members, self._reader)

    @cached_property
    def _files(self) -> CaseFiles:
        return CaseFiles(self._client, self.url, self._names)

    @cached_property
    def _members(self) -> Members:
        return Members(self._client, self.url, self._names, self._files)

    @cached_property
    def _trail(self) -> Trail:
        return Trail(self._client, self.url, self._names, self._reader)

    @cached_property
    def _changes(self) -> Changes:
        return Changes(self.url, self._files, self._trail, self._members, self._reader)

    @cached_property
    def _ledger(self) -> Ledger:
        return Ledger(self._client, self.url, self._names, self._reader)

    @cached_property
    def _searches(self) -> Searches:
        return Searches(self._client, self.url, self._names, self._reader)

    def create(self) -> list[str]:
        """Apply the templates and make the indices that are missing, this month's among them."""
        with errors(self.url):
            apply_templates(self._client, self._names)
        return self._make_missing()

    def _make_missing(self) -> list[str]:
        """Make the indices that are missing from their templates."""
        client = self._client
        with errors(self.url):
            wanted = first_indices(self._names, month_of(self._clock()))
            made = [index for index in wanted if create_index(client, index)]
            client.cluster.health(index=wanted, wait_for_status="yellow", timeout="30s")
        return made

    def status(self) -> list[IndexStatus]:
        """Version, documents, size on disk and health of every index, those of other versions too."""
        return index_status(self._connection, self.url, self._names)

    def migrate(self, told: Callable[[int, int], None]) -> Migrated:
        """Build this version's indices aside and swap them in."""
        migrated = migrate(self._connection, self.url, self._names, month_of(self._clock()), told)
        self._settling.make_missing()
        return migrated

    def drop_old(self) -> list[str]:
        """Delete the indices of older versions."""
        return drop_old(self._connection, self.url, self._names)

    def put_run(self, run: Run) -> None:
        """Store a run, or replace the one with its id."""
        run = readable(run)
        item = Item(self._names.alias("runs"), run.id, run_document(run))
        write_bulk(self._client, self.url, [item], require_alias=True)
        with errors(self.url):
            self._client.indices.refresh(index=self._names.alias("runs"))

    def runs(self) -> list[Run]:
        """All runs, newest first."""
        return self._reader.runs()

    def put_plan(self, run_id: str, text: str) -> None:
        """Keep the plan of a run."""
        self._ledger.put_plan(run_id, text)

    def plan(self, run_id: str) -> str | None:
        """The plan of a run, or None."""
        return self._ledger.plan(run_id)

    def put_tasks(self, run_id: str, tasks: Iterable[Task]) -> int:
        """Write down the tasks of a run, 1,000 a request."""
        return self._ledger.put_tasks(run_id, tasks)

    def open_tasks(self, run_id: str, source: str | None = None) -> Iterator[Task]:
        """The tasks without a capture, a page at a time."""
        return self._ledger.open_tasks(run_id, source)

    def task_counts(self, run_id: str) -> TaskCounts:
        """Done and open tasks of a run."""
        return self._ledger.counts(run_id)

    def hold(self, run_id: str) -> AbstractContextManager[LeaseHold]:
        """Hold a run by a lease that is renewed while this process lives."""
        return hold_lease(self._client, self.url, self._names, run_id)

    def held(self, run_id: str) -> bool:
        """Whether some process holds a run."""
        lease = read_lease(self._client, self.url, self._names.alias("leases"), run_id)
        return lease is not None and lease.holds()

    def write(self, bundle: CaptureBundle) -> None:
        """Store one bundle; its capture last."""
        self._write([checked(bundle)])

    def write_many(self, bundles: Iterable[CaptureBundle]) -> int:
        """Store many bundles, some at a time, and return how many."""
        written = 0
        batches = _batches(map(checked, bundles))
        few = list(islice(batches, 2))
        if len(few) == 1:
            self._write(few[0])
            return len(few[0])

        def prepared() -> Iterator[Prepared]:
            nonlocal written
            for number, batch in enumerate(chain(few, batches)):
                yield self._writer.prepare(batch, ahead=number > 0)
                written += len(batch)

        one_behind(self._writer.write, prepared())
        return written

    def _write(self, bundles: Sequence[CaptureBundle]) -> None:
        self._writer.write(self._writer.prepare(bundles, ahead=False))

    def done_tasks(self, run_id: str) -> set[str]:
        """Ids of the tasks of a run whose captures are stored."""
        return self._reader.done_tasks(run_id)

    def capture(self, task_id: str) -> Capture | None:
        """What one task brought, or None."""
        return self._reader.capture(task_id)

    def ad(self, ad_id: str) -> AdRecord | None:
        """One ad, or None."""
        return self._reader.ad(ad_id)

    def sightings(self, ad_id: str) -> list[Sighting]:
        """The sightings of one ad, oldest first."""
        return self._reader.sightings(ad_id)

    def search(self, query: SearchQuery) -> SearchResult:
        """One page of what matches."""
        return searching.search(self._reader, ask(query))

    def scan(self, query: SearchQuery) -> Iterator[AdRecord]:
        """All that matches, from one point in time."""
        return searching.scan(self._reader, ask(query))

    def arrivals(self, query: SearchQuery, since: int) -> Iterator[tuple[int, AdRecord]]:
        """All that matches and was stored since, with when, from one point in time."""
        return searching.arrivals(self._reader, ask_since(query, since))

    def alike(self, ad: AdRecord, query: SearchQuery) -> list[Near]:
        """The ads nearest to one in words."""
        mark = signature(ad)
        asked = ask_alike(query, ad.id, parts(mark))
        return nearby.alike(self._reader, mark, asked) if parts(mark) else []

    def meaning(self, vector: Sequence[float], query: SearchQuery) -> list[Near]:
        """The ads nearest to a vector, of those that the index of vectors leads to."""
        return nearby.meaning(self._reader, checked_direction(vector), ask(query))

    def put_search(self, search: SavedSearch) -> None:
        """Keep a saved search."""
        self._searches.put(readable(search))

    def saved_searches(self, owner: str) -> list[SavedSearch]:
        """The saved searches of one officer, by name."""
        return self._searches.of_owner(owner)

    def saved_search(self, owner: str, name: str) -> SavedSearch | None:
        """One saved search, or None."""
        return self._searches.named(owner, name)

    def drop_search(self, owner: str, name: str) -> bool:
        """Forget a saved search."""
        return self._searches.drop(owner, name)

    def cases(self, query: SearchQuery) -> Iterator[CaseView]:
        """The cases of the matching ads, worst first, fetched as they are asked for."""
        return cases(self._reader, self._files, ask(query))

    def case(self, case_id: str) -> CaseView | None:
        """One case, or None."""
        leads, _ = self._files.successors([case_id])
        return next(views(self._reader, self._files, list(leads.values())), None)

    def casebook(self) -> Casebook:
        """The files of the cases and the trail."""
        return ElasticCasebook(self._files, self._trail, self._changes, self._reader)

    def rescreens(self) -> Rescreens:
        """Rescreens in an index of their own."""
        rejudging = Rejudging(self._client, self.url, self._names, self._writer, self._settling)
        return ElasticRescreens(self._client, self.url, self._names, self._reader, rejudging)

    def handovers(self) -> Handovers:
        """Batches and their rows in an index of their own."""
        return ElasticHandovers(self._client, self.url, self._names, self._reader)

    def coverage(self, run_id: str | None = None) -> Coverage:
        """Outcomes and findings of one run, or of everything stored."""
        return coverage(self._reader, run_id)

    def source_days(self, since: date, until: date) -> Iterator[SourceDay]:
        """What each source brought on each day, a page of days at a time."""
        return source_days(self._reader, since, until)

    def backup(
        self, place: str, meanwhile: Callable[[], EvidenceListed | None], told: Callable[[int, int], None]
    ) -> Manifest:
        """Take snapshots into a repository; others go on writing."""
        return back_up(
            self._client,
            self.url,
            self._names,
            place,
            lambda: head_of(self._trail.after(0)),
            meanwhile,
            told,
        )

    def restore(
        self,
        place: str,
        meanwhile: Callable[[Manifest], None],
        told: Callable[[int, int], None],
        *,
        replace: bool,
    ) -> Restored:
        """Restore the last snapshots of a repository under the names of this store."""
        restoring = Restoring(self._connection, self.url, self._names, place)
        restored = restoring.restore(meanwhile, told, replace=replace)
        self._make_missing()
        return restored

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _batches(bundles: Iterable[CaptureBundle]) -> Iterator[list[CaptureBundle]]:
    batch: list[CaptureBundle] = []
    weighs = 0
    for bundle in bundles:
        batch.append(bundle)
        weighs += weight(bundle)
        if len(batch) == BATCH or weighs > BATCH_BYTES:
            yield batch
            batch, weighs = [], 0
    if batch:
        yield batch
