"""Real workers on a real Redis crawling a real (local) site: nothing lost, nothing doubled."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from finadwatch.cluster.broker import TASK, application, redis_client
from tests.conftest import Call
from tests.support.brokers import SOURCE, Broker
from tests.support.cli import run_finadwatch
from tests.support.office import VISIBILITY_S, Office, sightings, until
from tests.support.ports import free_port
from tests.support.rabbitmq import RabbitServer, rabbit_server
from tests.support.redis import RedisServer, redis_server


def whole(test: Callable[..., None]) -> Callable[..., None]:
    """A test of whole workers: it needs every part, and ends."""
    for mark in (pytest.mark.browser, pytest.mark.models, pytest.mark.slow):
        test = mark(test)
    return pytest.mark.timeout(900)(test)


@pytest.fixture
def office(tmp_path: Path, hanlp: Path, broker: Broker) -> Iterator[Office]:
    with Office(tmp_path, hanlp, broker.url) as office:
        yield office


@whole
def test_every_queued_task_is_stored_once(office: Office, broker: Broker) -> None:
    words = [f"借钱{n}" for n in range(9)]  # two messages
    plan = office.plan(
        {"source": "apple", "keywords": words}, {"source": "watchlist", "urls": ["http://licai.example/"]}
    )
    with office.running("worker"):
        coverage = json.loads(office.call("crawl", plan, "--wait", "--json").stdout)
        until(broker.at_rest)
    outcomes = {source["source"]: source["outcomes"] for source in coverage["sources"]}
    assert outcomes == {"apple": {"ok": 9}, "watchlist": {"ok": 1}}
    assert office.searched() == Counter(words)
    with office.store() as store:
        assert set(sightings(store).values()) == {1}
        (run,) = store.runs()
        assert run.ended_at is not None


@whole
def test_a_worker_killed_in_a_chunk_loses_and_doubles_nothing(office: Office, broker: Broker) -> None:
    plan = office.plan({"source": "apple", "keywords": ["借钱", "贷款", "卡住", "理财"]})
    run = json.loads(office.call("crawl", plan, "--json").stdout)["run_id"]
    with office.store() as store:
        with office.running("worker") as first:
            until(lambda: office.held.is_set() and len(store.done_tasks(run)) == 3)
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
        stored = {task: store.capture(task) for task in store.done_tasks(run)}
        office.release.set()
        with office.running("worker"):
            until(lambda: len(store.done_tasks(run)) == 4)
            until(broker.at_rest)
        assert office.searched() == Counter({"借钱": 1, "贷款": 1, "卡住": 2, "理财": 1})
        assert {task: store.capture(task) for task in stored} == stored
        assert sightings(store) == Counter(dict.fromkeys(store.done_tasks(run), 1))
        assert store.coverage(run).sources[0].outcomes == {"ok": 4}


@whole
def test_a_chunk_outlives_its_visibility_and_the_death_of_its_process(office: Office, broker: Broker) -> None:
    plan = office.plan({"source": "apple", "keywords": ["借钱", "卡住"]})
    run = json.loads(office.call("crawl", plan, "--json").stdout)["run_id"]
    with office.store() as store, office.running("worker", "--source", "apple") as worker:
        until(lambda: office.held.is_set() and len(store.done_tasks(run)) == 1)
        time.sleep(2 * VISIBILITY_S)
        assert len(store.done_tasks(run)) == 1  # nobody else took it meanwhile
        (child,) = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
        os.kill(int(child), signal.SIGKILL)
        office.release.set()
        until(lambda: len(store.done_tasks(run)) == 2)
        until(broker.at_rest)
        assert office.searched() == Counter({"借钱": 1, "卡住": 2})
        assert sightings(store) == Counter(dict.fromkeys(store.done_tasks(run), 1))
        assert worker.poll() is None


@whole
def test_a_busy_worker_keeps_no_other_source_from_an_idle_one(office: Office, broker: Broker) -> None:
    slow = office.plan({"source": "apple", "keywords": ["卡住"]}, title="慢")
    quick = office.plan({"source": "watchlist", "urls": ["http://licai.example/"]}, title="快")
    office.call("crawl", slow)
    with office.running("worker"):
        until(office.held.is_set)
        run = json.loads(office.call("crawl", quick, "--json").stdout)["run_id"]
        time.sleep(2)  # time enough for the busy one to take what it should leave
        with office.running("worker"), office.store() as store:
            until(lambda: store.task_counts(run).open == 0)
            assert not office.release.is_set()
            office.release.set()
            until(lambda: all(run.ended_at for run in store.runs()))


@whole
def test_tasks_whose_messages_were_lost_are_queued_again(office: Office, broker: Broker) -> None:
    plan = office.plan({"source": "apple", "keywords": [f"借钱{n}" for n in range(10)]})
    run = json.loads(office.call("crawl", plan, "--json").stdout)["run_id"]
    broker.lose()
    again = json.loads(office.call("crawl", "--resume", "--json").stdout)
    assert again == {"run_id": run, "tasks": 10, "messages": 2}
    twice = json.loads(office.call("crawl", "--resume", run, "--json").stdout)
    assert twice["tasks"] == 10
    with office.running("worker", "--source", "apple"), office.store() as store:
        until(lambda: store.task_counts(run).open == 0)
        until(broker.at_rest)
        assert store.runs()[0].ended_at is not None
        assert sightings(store) == Counter(dict.fromkeys(store.done_tasks(run), 1))
    assert set(office.searched().values()) == {1}
    ran = run_finadwatch(office.home, "crawl", "--resume", run)
    assert ran.returncode == 2
    assert "已结束" in ran.stderr


@whole
def test_malformed_messages_are_refused_and_the_worker_goes_on(office: Office, broker: Broker) -> None:
    app = application(broker.url, VISIBILITY_S, [SOURCE])
    send = app.send_task
    send(TASK, args=[{"version": 1, "tasks": "all"}], queue="crawl.apple")
    send(TASK, args=[], kwargs={"allow_private": True}, queue="crawl.apple")
    send("os.system", args=["true"], queue="crawl.apple")
    send(TASK, args=[1], queue="crawl.apple", serializer="pickle")
    broker.soil()
    plan = office.plan({"source": "apple", "keywords": ["借钱"]})
    with office.running("worker", "--source", "apple") as worker:
        coverage = json.loads(office.call("crawl", plan, "--wait", "--json").stdout)
        assert coverage["sources"][0]["outcomes"] == {"ok": 1}
        until(broker.at_rest)
        assert worker.poll() is None
    # At least: a slow machine may get one a second time, before the first was refused.
    assert office.said("worker").count("已拒收并丢弃一条无法使用的消息") >= 2
    said = office.said("worker")
    refusals = ("is no message and was dropped", "Can't decode message body", "deleted unknown message")
    assert sum(map(said.count, refusals)) >= broker.junk
    assert "Traceback" not in office.said("worker")


@whole
@pytest.mark.parametrize(
    "kind",
    [pytest.param("redis", marks=pytest.mark.redis), pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)],
)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_a_broker_that_restarts_loses_and_doubles_nothing(
    kind: str, number: signal.Signals, tmp_path: Path, hanlp: Path
) -> None:
    serving: AbstractContextManager[RedisServer | RabbitServer] = (
        redis_server(append_only=True) if kind == "redis" else rabbit_server()
    )
    with serving as server, Office(tmp_path, hanlp, server.url) as office:
        words = ["卡住", *(f"借钱{n}" for n in range(20))]  # three messages
        plan = office.plan({"source": "apple", "keywords": words})
        run = json.loads(office.call("crawl", plan, "--json").stdout)["run_id"]
        with office.store() as store, office.running("worker", "--source", "apple") as worker:
            until(office.held.is_set)
            server.stop(number)
            server.start()
            office.release.set()
            until(lambda: store.task_counts(run).open == 0 or worker.poll() is not None)
            assert worker.poll() is None, office.said("worker")
            assert sightings(store) == Counter(dict.fromkeys(store.done_tasks(run), 1))
            assert store.coverage(run).sources[0].outcomes == {"ok": len(words)}
        assert office.searched() == Counter(words)


@whole
@pytest.mark.redis
def test_a_redis_that_takes_no_writes_for_a_while_keeps_its_workers(tmp_path: Path, hanlp: Path) -> None:
    """As one does whose disk or memory is full."""
    with redis_server() as server, Office(tmp_path, hanlp, server.url) as office:
        client = redis_client(server.url)

        def waits() -> bool:
            return any(one["cmd"] == "brpop" for one in client.client_list())

        with office.running("worker", "--source", "apple") as worker:
            until(waits)
            client.config_set("min-replicas-to-write", 1)
            until(lambda: "NOREPLICAS" in office.said("worker") and not waits())
            client.config_set("min-replicas-to-write", 0)
            until(lambda: waits() or worker.poll() is not None)
            assert worker.poll() is None
        assert office.said("worker").count("NOREPLICAS") < 5


@pytest.mark.parametrize(
    "words", [("crawl", "--source", "apple", "--keyword", "借钱"), ("worker",)], ids=["crawl", "worker"]
)
@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_is_away_is_one_sentence_within_seconds(
    words: tuple[str, ...], scheme: str, call: Call
) -> None:
    url = f"{scheme}://127.0.0.1:{free_port()}/0"
    began = time.monotonic()
    ran = call(*words, "--broker", url)
    assert ran.returncode == 3, ran.stderr
    assert url in ran.stderr
    assert "Traceback" not in ran.stderr
    assert time.monotonic() - began < 15
    assert call("runs", "--json").stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("worker",), "FINADWATCH_BROKER", id="no-broker"),
        pytest.param(("worker", "--broker", "redis://:hunter2@127.0.0.1/0"), "命令行", id="password"),
        pytest.param(
            ("worker", "--broker", "redis://127.0.0.1/0", "--source", "nosuch"), "nosuch", id="unknown-source"
        ),
        pytest.param(
            ("crawl", "--source", "apple", "--keyword", "借钱", "--wait"), "--broker", id="wait-for-what"
        ),
    ],
)
def test_wrong_use_is_named(words: tuple[str, ...], said: str, call: Call) -> None:
    ran = call(*words)
    assert ran.returncode == 2, ran.stderr
    assert said in ran.stderr
    assert "hunter2" not in ran.stderr
