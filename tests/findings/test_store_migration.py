"""From version 1 to this one on the real server: while a program of the old release writes, killed, twice."""

import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from findings.errors import (
    IndexMissing,
    MigrationTaken,
    StoreBlocked,
    StoreNewer,
    StoreOutdated,
    WriteRefused,
)
from findings.model.records import CaptureBundle
from findings.query import SearchQuery
from findings.store import FindingStore
from findings.stores import open_store
from findings.stores.elastic import copying
from findings.stores.elastic import migrate as migrating
from findings.stores.elastic.holding import LeaseHold
from findings.stores.elastic.names import MONTHLY, VERSION, Names
from tests.support import records as make
from tests.support.old_store import Blocked, OldStore

pytestmark = [pytest.mark.elastic, pytest.mark.slow]

NOVEMBER = "2026.11"


def silent(done: int, total: int) -> None:
    return


@pytest.fixture
def prefix(elasticsearch_url: str) -> Iterator[str]:
    """A prefix whose indices and templates go after the test."""
    name = f"m{secrets.token_hex(6)}-"
    yield name
    with Elasticsearch(elasticsearch_url) as client:
        if there := list(client.indices.get_alias(index=f"{name}*").body):
            client.indices.delete(index=there)
        client.options(ignore_status=404).indices.delete_index_template(name=f"{name}*")


@pytest.fixture
def old(elasticsearch_url: str, prefix: str) -> Iterator[OldStore]:
    with Elasticsearch(elasticsearch_url) as client:
        store = OldStore(client, prefix)
        store.create(NOVEMBER)
        yield store


@pytest.fixture
def store(elasticsearch_url: str, old: OldStore) -> Iterator[FindingStore]:
    """Today's program on the same store."""
    with open_store(f"{elasticsearch_url}?prefix={old.prefix.removesuffix('-')}") as opened:
        yield opened


def bundles(count: int, start: int = 0) -> list[CaptureBundle]:
    """Tasks that see an ad of their own and one that all of them see; every fourth a month later."""
    made = []
    for page in range(start, start + count):
        at = make.minutes(page if page % 4 else page + 60 * 24 * 20)
        own = make.ad(f"第{page}则保本", make.finding(), first_seen=at)
        shared = make.ad("处处可见的保本", make.finding())
        made.append(make.bundle(own, shared, run=f"r{page % 3}", page=page, at=at))
    return made


def same(store: FindingStore, wanted: list[CaptureBundle]) -> None:
    """The store holds these bundles, each once, and nothing else."""
    ads = {ad.id: ad for bundle in wanted for ad in bundle.ads}
    sightings = {s.id: s for bundle in wanted for s in bundle.sightings}
    counts = dict.fromkeys(MONTHLY, 0)
    for part in store.status():
        if part.role == "current":
            for kind in MONTHLY:
                counts[kind] += part.documents if f"-{kind}-v" in part.name else 0
    assert counts == {"ads": len(ads), "sightings": len(sightings), "captures": len(wanted)}
    assert {hit.ad.id: hit.ad for hit in store.search(SearchQuery(limit=1000)).hits} == ads
    assert store.done_tasks("r0") | store.done_tasks("r1") | store.done_tasks("r2") == {
        bundle.capture.task.id for bundle in wanted
    }
    for bundle in wanted[::7]:
        assert store.capture(bundle.capture.task.id) == bundle.capture
        assert store.sightings(bundle.ads[0].id) == [bundle.sightings[0]]
    assert len(store.sightings(wanted[0].ads[1].id)) == len(wanted)


def test_a_store_of_version_1_says_what_to_do(old: OldStore, store: FindingStore) -> None:
    calls = (store.runs, store.create, lambda: store.write(make.bundle()), store.drop_old)
    for call in calls:
        with pytest.raises(StoreOutdated, match="index migrate --store") as raised:
            call()
        assert raised.value.exit_code == 2
    assert {part.version for part in store.status()} == {"1"}


