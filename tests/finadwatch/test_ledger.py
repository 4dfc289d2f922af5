"""A run and its ledger: which task comes next, what an interruption leaves, what a person is told."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.plan import Authorisation, Plan, PlannedSource
from finadwatch.context import Desk
from finadwatch.errors import NothingToResume, NotInStore, PlanLost
from finadwatch.ledger import (
    Feed,
    end_if_done,
    kept_plan,
    new_run,
    open_by_source,
    to_resume,
    write_down,
)
from findings.model.crawl import Task
from findings.model.records import CaptureBundle
from findings.query import TaskCounts
from findings.store import FindingStore
from findings.stores import open_store
from tests.conftest import Call
from tests.support import records as make
from tests.support.cache import share_patterns
from tests.support.cli import run_finadwatch
from tests.support.kills import Replica

PLAN = Plan(
    title="巡查",
    sources=(
        PlannedSource(source="apple", keywords=("借钱", "理财", "贷款")),
        PlannedSource(source="baidu", keywords=("保本",), pages=2),
    ),
)


def tasks(source: str, count: int) -> list[Task]:
    return [make.task("r1", source, page=page) for page in range(count)]


# -- the feed -----------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 30)), st.randoms())
def test_every_task_comes_once_in_its_sources_order_however_they_end(
    counts: dict[str, int], chance: Random
) -> None:
    feed = Feed({source: tasks(source, count) for source, count in counts.items()})
    under_way: list[Task] = []
    came: dict[str, list[Task]] = {source: [] for source in counts}
    for task in feed:
        came[task.source].append(task)
        under_way.append(task)
        while under_way and chance.random() < 0.5:
            feed.done(under_way.pop(chance.randrange(len(under_way))))
    assert came == {source: tasks(source, count) for source, count in counts.items()}


def test_a_slow_source_keeps_no_other_waiting() -> None:
    feed = Feed({"slow": tasks("slow", 1000), "quick": tasks("quick", 100)})
    came: Counter[str] = Counter()
    for task, _ in zip(feed, range(110), strict=False):
        came[task.source] += 1
        if task.source == "quick":
            feed.done(task)
    assert came["quick"] == 100


def test_a_feed_takes_no_more_than_is_asked_for() -> None:
    taken: list[int] = []

    def endless() -> Iterator[Task]:
        for page in range(10**9):
            taken.append(page)
            yield make.task("r1", "a", page=page)

    feed = Feed({"a": endless()})
    for _, _ in zip(feed, range(5), strict=False):
        pass
    assert len(taken) <= 6


# -- runs ---------------------------------------------------------------------------------------


@pytest.fixture
def desk(home: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    home.mkdir()
    monkeypatch.setenv("FINADWATCH_HOME", str(home))
    return Desk.open(None, "zh")


@pytest.fixture
def store(desk: Desk) -> FindingStore:
    return desk.store(create=True)


def finish(store: FindingStore, task: Task) -> None:
    store.write(CaptureBundle(capture=make.capture(task), ads=(), sightings=()))


def test_a_run_is_written_down_with_its_plan_and_its_tasks(desk: Desk, store: FindingStore) -> None:
    run = write_down(desk, store, new_run(desk, PLAN), PLAN)
    assert run.tasks == 5
    assert store.runs() == [run]
    assert kept_plan(store, run) == PLAN
    assert [task.keyword for task in store.open_tasks(run.id)] == ["借钱", "理财", "贷款", "保本", "保本"]


def test_a_run_ends_with_its_last_task_and_not_before(desk: Desk, store: FindingStore) -> None:
    run = write_down(desk, store, new_run(desk, PLAN), PLAN)
    for number, task in enumerate(list(store.open_tasks(run.id))):
        assert end_if_done(desk, store, run) == 5 - number
        assert store.runs()[0].ended_at is None
        finish(store, task)
    assert end_if_done(desk, store, run) == 0
    assert store.runs()[0].ended_at is not None
    with pytest.raises(NothingToResume):
        to_resume(store, run.id)


def test_a_ledger_left_half_written_is_written_again(desk: Desk, store: FindingStore) -> None:
    begun = new_run(desk, PLAN)
    whole = write_down(desk, store, begun, PLAN)
    everything = list(store.open_tasks(whole.id))
    other = msgspec.structs.replace(begun, tasks=None)
    store.put_run(other)
    assert to_resume(store, "") == other
    assert write_down(desk, store, other, kept_plan(store, other)) == whole
    assert list(store.open_tasks(whole.id)) == everything


def test_the_newest_unfinished_run_is_gone_on_with(desk: Desk, store: FindingStore) -> None:
    with pytest.raises(NothingToResume):
        to_resume(store, "")
    store.put_run(make.run("of-old"))
    with pytest.raises(NothingToResume):
        to_resume(store, "")
    with pytest.raises(NothingToResume):
        to_resume(store, "of-old")
    first = write_down(desk, store, new_run(desk, PLAN), PLAN)
    second = write_down(desk, store, new_run(desk, PLAN), PLAN)
    assert to_resume(store, "") == second
    assert to_resume(store, first.id) == first
    with pytest.raises(NotInStore):
        to_resume(store, "r1-none")


def test_a_plan_that_was_altered_is_not_gone_on_with(desk: Desk, store: FindingStore) -> None:
    run = write_down(desk, store, new_run(desk, PLAN), PLAN)
    text = store.plan(run.id)
    assert text is not None
    store.put_plan(run.id, text.replace("保本", "保息"))
    with pytest.raises(PlanLost):
        kept_plan(store, run)


def test_leave_that_lapsed_meanwhile_does_not_count(desk: Desk, store: FindingStore) -> None:
    def plan(until: date) -> Plan:
        leave = Authorisation(by="某市局", document="函〔2026〕1号", until=until)
        return Plan(
            title="巡查", sources=(PlannedSource(source="apple", keywords=("借钱",), authorised=leave),)
        )

    lasting = plan(date(9999, 1, 1))
    run = write_down(desk, store, new_run(desk, lasting), lasting)
    (task,) = open_by_source(desk, store, run, lasting)["apple"]
    assert task.robots == "authorised"
    (task,) = open_by_source(desk, store, run, plan(date(2020, 1, 1)))["apple"]
    assert task.robots == "obey"


# -- the command line ---------------------------------------------------------------------------


def told_runs(home: Path) -> list[dict[str, object]]:
    ran = run_finadwatch(home, "runs", "--json")
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_runs_tell_what_is_done_and_open_and_how_a_run_stands(desk: Desk, store: FindingStore) -> None:
    home = desk.config.home
    run = write_down(desk, store, new_run(desk, PLAN), PLAN)
    finish(store, next(store.open_tasks(run.id)))
    (told,) = told_runs(home)
    assert (told["state"], told["tasks"], told["open"]) == ("interrupted", 1, 4)
    with store.hold(run.id):
        assert told_runs(home)[0]["state"] == "running"
        shown = run_finadwatch(home, "runs").stdout
        assert "进行中" in shown
        assert "1/4" in shown
    store.put_run(msgspec.structs.replace(run, queued=True))
    assert told_runs(home)[0]["state"] == "queued"
    for task in list(store.open_tasks(run.id)):
        finish(store, task)
    end_if_done(desk, store, run)
    (told,) = told_runs(home)
    assert (told["state"], told["tasks"], told["open"]) == ("ended", 5, 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--resume",), "没有中断的监测", id="nothing"),
        pytest.param(("--resume", "r1-none"), "r1-none", id="unknown"),
        pytest.param(
            ("--resume", "r1-x", "--source", "apple", "--keyword", "借钱"), "--resume", id="plan-too"
        ),
        pytest.param(("plan.yaml", "--resume"), "--resume", id="plan-file-too"),
    ],
)
def test_what_can_not_be_resumed_is_named(call: Call, words: tuple[str, ...], said: str) -> None:
    ran = call("crawl", *words)
    assert ran.returncode == 2, ran.stderr
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.browser
@pytest.mark.models
@pytest.mark.slow
def test_an_interrupted_run_is_gone_on_with(tmp_path: Path, home: Path, hanlp: Path) -> None:
    with Replica(tmp_path, words=6, pages=0) as replica:
        home.mkdir()
        share_patterns(home)
        config = {
            "models": {"hanlp": str(hanlp)},
            "crawl": {"pace": 0},
            "network": replica.network(),
        }
        (home / "config.yaml").write_text(json.dumps(config), "utf-8")
        plan = home / "plan.yaml"
        plan.write_text(json.dumps(replica.plan(), ensure_ascii=False), "utf-8")
        os.environ["FINADWATCH_HOME"] = str(home)
        try:
            desk = Desk.open(None, "zh")
        finally:
            del os.environ["FINADWATCH_HOME"]
        from crawlers.plan import load_plan

        with desk.store(create=True) as store:
            run = write_down(desk, store, new_run(desk, load_plan(plan)), load_plan(plan))
            for task in list(store.open_tasks(run.id))[:4]:
                finish(store, task)
            with store.hold(run.id):
                taken = run_finadwatch(home, "crawl", "--resume")
            store.put_run(msgspec.structs.replace(run, queued=True))
            queued = run_finadwatch(home, "crawl", "--resume", run.id)
            store.put_run(run)
        assert (taken.returncode, queued.returncode) == (2, 2)
        assert f"进程 {os.getpid()}" in taken.stderr
        assert "--broker" in queued.stderr
        assert not replica.asked

        ran = run_finadwatch(home, "crawl", "--resume", "--json")
        assert ran.returncode == 0, ran.stderr
        assert "已完成 4，待抓取 2" in ran.stderr
        assert replica.asked == Counter(dict.fromkeys(replica.words[4:], 1))
        assert json.loads(ran.stdout)["run_id"] == run.id
        with open_store(f"sqlite:///{home}/finadwatch.db") as store:
            assert store.task_counts(run.id) == TaskCounts(done=6, open=0)
            assert store.runs()[0].ended_at is not None
            store.put_run(run)  # as if it had been interrupted before it was written down that it ended
        anew = run_finadwatch(home, "crawl", str(plan), "--json")
        assert anew.returncode == 0, anew.stderr
        assert f"crawl --resume {run.id}" in anew.stderr
        assert json.loads(anew.stdout)["run_id"] != run.id
        again = run_finadwatch(home, "crawl", "--resume", run.id, "--json")
        assert again.returncode == 0, again.stderr
        assert told_runs(home)[1]["state"] == "ended"
    assert replica.asked == Counter({word: 1 + (word in replica.words[4:]) for word in replica.words})
