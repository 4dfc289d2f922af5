"""Batches and their rows as both stores take them: what is refused, and what a change makes of a record."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

from msgspec.structs import replace

from findings.errors import WriteRefused
from findings.model.handover import BatchRecord, HandedItem, item_id
from findings.model.surrogates import without_halves
from findings.stores.codec import MAX_INT, MAX_LONG, aware, readable, within

#: Rows taken, checked and written together, and bytes of records read at a time.
MOST, MOST_BYTES = 500, 4 * 1024 * 1024
#: Bytes of an id at most: Elasticsearch takes 512, with what stands before them there.
_MOST_ID = 400

_R = TypeVar("_R", BatchRecord, HandedItem)


def checked_batch(record: BatchRecord) -> BatchRecord:
    """A batch fit for storing. Raises WriteRefused."""
    record = readable(record)
    _known(record.id, record.version)
    within(record.id, "year", record.year, 1, 9999)
    within(record.id, "number", record.number or 0, 0, MAX_INT)
    aware(record.id, "drafted", record.drafted.at)
    return record


def checked_item(item: HandedItem) -> HandedItem:
    """A row fit for storing. Raises WriteRefused, also where its id is not that of its batch and row."""
    item = readable(item)
    _known(item.id, item.version)
    within(item.id, "row", item.row, 1, MAX_INT)
    for receipt in item.receipts:
        within(item.id, "line", receipt.line, 0, MAX_INT)
    if item.id != item_id(item.batch_id, item.row):
        raise WriteRefused(item.id, f"it is of row {item.row} of batch {item.batch_id}")
    for field in ("sent_at", "next_visit"):
        at: datetime | None = getattr(item, field)
        if at is not None:
            aware(item.id, field, at)
    return item


def portions(items: Iterable[HandedItem]) -> Iterator[list[HandedItem]]:
    """Rows fit for storing, some at a time and none twice in a portion; each portion is checked whole before
    it comes. Raises WriteRefused."""
    portion: dict[str, HandedItem] = {}
    size = 0
    for item in map(checked_item, items):
        weight = sum(map(len, item.urls))  # of what may be long, the most
        if portion and (len(portion) == MOST or item.id in portion or size + weight > MOST_BYTES):
            yield list(portion.values())
            portion, size = {}, 0
        portion[item.id] = item
        size += weight
    if portion:
        yield list(portion.values())


def counted_up(record: _R) -> _R:
    """The record as it stands once it is written."""
    return replace(record, version=record.version + 1)


def by_sending(items: Iterable[HandedItem]) -> list[HandedItem]:
    """Rows in the order in which they were sent, those not sent last."""
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(items, key=lambda item: (item.sent_at is None, item.sent_at or never, item.id))


def plain(name: str) -> str:
    """A name that is asked for, as it was stored: with U+FFFD for each lone surrogate."""
    return str(without_halves(name))


def _known(document_id: str, version: int) -> None:
    within(document_id, "version", version, 0, MAX_LONG - 1)
    if not 0 < len(document_id.encode()) <= _MOST_ID:
        raise WriteRefused(document_id[:_MOST_ID], f"its id must have 1 to {_MOST_ID} bytes")
