"""Batches, their numbers and their rows as documents of the index `handovers`.

A record is replaced only by who names the write that it read (`if_seq_no`). A number is a document that only one
can create, under an id made of office, year and number; who asks for one reads all that are taken, by id, so no
search need have seen them. Searches only say which records to look at: each is then read by id, as it stands.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from elasticsearch import Elasticsearch

from findings.errors import StoreDamaged
from findings.handovers import Stale
from findings.model.handover import BatchRecord, BatchState, HandedItem, Paper, Presence
from findings.search.cursor import micros
from findings.stores.codec import encode, replaceable, within
from findings.stores.elastic.bulk import Item, write_bulk
from findings.stores.elastic.client import errors, refusal
from findings.stores.elastic.names import Names
from findings.stores.elastic.reading import Reader
from findings.stores.handed import (
    MOST,
    MOST_BYTES,
    by_sending,
    checked_batch,
    counted_up,
    plain,
    portions,
)

_R = TypeVar("_R", BatchRecord, HandedItem)

_BATCH, _ITEM, _NUMBER = "batch", "item", "number"
#: Numbers read in the first request for one; twice as many in each that follows.
_FEW = 8


class _Stored(msgspec.Struct, Generic[_R], frozen=True):
    """A record as it stands, as JSON values too, with what an update must name and the attempt that wrote it."""

    record: _R
    raw: Any
    token: str
    seq: int
    term: int


class ElasticHandovers:
    """See `Handovers`."""

    def __init__(self, client: Elasticsearch, url: str, names: Names, reader: Reader) -> None:
        self._client = client
        self._url = url
        self._index = names.alias("handovers")
        self._reader = reader

    def batch(self, batch_id: str) -> BatchRecord | None:
        """One batch, or None."""
        return self._find(_BATCH, batch_id, BatchRecord)

    def put_batch(self, record: BatchRecord) -> BatchRecord | Stale:
        """Replace a batch that is as it was read."""
        (stands,) = self._put(_BATCH, [checked_batch(record)], BatchRecord, _of_batch)
        return stands

    def batches(
        self,
        *,
        states: Sequence[BatchState] = (),
        papers: Sequence[Paper] = (),
        year: int | None = None,
    ) -> Iterator[BatchRecord]:
        """The batches that fit, newest draft first."""
        asked = _one_of(state=states, paper=papers, year=() if year is None else (year,))
        found = self._each(_BATCH, asked, [{"drafted_us": "desc"}, {"id": "desc"}], BatchRecord)
        return (batch for batch in found if not states or batch.state in states)

    def number(self, office: str, year: int, batch_id: str) -> int:
        """The number of a batch within office and year."""
        office, batch_id = plain(office), plain(batch_id)
        within(batch_id, "year", year, 1, 9999)
        of = hashlib.sha256(msgspec.json.encode((office, year))).hexdigest()
        number, step = 1, _FEW
        while True:
            taken = self._taken(of, number, step)
            if batch_id in taken:
                return number + taken.index(batch_id)
            number += len(taken)
            if len(taken) == step:
                step = min(2 * step, MOST)
                continue
            key = f"{of}/{number}"
            record = {"office": office, "year": year, "number": number, "batch_id": batch_id}
            document = msgspec.json.encode({"kind": _NUMBER, "id": key, "record": record})
            item = Item(self._index, f"{_NUMBER}/{key}", document, create=True)
            if not write_bulk(self._client, self._url, [item], require_alias=True):
                return number
            # Somebody took it first: perhaps for the same batch.

    def _taken(self, of: str, number: int, step: int) -> list[str]:
        """The batches that have so many numbers from one on, up to the first that nobody took."""
        keys = [f"{_NUMBER}/{of}/{wanted}" for wanted in range(number, number + step)]
        taken: list[str] = []
        for document in self._documents(keys, ["record.batch_id"]):
            if not document["found"]:
                break
            taken.append(document["_source"]["record"]["batch_id"])
        return taken

    def put_items(self, items: Iterable[HandedItem]) -> list[HandedItem | Stale]:
        """Replace rows that are as they were read, in bulk."""
        stand: list[HandedItem | Stale] = []
        for portion in portions(items):
            stand += self._put(_ITEM, portion, HandedItem, _of_item)
        return stand

    def item(self, item_id: str) -> HandedItem | None:
        """One row, or None."""
        return self._find(_ITEM, item_id, HandedItem)

    def items(self, batch_id: str) -> Iterator[HandedItem]:
        """The rows of a batch, in order."""
        of_batch = [{"term": {"batch_id": plain(batch_id)}}]
        return self._each(_ITEM, of_batch, [{"row": "asc"}, {"id": "asc"}], HandedItem)

    def items_of(self, case_id: str) -> list[HandedItem]:
        """The rows of a case in all batches."""
        of_case = [{"term": {"case_id": plain(case_id)}}]
        return by_sending(self._each(_ITEM, of_case, [{"id": "asc"}], HandedItem))

    def due(self, until: datetime, *, presences: Sequence[Presence] = ()) -> Iterator[HandedItem]:
        """The rows that are owed a visit by an instant, longest owed first."""
        asked = [{"range": {"next_visit_us": {"lte": micros(until)}}}, *_one_of(presence=presences)]
        found = self._each(_ITEM, asked, [{"next_visit_us": "asc"}, {"id": "asc"}], HandedItem)
        return (
            item
            for item in found
            if item.next_visit and item.next_visit <= until and (not presences or item.presence in presences)
        )

    def _find(self, kind: str, document_id: str, into: type[_R]) -> _R | None:
        found = self._stored(kind, [plain(document_id)], into)
        return next((stored.record for stored in found.values()), None)

    def _put(
        self, kind: str, records: Sequence[_R], into: type[_R], facts: Callable[[_R], Mapping[str, Any]]
    ) -> list[_R | Stale]:
        """Write records of different ids that are as they were read; each as it stands then, in order."""
        token = secrets.token_hex(8)
        stand = self._stored(kind, [record.id for record in records if record.version], into)
        new: dict[str, _R] = {}
        writes: list[Item] = []
        for record in records:
            there = stand.get(record.id)
            if record.version != (there.record.version if there else 0):
                continue
            if there is not None:
                replaceable(record.id, there.raw, into)
            new[record.id] = counted_up(record)
            writes.append(
                Item(
                    self._index,
                    f"{kind}/{record.id}",
                    _document(kind, new[record.id], token, facts(record)),
                    create=there is None,
                    seq=there.seq if there else None,
                    term=there.term if there else None,
                )
            )
        lost = write_bulk(self._client, self._url, writes, require_alias=True)
        beaten = self._stored(kind, [key for key in new if f"{kind}/{key}" in lost], into)

        def outcome(record: _R) -> _R | Stale:
            key = record.id
            if key not in new:
                now = stand.get(key)
            elif f"{kind}/{key}" not in lost:
                return new[key]
            else:
                now = beaten.get(key)
                # A write whose answer got lost is sent again by the client, and then meets its own first one.
                if now is not None and now.token == token:
                    return new[key]
            return Stale(now.record if now else None)

        return [outcome(record) for record in records]

    def _each(
        self, kind: str, asked: Sequence[Mapping[str, Any]], sort: list[Any], into: type[_R]
    ) -> Iterator[_R]:
        """The records that searches find, some at a time: whoever takes them may write between two."""
        with errors(self._url):
            self._client.indices.refresh(index=self._index)
        query = {"bool": {"filter": [{"term": {"kind": kind}}, *asked]}}
        for hits in self._reader.pages("handovers", query, sort, ["id", "bytes"]):
            for ids in _light(hits):
                found = self._stored(kind, ids, into)
                yield from (found[key].record for key in ids if key in found)

    def _stored(self, kind: str, ids: Sequence[str], into: type[_R]) -> dict[str, _Stored[_R]]:
        """Those of these records that are there; sees every write."""
        found: dict[str, _Stored[_R]] = {}
        documents = self._documents([f"{kind}/{key}" for key in ids], ["record", "token"])
        for key, document in zip(ids, documents, strict=True):
            if document["found"]:
                source = document["_source"]
                found[key] = _Stored(
                    record=self._read(key, source["record"], into),
                    raw=source["record"],
                    token=source["token"],
                    seq=document["_seq_no"],
                    term=document["_primary_term"],
                )
        return found

    def _read(self, key: str, record: Any, into: type[_R]) -> _R:
        try:
            return msgspec.convert(record, into)
        except msgspec.ValidationError as error:
            raise StoreDamaged(self._url, f"{key}: {error}") from error

    def _documents(self, keys: Sequence[str], fields: Sequence[str]) -> list[Any]:
        """What is stored under each of these ids, as it stands."""
        if not keys:
            return []
        with errors(self._url):
            told = self._client.mget(index=self._index, ids=list(keys), source_includes=list(fields))
        documents: list[Any] = told["docs"]
        for document in documents:
            if "error" in document:
                raise refusal(self._url, 404, document["error"], None)
        return documents


def _light(hits: Iterable[Any]) -> Iterator[list[str]]:
    """The ids of hits, as many together as may be read at once."""
    some: list[str] = []
    size = 0
    for hit in hits:
        source = hit["_source"]
        if some and size + source["bytes"] > MOST_BYTES:
            yield some
            some, size = [], 0
        some.append(source["id"])
        size += source["bytes"]
    if some:
        yield some


def _document(kind: str, record: BatchRecord | HandedItem, token: str, facts: Mapping[str, Any]) -> bytes:
    data = encode(record.id, record)
    head = {"kind": kind, "id": record.id, "token": token, "bytes": len(data)}
    return msgspec.json.encode({**head, **facts, "record": msgspec.Raw(data)})


def _of_batch(record: BatchRecord) -> dict[str, Any]:
    return {
        "state": record.state,
        "paper": record.paper,
        "year": record.year,
        "drafted_us": micros(record.drafted.at),
    }


def _of_item(item: HandedItem) -> dict[str, Any]:
    return {
        "batch_id": item.batch_id,
        "row": item.row,
        "case_id": item.case_id,
        "presence": item.presence,
        "next_visit_us": None if item.next_visit is None else micros(item.next_visit),
    }


def _one_of(**fields: Sequence[Any]) -> list[dict[str, Any]]:
    """Conditions on fields, each one of some values, or any where none are given."""
    return [{"terms": {field: list(values)}} for field, values in fields.items() if values]
