"""The schedule without a crawl: what is due, what is remembered, which files, what is refused."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.plan import Missed, Schedule
from crawlers.times import count_times, next_time
from finadwatch.scheduling.deciding import GRACE, decide
from finadwatch.scheduling.errors import ScheduleDamaged, SchedulerTaken
from finadwatch.scheduling.files import PlanFiles
from finadwatch.scheduling.state import Begun, Ended, PlanState, ScheduleState, sole_scheduler
from tests.conftest import Call

NIGHTLY = Schedule(cron=("0 2 * * *",))
TWO = datetime(2026, 11, 21, 18, tzinfo=UTC)  # 02:00 of the 22nd in China
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("missed", "now", "expected"),
    [
        pytest.param(Missed.ONCE, TWO - timedelta(seconds=1), None, id="not-yet"),
        pytest.param(Missed.ONCE, TWO, (TWO, True, 0), id="now"),
        pytest.param(Missed.SKIP, TWO + GRACE, (TWO, True, 0), id="a-little-late-is-not-missed"),
        pytest.param(Missed.SKIP, TWO + 2 * GRACE, (TWO, False, 1), id="missed-and-skipped"),
        pytest.param(Missed.ONCE, TWO + 2 * GRACE, (TWO, True, 0), id="missed-and-caught-up"),
        pytest.param(Missed.ONCE, TWO + 3 * DAY + 2 * GRACE, (TWO + 3 * DAY, True, 3), id="four-are-one-run"),
        pytest.param(
            Missed.SKIP, TWO + 3 * DAY + 2 * GRACE, (TWO + 3 * DAY, False, 4), id="all-four-skipped"
        ),
        pytest.param(Missed.SKIP, TWO + 3 * DAY, (TWO + 3 * DAY, True, 3), id="the-last-of-four-is-on-time"),
    ],
)
def test_what_is_due(missed: Missed, now: datetime, expected: tuple[datetime, bool, int] | None) -> None:
    schedule = Schedule(cron=NIGHTLY.cron, missed=missed)
    found = decide(schedule, TWO - timedelta(hours=1), now)
    assert (found and (found.due, found.run, found.missed)) == expected


@given(
    st.sampled_from(["* * * * *", "*/20 * * * *", "0 2 * * *", "0 9 * * 1-5"]),
    st.sampled_from(Missed),
    st.lists(st.integers(0, 3 * 24 * 60), min_size=1, max_size=12),
)
def test_every_time_is_decided_once_however_seldom_one_looks(
    cron: str, missed: Missed, gaps: list[int]
) -> None:
    schedule, begin = Schedule(cron=(cron,), missed=missed), TWO
    now = decided = begin
    told = 0
    for gap in gaps:
        now += timedelta(minutes=gap)
        found = decide(schedule, decided, now)
        if found is not None:
            assert decided < found.due <= now < next_time(schedule, found.due)
            told += found.run + found.missed
            decided = found.due
    if count_times(schedule, begin, now) < 1000:
        assert told == count_times(schedule, begin, now)


def test_the_state_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    kept = ScheduleState(tmp_path / "schedule")
    kept.plans["夜间"] = PlanState(
        schedule=NIGHTLY,
        decided=TWO,
        begun=Begun(due=TWO, run_id="r1-a", missed=2, again_at=TWO + GRACE, waits_s=60),
        ended=Ended(due=TWO - DAY, outcome="ran", at=TWO, missed=0, run_id="r1-b", exit=1),
        tries={"r1-c": 2},
    )
    kept.save()
    assert ScheduleState(tmp_path / "schedule").plans == kept.plans
    assert [path.name for path in (tmp_path / "schedule").iterdir()] == ["state.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 9}', '{"plans": {"a": 1}}', "\udcff"])
def test_a_state_that_can_not_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "state.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ScheduleDamaged, match=r"state\.json"):
        ScheduleState(tmp_path)


def test_one_scheduler_a_home(tmp_path: Path) -> None:
    with (
        sole_scheduler(tmp_path),
        pytest.raises(SchedulerTaken, match=str(os.getpid())),
        sole_scheduler(tmp_path),
    ):
        pass
    with sole_scheduler(tmp_path):
        pass


def plan(title: str, cron: str | None = "0 2 * * *") -> str:
    schedule = {"schedule": {"cron": cron}} if cron else {}
    return json.dumps({"title": title, **schedule, "sources": [{"source": "apple", "keywords": ["借钱"]}]})


def test_files_are_read_again_when_they_change_and_a_fault_pauses_its_plan_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text(plan("甲"), "utf-8")
    second.write_text(plan("乙", None), "utf-8")
    files = PlanFiles([first, second, first])
    assert [file.fault is None for file in files.refresh()] == [True, False]
    assert list(files.plans()) == ["甲"]
    assert files.refresh() == []
    second.write_text(plan("乙", "0 3 * * *"), "utf-8")
    assert [file.path for file in files.refresh()] == [second]
    assert list(files.plans()) == ["甲", "乙"]
    second.write_text(plan("甲", "0 3 * * *"), "utf-8")
    (told,) = files.refresh()
    assert told.fault is not None
    assert "same title" in told.fault
    first.unlink()
    files.refresh()
    assert {title: path for title, (path, _) in files.plans().items()} == {"甲": second}
    first.write_text("title: [", "utf-8")
    (told,) = files.refresh()
    assert "line 1" in str(told.fault)


def test_the_list_tells_next_and_last_and_names_what_can_not_run(call: Call, home: Path) -> None:
    good, bad = home / "good.yaml", home / "bad.yaml"
    good.write_text(plan("夜间巡查"), "utf-8")
    bad.write_text(plan("坏计划", "0 0 30 2 *"), "utf-8")
    state = ScheduleState(home / "schedule")
    state.plans["夜间巡查"] = PlanState(
        schedule=NIGHTLY,
        decided=TWO,
        ended=Ended(due=TWO, outcome="ran", at=TWO, missed=0, run_id="r1-b", exit=3),
    )
    state.save()
    ran = call("schedule", str(good), str(bad), "--list")
    assert ran.returncode == 1
    assert "bad.yaml" in ran.stderr
    assert "永远不会到来" in ran.stderr
    for word in ("夜间巡查", "0 2 * * *", "2026-11-22", "退出码 3"):
        assert word in " ".join(ran.stdout.split())
    told = json.loads(call("schedule", str(good), "--list", "--json").stdout)
    following = datetime.fromisoformat(told["next"])
    assert (following.hour, following.minute) == (18, 0)
    assert told["last"]["exit"] == 3
    assert told["begun"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param((), "PLANS", id="no-plan"),
        pytest.param(("none.yaml",), "没有可定时执行的计划", id="no-file"),
        pytest.param(("plan.yaml", "--json"), "--list", id="json-of-what"),
        pytest.param(("plan.yaml", "--broker", "redis://:hunter2@a.example/0"), "命令行", id="password"),
        pytest.param(
            ("plan.yaml", "--broker", "redis://a.example/0", "--allow-private"), "worker", id="private"
        ),
    ],
)
def test_wrong_use_is_named(words: tuple[str, ...], said: str, call: Call, home: Path) -> None:
    (home / "plan.yaml").write_text(plan("夜间巡查"), "utf-8")
    ran = call("schedule", *(str(home / word) if word.endswith(".yaml") else word for word in words))
    assert ran.returncode == 2, ran.stderr
    assert said in ran.stderr
    assert "hunter2" not in ran.stderr


def test_a_second_scheduler_of_a_home_is_refused(call: Call, home: Path) -> None:
    (home / "plan.yaml").write_text(plan("夜间巡查"), "utf-8")
    with sole_scheduler(home / "schedule"):
        ran = call("schedule", str(home / "plan.yaml"))
    assert ran.returncode == 2, ran.stderr
    assert f"进程 {os.getpid()}" in ran.stderr


def test_a_new_plan_counts_from_now(call: Call, home: Path) -> None:
    (home / "plan.yaml").write_text(plan("夜间巡查", "* * * * *"), "utf-8")
    ran = call("schedule", str(home / "plan.yaml"), "--once")
    assert ran.returncode == 0, ran.stderr
    assert call("runs", "--json").stdout == ""
    kept = ScheduleState(home / "schedule").plans["夜间巡查"]
    assert datetime.now(UTC) - kept.decided < timedelta(hours=1)
    assert (kept.begun, kept.ended) == (None, None)
