"""An archive judged anew: dry, in one process and in several, killed and gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from finadwatch.context import Desk
from finadwatch.judging import Judge
from finadwatch.rescreening.beginning import begin, end_if_done, total, wanted_job
from finadwatch.rescreening.local import Rehearsing, Writing, work
from findings.model.casework import AuditAction
from findings.query import SearchQuery
from findings.rescreening.job import Job, Progress
from findings.store import FindingStore
from findings.stores import open_store
from findings.stores.sqlite import rescreens
from tests.conftest import Call
from tests.support import records as make
from tests.support.archives import fill, rules


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """The rules alone."""
    return rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def desk(home: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("FINADWATCH_HOME", str(home))
    home.mkdir()
    return Desk.open(None, "zh")


@pytest.fixture
def store(home: Path, desk: Desk) -> FindingStore:
    return open_store(f"sqlite:///{home}/finadwatch.db")


def wanted(desk: Desk, store: FindingStore, judge: Judge, *, anew: bool = False) -> Job:
    return wanted_job(desk, store, judge, SearchQuery(), None, "沈一", anew=anew)


def test_a_rescreen_writes_what_changed_and_is_in_the_trail(
    desk: Desk, store: FindingStore, judge: Judge
) -> None:
    ads = fill(store, 12, judge)
    job = begin(store, wanted(desk, store, judge))
    keeper, heard = Writing(store, store.rescreens(), job), list[Progress]()
    work(desk, store, judge, job, keeper, heard.append, workers=1)
    ended = end_if_done(desk, store, job)
    assert heard[-1].done
    assert ended.ended_at is not None
    found = {hit.ad.id: hit.ad for hit in store.search(SearchQuery(categories=(2,))).hits}
    assert set(found) == {ad.id for ad in ads[::2]}
    assert {ad.judgement.ruleset for ad in found.values()} == {judge.analyzer.ruleset.version}
    actions = [entry.draft for entry in store.casebook().trail()]
    assert [draft.action for draft in actions] == [AuditAction.RESCREENED] * 2
    assert actions[1].after["judged"] == 12
    assert wanted(desk, store, judge) == ended
    again = wanted(desk, store, judge, anew=True)
    assert (again.id != ended.id, again.turn) == (True, 1)
    book = begin(store, again)
    work(desk, store, judge, book, Writing(store, store.rescreens(), book), heard.append, workers=1)
    assert (heard[-1].tally.changed, heard[-1].tally.unchanged) == (0, 12)


def test_a_dry_run_writes_nothing(desk: Desk, store: FindingStore, judge: Judge) -> None:
    before = [store.ad(ad.id) for ad in fill(store, 6, judge)]
    job, heard = wanted(desk, store, judge), list[Progress]()
    work(desk, store, judge, job, Rehearsing(), heard.append, workers=1)
    assert (heard[-1].tally.changed, heard[-1].tally.judged) == (3, 6)
    assert store.rescreens().jobs() == []
    assert [store.ad(ad.id) for ad in before if ad] == before
    assert list(store.casebook().trail()) == []


def test_an_ad_that_cannot_be_judged_costs_no_other(desk: Desk, store: FindingStore, judge: Judge) -> None:
    ads = fill(store, 4, judge)
    shot = make.Landing(
        url="https://licai.example/",
        outcome=make.Outcome.OK,
        evidence=(make.evidence("landing_screenshot"),),
    )
    drawn = make.ad("短", landing=shot)
    store.write(make.bundle(drawn, page=99))
    job = begin(store, wanted(desk, store, judge))
    heard: list[Progress] = []
    work(desk, store, judge, job, Writing(store, store.rescreens(), job), heard.append, workers=1)
    tally = total(store.rescreens().progress(job))
    assert (tally.judged, tally.failed, [one.ad_id for one in tally.failures]) == (
        len(ads) + 1,
        1,
        [drawn.id],
    )
    assert store.ad(drawn.id) == drawn


def test_a_slice_that_another_works_on_is_waited_for(desk: Desk, store: FindingStore, judge: Judge) -> None:
    fill(store, 4, judge)
    job = begin(store, wanted(desk, store, judge))
    other = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(store.url), job.id], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    heard: list[Progress] = []
    work(desk, store, judge, job, Writing(store, store.rescreens(), job), heard.append, workers=1)
    assert other.wait(10) == 0  # it let go before the work could begin
    assert heard[-1].done


_HOLDER = """
import sys, time
from findings.stores import open_store
with open_store(sys.argv[1]) as store, store.hold(f"rescreen {sys.argv[2]} 0"):
    print("held", flush=True)
    time.sleep(1)
