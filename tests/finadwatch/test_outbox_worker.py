"""A worker whose store goes away acknowledges nothing that the store does not have, and fetches nothing twice."""

import json
import secrets
from collections import Counter
from pathlib import Path

import pytest

from findings.outbox.box import Outbox
from findings.stores import open_store
from tests.support.gate import Gate
from tests.support.office import Office, sightings, until
from tests.support.sender_kills import forget

pytestmark = [
    pytest.mark.browser,
    pytest.mark.elastic,
    pytest.mark.models,
    pytest.mark.redis,
    pytest.mark.slow,
]


def test_a_chunk_is_done_when_the_store_has_it_and_not_before(
    tmp_path: Path, hanlp: Path, redis_url: str, elasticsearch_url: str
) -> None:
    prefix = f"?prefix=t{secrets.token_hex(6)}"
    with Gate(elasticsearch_url) as gate, Office(tmp_path, hanlp, redis_url) as office:
        url = f"{gate.url}{prefix}"
        file = office.home / "config.yaml"
        added = {"store": url, "outbox": {"patience_s": 1}}
        file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | added), "utf-8")
        office.call("index", "create")
        plan = office.plan({"source": "apple", "keywords": ["借钱", "卡住"]})
        run = json.loads(office.call("crawl", plan, "--json").stdout)["run_id"]
        with (
            office.running("worker", "--source", "apple"),
            open_store(f"{elasticsearch_url}{prefix}") as store,
            Outbox(office.home / "outbox" / "outbox.db", 2000) as outbox,
        ):
            until(office.held.is_set)
            gate.shut()
            office.release.set()
            until(lambda: "发件箱" in office.said("worker"))
            assert store.task_counts(run).open > 0
            assert outbox.waiting(url, run) > 0
            gate.open()
            until(lambda: store.task_counts(run).open == 0)
            until(lambda: store.runs()[0].ended_at is not None)
            assert outbox.waiting(url) == 0
            assert office.searched() == Counter({"借钱": 1, "卡住": 1})
            assert sightings(store) == Counter(dict.fromkeys(store.done_tasks(run), 1))
            forget(store)
