"""The ledger of a run, its hold, and the days of a source: on SQLite and, marked `elastic`, on a real server."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from findings.errors import RunTaken
from findings.model.crawl import AdLabel, Filled, Task, TextRun
from findings.model.ids import RECHECK_RUN
from findings.model.judgement import FormFinding
from findings.model.records import AdRecord, CaptureBundle
from findings.model.vocabulary import FormDuty, Level, Outcome, Severity
from findings.query import SearchQuery, SourceDay, TaskCounts
from findings.store import FindingStore
from tests.support import records as make
from tests.support.stores import again


def tasks(count: int, run: str = "r1", source: str = "baidu") -> list[Task]:
    return [make.task(run, source, page=page) for page in range(1, count + 1)]


def done(task: Task) -> CaptureBundle:
    return CaptureBundle(capture=make.capture(task), ads=(), sightings=())


# -- plan and tasks -----------------------------------------------------------------------------


def test_a_plan_is_kept_whole(store: FindingStore) -> None:
    text = '{"title": "巡查 😀", "sources": []}'
    assert store.plan("r1") is None
    store.put_plan("r1", text)
    assert store.plan("r1") == text
    assert store.plan("r2") is None


def test_a_run_is_read_back_with_its_ledgers_marks(store: FindingStore) -> None:
    run = msgspec.structs.replace(make.run(), plan_sha256="ab" * 32, tasks=5, queued=True)
    store.put_run(run)
    assert store.runs() == [run]


def test_tasks_come_back_in_the_plans_order_and_batches_lose_none(store: FindingStore) -> None:
    put = tasks(2300)
    taken: list[int] = []

    def streamed() -> Iterator[Task]:
        for number, task in enumerate(put):
            taken.append(number)
            yield task

    assert store.put_tasks("r1", streamed()) == 2300
    assert len(taken) == 2300
    assert list(store.open_tasks("r1")) == put
    assert store.task_counts("r1") == TaskCounts(done=0, open=2300)
    assert list(store.open_tasks("r2")) == []
    assert store.task_counts("r2") == TaskCounts(done=0, open=0)


def test_a_task_is_done_only_when_its_capture_is_stored(store: FindingStore) -> None:
    put = tasks(6)
    store.put_tasks("r1", put)
    for task in put[::2]:
        store.write(done(task))
    assert list(store.open_tasks("r1")) == put[1::2]
    assert store.task_counts("r1") == TaskCounts(done=3, open=3)
    store.write(done(put[0]))
    assert store.task_counts("r1") == TaskCounts(done=3, open=3)


def test_a_ledger_written_again_after_an_interruption_is_the_same(store: FindingStore) -> None:
    put = tasks(1500)
    store.put_tasks("r1", put[:1100])
    store.write(done(put[3]))
    assert store.put_tasks("r1", put) == 1500
    assert list(store.open_tasks("r1")) == put[:3] + put[4:]


def test_the_tasks_of_one_source(store: FindingStore) -> None:
    put = [task for pair in zip(tasks(5), tasks(5, source="sogou"), strict=True) for task in pair]
    store.put_tasks("r1", put)
    assert list(store.open_tasks("r1", "sogou")) == put[1::2]
    assert list(store.open_tasks("r1", "nowhere")) == []


def test_what_is_stored_while_the_open_tasks_are_read_does_no_harm(store: FindingStore) -> None:
    put = tasks(2100)
    store.put_tasks("r1", put)
    reading = store.open_tasks("r1")
    first = next(reading)
    store.write(done(first))
    store.write(done(put[-1]))
    assert list(reading) == put[1:-1]
    assert list(store.open_tasks("r1")) == put[1:-1]


# -- the hold -----------------------------------------------------------------------------------

HOLDER = """
import sys, time
from tests.support.stores import again
with again(sys.argv[1]) as store, store.hold("r1"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_run_is_held_by_one(store: FindingStore) -> None:
    assert not store.held("r1")
    with store.hold("r1") as hold:
        hold.confirm()
        assert store.held("r1")
        assert not store.held("r2")
        with again(store.url) as other, pytest.raises(RunTaken) as raised, other.hold("r1"):
            pass
        assert raised.value.exit_code == 2
        with store.hold("r2"):
            pass
        hold.confirm()
    assert not store.held("r1")
    with store.hold("r1"):
        pass


def test_the_hold_of_a_killed_process_lapses_at_once(store: FindingStore) -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, store.url], cwd=root, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert store.held("r1")
        with pytest.raises(RunTaken, match=str(process.pid)), store.hold("r1"):
            pass
        process.kill()
        process.wait()
    assert not store.held("r1")
    with store.hold("r1"):
        pass


# -- form duties over sightings -----------------------------------------------------------------


def duty(which: FormDuty, level: Level = Level.CLEAR, severity: Severity = Severity.LOW) -> FormFinding:
    return FormFinding(which, level, severity, (), f"{which.value} {level.value}", "改正")


def seen(ad: AdRecord, page: int, *form: FormFinding) -> CaptureBundle:
    judged = msgspec.structs.replace(
        ad,
        judged_at=make.minutes(page),
        judgement=make.judgement(make.finding(page), form=form),
    )
    return make.bundle(judged, page=page)


def forms(store: FindingStore, ad: AdRecord) -> set[FormFinding]:
    stored = store.ad(ad.id)
    assert stored is not None
    return set(stored.judgement.form)


