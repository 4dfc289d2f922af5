"""Real workers on a real Redis crawling a real (local) site: nothing lost, nothing doubled."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from finadwatch.cluster.broker import PREFIX, TASK, application, redis_client
from finadwatch.cluster.hold import UNACKED
from findings.query import SearchQuery
from findings.store import FindingStore
from findings.stores import open_store
from tests.conftest import Call
from tests.support.authority import Authority
from tests.support.cache import share_patterns
from tests.support.cli import run_finadwatch
from tests.support.ports import free_port
from tests.support.web import Site, Visit, html

VISIBILITY_S = 4
QUEUE = f"{PREFIX}crawl.apple"


def whole(test: Callable[..., None]) -> Callable[..., None]:
    """A test of whole workers: it needs every part, and ends."""
    for mark in (pytest.mark.redis, pytest.mark.browser, pytest.mark.models, pytest.mark.slow):
        test = mark(test)
    return pytest.mark.timeout(150)(test)


_APP = {
    "trackId": 1,
    "trackName": "顺心贷",
    "bundleId": "example.shunxin",
    "sellerName": "Shunxin Example Ltd",
    "trackViewUrl": "https://apps.example/1",
    "description": "不看征信，额度高，放款快",
}


class Office:
    """A home, a broker, and an app store on loopback whose answer to `卡住` is held back."""

    def __init__(self, folder: Path, hanlp: Path, redis_url: str) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        share_patterns(self.home)
        self.redis = redis_client(redis_url)
        self.broker = redis_url
        self.release = threading.Event()
        self.held = threading.Event()
        authority = Authority(folder / "ca")
        self.shop = Site({"/search": self._search}, tls=authority.context("itunes.apple.com"))
        self.pages = Site({"licai.example/": html("<title>理财</title><p>保本保息，年化12%，稳赚不赔")})
        self._ca = authority.file
        self._hanlp = hanlp

    def open(self) -> None:
        config: dict[str, Any] = {
            "models": {"hanlp": str(self._hanlp)},
            "broker": self.broker,
            "broker_visibility_s": VISIBILITY_S,
            "crawl": {"pace": 0},
            "network": {
                "hosts": {"itunes.apple.com": "127.0.0.1", "licai.example": "127.0.0.1"},
                "ports": {"443": self.shop.port, "80": self.pages.port},
                "ca_file": str(self._ca),
            },
        }
        (self.home / "config.yaml").write_text(json.dumps(config), "utf-8")

    def _search(self, visit: Visit) -> None:
        (word,) = parse_qs(urlsplit(visit.path).query)["term"]
        if word == "卡住" and not self.release.is_set():
            self.held.set()
            self.release.wait(60)
        visit.answer(200, json.dumps({"resultCount": 1, "results": [_APP]}), "application/json")

    def plan(self, *sources: dict[str, Any]) -> str:
        path = self.home / "plan.yaml"
        path.write_text(json.dumps({"title": "巡查", "sources": list(sources)}), "utf-8")
        return str(path)

    def call(self, *words: str) -> "subprocess.CompletedProcess[str]":
        ran = run_finadwatch(self.home, *words)
        assert ran.returncode == 0, ran.stderr
        return ran

    @contextmanager
    def worker(self, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
        """A worker in a process group of its own; what it says lands in `worker.log`."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("FINADWATCH_")}
        with (self.home / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "finadwatch", "worker", *words],
                env={**clean, "FINADWATCH_HOME": str(self.home)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    @property
    def log(self) -> str:
        return (self.home / "worker.log").read_text("utf-8")

    def store(self) -> FindingStore:
        return open_store(f"sqlite:///{self.home}/finadwatch.db")

    def searched(self) -> Counter[str]:
        """How often each word was asked of the shop."""
        asked = (parse_qs(urlsplit(path).query).get("term") for _, path in self.shop.seen)
        return Counter(word for words in asked if words for word in words)

    def at_rest(self) -> bool:
        """Nothing waits on the queue, nothing is unacknowledged."""
        return not self.redis.llen(QUEUE) and not self.redis.zcard(UNACKED)


@pytest.fixture
def office(tmp_path: Path, hanlp: Path, redis_url: str) -> Iterator[Office]:
    office = Office(tmp_path, hanlp, redis_url)
    with office.shop, office.pages:
        office.open()
        yield office
        office.release.set()


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "this did not become true in time"
        time.sleep(0.1)


def sightings(store: FindingStore) -> Counter[str]:
    """Sightings of every stored ad, by task."""
    ads = [hit.ad.id for hit in store.search(SearchQuery(limit=100)).hits]
    return Counter(sighting.task_id for ad in ads for sighting in store.sightings(ad))


@whole
def test_every_queued_task_is_stored_once(office: Office) -> None:
    words = [f"借钱{n}" for n in range(9)]  # two messages
    plan = office.plan(
        {"source": "apple", "keywords": words}, {"source": "watchlist", "urls": ["http://licai.example/"]}
    )
    with office.worker():
        coverage = json.loads(office.call("crawl", plan, "--wait", "--json").stdout)
        until(office.at_rest, 15)
    outcomes = {source["source"]: source["outcomes"] for source in coverage["sources"]}
    assert outcomes == {"apple": {"ok": 9}, "watchlist": {"ok": 1}}
    assert office.searched() == Counter(words)
    with office.store() as store:
        assert set(sightings(store).values()) == {1}
        (run,) = store.runs()
        assert run.ended_at is not None


@whole
def test_a_worker_killed_in_a_chunk_loses_and_doubles_nothing(office: Office) -> None:
    plan = office.plan({"source": "apple", "keywords": ["借钱", "贷款", "卡住", "理财"]})
    run = json.loads(office.call("crawl", plan, "--json").stdout)["run_id"]
    with office.store() as store:
        with office.worker() as first:
            until(lambda: office.held.is_set() and len(store.done_tasks(run)) == 3)
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
        stored = {task: store.capture(task) for task in store.done_tasks(run)}
        office.release.set()
        with office.worker():
            until(lambda: len(store.done_tasks(run)) == 4)
            until(office.at_rest, 15)
        assert office.searched() == Counter({"借钱": 1, "贷款": 1, "卡住": 2, "理财": 1})
        assert {task: store.capture(task) for task in stored} == stored
        assert sightings(store) == Counter(dict.fromkeys(store.done_tasks(run), 1))
        assert store.coverage(run).sources[0].outcomes == {"ok": 4}


@whole
def test_a_chunk_outlives_its_visibility_and_the_death_of_its_process(office: Office) -> None:
    plan = office.plan({"source": "apple", "keywords": ["借钱", "卡住"]})
    run = json.loads(office.call("crawl", plan, "--json").stdout)["run_id"]
    with office.store() as store, office.worker("--source", "apple") as worker:
        until(lambda: office.held.is_set() and len(store.done_tasks(run)) == 1)
        time.sleep(2 * VISIBILITY_S)
        assert (office.redis.llen(QUEUE), office.redis.zcard(UNACKED)) == (0, 1)
        (child,) = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
        os.kill(int(child), signal.SIGKILL)
        office.release.set()
        until(lambda: len(store.done_tasks(run)) == 2)
        until(office.at_rest, 15)
        assert office.searched() == Counter({"借钱": 1, "卡住": 2})
        assert sightings(store) == Counter(dict.fromkeys(store.done_tasks(run), 1))
        assert worker.poll() is None


@whole
def test_tasks_whose_messages_were_lost_are_queued_again(office: Office) -> None:
    plan = office.plan({"source": "apple", "keywords": [f"借钱{n}" for n in range(10)]})
    run = json.loads(office.call("crawl", plan, "--json").stdout)["run_id"]
    office.redis.delete(QUEUE)
    again = json.loads(office.call("crawl", "--resume", "--json").stdout)
    assert again == {"run_id": run, "tasks": 10, "messages": 2}
    twice = json.loads(office.call("crawl", "--resume", run, "--json").stdout)
    assert twice["tasks"] == 10
    with office.worker("--source", "apple"), office.store() as store:
        until(lambda: store.task_counts(run).open == 0)
        until(office.at_rest, 30)
        assert store.runs()[0].ended_at is not None
        assert sightings(store) == Counter(dict.fromkeys(store.done_tasks(run), 1))
    assert set(office.searched().values()) == {1}
    ran = run_finadwatch(office.home, "crawl", "--resume", run)
    assert ran.returncode == 2
    assert "已结束" in ran.stderr


@whole
def test_malformed_messages_are_refused_and_the_worker_goes_on(office: Office) -> None:
    app = application(office.broker, VISIBILITY_S)
    send = app.send_task
    send(TASK, args=[{"version": 1, "tasks": "all"}], queue="crawl.apple")
    send(TASK, args=[], kwargs={"allow_private": True}, queue="crawl.apple")
    send("os.system", args=["true"], queue="crawl.apple")
    send(TASK, args=[1], queue="crawl.apple", serializer="pickle")
    office.redis.lpush(QUEUE, b"no json", b"\xff\xfe", "[]", '{"body": 1}', "[" * 100_000)
    plan = office.plan({"source": "apple", "keywords": ["借钱"]})
    with office.worker("--source", "apple") as worker:
        coverage = json.loads(office.call("crawl", plan, "--wait", "--json").stdout)
        assert coverage["sources"][0]["outcomes"] == {"ok": 1}
        until(office.at_rest, 15)
        assert worker.poll() is None
    assert office.log.count("已拒收并丢弃一条无法使用的消息") == 2
    assert office.log.count("is no message and was dropped") == 5
    assert "Traceback" not in office.log


@pytest.mark.parametrize(
    "words", [("crawl", "--source", "apple", "--keyword", "借钱"), ("worker",)], ids=["crawl", "worker"]
)
def test_a_broker_that_is_away_is_one_sentence_within_seconds(words: tuple[str, ...], call: Call) -> None:
    port = free_port()
    began = time.monotonic()
    ran = call(*words, "--broker", f"redis://127.0.0.1:{port}/0")
    assert ran.returncode == 3, ran.stderr
    assert f"redis://127.0.0.1:{port}/0" in ran.stderr
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
