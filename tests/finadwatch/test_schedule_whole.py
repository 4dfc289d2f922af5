"""Whole schedulers that crawl a real (local) site: each due time once, whatever is killed and however many keep it."""

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.plan import Schedule
from finadwatch.ledger import due_run_id
from finadwatch.scheduling.state import PlanState, ScheduleState
from findings.errors import IndexMissing
from findings.model.records import Run
from tests.support.brokers import Broker
from tests.support.cache import share_patterns
from tests.support.cli import run_finadwatch
from tests.support.office import Office, sightings, until

#: A time of day that passed half an hour ago, and comes again tomorrow: no test meets a second one.
DUE = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=30)
CRON = f"{DUE.minute} {DUE.hour} * * *"


def whole(test: Callable[..., None]) -> Callable[..., None]:
    """A test of whole schedulers: it needs every part, and ends."""
    for mark in (pytest.mark.browser, pytest.mark.models, pytest.mark.slow, pytest.mark.timeout(900)):
        test = mark(test)
    return test


@pytest.fixture
def office(tmp_path: Path, hanlp: Path) -> Iterator[Office]:
    with Office(tmp_path, hanlp) as office:
        yield office


def slept(home: Path, *titles: str, **more: str) -> None:
    """Let the schedule of a home remember that it decided last three days ago: it was off since."""
    state = ScheduleState(home / "schedule")
    for title in titles:
        schedule = Schedule(cron=(CRON,), zone="UTC", **more)  # type: ignore[arg-type]
        state.plans[title] = PlanState(schedule=schedule, decided=DUE - timedelta(days=3, minutes=1))
    state.save()


def schedule(**more: str) -> dict[str, str]:
    return {"cron": CRON, "zone": "UTC", **more}


def runs(office: Office) -> list[Run]:
    with office.store() as store:
        try:
            return store.runs()
        except IndexMissing:
            return []


def of(title: str) -> dict[str, object]:
    return {"source": "apple", "keywords": [f"借钱{title}"]}


@whole
def test_missed_times_are_one_run_or_none_and_a_failing_plan_stops_no_other(office: Office) -> None:
    paths = [
        office.plan({"source": "nosuch", "keywords": ["借钱"]}, title="坏来源", schedule=schedule()),
        office.plan(of("甲"), title="甲", schedule=schedule()),
        office.plan(of("乙"), title="乙", schedule=schedule(missed="skip")),
        office.plan(of("丙"), title="丙", schedule={"cron": "0 0 30 2 *"}),
    ]
    slept(office.home, "坏来源", "甲")
    slept(office.home, "乙", missed="skip")
    ran = run_finadwatch(office.home, "schedule", *paths, "--once")
    assert ran.returncode == 1, ran.stderr
    assert "计划“坏来源”失败" in ran.stderr
    assert "退出码 2" in ran.stderr
    assert "永远不会到来" in ran.stderr
    assert "另有 3 次错过" in ran.stderr
    told = {run.plan: (run.due_at, run.exit, run.ended_at is not None) for run in runs(office)}
    assert told["甲"] == (DUE, 0, True)
    assert set(told) == {"甲"}
    assert "错过 4 次" in ran.stderr  # what 乙 skips
    logs = sorted((office.home / "schedule" / "logs").iterdir())
    assert any("nosuch" in log.read_text("utf-8") for log in logs)
    listed = [
        json.loads(line)
        for line in office.call("schedule", *paths[:3], "--list", "--json").stdout.splitlines()
    ]
    assert [(row["plan"], row["last"]["exit"]) for row in listed][:2] == [("坏来源", 2), ("甲", 0)]
    again = office.call("schedule", paths[1], "--once")  # nothing is due twice
    assert "开始" not in again.stderr
    assert office.searched()["借钱甲"] == 1


@whole
def test_a_scheduler_killed_while_its_crawl_goes_on_starts_no_second(office: Office) -> None:
    path = office.plan({"source": "apple", "keywords": ["借钱", "卡住"]}, schedule=schedule())
    slept(office.home, "巡查")
    run_id = due_run_id("巡查", DUE)
    with office.running("schedule", path) as first:
        until(office.held.is_set)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    with office.running("schedule", path):
        until(lambda: "正由另一进程执行" in office.said("schedule"))
        refused = run_finadwatch(office.home, "crawl", path)
        assert refused.returncode == 2, refused.stderr
        assert "已在执行" in refused.stderr
        office.release.set()
        until(lambda: ended(office, run_id))
        until(
            lambda: (
                (kept := ScheduleState(office.home / "schedule").plans["巡查"]).ended is not None
                and not kept.begun
            )
        )
    (run,) = runs(office)
    assert (run.id, run.exit) == (run_id, 0)
    assert office.searched() == Counter({"借钱": 1, "卡住": 1})
    with office.store() as store:
        assert sightings(store) == Counter(dict.fromkeys(store.done_tasks(run_id), 1))


