"""The broker's address, what a worker holds, and how often a chunk is tried; on a real Redis and a real RabbitMQ."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import click
import pytest

from crawlers.plan import plan_for_source, plan_tasks
from crawlers.sources import load_sources
from finadwatch.cluster import broker, queueing
from finadwatch.cluster.attempts import MOST, Attempts
from finadwatch.cluster.broker import application, broker_url, queue_of, redis_client, require_answer
from finadwatch.cluster.errors import BrokerAway, BrokerUrlError, ChunkFailed, ClusterMissing, SourceBusy
from finadwatch.cluster.hold import UNACKED, message_kept, source_held
from finadwatch.cluster.messages import Chunk, chunks, written
from finadwatch.cluster.queueing import Queued, queue_again, queue_plan, wait_for
from finadwatch.cluster.work import PAUSE_S, Hands
from finadwatch.config import Config, CrawlConfig, Secret
from finadwatch.context import Desk
from findings.model.records import Run
from findings.store import FindingStore, Hold
from findings.stores import open_store
from tests.support.rabbitmq import RabbitServer, rabbit_server
from tests.support.records import NOON

RUN = Run(id="r1-test", plan="巡查", started_at=NOON)


@pytest.mark.parametrize(
    ("given", "configured", "url"),
    [
        pytest.param("redis://a.example:6379/0", None, "redis://a.example:6379/0", id="given"),
        pytest.param("redis://a.example/0", "redis://b.example/0", "redis://a.example/0", id="the-call-wins"),
        pytest.param(None, "rediss://:pw@b.example/0", "rediss://:pw@b.example/0", id="configured"),
        pytest.param("amqp://a.example:5672//", None, "amqp://a.example:5672//", id="rabbitmq"),
    ],
)
def test_which_broker_is_meant(tmp_path: Path, given: str | None, configured: str | None, url: str) -> None:
    assert broker_url(Config(home=tmp_path, broker=configured), given) == url


@pytest.mark.parametrize(
    "given",
    ["amqp://me:hunter2@a.example//", "kafka://a.example//", "redis://", "nonsense"],
    ids=["password-on-the-command-line", "no-such-broker", "no-host", "no-address"],
)
def test_a_broker_that_can_not_be_used_is_refused_without_its_password(tmp_path: Path, given: str) -> None:
    with pytest.raises(BrokerUrlError) as refused:
        broker_url(Config(home=tmp_path), given)
    assert "hunter2" not in refused.value.said("zh") + refused.value.said("en")


def test_no_broker_at_all_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError):
        broker_url(Config(home=tmp_path), None)


def test_without_celery_a_sentence_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "find_spec", lambda name: None)
    with pytest.raises(ClusterMissing, match=r"pip install 'finadwatch\[cluster\]'"):
        broker.require_cluster()


def hold(store: FindingStore, slept: list[float], *, rest_s: float = 0.0) -> AbstractContextManager[Hold]:
    return source_held(store, "apple", wait_s=0.0, rest_s=rest_s, sleep=slept.append)


@pytest.fixture(params=["sqlite", pytest.param("elastic", marks=[pytest.mark.elastic, pytest.mark.slow])])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FindingStore]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/findings.db"
    else:
        url = f"{request.getfixturevalue('elasticsearch_url')}?prefix=t{secrets.token_hex(6)}"
    with open_store(url) as opened:
        opened.create()
        yield opened


def test_one_source_is_held_once_and_rests_after_a_chunk(store: FindingStore) -> None:
    slept: list[float] = []
    with hold(store, slept, rest_s=60), pytest.raises(SourceBusy), hold(store, slept):
        pass
    assert slept == [60]
    with hold(store, slept), source_held(store, "baidu", wait_s=0, rest_s=0, sleep=slept.append):
        pass


def test_a_source_rests_after_a_chunk_that_failed_but_keeps_nobody_who_stops_it(store: FindingStore) -> None:
    slept: list[float] = []
    with pytest.raises(ValueError, match="odd"), hold(store, slept, rest_s=60):
        raise ValueError("odd")
    with pytest.raises(KeyboardInterrupt), hold(store, slept, rest_s=60):
        raise KeyboardInterrupt
    assert slept == [60]


@pytest.mark.redis
@pytest.mark.slow
def test_a_message_is_renewed_while_its_worker_lives(redis_url: str) -> None:
    client = redis_client(redis_url)
    began = time.time()
    client.zadd(UNACKED, {"tag": began})
    with message_kept(redis_url, "tag", 1.0):
        time.sleep(2.0)
        assert client.zscore(UNACKED, "tag") > began + 1.5


@pytest.mark.redis
def test_a_message_that_was_acknowledged_is_not_brought_back(redis_url: str) -> None:
    with message_kept(redis_url, "gone", 1.0):
        assert redis_client(redis_url).zscore(UNACKED, "gone") is None


@pytest.mark.rabbitmq
@pytest.mark.slow
def test_rabbitmq_keeps_a_durable_queue_a_source_and_confirms_each_message(rabbit: RabbitServer) -> None:
    url = rabbit.url
    require_answer(url)
    app = application(url, 4, ["apple", "baidu"])
    with message_kept(url, "tag", 4), app.connection_for_write() as connection:
        for source in ("apple", "baidu"):
            queue = app.amqp.queues[queue_of(source)](connection)
            queue.declare()
            queue.delete()
            assert queue.durable
            assert connection.default_channel.connection.confirm_publish


@pytest.mark.rabbitmq
@pytest.mark.slow
def test_wrong_credentials_are_said_without_the_password(rabbit: RabbitServer) -> None:
    with pytest.raises(BrokerAway) as refused:
        require_answer(rabbit.url.replace("guest:guest", "guest:hunter2"))
    assert "hunter2" not in refused.value.said("zh") + refused.value.said("en")


@pytest.mark.rabbitmq
@pytest.mark.slow
def test_a_full_rabbitmq_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes no message until there is room, and says nothing; what was recorded is queued later."""
    monkeypatch.setattr(queueing, "CONFIRM_S", 1.0)
    plan = plan_for_source("apple", ["借钱"])
    with rabbit_server("disk_free_limit.absolute = 900000GB\n") as server:
        desk = Desk(Config(home=tmp_path, broker=Secret(server.url)))
        with pytest.raises(BrokerAway, match="timed out"):
            queue_plan(desk, plan, None, server.url)
        server.stop()
        server.settings = ""
        server.start()
        queued = queue_again(desk, "", None, server.url)
    assert (queued.tasks, queued.messages) == (1, 1)


