"""Backups of both stores, proven by restoring them: all comes back, nothing else is touched, broken ones are refused."""

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from findings.backup.errors import BackupDamaged, BackupFailed, BackupForeign, BackupRefused, StoreHolds
from findings.backup.manifest import Manifest, hashed
from findings.model.crawl import Task
from findings.model.records import AdRecord
from findings.model.vocabulary import CaseState
from findings.query import SearchQuery
from findings.review.chain import verify
from findings.search.saved import SavedSearch
from findings.store import FindingStore
from findings.stores import open_store
from findings.stores.elastic.names import MONTHLY, SINGLE, Names
from findings.stores.elastic.repository import Repository
from findings.stores.elastic.snapshots import KEPT, ORDER
from tests.support import handed
from tests.support import records as make
from tests.support.casebooks import file_of, set_state
from tests.support.stores import again, server_of


def silent(done: int, total: int) -> None:
    return


def nothing(_: Manifest) -> None:
    return


def is_file(store: FindingStore) -> bool:
    return store.url.startswith("sqlite:")


@pytest.fixture
def place(store: FindingStore, tmp_path: Path) -> str:
    """A folder that takes backups of the store."""
    if is_file(store):
        return str(tmp_path / "backup")
    with server_of(store.url) as client:
        nodes = client.nodes.info(metric="settings")["nodes"]
    (repo,) = next(iter(nodes.values()))["settings"]["path"]["repo"]
    return f"{repo}/{secrets.token_hex(6)}"


@pytest.fixture
def other(store: FindingStore, tmp_path: Path) -> Iterator[FindingStore]:
    """Another store of the same kind, never created."""
    if is_file(store):
        with open_store(f"sqlite:///{tmp_path / 'other' / 'findings.db'}") as opened:
            yield opened
        return
    server, prefix = store.url.partition("?")[0], f"t{secrets.token_hex(6)}"
    with again(f"{server}?prefix={prefix}") as opened:
        yield opened
    with server_of(server) as client:
        if there := list(client.indices.get_alias(index=f"{prefix}-*,restoring-*-{prefix}-*").body):
            client.indices.delete(index=there)
        client.options(ignore_status=404).indices.delete_index_template(name=f"{prefix}-*")


def fill(store: FindingStore) -> list[AdRecord]:
    """Ads, runs, tasks, a saved search, and cases that were worked on."""
    ads = [make.ad(f"第{n}期保本保息，稳赚", make.finding(), url=f"https://p{n}.example/") for n in range(12)]
    store.put_run(make.run())
    store.put_plan("r1", '{"title":"每日监测"}')
    store.put_tasks("r1", [make.task(page=page) for page in range(1, 16)])
    store.write_many(make.bundle(ad, page=page) for page, ad in enumerate(ads, start=1))
    store.put_search(
        SavedSearch(owner="甲", name="保本", query=SearchQuery(words="保本"), saved_at=make.NOON)
    )
    book = store.casebook()
    for ad in ads[:3]:
        set_state(book, ad.case_id, CaseState.CONFIRMED, assignee="officer-a")
    return ads


def hand_over(store: FindingStore, ad: AdRecord) -> None:
    """A numbered batch of one ad's case."""
    batch = handed.kept(store.handovers(), handed.batch(1))
    assert store.handovers().number("甲局", 2026, batch.id) == 1
    handed.kept_rows(store.handovers(), handed.row(batch, 1, case_id=ad.case_id))


def state_of(store: FindingStore, ads: list[AdRecord]) -> object:
    """All that a backup must bring back."""
    book = store.casebook()
    return (
        [
            (store.ad(ad.id), store.sightings(ad.id), store.capture(make.task(page=n).id))
            for n, ad in enumerate(ads, 1)
        ],
        [file_of(store, ad.case_id) for ad in ads],
        list(book.trail()),
        store.runs(),
        store.plan("r1"),
        store.task_counts("r1"),
        store.saved_searches("甲"),
        store.search(SearchQuery(words="保本", categories=(2,))).total,
        store.coverage(),
        list(store.handovers().batches()),
        store.handovers().items_of(ads[0].case_id),
    )