def test_all_goes_over_and_the_old_version_stays_readable(old: OldStore, store: FindingStore) -> None:
    written = bundles(12)
    for bundle in written:
        old.write(bundle)
    report = store.migrate(silent)
    assert (report.version, report.wanted) == (1, VERSION)
    same(store, written)
    shared = old.client.search(
        index=f"{old.prefix}ads", query={"term": {"id": written[0].ads[1].id}}, source_excludes=["record"]
    )["hits"]["hits"][0]["_source"]
    assert shared["run_ids"] == ["r0", "r1", "r2"]
    assert shared["devices"] == ["desktop"]
    assert shared["seen_last_us"] == round(max(b.capture.at for b in written).timestamp() * 1e6)
    old.client.indices.refresh(index=f"{old.prefix}ads-v1-*")
    assert old.client.count(index=f"{old.prefix}ads-v1-*")["count"] == 13
    assert store.migrate(silent).documents == 0
    dropped = store.drop_old()
    assert f"{old.prefix}ads-v1-{NOVEMBER}" in dropped
    assert {part.version for part in store.status()} == {str(VERSION)}
    same(store, written)
    assert store.create() == [] or all(f"-v{VERSION}" in name for name in store.create())
    assert store.drop_old() == []


def test_programs_of_the_old_release_are_shut_out_once_it_is_switched(
    old: OldStore, store: FindingStore
) -> None:
    early, late, next_month = bundles(6, start=1)[0], bundles(1, start=9)[0], bundles(1, start=8)[0]
    old.write(early)
    store.migrate(silent)
    for bundle in (late, next_month, early):
        if bundle is not early:
            with pytest.raises(Blocked):
                old.write(bundle)
        store.write(bundle)
    same(store, [early, late, next_month])
    # also where `index create` of the old release puts its templates again
    old.create("2027.03")
    with pytest.raises(Blocked):
        old.write(make.bundle(page=77, at=make.minutes(60 * 24 * 120)))
    store.drop_old()
    old.create("2027.03")
    with pytest.raises(Blocked):
        old.write(make.bundle(page=77, at=make.minutes(60 * 24 * 120)))


class OldProgram:
    """A program of the old release that writes on and on, and what it was told is stored."""

    def __init__(self, old: OldStore, wanted: list[CaptureBundle]) -> None:
        self._old = old
        self._wanted = wanted
        self.confirmed: list[CaptureBundle] = []
        self.failed: BaseException | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            for bundle in self._wanted:
                if self._over.is_set():
                    return
                self._old.write(bundle)
                self.confirmed.append(bundle)
        except BaseException as error:
            self.failed = error

    def end(self) -> None:
        self._over.set()
        self._thread.join()


def test_nothing_is_lost_or_doubled_while_a_writer_goes_on(
    old: OldStore, store: FindingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "FEW", 5)
    monkeypatch.setattr(copying, "MAX_WINDOW", 8)
    monkeypatch.setattr(copying, "WINDOW", 8)
    for bundle in bundles(20):
        old.write(bundle)
    program = OldProgram(old, bundles(5000, start=20))
    store.migrate(silent)
    program.end()
    assert isinstance(program.failed, Blocked)
    assert len(program.confirmed) > 0
    unconfirmed = bundles(1, start=20 + len(program.confirmed))
    for bundle in unconfirmed:
        store.write(bundle)
    same(store, bundles(20) + program.confirmed + unconfirmed)


MIGRATE = """
import sys
from findings.stores import open_store
from findings.stores.elastic import copying
copying.WINDOW = copying.MAX_WINDOW = 5
def told(done, total):
    print(done, flush=True)
with open_store(sys.argv[1]) as store:
    store.migrate(told)
print("switched", flush=True)
"""


@pytest.mark.parametrize("lines", [1, 9])
def test_a_migration_that_was_killed_goes_on_where_it_was(
    old: OldStore, store: FindingStore, lines: int
) -> None:
    for bundle in bundles(15):
        old.write(bundle)
    program = OldProgram(old, bundles(5000, start=15))
    command = [sys.executable, "-c", MIGRATE, store.url]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
    with pytest.raises(StoreOutdated):
        store.runs()
    assert "building" in {part.role for part in store.status()}
    store.migrate(silent)
    program.end()
    assert isinstance(program.failed, Blocked)
    unconfirmed = bundles(1, start=15 + len(program.confirmed))
    for bundle in unconfirmed:
        store.write(bundle)
    same(store, bundles(15) + program.confirmed + unconfirmed)


