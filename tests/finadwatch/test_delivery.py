"""The way into a store: straight into a file, by the outbox over the network; full, away, broken off."""

from pathlib import Path

import pytest

from finadwatch.config import Config, OutboxConfig
from finadwatch.context import Desk
from finadwatch.delivery import _ByOutbox, deliver
from finadwatch.intake import Writes
from findings.errors import BundlesWaiting, LettersDead, OutboxFull, StoreAway
from findings.model.records import CaptureBundle
from findings.store import FindingStore
from findings.stores import open_store
from tests.support import records as make
from tests.support.ports import free_port


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Config(home=tmp_path, outbox=OutboxConfig(megabytes=1, patience_s=60)))


@pytest.fixture
def store(tmp_path: Path) -> FindingStore:
    opened = open_store(f"sqlite:///{tmp_path / 'findings.db'}")
    opened.create()
    return opened


def big(page: int) -> CaptureBundle:
    """About a fifth of the outbox."""
    return make.bundle(make.ad("长" * 20_000, make.finding()), page=page)


def impatient(desk: Desk) -> Desk:
    return Desk(Config(home=desk.config.home, outbox=OutboxConfig(megabytes=1, patience_s=0.5)))


def test_a_file_is_written_to_straight(desk: Desk, store: FindingStore) -> None:
    with deliver(desk, store.url) as delivery:
        writer = delivery.writer()
        writer.write(make.bundle(make.ad()))
        assert len(store.done_tasks("r1")) == 1
        delivery.settle("r1")
        writer.close()
    assert not desk.config.outbox_file.exists()


def test_what_waits_is_not_fetched_and_a_source_without_tasks_falls_away(desk: Desk) -> None:
    with deliver(desk, f"http://127.0.0.1:{free_port()}") as delivery:
        writer = delivery.writer()
        writer.write(make.bundle(make.ad(), page=2))
        held = delivery.held("r1")
        assert held == {make.task(page=2).id}
        tasks = [make.task(page=page) for page in range(1, 6)]
        streams = delivery.tasks({"baidu": iter(tasks), "apple": iter([tasks[1]])}, held)
        assert {source: list(kept) for source, kept in streams.items()} == {
            "baidu": [task for task in tasks if task.page != 2]
        }
        writer.close()


def _fill(writer: Writes) -> None:
    for page in range(20):
        writer.write(big(page))


def _interrupted(desk: Desk, url: str) -> None:
    with deliver(desk, url) as delivery:
        writer = delivery.writer()
        writer.write(make.bundle(make.ad()))
        writer.close()
        raise KeyboardInterrupt


def test_a_full_outbox_whose_store_is_away_takes_no_more(desk: Desk) -> None:
    with deliver(desk, f"http://127.0.0.1:{free_port()}") as delivery:
        writer = delivery.writer()
        with pytest.raises(OutboxFull, match=r"outbox\.megabytes"):
            _fill(writer)
        assert len(delivery.held("r1")) > 3
        writer.close()


def test_a_full_outbox_is_waited_for_while_the_store_takes(desk: Desk, store: FindingStore) -> None:
    delivery = _ByOutbox(desk, store.url)
    writer = delivery.writer()
    _fill(writer)
    delivery.settle("r1")
    assert len(store.done_tasks("r1")) == 20
    writer.close()
    delivery.close()


def test_a_refused_bundle_is_told_when_all_else_is_stored(desk: Desk, store: FindingStore) -> None:
    delivery = _ByOutbox(desk, store.url)
    writer = delivery.writer()
    writer.write(make.bundle(make.ad(), page=1))
    writer.write(make.bundle(make.ad(embedding=(float("inf"),)), page=2))
    with pytest.raises(LettersDead, match="outbox dead") as raised:
        delivery.settle("r1")
    assert raised.value.tasks == {make.task(page=2).id}
    delivery.settle("r1", [make.task(page=1).id])
    assert store.done_tasks("r1") == {make.task(page=1).id}
    writer.close()
    delivery.close()


def test_a_crawl_that_breaks_off_leaves_what_waits_and_says_so(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(KeyboardInterrupt):
        _interrupted(desk, away)
    assert "1 " in capsys.readouterr().err
    with pytest.raises(BundlesWaiting) as raised, deliver(impatient(desk), away) as delivery:
        delivery.settle("r1")
    assert raised.value.waiting == 1
    assert isinstance(raised.value.trouble, StoreAway)
