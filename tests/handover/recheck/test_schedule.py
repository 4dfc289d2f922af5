"""When the next visit is owed, and what an answer changes about that."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.model.handover import Answer, HandedItem, Presence, Visit, item_id
from findings.model.vocabulary import Outcome
from handover.recheck.schedule import Schedule, sooner, visited

SENT = datetime(2026, 11, 1, tzinfo=UTC)
PLAN = Schedule()
DAY = timedelta(days=1)


def item(**more: object) -> HandedItem:
    values: dict[str, object] = {
        "id": item_id("b" * 32, 1),
        "version": 1,
        "batch_id": "b" * 32,
        "row": 1,
        "case_id": "c1-0",
        "ad_ids": (),
        "title": "理财",
        "advertiser": None,
        "host": "a.example",
        "urls": (),
        "sent_at": SENT,
        "next_visit": SENT + DAY,
    }
    return HandedItem(**(values | more))  # type: ignore[arg-type]


def visit(days: float, there: bool | None) -> Visit:
    return Visit(at=SENT + days * DAY, url="u", outcome=Outcome.OK, there=there, why="")


def after(*visits: Visit) -> float | None:
    """Days from sending to the next visit."""
    owed = visited(item(), visits, PLAN).next_visit
    return None if owed is None else (owed - SENT) / DAY


@pytest.mark.parametrize(
    ("visits", "days"),
    [
        ([visit(1, True)], 3),
        ([visit(1, True), visit(3, True)], 7),
        ([visit(30, True)], 60),
        ([visit(61, True)], 90),
        ([visit(1, None)], 2),
        ([visit(7, True), visit(15, None)], 16),
        ([visit(3 + n, None) for n in range(6)], 15),
        ([visit(3, False)], 4),
        ([visit(3, False), visit(4, None)], 5),
        ([visit(3, False), visit(4, False)], 33),
        ([visit(3, False), visit(4, False), visit(33, False)], 63),
        ([visit(3, False), visit(360, False)], 363),
        ([visit(3, False), visit(4, False), visit(363, False)], None),
        ([visit(3, False), visit(4, False), visit(40, True)], 41),
    ],
)
def test_the_next_visit(visits: list[Visit], days: float | None) -> None:
    assert after(*visits) == days


@given(
    st.lists(st.tuples(st.integers(1, 800), st.sampled_from([True, False, None])), min_size=1, max_size=12)
)
def test_the_next_visit_lies_behind_the_last(told: list[tuple[int, bool | None]]) -> None:
    visits = [visit(days, there) for days, there in told]
    found = visited(item(), visits, PLAN)
    assert found.next_visit is None or found.next_visit > max(one.at for one in visits)
    assert found.next_visit is not None or found.presence is Presence.GONE
    assert visited(found, visits, PLAN) == found


def test_an_answer_brings_the_next_visit_forward_and_never_makes_an_ad_gone() -> None:
    now = SENT + timedelta(hours=5)
    for answer in (Answer.CLOSED, Answer.HANDLED):
        found = sooner(item(), answer, now)
        assert (found.next_visit, found.presence) == (now, Presence.WAITING)
    for answer in (Answer.NOT_DONE, Answer.NOT_OURS, Answer.UNREACHABLE, Answer.UNCLEAR):
        assert sooner(item(), answer, now) == item()
    once = item(presence=Presence.GONE_ONCE, next_visit=SENT + 2 * DAY)
    assert sooner(once, Answer.CLOSED, now) == once
    assert sooner(item(sent_at=None, next_visit=None), Answer.CLOSED, now).next_visit is None
