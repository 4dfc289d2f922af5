"""Batches and rows that were handed over, in one line, for tests."""

from typing import Any

from findings.handovers import Handovers, Stale
from findings.model.handover import BatchRecord, BatchState, Done, HandedItem, Paper, item_id
from tests.support import records as make


def batch(which: int, /, **more: Any) -> BatchRecord:
    """A batch drafted so many minutes after noon, never stored."""
    values: dict[str, Any] = {
        "id": f"{which:032x}",
        "version": 0,
        "paper": Paper.CLOSURE,
        "state": BatchState.DRAFT,
        "office": "示例市市场监督管理局",
        "addressee": "示例省通信管理局",
        "year": 2026,
        "case_ids": ("c1-1", "c1-2"),
        "drafted": Done("甲", make.minutes(which), "首批"),
    }
    return BatchRecord(**(values | more))


def row(of: BatchRecord, number: int, /, **more: Any) -> HandedItem:
    """A row of a batch, never stored."""
    values: dict[str, Any] = {
        "id": item_id(of.id, number),
        "version": 0,
        "batch_id": of.id,
        "row": number,
        "case_id": f"c1-{number}",
        "ad_ids": (f"a1-{number}",),
        "title": "保本保息",
        "advertiser": "示例理财有限公司",
        "host": "licai.example",
        "urls": ("https://licai.example/",),
    }
    return HandedItem(**(values | more))


def kept(book: Handovers, record: BatchRecord) -> BatchRecord:
    """Store a batch that nobody else changes."""
    stands = book.put_batch(record)
    assert not isinstance(stands, Stale)
    return stands


def kept_rows(book: Handovers, *rows: HandedItem) -> list[HandedItem]:
    """Store rows that nobody else changes."""
    stand = book.put_items(rows)
    stale = [one for one in stand if isinstance(one, Stale)]
    assert not stale
    return [one for one in stand if not isinstance(one, Stale)]
