"""The protocol that both stores keep: SQLite for one desk, Elasticsearch for an administration."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from types import TracebackType
from typing import Protocol, Self

import msgspec

from findings.backup.manifest import EvidenceListed, Manifest, Restored
from findings.casebook import Casebook
from findings.handovers import Handovers
from findings.model.crawl import Capture, Task
from findings.model.records import AdRecord, CaptureBundle, CaseView, Run, Sighting
from findings.query import Coverage, SearchQuery, SearchResult, SourceDay, TaskCounts
from findings.rescreens import Rescreens
from findings.search.near import Near
from findings.search.saved import SavedSearch


class IndexStatus(msgspec.Struct, frozen=True):
    """One index or table of a store: name, version of its mapping, documents, size in bytes.

    `state` is `open` for a table, the health colour (`green yellow red`) for an index. `role` is
    `current`, `old` (of an older version, read by nobody) or `building` (a migration copies into it).
    """

    name: str
    version: str
    documents: int
    size: int
    state: str
    role: str = "current"


class Migrated(msgspec.Struct, frozen=True):
    """What a migration did. `version` is what the store had; `documents` were copied, those written
    meanwhile each time; `closed_s` is how long no one could write."""

    version: int
    wanted: int
    documents: int = 0
    closed_s: float = 0.0


class Hold(Protocol):
    """A process's hold on a run: no other crawls it meanwhile."""

    def confirm(self) -> None:
        """Raise HoldLost if another process took the run over (after a machine slept, a network failed)."""
        ...


