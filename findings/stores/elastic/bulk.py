"""Bulk requests cut to size, with each refused item named."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from findings.stores.elastic.client import errors, refusal

#: Bytes and documents of one request. Elasticsearch refuses requests of over 100 MB.
MAX_BYTES = 8 * 1024 * 1024
MAX_ITEMS = 1000


class Item(msgspec.Struct, frozen=True):
    """One write: `create` refuses an id that exists; `seq` and `term` refuse a changed document.

    With `update` the document holds only the fields that are to change.
    """

    index: str
    id: str
    document: bytes
    create: bool = False
    seq: int | None = None
    term: int | None = None
    update: bool = False

    def action(self) -> bytes:
        """The line that goes before the document."""
        target: dict[str, Any] = {"_index": self.index, "_id": self.id}
        if self.seq is not None:
            target |= {"if_seq_no": self.seq, "if_primary_term": self.term}
        kind = "update" if self.update else "create" if self.create else "index"
        return msgspec.json.encode({kind: target})

    def body(self) -> bytes:
        """The line that follows."""
        return b'{"doc":' + self.document + b"}" if self.update else self.document


def write_bulk(
    client: Elasticsearch, url: str, items: Iterable[Item], *, require_alias: bool = False
) -> set[str]:
    """Write all items and return the ids of those that lost a race (conflict, 409).

    Raises WriteRefused, StoreAway or IndexMissing for the first item with another fault.
    """
    lost: set[str] = set()
    for chunk in _chunks(items):
        operations: list[bytes] = []
        for item in chunk:
            operations += (item.action(), item.body())
        with errors(url, writing=chunk[0].id):
            told = client.bulk(operations=operations, require_alias=require_alias)  # type: ignore[arg-type]
        if not told["errors"]:
            continue
        for answer in told["items"]:
            (result,) = answer.values()
            if result["status"] == 409:
                lost.add(result["_id"])
            elif result["status"] >= 300:
                raise refusal(url, result["status"], result.get("error", {}), result["_id"])
    return lost


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    size = 0
    for item in items:
        if chunk and (size + len(item.document) > MAX_BYTES or len(chunk) == MAX_ITEMS):
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += len(item.document)
    if chunk:
        yield chunk