def ended(office: Office, run_id: str) -> bool:
    return any(run.id == run_id and run.ended_at is not None for run in runs(office))


@whole
@pytest.mark.parametrize(
    "killed", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name
)
def test_an_interrupted_run_is_gone_on_with_at_the_next_start(office: Office, killed: signal.Signals) -> None:
    path = office.plan({"source": "apple", "keywords": ["借钱", "卡住"]}, schedule=schedule())
    slept(office.home, "巡查")
    with office.running("schedule", path) as first:
        until(lambda: office.held.is_set() and bool(runs(office)))
        until(lambda: done(office) == 1)
        if killed is signal.SIGKILL:  # a power cut takes the crawl too
            for child in children(first):
                os.killpg(child, signal.SIGKILL)
            os.kill(first.pid, signal.SIGKILL)
        else:
            first.send_signal(killed)
            office.release.set()
        assert first.wait(90) == {signal.SIGTERM: 0, signal.SIGINT: 130, signal.SIGKILL: -9}[killed]
    (left,) = runs(office)
    office.release.set()
    office.call("schedule", path, "--once")
    (run,) = runs(office)
    assert (run.id, run.due_at, run.exit) == (left.id, DUE, 0)
    assert run.ended_at is not None
    assert office.searched()["借钱"] == 1
    with office.store() as store:
        assert store.task_counts(run.id).open == 0
        assert sightings(store) == Counter(dict.fromkeys(store.done_tasks(run.id), 1))


def done(office: Office) -> int:
    (run,) = runs(office)
    with office.store() as store:
        return store.task_counts(run.id).done


def children(process: "subprocess.Popen[bytes]") -> list[int]:
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
    return [int(word) for word in text.split()]


@whole
def test_two_schedulers_on_one_store_give_a_due_time_one_run(office: Office, tmp_path: Path) -> None:
    path = office.plan({"source": "apple", "keywords": ["借钱"]}, schedule=schedule())
    other = tmp_path / "other"
    other.mkdir()
    share_patterns(other)
    office.configure(other)
    for home in (office.home, other):
        slept(home, "巡查")
    words = ("schedule", path, "--store", f"sqlite:///{office.home}/finadwatch.db")
    with office.running(*words), office.running(*words, home=other):
        for home in (office.home, other):
            until(lambda home=home: ScheduleState(home / "schedule").plans["巡查"].ended is not None)  # type: ignore[misc]
    (run,) = runs(office)
    assert run.id == due_run_id("巡查", DUE)
    assert office.searched() == Counter({"借钱": 1})
    for home in (office.home, other):
        kept = ScheduleState(home / "schedule").plans["巡查"].ended
        assert kept is not None
        assert (kept.run_id, kept.exit) == (run.id, 0)


@whole
def test_two_beats_queue_a_due_time_once_and_wait_for_its_run(
    tmp_path: Path, hanlp: Path, broker: Broker
) -> None:
    with Office(tmp_path, hanlp, broker.url) as office:
        path = office.plan(
            {"source": "apple", "keywords": [f"借钱{n}" for n in range(2)]}, schedule=schedule()
        )
        other = tmp_path / "other"
        other.mkdir()
        office.configure(other)
        for home in (office.home, other):
            slept(home, "巡查")
        store = ("--store", f"sqlite:///{office.home}/finadwatch.db")
        with office.running("schedule", path, *store), office.running("schedule", path, *store, home=other):
            until(lambda: "消息队列" in office.said("schedule"))
            (run,) = runs(office)
            assert (run.queued, run.ended_at) == (True, None)
            refused = run_finadwatch(office.home, "crawl", path)
            assert refused.returncode == 2, refused.stderr
            assert f"crawl --resume {run.id}" in refused.stderr
            with office.running("worker"):
                for home in (office.home, other):
                    until(
                        lambda home=home: ScheduleState(home / "schedule").plans["巡查"].ended is not None  # type: ignore[misc]
                    )
        (run,) = runs(office)
        assert (run.id, run.exit) == (due_run_id("巡查", DUE), 0)
        assert set(office.searched().values()) == {1}
