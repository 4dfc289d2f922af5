"""What an office is reminded of, and what a recheck is asked for in vain."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from findings.model.handover import Presence, item_id
from findings.stores import open_store
from tests.support import records as make
from tests.support.inprocess import Office
from tests.support.sent import handed, sent_office


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office that handed over one ad entered as a screenshot: nothing can be asked for it."""
    ad = make.ad("保本保息", make.finding(), url=None, source="manual", keyword=None)
    return sent_office(tmp_path / "home", monkeypatch, ad)


def test_what_is_owed_is_listed_with_the_times(office: Office) -> None:
    found = office("takedown", "due", "--json").values[0]
    assert [(one["what"], one["row"]) for one in found["reminders"]] == [("visit", 1)]
    assert (found["takedown"]["sent"], found["takedown"]["open"]) == (1, 1)
    with open_store(office.store) as store:
        (item,) = handed(office)
        assert item.sent_at is not None
        month = timedelta(days=30)
        gone = replace(
            item,
            sent_at=item.sent_at - month,
            presence=Presence.GONE,
            gone_at=item.sent_at - month / 2,
            next_visit=None,
        )
        store.handovers().put_items([gone])
    ran = office("takedown", "due")
    assert ran.code == 0
    assert "中位数 15.0 天" in ran.out


def test_visits_stand_behind_what_an_officer_has_to_press_for(office: Office) -> None:
    with open_store(office.store) as store:
        (item,) = handed(office)
        assert item.sent_at is not None
        sent = item.sent_at - timedelta(days=20)
        up = replace(
            item,
            id=item_id(item.batch_id, 2),
            version=0,
            row=2,
            sent_at=sent,
            presence=Presence.UP,
            next_visit=sent + timedelta(days=90),
        )
        store.handovers().put_items([up])
    found = office("takedown", "due", "--json").values[0]["reminders"]
    assert [(one["what"], one["row"]) for one in found] == [("still_up", 2), ("visit", 1)]
    first, second, *_ = office("takedown", "due").out.splitlines()
    assert (first.endswith("发送 20 天后仍在"), second.endswith("今日应复查")) == (True, True)


def test_a_row_that_nothing_can_be_asked_for_says_so_and_stays_open(office: Office) -> None:
    ran = office("takedown", "recheck")
    assert (ran.code, "须人工核实" in ran.out, "复查 1 行" in ran.out) == (0, True, True)
    (item,) = handed(office)
    assert (item.presence, item.visits[0].there) == (Presence.UNSEEN, None)
    assert item.next_visit is not None
    assert item.next_visit > item.visits[0].at
    assert "复查 0 行" in office("takedown", "recheck").out


@pytest.mark.parametrize(
    "words",
    [("--region", "火星"), ("--batch", "2026-9999"), ("--due", "--case", "c1-0"), ("--batch", "1", "--due")],
)
def test_wrong_use_is_told(office: Office, words: tuple[str, ...]) -> None:
    ran = office("takedown", "recheck", *words)
    assert (ran.code, ran.out) == (2, "")
