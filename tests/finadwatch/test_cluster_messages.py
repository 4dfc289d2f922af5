"""What travels over a queue: every task once, and nothing believed that does not fit together."""

import copy
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.plan import Plan, PlannedSource, plan_tasks
from crawlers.sources import load_sources
from finadwatch.cluster.errors import BadMessage
from finadwatch.cluster.messages import CHUNK, Chunk, chunks, read_chunk, written
from findings.model.records import Run
from findings.model.vocabulary import Device
from tests.support.records import NOON

SOURCES = load_sources()
RUN = Run(id="r1-test", plan="巡查", started_at=NOON)
WORDS = st.lists(st.sampled_from([f"词{n}" for n in range(40)]), max_size=30, unique=True)


def plan(first: list[str], second: list[str], pages: int = 1) -> Plan:
    entries = [
        PlannedSource(source="apple", keywords=tuple(first)),
        PlannedSource(source="baidu", keywords=tuple(second), pages=pages, devices=(Device.DESKTOP,)),
        PlannedSource(source="watchlist", urls=("https://licai.example/", "https://daikuan.example/")),
    ]
    asking = tuple(entry for entry in entries if entry.keywords or entry.urls)
    return Plan(title="巡查", sources=asking, region="上海")


def chunks_of(some: Plan) -> list[Chunk]:
    return list(chunks(some, RUN, list(plan_tasks(some, RUN.id, SOURCES, NOON.date()))))


def one() -> dict[str, Any]:
    return copy.deepcopy(written(chunks_of(plan(["借钱"], []))[0]))


@given(WORDS, WORDS, st.integers(1, 3))
def test_every_task_travels_once_with_its_own_source_and_arrives_as_sent(
    first: list[str], second: list[str], pages: int
) -> None:
    some = plan(first, second, pages)
    tasks = list(plan_tasks(some, RUN.id, SOURCES, NOON.date()))
    sent = list(chunks(some, RUN, tasks))
    assert sorted(task.id for chunk in sent for task in chunk.tasks) == sorted(task.id for task in tasks)
    for chunk in sent:
        assert len(chunk.tasks) <= CHUNK
        assert {entry.source for entry in chunk.plan.sources} == {chunk.source}
        assert read_chunk(msgspec.json.decode(msgspec.json.encode(written(chunk))), SOURCES) == chunk


def test_a_message_holds_only_the_plan_of_its_own_tasks() -> None:
    words = [f"词{n}" for n in range(CHUNK + 1)]
    last = chunks_of(plan(words, []))[1]
    assert last.plan.sources == (PlannedSource(source="apple", keywords=(words[-1],)),)


def test_robots_authorisation_and_landing_pages_travel() -> None:
    entry = {"by": "某市局", "document": "函〔2026〕1号", "until": "2026-12-31"}
    source = {"source": "apple", "keywords": ["借钱"], "landing": "none", "authorised": entry}
    given_plan = msgspec.convert({"title": "巡查", "sources": [source]}, Plan)
    (chunk,) = chunks_of(given_plan)
    assert read_chunk(written(chunk), SOURCES).plan == given_plan


def changed(*path: str | int, to: object) -> Callable[[dict[str, Any]], object]:
    def change(message: dict[str, Any]) -> object:
        at: Any = message
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = to
        return message

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda message: None, id="nothing"),
        pytest.param(lambda message: "词", id="a-text"),
        pytest.param(lambda message: {**message, "allow_private": True}, id="an-order-not-its-own"),
        pytest.param(changed("version", to=1), id="another-version"),
        pytest.param(changed("tasks", to=[]), id="no-tasks"),
        pytest.param(changed("tasks", 0, "url", to="http://127.0.0.1/"), id="an-address-put-in"),
        pytest.param(changed("tasks", 0, "run_id", to="r1-other"), id="a-task-of-another-run"),
        pytest.param(changed("tasks", 0, "source", to="nosuch"), id="an-unknown-source"),
        pytest.param(changed("tasks", 0, "device", to="fridge"), id="an-unknown-device"),
        pytest.param(changed("plan", "sources", to=[]), id="a-plan-without-the-source"),
        pytest.param(changed("run", "started_at", to="2026-11-20T04:00:00"), id="no-time-zone"),
        pytest.param(lambda m: {**m, "tasks": m["tasks"] * 101}, id="too-many-tasks"),
    ],
)
def test_a_message_that_does_not_fit_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    message = change(one())
    with pytest.raises(BadMessage, match="refused and dropped"):
        read_chunk(message, SOURCES)
