"""The broker's address, what is held on it, and how often a chunk is tried; on a real Redis."""

import time
from pathlib import Path

import click
import pytest

from crawlers.plan import plan_for_source, plan_tasks
from crawlers.sources import load_sources
from finadwatch.cluster import broker
from finadwatch.cluster.attempts import MOST, Attempts, given_up
from finadwatch.cluster.broker import PREFIX, broker_url, redis_client
from finadwatch.cluster.errors import BrokerUrlError, ChunkFailed, ClusterMissing, SourceBusy
from finadwatch.cluster.hold import UNACKED, Hold
from finadwatch.cluster.messages import Chunk, chunks, written
from finadwatch.cluster.queueing import Queued, wait_for
from finadwatch.cluster.work import PAUSE_S, Hands
from finadwatch.config import Config, CrawlConfig, Secret
from finadwatch.context import Desk
from findings.model.records import Run
from tests.support.records import NOON

RUN = Run(id="r1-test", plan="巡查", started_at=NOON)


@pytest.mark.parametrize(
    ("given", "configured", "url"),
    [
        pytest.param("redis://a.example:6379/0", None, "redis://a.example:6379/0", id="given"),
        pytest.param("redis://a.example/0", "redis://b.example/0", "redis://a.example/0", id="the-call-wins"),
        pytest.param(None, "rediss://:pw@b.example/0", "rediss://:pw@b.example/0", id="configured"),
    ],
)
def test_which_broker_is_meant(tmp_path: Path, given: str | None, configured: str | None, url: str) -> None:
    assert broker_url(Config(home=tmp_path, broker=configured), given) == url


@pytest.mark.parametrize(
    "given",
    ["redis://:hunter2@a.example/0", "amqp://a.example//", "redis://", "nonsense"],
    ids=["password-on-the-command-line", "no-redis", "no-host", "no-address"],
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


def hold(url: str, tag: str = "tag", *, visibility_s: float = 30.0, rest_s: float = 0.0) -> Hold:
    return Hold(redis_client(url), "apple", tag, visibility_s=visibility_s, wait_s=0.1, rest_s=rest_s)


@pytest.mark.redis
def test_one_source_is_held_once(redis_url: str) -> None:
    with hold(redis_url), pytest.raises(SourceBusy):
        hold(redis_url).__enter__()
    with hold(redis_url):
        pass


@pytest.mark.redis
def test_a_source_rests_after_a_chunk(redis_url: str) -> None:
    with hold(redis_url, rest_s=60):
        pass
    with pytest.raises(SourceBusy):
        hold(redis_url).__enter__()


@pytest.mark.redis
@pytest.mark.slow
def test_a_hold_outlasts_its_lease_while_its_worker_lives(redis_url: str) -> None:
    client = redis_client(redis_url)
    began = time.time()
    client.zadd(UNACKED, {"tag": began})
    with hold(redis_url, visibility_s=1.0):
        time.sleep(2.0)
        assert client.exists(f"{PREFIX}source:apple")
        assert client.zscore(UNACKED, "tag") > began + 1.5


@pytest.mark.redis
def test_a_hold_brings_no_message_back_that_was_acknowledged(redis_url: str) -> None:
    with hold(redis_url, "gone"):
        assert redis_client(redis_url).zscore(UNACKED, "gone") is None


class Office:
    """A store, a queue's message and hands, without Celery between."""

    def __init__(self, home: Path, url: str) -> None:
        self.url = url
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
    assert office.slept == [PAUSE_S]


@pytest.mark.redis
def test_a_chunk_that_never_ends_is_given_up_and_its_tasks_are_named(office: Office) -> None:
    office.know_the_run()
    client = redis_client(office.url)
    for _ in range(MOST):
        Attempts(client, office.chunk).begin()
    with pytest.raises(ChunkFailed):
        office.take(office.chunk)
    ids = tuple(task.id for task in office.tasks)
    assert given_up(client, RUN.id) == set(ids)
    queued = Queued(run_id=RUN.id, tasks=len(ids), messages=1)
    with pytest.raises(ChunkFailed, match="2 tasks"):
        wait_for(office.desk, queued, None, office.url)


@pytest.mark.redis
def test_attempts_that_failed_for_want_of_a_service_do_not_count(office: Office) -> None:
    for _ in range(MOST + 2):  # the run is unknown: RunElsewhere, a service away
        office.take(office.chunk)
    assert Attempts(redis_client(office.url), office.chunk).begin() == 1
