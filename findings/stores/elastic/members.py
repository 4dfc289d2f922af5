"""What ads and their sightings say of the case they are in: its id, and the case's state for searches.

Each is changed by a partial update that names the version it was decided on, so a process that was
slow, or took over from one that was killed, never puts back what another changed since.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from findings.errors import StoreAway
from findings.stores.elastic.bulk import Item, write_bulk
from findings.stores.elastic.case_files import CaseFiles
from findings.stores.elastic.client import errors
from findings.stores.elastic.names import Names
from findings.stores.elastic.places import MAX_IDS, find_places

#: How often a lost race is run again. Every loss means that another process won.
ATTEMPTS = 50
#: Documents of one page.
_PAGE = 500


class Members:
    """The ads and sightings of the cases of one store."""

    def __init__(self, client: Elasticsearch, url: str, names: Names, files: CaseFiles) -> None:
        self._client = client
        self._url = url
        self._names = names
        self._files = files

    def cases_of(self, ads: Iterable[str]) -> dict[str, str]:
        """The case of each of those of these ads that are stored; sees every write at once."""
        return {document["_id"]: document["_source"]["case_id"] for document in self._read(ads)}

    def move(self, moves: Mapping[str, str], still: Callable[[], bool]) -> None:
        """Put ads, and their sightings, into cases; `still` says whether that is still wanted."""
        for _ in range(ATTEMPTS):
            away = [hit for hit in self._read(moves) if hit["_source"]["case_id"] != moves[hit["_id"]]]
            if not self._change(away, lambda hit: _in_case(moves[hit["_id"]]), still):
                break
        else:
            raise self._kept_changing(next(iter(moves)))
        by_case: dict[str, list[str]] = {}
        for ad, case_id in moves.items():
            by_case.setdefault(case_id, []).append(ad)
        for case_id, ads in by_case.items():
            elsewhere = _elsewhere({"terms": {"ad_id": ads}}, case_id)
            self._all("sightings", elsewhere, _to(case_id), still)

    def move_all(self, case_id: str, to: str, still: Callable[[], bool]) -> None:
        """Put all ads and sightings of a case into another."""
        self._all("ads", {"term": {"case_id": case_id}}, lambda _: _in_case(to), still)
        self._all("sightings", {"term": {"case_id": case_id}}, _to(to), still)

    def spread_states(self, case_ids: Iterable[str]) -> None:
        """Let all ads of these cases say the state that the case has now."""
        for case_id in case_ids:
            for _ in range(ATTEMPTS):
                if not self._spread(case_id):
                    break
            else:
                raise self._kept_changing(case_id)

    def _spread(self, case_id: str) -> bool:
        """Correct the ads that say another state; whether there were any."""
        self._refresh("ads")
        found = False
        for hits in self._pages("ads", {"term": {"case_id": case_id}}):
            # The file is read after its ads: an older state than that of the ads can't win by being slow.
            there = self._files.read([case_id]).get(case_id)
            if there is None:
                return False
            state = there.file.state
            wrong = [hit for hit in hits if hit["_source"].get("state") != state]
            self._change(wrong, _saying(state), lambda: True)
            found |= bool(wrong)
        return found

    def _all(
        self,
        kind: str,
        query: dict[str, Any],
        new: Callable[[Any], dict[str, Any]],
        still: Callable[[], bool],
    ) -> None:
        """Change all documents of a query, until none matches."""
        for _ in range(ATTEMPTS):
            self._refresh(kind)
            found = False
            for hits in self._pages(kind, query):
                found = True
                self._change(hits, new, still)
            if not found or not still():
                return
        raise self._kept_changing(kind)

    def _change(
        self, hits: list[Any], new: Callable[[Any], dict[str, Any]], still: Callable[[], bool]
    ) -> bool:
        """Update documents as they were read; whether one was changed by others meanwhile."""
        if not hits or not still():
            return False
        return bool(
            write_bulk(
                self._client,
                self._url,
                (
                    Item(
                        hit["_index"],
                        hit["_id"],
                        msgspec.json.encode(new(hit)),
                        seq=hit["_seq_no"],
                        term=hit["_primary_term"],
                        update=True,
                    )
                    for hit in hits
                ),
            )
        )

    def _read(self, ads: Iterable[str]) -> Iterator[Any]:
        places = find_places(self._client, self._url, self._names, ads)
        wanted = [
            {"_index": self._names.index("ads", place.month), "_id": ad}
            for ad, place in sorted(places.items())
        ]
        for start in range(0, len(wanted), MAX_IDS):
            with errors(self._url):
                told = self._client.mget(
                    docs=wanted[start : start + MAX_IDS], source_includes=["case_id", "state"]
                )
            yield from (document for document in told["docs"] if document.get("found"))

    def _pages(self, kind: str, query: dict[str, Any]) -> Iterator[list[Any]]:
        place: list[Any] | None = None
        while True:
            with errors(self._url):
                told: Any = self._client.search(
                    index=self._names.alias(kind),
                    allow_partial_search_results=False,
                    query=query,
                    sort=[{"id": "asc"}],
                    size=_PAGE,
                    search_after=place,
                    source_includes=["case_id", "state"],
                    seq_no_primary_term=True,
                    track_total_hits=False,
                )
            hits = told["hits"]["hits"]
            if hits:
                yield hits
            if len(hits) < _PAGE:
                return
            place = hits[-1]["sort"]

    def refresh(self, indices: Collection[str] | None = None) -> None:
        """Let searches see all ads and sightings, or what some indices hold."""
        wanted = [self._names.alias("ads"), self._names.alias("sightings")] if indices is None else [*indices]
        if wanted:
            with errors(self._url):
                self._client.indices.refresh(index=wanted)

    def _refresh(self, kind: str) -> None:
        self.refresh([self._names.alias(kind)])

    def _kept_changing(self, what: str) -> StoreAway:
        return StoreAway(self._url, f"other processes kept changing {what}")


def _in_case(case_id: str) -> dict[str, Any]:
    # `record` is merged with what stands there: only this key of it changes.
    return {"case_id": case_id, "record": {"case_id": case_id}}


def _elsewhere(query: dict[str, Any], case_id: str) -> dict[str, Any]:
    return {"bool": {"filter": [query], "must_not": [{"term": {"case_id": case_id}}]}}


def _to(case_id: str) -> Callable[[Any], dict[str, Any]]:
    return lambda _: {"case_id": case_id}


def _saying(state: str) -> Callable[[Any], dict[str, Any]]:
    return lambda _: {"state": state}
