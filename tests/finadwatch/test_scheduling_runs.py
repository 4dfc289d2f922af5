"""One run of a scheduled plan at a time and one a due time, in both stores; what `runs` tells of them."""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from crawlers.plan import Plan, PlannedSource, Schedule
from finadwatch.context import Desk
from finadwatch.errors import DueTaken, PlanBusy
from finadwatch.ledger import (
    due_run_id,
    end_if_done,
    exit_kept,
    hold_plan,
    new_run,
    only_one,
    write_down,
)
from findings.model.errors import ServiceAway
from findings.model.records import CaptureBundle
from findings.model.vocabulary import Outcome
from findings.store import FindingStore
from findings.stores import open_store
from tests.conftest import Call
from tests.support import records as make
from tests.support.cli import run_finadwatch

SOURCES = (PlannedSource(source="apple", keywords=("借钱", "理财")),)
NIGHTLY = Plan(title="夜间巡查", sources=SOURCES, schedule=Schedule(cron=("0 2 * * *",)))
BY_HAND = Plan(title="随手查", sources=SOURCES)
DUE = datetime(2026, 11, 21, 18, tzinfo=UTC)


@pytest.fixture
def desk(home: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    home.mkdir()
    monkeypatch.setenv("FINADWATCH_HOME", str(home))
    return Desk.open(None, "zh")


@pytest.fixture(params=["sqlite", pytest.param("elastic", marks=[pytest.mark.elastic, pytest.mark.slow])])
def store(request: pytest.FixtureRequest, desk: Desk) -> Iterator[FindingStore]:
    if request.param == "sqlite":
        url = desk.config.store_url
    else:
        url = f"{request.getfixturevalue('elasticsearch_url')}?prefix=t{secrets.token_hex(6)}"
    with open_store(url) as opened:
        opened.create()
        yield opened


def finish(store: FindingStore, run_id: str, outcome: Outcome = Outcome.OK) -> None:
    for task in list(store.open_tasks(run_id)):
        capture = replace(make.capture(task), outcome=outcome)
        store.write(CaptureBundle(capture=capture, ads=(), sightings=()))


def test_a_due_time_has_one_run_on_every_machine(desk: Desk) -> None:
    run = new_run(desk, NIGHTLY, due=DUE)
    there = DUE.astimezone(tz=None)
    assert run.id == due_run_id("夜间巡查", there) == new_run(desk, NIGHTLY, due=there).id
    assert run.due_at == DUE
    others = {
        due_run_id("夜间巡查", DUE + timedelta(days=1)),
        due_run_id("另一计划", DUE),
        new_run(desk, NIGHTLY).id,
    }
    assert run.id not in others
    assert len(others) == 3


def test_a_scheduled_plan_is_held_once_and_another_freely(store: FindingStore) -> None:
    with hold_plan(store, NIGHTLY), pytest.raises(PlanBusy, match="夜间巡查"), hold_plan(store, NIGHTLY):
        pass
    with hold_plan(store, BY_HAND), hold_plan(store, BY_HAND), hold_plan(store, NIGHTLY):
        pass
    with hold_plan(store, NIGHTLY):
        pass


def test_a_due_time_that_has_its_run_gets_no_second(desk: Desk, store: FindingStore) -> None:
    run = write_down(desk, store, new_run(desk, NIGHTLY, due=DUE), NIGHTLY)
    with pytest.raises(DueTaken, match=run.id):
        only_one(store, NIGHTLY, new_run(desk, NIGHTLY, due=DUE))
    only_one(store, NIGHTLY, new_run(desk, NIGHTLY, due=DUE + timedelta(days=1)))
    assert store.runs() == [run]


def test_a_run_on_the_queues_keeps_others_of_its_plan_out_until_it_ends(
    desk: Desk, store: FindingStore
) -> None:
    run = write_down(desk, store, new_run(desk, NIGHTLY, queued=True, due=DUE), NIGHTLY)
    with pytest.raises(PlanBusy, match=run.id):
        only_one(store, NIGHTLY, new_run(desk, NIGHTLY))
    only_one(store, replace(NIGHTLY, title="另一计划"), new_run(desk, NIGHTLY))
    finish(store, run.id)
    end_if_done(desk, store, run)
    only_one(store, NIGHTLY, new_run(desk, NIGHTLY))


@pytest.mark.parametrize(("outcome", "code"), [(Outcome.CAPTCHA, 0), (Outcome.ERROR, 1)])
def test_a_run_that_ended_keeps_its_exit_code(
    desk: Desk, store: FindingStore, outcome: Outcome, code: int
) -> None:
    run = write_down(desk, store, new_run(desk, NIGHTLY), NIGHTLY)
    finish(store, run.id, outcome)
    end_if_done(desk, store, run)
    assert store.runs()[0].exit == code


def test_a_run_that_could_not_go_on_keeps_why(desk: Desk, store: FindingStore) -> None:
    run = write_down(desk, store, new_run(desk, NIGHTLY), NIGHTLY)
    with pytest.raises(KeyboardInterrupt), exit_kept(store, run):
        raise KeyboardInterrupt
    assert store.runs()[0].exit == 130
    with pytest.raises(ServiceAway), exit_kept(store, run):
        raise ServiceAway("the browser is gone", zh="浏览器不在")
    assert store.runs()[0].exit == 3


def test_runs_tell_what_began_them_how_late_and_how_they_ended(desk: Desk, store: FindingStore) -> None:
    begun = replace(new_run(desk, NIGHTLY, due=DUE), started_at=DUE + timedelta(minutes=12))
    late = write_down(desk, store, begun, NIGHTLY)
    finish(store, late.id, Outcome.ERROR)
    end_if_done(desk, store, late)
    hand = write_down(desk, store, new_run(desk, BY_HAND), BY_HAND)
    store.put_run(replace(hand, exit=0))
    ran = run_finadwatch(desk.config.home, "runs", "--store", store.url, "--json")
    assert ran.returncode == 0, ran.stderr
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    kept = {
        row["run"]["plan"]: (row["trigger"], row["delay_s"], row["run"]["exit"], row["state"]) for row in told
    }
    assert kept == {"夜间巡查": ("schedule", 720.0, 1, "ended"), "随手查": ("hand", None, 0, "stopped")}
    assert told[1]["run"]["due_at"] == "2026-11-21T18:00:00Z"
    shown = "".join(run_finadwatch(desk.config.home, "runs", "--store", store.url).stdout.split())
    assert "人工" in shown
    assert "+12m" in shown
    assert "11-22" in shown  # two in the morning of the 22nd in China


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--due", "2026-11-22T02:00:00"), "带时区", id="no-zone"),
        pytest.param(("--due", "two"), "带时区", id="no-time"),
        pytest.param(("--due", "2026-11-22T02:00:00+08:00"), "--due", id="no-schedule"),
    ],
)
def test_a_due_time_that_fits_no_plan_is_wrong_use(words: tuple[str, ...], said: str, call: Call) -> None:
    ran = call("crawl", "--source", "apple", "--keyword", "借钱", *words)
    assert ran.returncode == 2, ran.stderr
    assert said in ran.stderr