def test_everything_comes_back(store: FindingStore, other: FindingStore, place: str) -> None:
    ads = fill(store)
    hand_over(store, ads[0])
    manifest = store.backup(place, lambda: None, silent)
    restored = other.restore(place, nothing, silent, replace=False)
    assert restored.counts == manifest.counts
    assert restored.counts["ads"] == 12
    assert state_of(other, ads) == state_of(store, ads)
    checked = verify(other.casebook().trail())
    assert (checked.sound, checked.head) == (True, manifest.trail)
    assert checked.entries == 3
    # What came back is worked on as before; no number is given again.
    assert other.handovers().number("甲局", 2026, "another") == 2
    other.write(make.bundle(make.ad("新广告，零风险", make.finding()), page=20))
    set_state(other.casebook(), ads[5].case_id, CaseState.CONFIRMED)
    assert verify(other.casebook().trail()).entries == 4


def test_a_store_that_holds_something_is_replaced_only_when_asked(store: FindingStore, place: str) -> None:
    ads = fill(store)
    before = state_of(store, ads)
    store.backup(place, lambda: None, silent)
    later = make.ad("后来的广告，稳赚不赔", make.finding())
    store.write(make.bundle(later, page=30))
    with pytest.raises(StoreHolds):
        store.restore(place, nothing, silent, replace=False)
    assert store.ad(later.id) is not None
    restored = store.restore(place, nothing, silent, replace=True)
    assert store.ad(later.id) is None
    assert state_of(store, ads) == before
    if is_file(store):
        assert restored.aside is not None
        with open_store(f"sqlite:///{restored.aside}") as kept:
            assert kept.ad(later.id) is not None


def test_the_last_backup_of_a_place_is_restored(store: FindingStore, other: FindingStore, place: str) -> None:
    fill(store)
    store.backup(place, lambda: None, silent)
    later = make.ad("后来的广告，稳赚不赔", make.finding())
    store.write(make.bundle(later, page=30))
    store.backup(place, lambda: None, silent)
    other.restore(place, nothing, silent, replace=False)
    assert other.ad(later.id) is not None
    if is_file(store):
        assert len(list(Path(place).glob("*store-*"))) == 1


def test_what_writers_add_meanwhile_is_in_it_whole_or_not_at_all(
    store: FindingStore, other: FindingStore, place: str
) -> None:
    store.put_run(make.run())
    written: dict[str, tuple[AdRecord, Task]] = {}
    enough, ended = threading.Event(), threading.Event()

    def write(first: int) -> None:
        with again(store.url) as writer:
            for number in range(first, 4000, 2):
                ad = make.ad(f"第{number}期保本", make.finding(), url=f"https://w{number}.example/")
                bundle = make.bundle(ad, page=number)
                written[ad.id] = (ad, bundle.capture.task)
                writer.write(bundle)
                if number == 10:
                    enough.set()
                if ended.is_set():
                    return

    writers = [threading.Thread(target=write, args=[first]) for first in (0, 1)]
    for thread in writers:
        thread.start()
    try:
        assert enough.wait(60)
        manifest = store.backup(place, lambda: None, silent)
    finally:
        ended.set()
        for thread in writers:
            thread.join(60)
    other.restore(place, nothing, silent, replace=False)
    whole = 0
    for ad, task in written.values():
        captured = other.capture(task.id) is not None
        file, sightings, stands = other.casebook().file(ad.case_id), other.sightings(ad.id), other.ad(ad.id)
        whole += captured
        # What says of another that it is stored never came without it.
        assert file is not None or not captured, ad.id
        assert sightings or file is None, ad.id
        assert stands is not None or not sightings, ad.id
    assert 5 <= whole <= (manifest.counts_after or manifest.counts)["captures"]


def test_a_backup_that_breaks_off_is_none(store: FindingStore, other: FindingStore, place: str) -> None:
    ads = fill(store)
    store.backup(place, lambda: None, silent)

    def broken() -> None:
        raise KeyboardInterrupt

    store.write(make.bundle(make.ad("后来的广告，稳赚不赔", make.finding()), page=30))
    with pytest.raises(KeyboardInterrupt):
        store.backup(place, broken, silent)
    other.restore(place, nothing, silent, replace=False)
    assert other.coverage().ads == len(ads)


