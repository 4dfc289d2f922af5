"""Reads documents by id, by search and by page."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import msgspec
from elasticsearch import Elasticsearch

from findings.model.crawl import Capture
from findings.model.errors import FinAdWatchError
from findings.model.records import AdRecord, Run, Sighting
from findings.stores.elastic.client import errors
from findings.stores.elastic.names import Names
from findings.stores.elastic.places import find_places

_T = TypeVar("_T", bound=msgspec.Struct)

#: Documents of one page of a reading that goes to the end.
PAGE = 500
#: How long a point in time is kept after each page.
KEEP = "10m"


class Reader:
    """Reads from one store through its read aliases."""

    def __init__(self, client: Elasticsearch, url: str, names: Names) -> None:
        self._client = client
        self._url = url
        self._names = names

    def ask(self, kind: str, **body: Any) -> Any:
        """The answer of a search over all indices of a kind; an answer of only some is an error."""
        with errors(self._url):
            return self._client.search(
                index=self._names.alias(kind), allow_partial_search_results=False, **body
            ).body

    def pages(
        self, kind: str, query: dict[str, Any], sort: list[Any], fields: Sequence[str]
    ) -> Iterator[list[Any]]:
        """All hits of a query with these fields of their source, a page at a time.

        They come by `sort`, which must end in a unique field.
        """
        place: list[Any] | None = None
        while True:
            told = self.ask(
                kind,
                query=query,
                sort=sort,
                size=PAGE,
                search_after=place,
                source_includes=fields,
                track_total_hits=False,
            )
            hits = told["hits"]["hits"]
            if hits:
                yield hits
            if len(hits) < PAGE:
                return
            place = hits[-1]["sort"]

    def view(
        self, kind: str, query: dict[str, Any], sort: list[Any], place: list[Any] | None
    ) -> Iterator[Any]:
        """All hits of a query behind a place, with their records, from one point in time.

        The point is kept for `KEEP` between two pages: whoever takes longer gets StoreDamaged.
        """
        with errors(self._url):
            point = self._client.open_point_in_time(index=self._names.alias(kind), keep_alive=KEEP)["id"]
        try:
            while True:
                with errors(self._url):
                    told = self._client.search(
                        pit={"id": point, "keep_alive": KEEP},
                        query=query,
                        sort=sort,
                        size=PAGE,
                        search_after=place,
                        source_includes=["record"],
                        track_total_hits=False,
                        allow_partial_search_results=False,
                    )
                point = told["pit_id"]
                hits = told["hits"]["hits"]
                yield from hits
                if len(hits) < PAGE:
                    return
                place = hits[-1]["sort"][:2]  # behind them stands the point's own, for equal ones
        finally:
            with suppress(FinAdWatchError), errors(self._url):  # it lapses by itself
                self._client.close_point_in_time(id=point)

    def records(self, kind: str, query: dict[str, Any], sort: list[Any], into: type[_T]) -> Iterator[_T]:
        """All records of a query in order."""
        for hits in self.pages(kind, query, sort, ["record"]):
            for hit in hits:
                yield record(hit, into)

    def by_id(self, kind: str, document_id: str, into: type[_T]) -> _T | None:
        """The record under the id of an ad or a task, or None; sees every write at once."""
        place = find_places(self._client, self._url, self._names, [document_id]).get(document_id)
        if place is None:
            return None
        index = self._names.index(kind, place.month)
        with errors(self._url):
            told = self._client.mget(index=index, ids=[document_id], source_includes=["record"])
        (document,) = told["docs"]
        return record(document, into) if document.get("found") else None

    def ad(self, ad_id: str) -> AdRecord | None:
        """One ad, or None."""
        return self.by_id("ads", ad_id, AdRecord)

    def capture(self, task_id: str) -> Capture | None:
        """What one task brought, or None."""
        return self.by_id("captures", task_id, Capture)

    def runs(self) -> list[Run]:
        """All runs, newest first."""
        everything: dict[str, Any] = {"match_all": {}}
        return list(self.records("runs", everything, [{"started_us": "desc"}, {"id": "asc"}], Run))

    def sightings(self, ad_id: str) -> list[Sighting]:
        """The sightings of one ad, oldest first."""
        of_ad = {"term": {"ad_id": ad_id}}
        return list(self.records("sightings", of_ad, [{"at_us": "asc"}, {"id": "asc"}], Sighting))

    def done_tasks(self, run_id: str) -> set[str]:
        """Ids of the tasks of a run whose captures are stored."""
        done: set[str] = set()
        place: list[Any] | None = None
        while True:
            told = self.ask(
                "captures",
                query={"term": {"run_id": run_id}},
                sort=[{"task_id": "asc"}],
                size=5000,
                search_after=place,
                source=False,
                track_total_hits=False,
            )
            hits = told["hits"]["hits"]
            done.update(hit["_id"] for hit in hits)
            if len(hits) < 5000:
                return done
            place = hits[-1]["sort"]


def record(hit: Any, into: type[_T]) -> _T:
    """The domain value that a hit carries."""
    return msgspec.convert(hit["_source"]["record"], into)


def counts(aggregation: Any) -> dict[str, int]:
    """Documents by value of a `terms` aggregation."""
    return {str(bucket["key"]): bucket["doc_count"] for bucket in aggregation["buckets"]}
