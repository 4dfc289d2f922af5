"""A crawl whose store goes away: it goes on, nothing is fetched twice, nothing is lost."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from findings.query import SearchQuery
from findings.store import FindingStore
from findings.stores import open_store
from tests.conftest import Call
from tests.support.gate import Gate
from tests.support.kills import Replica
from tests.support.sender_kills import forget
from tests.support.web import Visit

pytestmark = [pytest.mark.elastic, pytest.mark.browser, pytest.mark.models, pytest.mark.slow]

WORDS = 12


class Shutting(Replica):
    """The replica; at the third question the way to the store is shut."""

    gate: Gate | None = None

    def _search(self, visit: Visit) -> None:
        if self.gate is not None and sum(self.asked.values()) == 2:
            self.gate.shut()
        super()._search(visit)


@pytest.fixture
def gate(elasticsearch_url: str) -> Iterator[Gate]:
    with Gate(elasticsearch_url) as opened:
        yield opened


@pytest.fixture
def replica(tmp_path: Path, gate: Gate, home: Path, call: Call, hanlp: Path) -> Iterator[Shutting]:
    with Shutting(tmp_path, words=WORDS, pages=0) as served:
        settings: dict[str, Any] = {
            "models": {"hanlp": str(hanlp)},
            "crawl": {"pace": 0},
            "network": served.network(),
            "store": f"{gate.url}?prefix=t{secrets.token_hex(6)}",
        }
        (home / "config.yaml").write_text(json.dumps(settings), "utf-8")
        (home / "plan.yaml").write_text(json.dumps(served.plan(), ensure_ascii=False), "utf-8")
        yield served
        gate.open()
        with open_store(settings["store"]) as store:
            forget(store)


def config(home: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((home / "config.yaml").read_text("utf-8"))
    return read


def be_patient(home: Path, seconds: float) -> None:
    """How long a crawl waits at its end."""
    changed = config(home) | {"outbox": {"patience_s": seconds}}
    (home / "config.yaml").write_text(json.dumps(changed), "utf-8")


def whole(store: FindingStore) -> None:
    """Every task is done and counted once, and the run has ended."""
    (run,) = store.runs()
    counts = store.task_counts(run.id)
    coverage = store.coverage(run.id)
    assert (counts.done, counts.open) == (WORDS, 0)
    assert run.ended_at is not None
    assert sum(source.outcomes.get("ok", 0) for source in coverage.sources) == WORDS
    assert coverage.ads == store.search(SearchQuery()).total == 29
    assert coverage.sightings == sum(number % 5 + 1 for number in range(WORDS))


def test_a_store_never_reached_stops_a_crawl_before_it_fetches(
    call: Call, home: Path, replica: Shutting, gate: Gate
) -> None:
    gate.shut()
    ended = call("crawl", str(home / "plan.yaml"))
    assert ended.returncode == 3
    assert "无应答" in ended.stderr
    assert not replica.asked
    assert not (home / "outbox").exists()


def test_a_crawl_outlasts_its_store_and_sends_later(
    call: Call, home: Path, replica: Shutting, gate: Gate
) -> None:
    assert call("index", "create").returncode == 0
    replica.gate = gate
    be_patient(home, 1)
    ended = call("crawl", str(home / "plan.yaml"), "--json")
    assert ended.returncode == 3, ended.stderr
    assert "outbox send" in ended.stderr
    assert ended.stdout == ""
    assert sum(replica.asked.values()) == WORDS
    (pile,) = json.loads(call("outbox", "status", "--json").stdout)["stores"]
    assert WORDS - 3 <= pile["waiting"] <= WORDS
    assert pile["away"]["attempts"] >= 1
    # Still away: nothing is fetched, nothing is lost.
    assert call("crawl", "--resume").returncode == 3
    assert call("outbox", "send").returncode == 3
    gate.open()
    sent = call("outbox", "send")
    assert sent.returncode == 0, sent.stderr
    assert set(replica.asked.values()) == {1}
    with open_store(config(home)["store"]) as store:
        whole(store)
    assert json.loads(call("outbox", "status", "--json").stdout)["stores"] == []


def test_going_on_with_a_run_fetches_nothing_that_waits(
    call: Call, home: Path, replica: Shutting, gate: Gate
) -> None:
    assert call("index", "create").returncode == 0
    replica.gate = gate
    be_patient(home, 1)
    assert call("crawl", str(home / "plan.yaml")).returncode == 3
    gate.open()
    be_patient(home, 120)
    ended = call("crawl", "--resume", "--json")
    assert ended.returncode == 0, ended.stderr
    assert sum(json.loads(ended.stdout)["sources"][0]["outcomes"].values()) == WORDS
    assert set(replica.asked.values()) == {1}
    with open_store(config(home)["store"]) as store:
        whole(store)