def test_a_restore_that_breaks_off_leaves_the_store_and_goes_on(store: FindingStore, place: str) -> None:
    ads = fill(store)
    store.backup(place, lambda: None, silent)
    later = make.ad("后来的广告，稳赚不赔", make.finding())
    store.write(make.bundle(later, page=30))

    def broken(_: Manifest) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.restore(place, broken, silent, replace=True)
    assert store.ad(later.id) is not None
    # Half done, it is no leave to replace what was written since.
    with pytest.raises(StoreHolds):
        store.restore(place, nothing, silent, replace=False)
    store.restore(place, nothing, silent, replace=True)
    assert store.ad(later.id) is None
    assert store.coverage().ads == len(ads)


def test_a_place_without_a_backup_is_named(other: FindingStore, place: str) -> None:
    with pytest.raises(BackupForeign):
        other.restore(place, nothing, silent, replace=False)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"", "can't be read"),
        (b"{", "can't be read"),
        (b'{"format":1}', "can't be read"),
        (b"[" * 100_000, "can't be read"),
        (b"x" * 2_000_000, "no manifest"),
    ],
    ids=["empty", "broken", "fields-missing", "nested", "huge"],
)
def test_a_manifest_that_is_none_is_one_sentence(
    sqlite_store: FindingStore, tmp_path: Path, said: bytes, reason: str
) -> None:
    (tmp_path / "manifest.json").write_bytes(said)
    with pytest.raises(BackupForeign, match=reason):
        sqlite_store.restore(str(tmp_path), nothing, silent, replace=False)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 99},
        {"layout": 99},
        {"store": "elasticsearch"},
        {"database": {"name": "../store.db", "size": 1, "sha256": ""}},
        {"database": None},
    ],
    ids=["newer-form", "newer-layout", "other-store", "path-out-of-the-folder", "no-database"],
)
def test_a_backup_that_does_not_fit_is_refused(
    sqlite_store: FindingStore, tmp_path: Path, change: dict[str, object]
) -> None:
    place = tmp_path / "backup"
    fill(sqlite_store)
    sqlite_store.backup(str(place), lambda: None, silent)
    manifest = json.loads((place / "manifest.json").read_text())
    (place / "manifest.json").write_text(json.dumps(manifest | change))
    with pytest.raises(BackupForeign):
        sqlite_store.restore(str(place), nothing, silent, replace=True)


def test_an_altered_copy_is_not_restored(sqlite_store: FindingStore, tmp_path: Path) -> None:
    place = tmp_path / "backup"
    ads = fill(sqlite_store)
    sqlite_store.backup(str(place), lambda: None, silent)
    (copy,) = place.glob("store-*.db")
    data = bytearray(copy.read_bytes())
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)
    with pytest.raises(BackupDamaged, match="hash"):
        sqlite_store.restore(str(place), nothing, silent, replace=True)
    copy.write_bytes(data[:-1])
    with pytest.raises(BackupDamaged, match="size"):
        sqlite_store.restore(str(place), nothing, silent, replace=True)
    copy.unlink()
    with pytest.raises(BackupDamaged, match="missing"):
        sqlite_store.restore(str(place), nothing, silent, replace=True)
    assert sqlite_store.coverage().ads == len(ads)
    assert not list(tmp_path.glob("*.restoring*"))