class FindingStore(Protocol):
    """Ads with their judgement, sightings, captures and runs.

    Writing is idempotent: the same document under the same id twice is one document. An ad
    already stored keeps its `first_seen`, and of two judgements the later one stays
    (`judged_at`), so a bundle may be replayed and workers may write at once. A lone surrogate
    is stored as U+FFFD: offsets stay right. Every method may raise StoreAway; all but
    `create` raise IndexMissing on a store never created. Methods may be called from any thread.
    """

    url: str

    def create(self) -> list[str]:
        """Make what is missing (tables; templates, indices, aliases) and return their names."""
        ...

    def status(self) -> list[IndexStatus]:
        """The state of every index or table."""
        ...

    def migrate(self, told: Callable[[int, int], None]) -> Migrated:
        """Bring a store of an older release to this one's layout; of this one's, do nothing.

        On Elasticsearch writers of the old release go on meanwhile, until the new version is
        swapped in; from then on they are refused (StoreBlocked) and nothing they sent is half stored.
        Interrupted, the next call goes on. `told` hears of documents copied, and of how many.
        Raises MigrationTaken, StoreNewer.
        """
        ...

    def drop_old(self) -> list[str]:
        """Delete what a migration left of older versions, and return the names."""
        ...

    def put_run(self, run: Run) -> None:
        """Store a run, or replace the one with its id."""
        ...

    def runs(self) -> list[Run]:
        """All runs, newest first."""
        ...

    def put_plan(self, run_id: str, text: str) -> None:
        """Keep the plan of a run, whole, as JSON text."""
        ...

    def plan(self, run_id: str) -> str | None:
        """The plan of a run as JSON text, or None."""
        ...

    def put_tasks(self, run_id: str, tasks: Iterable[Task]) -> int:
        """Write down the tasks of a run, in the plan's order, and return how many.

        They are taken and stored in batches. Writing the same ones again changes nothing.
        """
        ...

    def open_tasks(self, run_id: str, source: str | None = None) -> Iterator[Task]:
        """The tasks of a run (or of one source of it) without a capture, in the plan's order.

        They are read in batches while others may store captures: one that is stored before its
        batch is read does not come.
        """
        ...

    def task_counts(self, run_id: str) -> TaskCounts:
        """How many tasks of a run are done and how many are open; a task is done once its capture is stored."""
        ...

    def hold(self, run_id: str) -> AbstractContextManager[Hold]:
        """Hold a run while the context lasts. Raises RunTaken on entry if another process holds it.

        The hold of a process that was killed lapses: on SQLite and on the same machine at once,
        else after a minute.
        """
        ...

    def held(self, run_id: str) -> bool:
        """Whether some process holds a run now."""
        ...

    def write(self, bundle: CaptureBundle) -> None:
        """Store what one finished task brought, whole, and visible to the next read.

        A sighting may be of an ad that an earlier bundle stored. Raises WriteRefused if a
        document is refused: an instant without time zone, a sighting of another task or of
        an ad never stored, what the store itself rejects. The task then does not count as
        done; SQLite keeps nothing of the bundle, Elasticsearch may keep ads and sightings of
        it, which writing the bundle again completes.
        """
        ...

    def write_many(self, bundles: Iterable[CaptureBundle]) -> int:
        """Store bundles in batches and return how many; visible once the call returns.

        For imports: much faster than `write` one by one. Raises WriteRefused like `write`;
        batches before the refused one stay stored.
        """
        ...

    def done_tasks(self, run_id: str) -> set[str]:
        """Ids of the tasks of a run whose captures are stored."""
        ...

    def capture(self, task_id: str) -> Capture | None:
        """What one task brought, or None."""
        ...

    def ad(self, ad_id: str) -> AdRecord | None:
        """One ad, or None."""
        ...

    def sightings(self, ad_id: str) -> list[Sighting]:
        """The sightings of one ad, oldest first."""
        ...

    def search(self, query: SearchQuery) -> SearchResult:
        """One page of what matches. Raises QuerySyntaxError, QueryValueError.

        Facets count all matching ads. Words are found exactly as `search/syntax.py` and `search/fold.py` say.
        """
        ...

    def scan(self, query: SearchQuery) -> Iterator[AdRecord]:
        """All ads that match behind the query's cursor, in its order, read some at a time from one view of the
        store: none is left out or comes twice however much is written meanwhile. `limit` and `facets` don't count.
        """
        ...

    def arrivals(self, query: SearchQuery, since: int) -> Iterator[tuple[int, AdRecord]]:
        """The ads that match and that the store first got at `since` or later, each with when, in that order and
        from one view (microseconds since 1970 by the writer's clock; 0 where an older release stored it)."""
        ...

    def alike(self, ad: AdRecord, query: SearchQuery) -> list[Near]:
        """Of the ads that match, those whose creative is nearly that of one, nearest first, itself left out;
        `query.limit` at most (`search/near.py`)."""
        ...

    def meaning(self, vector: Sequence[float], query: SearchQuery) -> list[Near]:
        """Of the ads that match, those nearest in meaning, nearest first; `query.limit` at most.

        Elasticsearch may miss some of them: its index of vectors is approximate. Raises QueryValueError for
        a vector without a direction.
        """
        ...

    def put_search(self, search: SavedSearch) -> None:
        """Keep a saved search, or replace the one of its owner and name."""
        ...

    def saved_searches(self, owner: str) -> list[SavedSearch]:
        """The saved searches of one officer, by name."""
        ...

    def saved_search(self, owner: str, name: str) -> SavedSearch | None:
        """One saved search, or None; sees every change at once."""
        ...

    def drop_search(self, owner: str, name: str) -> bool:
        """Forget a saved search; False if there is none."""
        ...

    def cases(self, query: SearchQuery) -> Iterator[CaseView]:
        """The cases of the matching ads, worst first: severity, score, last seen, id.

        A case comes with all its ads, also those that the query does not match.
        """
        ...

    def case(self, case_id: str) -> CaseView | None:
        """One case, or None. The id of a case that was merged leads to the one that has its ads."""
        ...

    def casebook(self) -> Casebook:
        """The files of the cases and the trail of what was done with them."""
        ...

    def rescreens(self) -> Rescreens:
        """The store's ads judged anew, slice by slice."""
        ...

    def handovers(self) -> Handovers:
        """Batches that were handed over, and every row of them until its ad is gone."""
        ...

    def coverage(self, run_id: str | None = None) -> Coverage:
        """Outcomes and findings of one run, or of everything stored."""
        ...

    def source_days(self, since: date, until: date) -> Iterator[SourceDay]:
        """What each source brought on each day in China from `since` to before `until`, by source and day."""
        ...

    def backup(
        self, place: str, meanwhile: Callable[[], EvidenceListed | None], told: Callable[[int, int], None]
    ) -> Manifest:
        """Copy everything to a place while others write, and return what the backup says of itself.

        The place is a folder; on Elasticsearch as the nodes of the cluster see it. `meanwhile` is called once the
        store is copied and before the backup counts: evidence is copied then. A call that fails or is
        killed leaves the backup that was there before. Raises BackupRefused, BackupBusy, BackupFailed.
        """
        ...

    def restore(
        self,
        place: str,
        meanwhile: Callable[[Manifest], None],
        told: Callable[[int, int], None],
        *,
        replace: bool,
    ) -> Restored:
        """Put the last backup of a place where this store is, once it is proven whole.

        `meanwhile` is called before that: evidence is brought back then.
        Nobody else may use the store. Raises StoreHolds where it holds something and `replace` is not given,
        StoreInUse, BackupForeign, BackupDamaged; the store is then as it was.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