"""


@pytest.mark.slow
def test_killed_after_any_part_it_goes_on_and_judges_nothing_twice(
    desk: Desk, store: FindingStore, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescreens, "MOST", 3)
    ads = fill(store, 20, judge)
    job = begin(store, wanted(desk, store, judge))
    store.close()
    kills = 0
    while _killed_after_a_part(desk, store, judge, job):
        kills += 1
    assert kills == 6
    tally = total(store.rescreens().progress(job))
    assert (tally.judged, tally.changed, tally.unchanged) == (20, 10, 10)
    times = Counter(ad.judged_at for ad in map(store.ad, (ad.id for ad in ads)) if ad)
    assert times[make.NOON] == 10
    assert store.search(SearchQuery(categories=(2,))).total == 10


def _killed_after_a_part(desk: Desk, store: FindingStore, judge: Judge, job: Job) -> bool:
    """Go on in a process of its own, which is killed when its second part is about to be written; whether it was."""
    child = os.fork()
    if child == 0:
        own, parts = open_store(store.url), 0

        class Dying(Writing):
            def write(self, part: object) -> Progress:
                nonlocal parts
                parts += 1
                if parts == 2:
                    os.kill(os.getpid(), signal.SIGKILL)
                return super().write(part)  # type: ignore[arg-type]

        work(desk, own, judge, job, Dying(own, own.rescreens(), job), lambda now: None, workers=1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_several_processes_killed_with_the_one_that_writes(call: Call, home: Path, judge: Judge) -> None:
    with open_store(f"sqlite:///{home}/finadwatch.db") as store:
        ads = fill(store, 900, judge)
        clean = {key: value for key, value in os.environ.items() if not key.startswith("FINADWATCH_")}
        said = home / "said.log"
        with said.open("wb") as log:
            running = subprocess.Popen(
                [sys.executable, "-m", "finadwatch", "rescreen", "--workers", "2"],
                env={**clean, "FINADWATCH_HOME": str(home)},
                stderr=log,
                start_new_session=True,
            )
        book = store.rescreens()
        until = time.monotonic() + 120
        while not (jobs := book.jobs()) or not total(book.progress(jobs[0])).judged:
            assert time.monotonic() < until
            assert running.poll() is None, said.read_text("utf-8")
            time.sleep(0.02)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        (job,) = book.jobs()
        before = total(book.progress(job)).judged
        written = {
            ad.id: ad for ad in map(store.ad, (ad.id for ad in ads)) if ad and ad.judged_at != make.NOON
        }
        assert 0 < before < 900
        ran = call("rescreen", "--workers", "2", "--json")
        assert ran.returncode == 0, ran.stderr
        told = json.loads(ran.stdout)
        assert (told["job"], told["judged"], told["failed"]) == (job.id, 900, 0)
        assert f"{before}/900" in ran.stderr
        assert {key: store.ad(key) for key in written} == written
        changed = [ad for ad in map(store.ad, (ad.id for ad in ads)) if ad and ad.judged_at != make.NOON]
        assert len(changed) == told["changed"]
    assert json.loads(call("rescreen", "--json").stdout)["nothing_to_do"] is True
    assert job.id in call("rescreen", "status").stdout
    assert json.loads(call("rescreen", "status", job.id, "--json").stdout)["judged"] == 900
    dry = call("rescreen", "--dry-run", "--where", "第1期")
    assert "将变更 0" in dry.stdout, dry.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("status", "j1-none"), "j1-none", id="no-such-rescreen"),
        pytest.param(("--category", "12"), "category", id="no-such-category"),
    ],
)
def test_wrong_use_is_named(words: tuple[str, ...], said: str, call: Call) -> None:
    call("index", "create")
    ran = call("rescreen", *words)
    assert ran.returncode == 2, ran.stderr
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