def test_a_folder_of_other_files_takes_no_backup(sqlite_store: FindingStore, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("x")
    with pytest.raises(BackupRefused, match=r"a\.txt"):
        sqlite_store.backup(str(tmp_path / "letters"), lambda: None, silent)
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["a.txt"]


@pytest.mark.elastic
def test_a_folder_that_the_cluster_may_not_use_is_said_to_need_path_repo(
    empty_elastic: FindingStore, tmp_path: Path
) -> None:
    with pytest.raises(BackupRefused, match=r"path\.repo"):
        empty_elastic.backup(str(tmp_path), lambda: None, silent)


# -- the trail ---------------------------------------------------------------------------------------


def alter_trail(store: FindingStore, place: str, manifest: Manifest) -> None:
    """Let the backup hold a trail whose second entry was altered, all else in it as it should be."""
    if is_file(store):
        assert manifest.database is not None
        copy = Path(place) / manifest.database.name
        with closing(sqlite3.connect(copy)) as connection, connection:
            done = connection.execute(
                "UPDATE audit SET record = CAST(replace(CAST(record AS TEXT), 'officer', 'nobody') AS BLOB)"
                " WHERE number = 2"
            )
            assert done.rowcount == 1
        told = json.loads((Path(place) / "manifest.json").read_text())
        told["database"] = msgspec.to_builtins(hashed(copy))
        (Path(place) / "manifest.json").write_text(json.dumps(told))
        return
    with server_of(store.url) as client:
        names = Names(store.url.partition("?prefix=")[2] + "-")
        repository = Repository(client, store.url, place)
        entry = client.get(index=names.alias("audit"), id="000000000002")["_source"]
        draft = {"draft": entry["record"]["draft"] | {"actor": "nobody"}}
        client.index(
            index=names.index("audit"),
            id="000000000002",
            document=entry | {"record": entry["record"] | draft},
        )
        with_trail = [number for number, kinds in enumerate(ORDER) if "audit" in kinds]
        repository.remove([manifest.snapshots[with_trail[0]]])
        repository.take(
            manifest.snapshots[with_trail[0]], [names.alias(kind) for kind in ORDER[with_trail[0]]], silent
        )
        client.index(index=names.index("audit"), id="000000000002", document=entry, refresh=True)


def test_a_damaged_trail_never_takes_the_place_of_a_sound_one(store: FindingStore, place: str) -> None:
    ads = fill(store)
    alter_trail(store, place, store.backup(place, lambda: None, silent))
    store.write(make.bundle(make.ad("后来的广告，稳赚不赔", make.finding()), page=30))
    before = state_of(store, ads)
    with pytest.raises(BackupDamaged, match="entry 2 was altered"):
        store.restore(place, nothing, silent, replace=True)
    assert state_of(store, ads) == before
    assert verify(store.casebook().trail()).entries == 3


def test_a_store_with_a_damaged_trail_is_not_backed_up(store: FindingStore, place: str) -> None:
    fill(store)
    if is_file(store):
        with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute("DELETE FROM audit WHERE number = 1")
    else:
        with server_of(store.url) as client:
            trail = store.url.partition("?prefix=")[2] + "-audit"
            client.update(index=trail, id="000000000001", doc={"record": {"digest": "0" * 64}}, refresh=True)
    with pytest.raises(BackupFailed, match="entry 1 "):
        store.backup(place, lambda: None, silent)


# -- Elasticsearch only ------------------------------------------------------------------------------


def test_every_kind_is_in_one_snapshot_or_matters_only_to_what_runs() -> None:
    assert {*MONTHLY, *SINGLE} - {*KEPT} == {"leases", "migrations"}
    assert len({*KEPT}) == len(KEPT)


@pytest.mark.parametrize("store", [pytest.param("elastic", marks=pytest.mark.elastic)], indirect=True)
def test_a_backup_of_two_snapshots_as_they_once_were_comes_back(
    store: FindingStore, other: FindingStore, place: str
) -> None:
    ads = fill(store)
    with server_of(store.url) as client:
        names = Names(store.url.partition("?prefix=")[2] + "-")
        repository = Repository(client, store.url, place)
        repository.register()
        first = ("captures", "runs", "plans", "tasks", "audit", "cases")
        for number, kinds in ((1, first), (2, ("ads", "sightings", "places", "searches"))):
            repository.take(f"finadwatch-old-0-{number}", [names.alias(kind) for kind in kinds], silent)
        manifest = Manifest(
            store="elasticsearch",
            software="0.1",
            layout=2,
            at=make.NOON,
            counts={"ads": 12, "audit": 3},
            trail=verify(store.casebook().trail()).head,
            snapshots=("finadwatch-old-0-1", "finadwatch-old-0-2"),
            prefix=names.prefix,
        )
        repository.seal("finadwatch-old-0-3", manifest, msgspec.json.encode(manifest).decode())
    other.restore(place, nothing, silent, replace=False)
    assert state_of(other, ads) == state_of(store, ads)
