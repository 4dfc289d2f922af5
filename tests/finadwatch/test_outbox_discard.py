"""`finadwatch outbox discard`: a refused bundle is let go, its task ends, and who did it and why is kept."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from findings.model.crawl import Capture
from findings.model.records import Run
from findings.outbox.box import Outbox
from findings.stores import open_store
from tests.support import records as make
from tests.support.inprocess import Office
from tests.support.ports import free_port

TASK = make.task(page=2).id
DISCARD = ("outbox", "discard", TASK, "--why", "页面已损坏")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A run of two tasks: one stored, what the other brought refused."""
    home = tmp_path / "home"
    home.mkdir()
    office = Office(home, f"sqlite:///{home / 'findings.db'}")
    with open_store(office.store) as store:
        store.create()
        store.put_run(Run(id="r1", plan="巡查", started_at=make.NOON, plan_sha256="x", tasks=2))
        store.put_tasks("r1", [make.task(page=1), make.task(page=2)])
        store.write(make.bundle(make.ad("保本保息", make.finding()), page=1))
    refuse(office, office.store)
    return office


def refuse(office: Office, store: str) -> None:
    with Outbox(office.home / "outbox" / "outbox.db", 10, sender=True) as outbox:
        outbox.put(store, make.bundle(make.ad("稳赚不赔", make.finding()), page=2))
        outbox.bury(store, outbox.batch(store)[0], "年份超出范围")


def dead(office: Office) -> list[Any]:
    return office("outbox", "dead", "--json").values


def capture(office: Office) -> Capture | None:
    with open_store(office.store) as store:
        return store.capture(TASK)


def ended(office: Office) -> bool:
    with open_store(office.store) as store:
        return store.runs()[0].ended_at is not None


def test_it_is_let_go_its_task_has_failed_and_its_run_ends(office: Office) -> None:
    told = office(*DISCARD, by="沈一")
    assert told.code == 0, told.err
    assert TASK in told.out
    assert dead(office) == []
    (gone,) = office("outbox", "discarded", "--json").values
    assert (gone["by"], gone["why"], gone["letter"]["task_id"]) == ("沈一", "页面已损坏", TASK)
    assert gone["letter"]["reason"] == "年份超出范围"
    assert "页面已损坏" in office("outbox", "discarded").out
    there = capture(office)
    assert there is not None
    assert (there.outcome, there.ads, there.detail) == ("error", (), "被存储拒绝，由沈一放弃：页面已损坏")
    assert ended(office)
    assert office("outbox", "status", "--json").values[0]["stores"] == []
    assert office(*DISCARD, by="沈一").code == 2


def test_what_the_store_has_of_the_task_stays(office: Office) -> None:
    with open_store(office.store) as store:
        store.write(make.bundle(make.ad("稳赚不赔", make.finding()), page=2))
    before = capture(office)
    assert office(*DISCARD, by="沈一").code == 0
    assert capture(office) == before


def test_a_newer_bundle_that_waits_is_sent(office: Office) -> None:
    with Outbox(office.home / "outbox" / "outbox.db", 10) as outbox:
        outbox.put(office.store, make.bundle(make.ad("稳赚不赔", make.finding()), page=2))
    assert office(*DISCARD, by="沈一").code == 0
    assert capture(office) is None
    assert office("outbox", "send").code == 0
    there = capture(office)
    assert there is not None
    assert there.outcome == "ok"


def test_a_damaged_one_is_let_go_and_its_task_is_open(office: Office) -> None:
    with closing(sqlite3.connect(office.home / "outbox" / "outbox.db")) as plain, plain:
        plain.execute("UPDATE dead SET crc = crc + 1")
    told = office(*DISCARD, by="沈一")
    assert told.code == 1
    assert "--resume" in told.out
    assert (dead(office), capture(office), ended(office)) == ([], None, False)


def test_a_store_that_is_away_changes_nothing(office: Office) -> None:
    refuse(office, f"http://127.0.0.1:{free_port()}")
    assert office("outbox", "discard", TASK, "--why", "页面已损坏", by="沈一").code == 3
    assert [letter["store"].startswith("http") for letter in dead(office)] == [True]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((TASK,), id="no-reason"),
        pytest.param((TASK, "--why", " "), id="blank"),
        pytest.param((TASK, "--why", "长" * 501), id="long"),
        pytest.param(("t1-none", "--why", "页面已损坏"), id="unknown"),
    ],
)
def test_wrong_use_changes_nothing(office: Office, words: tuple[str, ...]) -> None:
    told = office("outbox", "discard", *words)
    assert (told.code, told.out) == (2, "")
    assert told.err
    assert len(dead(office)) == 1