def test_duties_missed_at_different_times_add_up(store: FindingStore) -> None:
    ad = make.ad("保本")
    unmarked, close = duty(FormDuty.UNMARKED), duty(FormDuty.CLOSE)
    store.write(seen(ad, 3, unmarked))
    store.write(seen(ad, 5, close))
    store.write(seen(ad, 4))
    assert forms(store, ad) == {unmarked, close}
    stored = store.ad(ad.id)
    assert stored is not None
    assert [finding.category for finding in stored.judgement.findings] == [5]
    store.write(seen(ad, 3, unmarked))
    assert store.ad(ad.id) == stored


def test_duties_are_counted_beside_categories_and_searched_for(store: FindingStore) -> None:
    marked, unmarked, both = make.ad("甲"), make.ad("乙"), make.ad("丙")
    store.write(seen(marked, 1))
    store.write(seen(unmarked, 2, duty(FormDuty.UNMARKED)))
    store.write(seen(both, 3, duty(FormDuty.UNMARKED), duty(FormDuty.LURE)))
    store.write(seen(both, 3, duty(FormDuty.UNMARKED), duty(FormDuty.LURE)))
    for run_id in (None, "r1"):
        assert store.coverage(run_id).form == {"lure": 1, "unmarked": 2}
    assert store.coverage("r2").form == {}

    def found(*duties: FormDuty) -> set[str]:
        return {hit.ad.id for hit in store.search(SearchQuery(duties=duties)).hits}

    assert found(FormDuty.UNMARKED) == {unmarked.id, both.id}
    assert found(FormDuty.LURE, FormDuty.CLOSE) == {both.id}
    assert found(FormDuty.CLOSE) == set()
    assert {case.lead.id for case in store.cases(SearchQuery(duties=(FormDuty.LURE,)))} == {both.id}


def test_of_one_duty_the_weightier_finding_stays(store: FindingStore) -> None:
    ad = make.ad("保本")
    clear = duty(FormDuty.LURE, Level.CLEAR, Severity.MEDIUM)
    store.write(seen(ad, 3, clear))
    store.write(seen(ad, 4, duty(FormDuty.LURE, Level.ARGUABLE, Severity.HIGH)))
    store.write(seen(ad, 2, duty(FormDuty.LURE, Level.CLEAR, Severity.LOW)))
    assert forms(store, ad) == {clear}


def test_a_sighting_keeps_the_duties_and_the_mark_of_its_time(store: FindingStore) -> None:
    bundle = make.bundle(make.ad("保本"))
    label = AdLabel(by="text", run=TextRun(text="广告", size_px=9.0, contrast=1.4, visible=True))
    sightings = tuple(
        msgspec.structs.replace(s, form=(duty(FormDuty.UNMARKED),), label=label) for s in bundle.sightings
    )
    store.write(msgspec.structs.replace(bundle, sightings=sightings))
    assert store.sightings(bundle.ads[0].id) == list(sightings)


# -- days ---------------------------------------------------------------------------------------


def test_days_of_a_source_add_up_in_chinas_time(store: FindingStore) -> None:
    late = datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in China
    early = datetime(2026, 11, 20, 16, 0, 0, tzinfo=UTC)
    pages = [
        ("baidu", late, Outcome.OK, {"ad.title": Filled(3, 4)}),
        ("baidu", late, Outcome.OK, {"ad.title": Filled(1, 2), "organic.url": Filled(9, 10)}),
        ("baidu", late, Outcome.CAPTCHA, {}),
        ("baidu", early, Outcome.OK, {"ad.title": Filled(0, 1)}),
        ("sogou", late, Outcome.SELECTOR_BROKEN, {}),
        ("sogou", datetime(2026, 11, 1, tzinfo=UTC), Outcome.OK, {"ad.title": Filled(1, 1)}),
    ]
    for page, (source, at, outcome, filled) in enumerate(pages):
        task = make.task("r1", source, page=page)
        brought = msgspec.structs.replace(make.capture(task, outcome, at), filled=filled)
        store.write(CaptureBundle(capture=brought, ads=(), sightings=()))
    # What was handed over and is visited again says nothing of how well a source is watched.
    again = make.task(f"{RECHECK_RUN}1", "baidu", page=99)
    store.write(CaptureBundle(capture=make.capture(again, Outcome.UNREACHABLE, late), ads=(), sightings=()))
    assert [one.outcomes for one in store.coverage(again.run_id).sources] == [{"unreachable": 1}]
    assert [one.outcomes for one in store.coverage().sources] == [
        {"captcha": 1, "ok": 3}, {"ok": 1, "selector_broken": 1}]  # fmt: skip
    twentieth, next_day = date(2026, 11, 20), date(2026, 11, 21)
    assert list(store.source_days(twentieth, date(2026, 11, 22))) == [
        SourceDay(
            "baidu",
            twentieth,
            {"captcha": 1, "ok": 2},
            {"ad.title": Filled(4, 6), "organic.url": Filled(9, 10)},
        ),
        SourceDay("baidu", next_day, {"ok": 1}, {"ad.title": Filled(0, 1)}),
        SourceDay("sogou", twentieth, {"selector_broken": 1}, {}),
    ]
    assert list(store.source_days(date(2026, 10, 1), date(2026, 10, 2))) == []