class Office:
    """A store, a queue's message and hands, without Celery between."""

    def __init__(self, home: Path, url: str) -> None:
        self.desk = Desk(Config(home=home, broker=Secret(url), crawl=CrawlConfig(pace=0)))
        self.slept: list[float] = []
        self.hands = Hands(
            desk=self.desk, store_url=None, broker=url, allow_private=False, sleep=self.slept.append
        )
        plan = plan_for_source("apple", ["借钱", "贷款"])
        self.tasks = list(plan_tasks(plan, RUN.id, load_sources(), NOON.date()))
        (self.chunk,) = chunks(plan, RUN, self.tasks)

    def know_the_run(self) -> None:
        with self.desk.store(create=True) as store:
            store.put_run(RUN)
            store.put_tasks(RUN.id, self.tasks)

    def attempts(self) -> Attempts:
        return Attempts(self.desk.config.home / "crawl" / "begun", self.chunk.tasks[0].id)

    def take(self, chunk: Chunk) -> bool:
        return self.hands.take(written(chunk), "tag")


@pytest.fixture
def office(tmp_path: Path, redis_url: str) -> Office:
    (tmp_path / "home").mkdir()
    return Office(tmp_path / "home", redis_url)


@pytest.mark.redis
def test_a_run_of_another_store_is_handed_back(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert office.take(office.chunk) is False
    assert RUN.id in capsys.readouterr().err
    assert office.slept[-1] == PAUSE_S


@pytest.mark.redis
def test_a_chunk_that_never_ends_is_given_up_and_its_tasks_end_in_error(office: Office) -> None:
    office.know_the_run()
    for _ in range(MOST):
        office.attempts().begin()
    with pytest.raises(ChunkFailed, match="2 tasks"):
        office.take(office.chunk)
    queued = Queued(run_id=RUN.id, tasks=2, messages=1)
    coverage = wait_for(office.desk, queued, None)
    assert coverage.sources[0].outcomes == {"error": 2}
    with office.desk.store() as store:
        (run,) = store.runs()
        assert (run.ended_at is not None, run.exit) == (True, 1)
        assert {store.capture(task.id).detail for task in office.tasks} == {f"given up: {MOST}"}  # type: ignore[union-attr]
    assert office.take(office.chunk) is True  # a copy of its message finds nothing to do
    assert office.attempts().begin() == 1


@pytest.mark.redis
def test_attempts_that_failed_for_want_of_a_service_do_not_count(office: Office) -> None:
    for _ in range(MOST + 2):  # the run is unknown: RunElsewhere, a service away
        office.take(office.chunk)
    assert office.attempts().begin() == 1


def test_beginnings_are_counted_over_processes_and_forgotten_after_a_week(tmp_path: Path) -> None:
    plan = plan_for_source("apple", ["借钱"])
    (chunk,) = chunks(plan, RUN, plan_tasks(plan, RUN.id, load_sources(), NOON.date()))
    counts = [Attempts(tmp_path / "begun", chunk.tasks[0].id).begin() for _ in range(3)]
    assert counts == [1, 2, 3]
    Attempts(tmp_path / "begun", chunk.tasks[0].id).undo()
    assert Attempts(tmp_path / "begun", chunk.tasks[0].id).begin() == 3
    (file,) = (tmp_path / "begun").iterdir()
    week = time.time() - 8 * 24 * 3600
    os.utime(file, (week, week))
    assert Attempts(tmp_path / "begun", chunk.tasks[0].id).begin() == 1
