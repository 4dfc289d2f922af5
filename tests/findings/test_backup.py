"""Backups of both stores, proven by restoring them: all comes back, nothing else is touched, broken ones are refused."""

import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from findings.backup.errors import BackupDamaged, BackupForeign, BackupRefused, StoreHolds
from findings.backup.manifest import Manifest
from findings.model.crawl import Task
from findings.model.records import AdRecord
from findings.model.vocabulary import CaseState
from findings.query import SearchQuery
from findings.review.chain import verify
from findings.search.saved import SavedSearch
from findings.store import FindingStore
from findings.stores import open_store
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
    )


def test_everything_comes_back(store: FindingStore, other: FindingStore, place: str) -> None:
    ads = fill(store)
    manifest = store.backup(place, lambda: None, silent)
    restored = other.restore(place, nothing, silent, replace=False)
    assert restored.counts == manifest.counts
    assert restored.counts["ads"] == 12
    assert state_of(other, ads) == state_of(store, ads)
    checked = verify(other.casebook().trail())
    assert (checked.sound, checked.head) == (True, manifest.trail)
    assert checked.entries == 3
    # What came back is worked on as before.
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
    ads = [make.ad(f"第{n}期保本", make.finding(), url=f"https://w{n}.example/") for n in range(400)]
    tasks: list[Task] = []
    enough, ended = threading.Event(), threading.Event()

    def write() -> None:
        with again(store.url) as writer:
            for number, ad in enumerate(ads, start=1):
                bundle = make.bundle(ad, page=number)
                writer.write(bundle)
                tasks.append(bundle.capture.task)
                if number == 5:
                    enough.set()
                if ended.is_set():
                    return

    thread = threading.Thread(target=write)
    thread.start()
    assert enough.wait(60)
    manifest = store.backup(place, lambda: None, silent)
    ended.set()
    thread.join(60)
    other.restore(place, nothing, silent, replace=False)
    captured = [number for number, task in enumerate(tasks) if other.capture(task.id) is not None]
    assert len(captured) >= 5
    assert len(captured) <= (manifest.counts_after or manifest.counts)["captures"]
    for number in captured:
        assert other.ad(ads[number].id) is not None
        assert len(other.sightings(ads[number].id)) == 1
        assert file_of(other, ads[number].case_id).facts.sightings == 1


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
    import json

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
