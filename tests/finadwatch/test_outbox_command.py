"""`finadwatch outbox` as a person runs it: what waits, what was refused, sent and sent again."""

import json
from pathlib import Path

import msgspec
import pytest

from findings.model.records import CaptureBundle, Run
from findings.outbox.box import Outbox
from findings.stores import open_store
from tests.conftest import Call
from tests.support import records as make
from tests.support.ports import free_port

pytestmark = [pytest.mark.models, pytest.mark.slow]


def good(page: int) -> CaptureBundle:
    return make.bundle(make.ad(f"第{page}期保本保息", make.finding()), page=page)


def bad(page: int) -> CaptureBundle:
    (ad,) = good(page).ads
    return make.bundle(msgspec.structs.replace(ad, embedding=(float("inf"),)), page=page)


def put(home: Path, store: str, *bundles: CaptureBundle) -> None:
    with Outbox(home / "outbox" / "outbox.db", 2000) as outbox:
        for bundle in bundles:
            outbox.put(store, bundle)


@pytest.fixture
def store(home: Path, call: Call) -> str:
    """The address of a store with a run of two tasks, neither done."""
    url = f"sqlite:///{home / 'findings.db'}"
    with open_store(url) as opened:
        opened.create()
        opened.put_run(Run(id="r1", plan="巡查", started_at=make.NOON, plan_sha256="x", tasks=2))
        opened.put_tasks("r1", [make.task(page=1), make.task(page=2)])
    return url


def test_an_empty_outbox(call: Call) -> None:
    told = json.loads(call("outbox", "status", "--json").stdout)
    assert (told["stores"], told["broken"]) == ([], [])
    sent = call("outbox", "send")
    assert (sent.returncode, sent.stdout) == (0, "没有待发结果\n")
    missing = call("outbox", "dead", "t1-0")
    assert missing.returncode == 2
    assert "没有任务 't1-0'" in missing.stderr


def test_what_waits_is_sent_and_its_run_ends(call: Call, home: Path, store: str) -> None:
    put(home, store, good(1), good(2))
    told = json.loads(call("outbox", "status", "--json").stdout)
    assert [(pile["store"], pile["waiting"]) for pile in told["stores"]] == [(store, 2)]
    assert "待发" in call("outbox", "status").stdout
    sent = call("outbox", "send", "--json")
    assert sent.returncode == 0, sent.stderr
    assert json.loads(sent.stdout) == {
        "store": store, "stored": 2, "refused": 0, "waiting": 0, "error": None,
    }  # fmt: skip
    with open_store(store) as opened:
        (run,) = opened.runs()
        assert run.ended_at is not None
        assert opened.task_counts("r1").done == 2


def test_what_was_refused_is_kept_shown_and_sent_again(call: Call, home: Path, store: str) -> None:
    put(home, store, good(1), bad(2))
    sent = call("outbox", "send")
    assert sent.returncode == 1
    assert sent.stdout == f"{store}：已入库 1，被拒 1，仍待发 0\n"
    (letter,) = [json.loads(line) for line in call("outbox", "dead", "--json").stdout.splitlines()]
    assert letter["task_id"] == make.task(page=2).id
    assert "read again" in letter["reason"]
    shown = json.loads(call("outbox", "dead", letter["task_id"]).stdout)
    assert shown["ads"][0]["text"] == "第2期保本保息"
    doctor = [json.loads(line) for line in call("doctor", "--json").stdout.splitlines()]
    (part,) = [one for one in doctor if one["part"] == "发件箱"]
    assert not part["ok"]
    assert "outbox dead" in part["detail"]
    with open_store(store) as opened:
        assert opened.runs()[0].ended_at is None
    assert call("outbox", "retry", "t1-none").returncode == 2
    assert json.loads(call("outbox", "retry", letter["task_id"], "--json").stdout) == {"waiting_again": 1}
    # Mended: the same task again, this time with a vector that JSON holds.
    put(home, store, good(2))
    assert call("outbox", "send").returncode == 0
    assert call("outbox", "dead").stdout == "没有被拒的结果\n"
    with open_store(store) as opened:
        assert opened.runs()[0].ended_at is not None


def test_a_store_that_is_away_costs_nothing_and_does_not_stop_the_others(
    call: Call, home: Path, store: str
) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    put(home, away, good(1))
    put(home, store, good(1))
    sent = call("outbox", "send", "--json")
    assert sent.returncode == 3
    assert "无应答" in sent.stderr
    told = {row["store"]: row for row in map(json.loads, sent.stdout.splitlines())}
    assert (told[away]["stored"], told[away]["waiting"]) == (0, 1)
    assert (told[store]["stored"], told[store]["waiting"]) == (1, 0)


def test_one_sender_at_a_time(call: Call, home: Path, store: str) -> None:
    put(home, store, good(1))
    with Outbox(home / "outbox" / "outbox.db", 2000) as outbox, outbox.sending(store):
        sent = call("outbox", "send")
    assert sent.returncode == 2
    assert "正由进程" in sent.stderr


def test_a_broken_outbox_is_one_sentence_and_put_aside(call: Call, home: Path, store: str) -> None:
    put(home, store, good(1))
    (home / "outbox" / "outbox.db").write_bytes(b"#!/bin/sh\n" * 1000)
    told = call("outbox", "status")
    assert told.returncode == 1
    assert "已另存为" in told.stderr
    assert len(json.loads(call("outbox", "status", "--json").stdout)["broken"]) == 1
    doctor = [json.loads(line) for line in call("doctor", "--json").stdout.splitlines()]
    assert [one["ok"] for one in doctor if one["part"] == "发件箱"] == [False]
