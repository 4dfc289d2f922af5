"""The queue of every store. Each test runs on SQLite and, marked `elastic`, on a real server."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from findings.casebook import Casebook, CaseQuery
from findings.errors import IndexMissing, QueryValueError
from findings.model.casework import (
    Exclusion,
    Given,
)
from findings.model.vocabulary import CaseState, Severity
from findings.store import FindingStore
from findings.stores import open_store
from tests.support import records as make
from tests.support.casebooks import file_of, set_state


def _ids(store: FindingStore, **query: object) -> list[str]:
    return [file.id for file in store.casebook().files(CaseQuery(**query)).files]  # type: ignore[arg-type]


def _queue(store: FindingStore) -> list[str]:
    """Four cases, worst first: of 8, 2, 3 and of nothing."""
    ads = [
        make.ad("无事", case_id="c1-d"),
        make.ad("夸大", make.finding(3, Severity.LOW, 0.5), case_id="c1-c", source="sogou"),
        make.ad("保本", make.finding(2, Severity.MEDIUM, 0.8), case_id="c1-b"),
        make.ad("代币", make.finding(8, Severity.HIGH, 0.9), case_id="c1-a", source="sogou"),
    ]
    store.write(make.bundle(*ads))
    return ["c1-a", "c1-b", "c1-c", "c1-d"]


def test_the_queue_is_in_order_and_paged(store: FindingStore) -> None:
    order = _queue(store)
    store.write(make.bundle(*(make.ad(f"并列{n}", case_id=f"c1-e{n}") for n in range(5)), page=2))
    order += [f"c1-e{n}" for n in range(5)]
    book = store.casebook()
    page = book.files(CaseQuery(limit=4))
    got = list(page.files)
    assert page.total == 9
    while page.next_cursor:
        page = book.files(CaseQuery(limit=4, cursor=page.next_cursor))
        got += page.files
    assert [file.id for file in got] == order
    assert [file.priority for file in got] == sorted((file.priority for file in got), reverse=True)
    assert got == [file_of(store, case_id) for case_id in order]


def test_the_queue_is_filtered(store: FindingStore) -> None:
    a, b, c, d = _queue(store)
    book = store.casebook()
    given = Given(to="wang", until=make.minutes(60))
    set_state(book, a, CaseState.CONFIRMED, assignee="wang", given=given, due=date(2026, 11, 25))
    set_state(book, b, CaseState.UNSURE, assignee="li", district="徐汇区", due=date(2026, 11, 30))
    exclusion = Exclusion(by="li", at=make.NOON, reason="误报", fingerprints=(), ruleset="2026.11.1")
    set_state(book, c, CaseState.EXCLUDED, exclusion=exclusion)
    rows: list[tuple[dict[str, object], list[str]]] = [
        ({"states": (CaseState.OPEN,)}, [d]),
        ({"states": (CaseState.CONFIRMED, CaseState.UNSURE)}, [a, b]),
        ({"assignees": ("wang",)}, [a]),
        ({"assignees": ("wang", "li")}, [a, b]),
        ({"unassigned": True}, [c, d]),
        ({"unassigned": True, "assignees": ("li",)}, [b, c, d]),
        ({"districts": ("徐汇区",)}, [b]),
        ({"categories": (2, 8)}, [a, b]),
        ({"sources": ("sogou",)}, [a, c]),
        ({"sources": ("sogou",), "categories": (3,)}, [c]),
        ({"due_by": date(2026, 11, 25)}, [a]),
        ({"due_by": date(2026, 12, 10)}, [a, b]),
        ({"free_at": make.minutes(59)}, [b, c, d]),
        ({"free_at": make.minutes(60)}, [a, b, c, d]),
        ({"on_desk": ("wang", make.minutes(59))}, [a]),
        ({"on_desk": ("wang", make.minutes(60))}, []),
        ({"on_desk": ("li", make.minutes(59))}, []),
        ({"quiet": False}, [a, b, d]),
        ({"findings_only": True}, [a, b, c]),
    ]
    for query, expected in rows:
        assert _ids(store, **query) == expected, query


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 1001},
        {"categories": (0,)},
        {"cursor": "x!"},
        {"free_at": datetime(2026, 1, 1)},
        {"assignees": ("\ud800",)},
    ],
)
def test_a_query_out_of_range_is_refused(store: FindingStore, query: dict[str, object]) -> None:
    with pytest.raises(QueryValueError):
        store.casebook().files(CaseQuery(**query))  # type: ignore[arg-type]


CALLS: dict[str, Callable[[Casebook], object]] = {
    "file": lambda b: b.file("c1-x"),
    "files": lambda b: b.files(CaseQuery()),
    "trail": lambda b: list(b.trail()),
    "trail_of": lambda b: list(b.trail_of("c1-x")),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_store_never_created_says_so(store_url: str, call: str) -> None:
    with open_store(store_url) as store, pytest.raises(IndexMissing):
        CALLS[call](store.casebook())
