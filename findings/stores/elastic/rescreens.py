"""Rescreens as documents of the index `rescreens`: one a rescreen, one a slice.

A part is written in three steps: the slice gets it as `pending`, the ads and their cases are brought up to date, the
slice says how far it is and loses `pending`. Whoever comes to a slice with a pending part does the last two
steps again: an ad that has its new judgement already is left as it is. So after a kill at any point nothing is lost,
nothing written twice, and nothing judged twice that was on its way.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

import msgspec
from elasticsearch import Elasticsearch, NotFoundError

from findings.errors import StoreAway
from findings.model.errors import FinAdWatchError
from findings.model.records import AdRecord
from findings.rescreening.job import (
    Archived,
    Batch,
    Failure,
    Job,
    LastSeen,
    Part,
    Progress,
    advanced,
    bounds,
)
from findings.rescreens import MOST, MOST_AGAIN, MOST_BYTES
from findings.search.asked import ask
from findings.search.cursor import micros
from findings.stores.codec import encode, readable
from findings.stores.elastic.bulk import Item, write_bulk
from findings.stores.elastic.client import errors, refusal
from findings.stores.elastic.members import ATTEMPTS
from findings.stores.elastic.names import Names
from findings.stores.elastic.places import by_id, find_places
from findings.stores.elastic.queries import conditions
from findings.stores.elastic.reading import Reader
from findings.stores.elastic.rejudging import Rejudging

#: Seconds after which an archive is read from a new point in time: an old one keeps what was replaced since on disk.
RENEW_S = 300.0
#: How long a point in time is kept after each reading of it.
_KEEP = "10m"
#: Of a record, what no judgement needs.
_LEFT_OUT = ["record.tokens", "record.embedding"]


class _Kept(msgspec.Struct, frozen=True):
    """A slice as it stands: its progress, the part on its way, what an update must name."""

    progress: Progress
    pending: Part | None
    seq: int | None
    term: int | None


class ElasticRescreens:
    """See `Rescreens`."""

    def __init__(
        self, client: Elasticsearch, url: str, names: Names, reader: Reader, rejudging: Rejudging
    ) -> None:
        self._client = client
        self._url = url
        self._names = names
        self._index = names.alias("rescreens")
        self._reader = reader
        self._rejudging = rejudging
        self._point: tuple[str, float] | None = None
        self._window = MOST

    def begin(self, job: Job) -> Job:
        """Keep a rescreen unless it is there."""
        job = readable(job)
        there = write_bulk(self._client, self._url, [self._item(job, create=True)], require_alias=True)
        self._refresh()
        kept = self.job(job.id) if there else None
        return kept or job

    def end(self, job: Job) -> None:
        """Keep when it ended."""
        write_bulk(self._client, self._url, [self._item(job)], require_alias=True)
        self._refresh()

    def _item(self, job: Job, *, create: bool = False) -> Item:
        document = {
            "id": job.id,
            "begun_us": micros(job.begun_at),
            "record": msgspec.Raw(encode(job.id, job)),
        }
        return Item(self._index, job.id, msgspec.json.encode(document), create=create)

    def _refresh(self) -> None:
        with errors(self._url):
            self._client.indices.refresh(index=self._index)

    def job(self, job_id: str) -> Job | None:
        """One rescreen, or None."""
        document = by_id(self._client, self._url, self._index, job_id)
        return msgspec.convert(document["_source"]["record"], Job, str_keys=True) if document else None

    def jobs(self) -> list[Job]:
        """All rescreens, newest first."""
        of_jobs = {"exists": {"field": "begun_us"}}
        return list(self._reader.records("rescreens", of_jobs, [{"begun_us": "desc"}, {"id": "asc"}], Job))

    def progress(self, job: Job) -> list[Progress]:
        """How far each slice came."""
        kept = self._kept(job, range(job.slices))
        return [kept[number].progress for number in range(job.slices)]

    def _kept(self, job: Job, numbers: Sequence[int]) -> dict[int, _Kept]:
        with errors(self._url):
            told = self._client.mget(index=self._index, ids=[_slice_id(job, number) for number in numbers])
        found: dict[int, _Kept] = {}
        for number, document in zip(numbers, told["docs"], strict=True):
            if "error" in document:
                raise refusal(self._url, 404, document["error"], None)
            if document["found"]:
                source = document["_source"]
                pending = source.get("pending")
                found[number] = _Kept(
                    progress=msgspec.convert(source["record"], Progress, strict=False, str_keys=True),
                    pending=msgspec.convert(pending, Part) if pending else None,
                    seq=document["_seq_no"],
                    term=document["_primary_term"],
                )
            else:
                found[number] = _Kept(Progress(number=number), None, None, None)
        return found

    def settle(self, job: Job, number: int) -> Progress:
        """End what a killed process left half written of a slice."""
        for _ in range(ATTEMPTS):
            kept = self._kept(job, [number])[number]
            if kept.pending is None:
                return kept.progress
            self._finish(job, kept, kept.pending)
        raise StoreAway(self._url, f"other processes kept changing slice {number} of {job.id}")

    def write(self, job: Job, part: Part) -> Progress:
        """Note a part as pending, bring ads and cases up to date, note how far the slice came."""
        part = readable(part)
        kept = self._kept(job, [part.number])[part.number]
        if kept.progress.parts != part.parts or kept.pending is not None:
            return self.settle(job, part.number)
        if part.changed:
            if not self._keep(job, kept, kept.progress, part):
                return self.settle(job, part.number)
            kept = self._kept(job, [part.number])[part.number]
            if kept.pending != part:
                return self.settle(job, part.number)
        return self._finish(job, kept, part) or self.settle(job, part.number)

    def _finish(self, job: Job, kept: _Kept, part: Part) -> Progress | None:
        """The steps after the first, by several processes at once if need be; None where another one was faster."""
        lost, refused = self._rejudging.write(part.changed) if part.changed else ((), ())
        progress = advanced(kept.progress, part, lost, refused)
        return progress if self._keep(job, kept, progress, None) else None

    def _keep(self, job: Job, kept: _Kept, progress: Progress, pending: Part | None) -> bool:
        """Write a slice unless it changed since it was read."""
        key = _slice_id(job, progress.number)
        document = msgspec.json.encode(
            {"id": key, "pending": pending, "record": msgspec.Raw(encode(key, progress))}
        )
        item = Item(self._index, key, document, create=kept.seq is None, seq=kept.seq, term=kept.term)
        return not write_bulk(self._client, self._url, [item], require_alias=True)

    # -- reading -----------------------------------------------------------------------------------

    def read(self, job: Job, progress: Progress) -> Batch:
        """The next ads of a slice, from a point in time."""
        if progress.again:
            wanted = progress.again[:MOST_AGAIN]
            ads, unreadable = self._read(list(self._by_id(wanted)))
            return Batch(
                ads=ads, cursor=progress.cursor, end=progress.end, tried=wanted, unreadable=unreadable
            )
        hits, end = self._behind(job, progress)
        ads, unreadable = self._read([(hit["_id"], hit["_source"].get("record")) for hit in hits])
        cursor = hits[-1]["_id"] if hits else progress.cursor
        return Batch(ads=ads, cursor=cursor, end=end, unreadable=unreadable)

    def _behind(self, job: Job, progress: Progress) -> tuple[list[Any], bool]:
        """The next hits of a slice, and whether they are its last. Fewer are asked for where they weigh much."""
        low, high = bounds(progress.number, job.slices)
        ids: dict[str, str] = {"gte": low} if low else {}
        if high is not None:
            ids["lt"] = high
        if progress.cursor:
            ids = {"gt": progress.cursor} | {name: value for name, value in ids.items() if name == "lt"}
        asked = conditions(ask(job.query).expression)
        query = {"bool": {"filter": [asked, *([{"range": {"id": ids}}] if ids else [])]}}
        for _ in range(ATTEMPTS):
            size = self._window
            try:
                hits: list[Any] = self._ask(query, size)
            except StoreAway as away:
                if "circuit_breaking" not in away.reason or size == 1:
                    raise
                self._window = max(1, size // 4)
                continue
            weight = sum(len(str(hit["_source"])) for hit in hits[:8]) * len(hits) // max(1, len(hits[:8]))
            self._window = max(1, size // 2) if weight > MOST_BYTES else min(MOST, size * 2)
            return hits, len(hits) < size
        raise StoreAway(self._url, "it has no room to read a slice of the archive")

    def _ask(self, query: Mapping[str, Any], size: int) -> list[Any]:
        """The first hits of a query by id. A point in time that lapsed, or that a restart of the server took, is
        made anew: the order of ids is the same in each."""
        for _ in range(2):
            point = self._point_in_time()
            try:
                with errors(self._url):
                    told = self._client.search(
                        pit={"id": point, "keep_alive": _KEEP},
                        query=query,
                        sort=[{"id": "asc"}],
                        size=size,
                        source_includes=["record"],
                        source_excludes=_LEFT_OUT,
                        track_total_hits=False,
                        allow_partial_search_results=False,
                    )
            except FinAdWatchError as error:
                if not isinstance(error.__cause__, NotFoundError):
                    raise
                lost, self._point = error, None
                continue
            self._point = (told["pit_id"], self._point[1] if self._point else monotonic())
            return list(told["hits"]["hits"])
        raise lost

    def _point_in_time(self) -> str:
        if self._point is not None and monotonic() - self._point[1] > RENEW_S:
            with suppress(FinAdWatchError), errors(self._url):  # it lapses by itself
                self._client.close_point_in_time(id=self._point[0])
            self._point = None
        if self._point is None:
            with errors(self._url):
                made = self._client.open_point_in_time(index=self._names.alias("ads"), keep_alive=_KEEP)
            self._point = (made["id"], monotonic())
        return self._point[0]

    def _by_id(self, ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """These ads as they stand now."""
        places = find_places(self._client, self._url, self._names, ids)
        documents = [
            {"_index": self._names.index("ads", place.month), "_id": key} for key, place in places.items()
        ]
        with errors(self._url):
            told = self._client.mget(docs=documents, source_includes=["record"], source_excludes=_LEFT_OUT)
        for document in told["docs"]:
            if document.get("found"):
                yield document["_id"], document["_source"].get("record")

    def _read(self, found: Sequence[tuple[str, Any]]) -> tuple[tuple[Archived, ...], tuple[Failure, ...]]:
        last = self._last_seen([key for key, _ in found])
        ads: list[Archived] = []
        unreadable: list[Failure] = []
        for key, record in found:
            try:
                ads.append(Archived(msgspec.convert(record, AdRecord), last.get(key)))
            except msgspec.MsgspecError as error:
                unreadable.append(Failure.of(key, str(error)))
        return tuple(ads), tuple(unreadable)

    def _last_seen(self, ids: Sequence[str]) -> dict[str, LastSeen]:
        if not ids:
            return {}
        told = self._reader.ask(
            "sightings",
            query={"terms": {"ad_id": list(ids)}},
            collapse={"field": "ad_id"},
            sort=[{"at_us": "desc"}, {"id": "desc"}],
            size=len(ids),
            source_includes=["ad_id", "record.at", "record.region", "record.evidence"],
            track_total_hits=False,
        )
        return {
            hit["_source"]["ad_id"]: msgspec.convert(hit["_source"]["record"], LastSeen)
            for hit in told["hits"]["hits"]
        }

    def close(self) -> None:
        """Let the point in time go."""
        if self._point is not None:
            with suppress(FinAdWatchError), errors(self._url):  # it lapses by itself
                self._client.close_point_in_time(id=self._point[0])
            self._point = None


def _slice_id(job: Job, number: int) -> str:
    return f"{job.id}/{number}"