def test_killed_after_it_closed_the_old_version_the_next_call_ends_it(
    old: OldStore, store: FindingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = bundles(8)
    for bundle in written:
        old.write(bundle)

    class Killed(BaseException):
        pass

    def killed(*about: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        # A process that is killed opens nothing again.
        patched.setattr(migrating, "_moves", killed)
        patched.setattr(migrating, "_reopen", lambda *about: None)
        with pytest.raises(Killed):
            store.migrate(silent)
    with pytest.raises(Blocked):
        old.write(bundles(1, start=99)[0])
    store.migrate(silent)
    same(store, written)


def test_a_fault_before_the_switch_lets_the_old_release_go_on(
    old: OldStore, store: FindingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    old.write(bundles(1)[0])
    with monkeypatch.context() as patched:
        patched.setattr(migrating, "_moves", lambda *about: [{"add": {"index": "none", "alias": "none"}}])
        with pytest.raises(IndexMissing):
            store.migrate(silent)
    later = bundles(1, start=4)[0]
    old.write(later)
    store.migrate(silent)
    same(store, [*bundles(1), later])


def test_what_was_deleted_meanwhile_goes_from_the_new_version_too(
    old: OldStore, store: FindingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = bundles(3, start=1)
    for bundle in written:
        old.write(bundle)
    gone = written[0].capture.task.id
    close = migrating.close_version

    def closing(client: Elasticsearch, names: Names) -> None:
        client.delete(index=f"{old.prefix}captures-v1-{NOVEMBER}", id=gone)
        close(client, names)

    monkeypatch.setattr(migrating, "close_version", closing)
    store.migrate(silent)
    assert store.capture(gone) is None
    assert store.capture(written[1].capture.task.id) == written[1].capture


def test_fields_that_this_release_does_not_know_go_over(old: OldStore, store: FindingStore) -> None:
    bundle = bundles(1, start=1)[0]
    old.write(bundle)
    index, key = f"{old.prefix}ads-v1-{NOVEMBER}", bundle.ads[0].id
    source = old.client.get(index=index, id=key)["_source"]
    source["record"]["from_tomorrow"] = {"x": [1, 2]}
    old.client.index(index=index, id=key, document=source)
    store.migrate(silent)
    kept = old.client.get(index=index.replace("-v1-", f"-v{VERSION}-"), id=key)["_source"]["record"]
    assert kept["from_tomorrow"] == {"x": [1, 2]}


def test_a_record_that_cannot_be_read_is_named(old: OldStore, store: FindingStore) -> None:
    bundle = bundles(1, start=1)[0]
    old.write(bundle)
    index, key = f"{old.prefix}ads-v1-{NOVEMBER}", bundle.ads[0].id
    source = old.client.get(index=index, id=key)["_source"]
    source["record"]["title"] = 7
    old.client.index(index=index, id=key, document=source)
    with pytest.raises(WriteRefused, match=key):
        store.migrate(silent)


def test_two_do_not_migrate_one_store(old: OldStore, store: FindingStore) -> None:
    with Elasticsearch(store.url.partition("?")[0]) as client:
        hold = LeaseHold(client, store.url, Names(old.prefix), "migration")
        hold.take()
        with pytest.raises(MigrationTaken):
            store.migrate(silent)
        hold.let_go()
    store.migrate(silent)


def test_a_store_of_a_newer_release_is_refused(old: OldStore, store: FindingStore) -> None:
    newer = f"{old.prefix}places-v{VERSION + 1}"
    store.migrate(silent)
    old.client.indices.create(index=newer, aliases={f"{old.prefix}places": {}})
    with open_store(store.url) as again:
        for call in (again.runs, again.create, lambda: again.migrate(silent), again.drop_old):
            with pytest.raises(StoreNewer, match="update this program") as raised:
                call()
            assert raised.value.exit_code == 2


def test_a_writer_of_this_release_is_told_when_its_indices_are_closed(
    old: OldStore, store: FindingStore
) -> None:
    store.migrate(silent)
    store.write(bundles(1)[0])
    old.client.indices.add_block(index=f"{old.prefix}captures-v{VERSION}-{NOVEMBER}", block="write")
    with pytest.raises(StoreBlocked, match="sent again") as raised:
        store.write(bundles(1, start=1)[0])
    assert raised.value.exit_code == 3


def test_a_store_never_created_has_nothing_to_migrate(store_url: str) -> None:
    with open_store(store_url) as nothing:
        for call in (lambda: nothing.migrate(silent), nothing.drop_old):
            with pytest.raises(IndexMissing):
                call()
