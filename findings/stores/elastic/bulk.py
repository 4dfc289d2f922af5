"""Bulk requests cut to size, several under way at once, with each refused item named."""

import re
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from findings.errors import StoreAway, WriteRefused
from findings.stores.elastic.client import errors, refusal

#: Bytes and documents of one request. Elasticsearch refuses requests of over 100 MB.
MAX_BYTES = 4 * 1024 * 1024
MAX_ITEMS = 500
#: Requests under way at once. The server writes the documents of one request to one shard one after another,
#: so one request at a time would leave its other cores idle.
AT_ONCE = 4
#: What is read of an answer: of thousands of documents, all else is a megabyte.
_ANSWERED = ("errors", "items.*.status", "items.*.error")
#: Seconds between the tries of a request for which the server has no room.
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)


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
    client: Elasticsearch,
    url: str,
    items: Iterable[Item],
    *,
    require_alias: bool = False,
    refresh: bool = False,
) -> set[str]:
    """Write all items, each of another document, and return the ids of those that lost a race (conflict, 409).

    Items are taken while earlier ones are on their way; with `refresh` searches see them on return. Raises
    WriteRefused, StoreAway or IndexMissing for the first item with another fault, once no request is under way.
    """
    chunks = _chunks(items)
    few = list(islice(chunks, 2))
    if len(few) < 2:
        return set().union(*(_send(client, url, chunk, require_alias, refresh) for chunk in few))
    lost: set[str] = set()
    touched: set[str] = set()
    with ThreadPoolExecutor(AT_ONCE, "bulk") as pool:
        sent: deque[Future[set[str]]] = deque()
        for chunk in chain(few, chunks):
            if len(sent) == AT_ONCE:
                lost |= sent.popleft().result()
            touched.update(item.index for item in chunk)
            sent.append(pool.submit(_send, client, url, chunk, require_alias))
        for answer in sent:
            lost |= answer.result()
    if refresh:
        with errors(url):
            client.indices.refresh(index=sorted(touched))
    return lost


def _send(
    client: Elasticsearch, url: str, chunk: list[Item], require_alias: bool, refresh: bool = False
) -> set[str]:
    """Write the items of one request; return the ids of those that lost a race.

    A server that has no room for the request now is asked again for a while; one that never will
    gets it in parts, down to the one document that is too large for it.
    """
    lost: set[str] = set()
    for pause in PAUSES:
        beaten, chunk, too_large = _answer(client, url, chunk, require_alias, refresh)
        lost |= beaten
        if not chunk:
            return lost
        if too_large and len(chunk) == 1:
            raise WriteRefused(chunk[0].id, "it is too large for the memory of the store's server")
        if too_large:
            half = len(chunk) // 2
            parts = (chunk[:half], chunk[half:])
            return lost.union(*(_send(client, url, part, require_alias, refresh) for part in parts))
        time.sleep(pause)
    raise StoreAway(url, "it has no room for more writes now")


def _answer(
    client: Elasticsearch, url: str, chunk: list[Item], require_alias: bool, refresh: bool
) -> tuple[set[str], list[Item], bool]:
    """Ids that lost a race, the items for which there was no room, and whether there never will be."""
    lines: list[Any] = [line for item in chunk for line in (item.action(), item.body())]
    try:
        with errors(url, writing=chunk[0].id):
            told = client.bulk(
                operations=lines, require_alias=require_alias, refresh=refresh, filter_path=_ANSWERED
            )
    except StoreAway as away:
        if not _beyond(away.reason):
            raise
        return set(), chunk, True
    lost: set[str] = set()
    full: list[Item] = []
    too_large = False
    for item, answer in zip(chunk, told["items"], strict=True) if told["errors"] else ():
        (result,) = answer.values()
        cause = result.get("error", {})
        if result["status"] == 409:
            lost.add(item.id)
        elif cause.get("type") == "es_rejected_execution_exception":
            full.append(item)
            too_large |= _beyond(str(cause.get("reason")))
        elif result["status"] >= 300:
            raise refusal(url, result["status"], cause, item.id)
    return lost, full, too_large


def _beyond(reason: str) -> bool:
    """Whether a request is larger than what the server takes at any time."""
    sizes = {name: int(size) for name, size in re.findall(r"(\w+)=(\d+)", reason)}
    return any(
        sizes.get(f"{part}_operation_bytes", 0) > sizes.get(f"max_{part}_bytes", sys.maxsize)
        for part in ("coordinating", "primary")
    )


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
