"""The protocol that both stores keep: SQLite for one desk, Elasticsearch for an administration."""

from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self

import msgspec

from findings.model.records import AdRecord, CaptureBundle, CaseView, Run, Sighting
from findings.query import Coverage, SearchQuery, SearchResult


class IndexStatus(msgspec.Struct, frozen=True):
    """One index or table of a store: name, version of its mapping, documents, size in bytes."""

    name: str
    version: str
    documents: int
    size: int
    state: str


class FindingStore(Protocol):
    """Ads with their judgement, sightings, captures and runs.

    Writing is idempotent: the same document under the same id twice is one document. An ad
    already stored keeps its `first_seen`. Every method may raise StoreAway; all but
    `create` raise IndexMissing on a store never created.
    """

    url: str

    def create(self) -> list[str]:
        """Make what is missing (tables; templates, indices, aliases) and return their names."""
        ...

    def status(self) -> list[IndexStatus]:
        """The state of every index or table."""
        ...

    def put_run(self, run: Run) -> None:
        """Store a run, or replace the one with its id."""
        ...

    def runs(self) -> list[Run]:
        """All runs, newest first."""
        ...

    def write(self, bundle: CaptureBundle) -> None:
        """Store what one finished task brought, whole, and visible to the next read.

        Raises WriteRefused if the store refuses a document.
        """
        ...

    def done_tasks(self, run_id: str) -> set[str]:
        """Ids of the tasks of a run whose captures are stored."""
        ...

    def ad(self, ad_id: str) -> AdRecord | None:
        """One ad, or None."""
        ...

    def sightings(self, ad_id: str) -> list[Sighting]:
        """The sightings of one ad, oldest first."""
        ...

    def search(self, query: SearchQuery) -> SearchResult:
        """One page of what matches. Raises QuerySyntaxError."""
        ...

    def cases(self, query: SearchQuery) -> Iterator[CaseView]:
        """The cases of the matching ads, worst first: severity, score, last seen, id.

        A case comes with all its ads, also those that the query does not match.
        """
        ...

    def case(self, case_id: str) -> CaseView | None:
        """One case, or None."""
        ...

    def coverage(self, run_id: str | None = None) -> Coverage:
        """Outcomes and findings of one run, or of everything stored."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
