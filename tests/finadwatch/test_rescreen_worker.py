"""A rescreen over a real broker: slices on a queue, workers that are killed."""

import json
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from finadwatch.cluster.broker import PREFIX, RESCREEN, RESCREEN_TASK, application, redis_client
from finadwatch.cluster.errors import BadMessage
from finadwatch.cluster.hold import UNACKED
from finadwatch.cluster.rescreens import MAX_SLICES, read_message
from finadwatch.rescreening.beginning import total
from findings.stores import open_store
from tests.conftest import Call
from tests.support import records as make
from tests.support.archives import fill, rules
from tests.support.office import VISIBILITY_S, running, until

ADS = 700  # two slices


@pytest.mark.redis
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_worker_killed_in_a_slice_loses_and_doubles_nothing(call: Call, home: Path, redis_url: str) -> None:
    with (home / "config.yaml").open("a", encoding="utf-8") as config:
        config.write(f"broker: {redis_url}\nbroker_visibility_s: {VISIBILITY_S}\n")
    client = redis_client(redis_url)
    with open_store(f"sqlite:///{home}/finadwatch.db") as store:
        ads = fill(store, ADS, rules(home))
        told = json.loads(call("rescreen", "--json").stdout)
        assert told["messages"] == 2
        book = store.rescreens()
        (job,) = book.jobs()
        application(redis_url, VISIBILITY_S, (), more=(RESCREEN,)).send_task(
            RESCREEN_TASK, args=[{"version": 9}], queue=RESCREEN
        )
        with running(home, "worker", "--rescreen") as first:
            until(lambda: total(book.progress(job)).judged > 0, 120)
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
        before = {
            ad.id: ad for ad in map(store.ad, (ad.id for ad in ads)) if ad and ad.judged_at != make.NOON
        }
        assert 0 < total(book.progress(job)).judged < ADS
        with running(home, "worker", "--rescreen"):
            waited = call(
                "rescreen", "--wait", "--json"
            )  # queues again what is not done: those messages come twice
            assert waited.returncode == 0, waited.stderr
            until(lambda: not client.llen(f"{PREFIX}{RESCREEN}") and not client.zcard(UNACKED), 120)
        done = json.loads(waited.stdout)
        assert (done["judged"], done["failed"], done["slices"]) == (ADS, 0, {"of": 2, "done": 2})
        assert {key: store.ad(key) for key in before} == before
        stands = Counter(ad.judged_at != make.NOON for ad in map(store.ad, (ad.id for ad in ads)) if ad)
        assert stands[True] == done["changed"]
        notes = [entry.draft.note for entry in store.casebook().trail()]
        assert notes == [f"{job.id} 开始", f"{job.id} 结束"]
    said = (home / "worker.log").read_text("utf-8")
    assert "已拒收并丢弃一条无法使用的消息" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {"version": 1, "job": "j1-0"},
        {"version": 2, "job": "j1-0", "slice": 0},
        {"version": 1, "job": "j1-0", "slice": -1},
        {"version": 1, "job": "j1-0", "slice": MAX_SLICES},
        {"version": 1, "job": "j1-0", "slice": 0, "store": "sqlite:///elsewhere"},
    ],
)
def test_a_message_is_checked_whole(raw: object) -> None:
    with pytest.raises(BadMessage):
        read_message(raw)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("rescreen", "--wait"), "--broker", id="wait-for-what"),
        pytest.param(
            ("worker", "--rescreen", "--source", "apple", "--broker", "redis://127.0.0.1/0"),
            "--rescreen",
            id="crawls-nothing",
        ),
    ],
)
def test_wrong_use_is_named(words: tuple[str, ...], said: str, call: Call) -> None:
    ran = call(*words)
    assert ran.returncode == 2, ran.stderr
    assert said in ran.stderr
