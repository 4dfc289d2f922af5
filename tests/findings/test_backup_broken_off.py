"""Backups and restores of a file killed with signal 9, or without room on the disk: the last whole one stands."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from findings.backup.evidence import back_up, bring_back, list_of
from findings.evidence import FolderEvidenceStore
from findings.model.records import AdRecord
from findings.review.chain import verify
from findings.store import FindingStore
from findings.stores import open_store
from tests.support import records as make

#: Calls the store, and stands still at a stage until it is killed: while copying, or before it counts.
_CHILD = """
import resource, sys, time
from findings.stores import open_store
what, url, place, stage, limit = sys.argv[1:]
if limit != "0":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))

def stop(*_):
    print("there", flush=True)
    time.sleep(600)

def go(*_):
    return None

told = stop if stage == "copying" else go
meanwhile = stop if stage == "before-it-counts" else go
store = open_store(url)
if what == "backup":
    store.backup(place, meanwhile, told)
else:
    store.restore(place, meanwhile, told, replace=True)
"""


def child(what: str, url: str, place: Path, stage: str, limit: int = 0) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", _CHILD, what, url, str(place), stage, str(limit)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def kill_at(what: str, url: str, place: Path, stage: str) -> None:
    process = child(what, url, place, stage)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == b"there\n", process.stderr.read()
    process.send_signal(signal.SIGKILL)
    process.communicate()


def silent(done: int, total: int) -> None:
    return


def nothing(*_: object) -> None:
    return


def fill(store: FindingStore, first: int, count: int) -> list[AdRecord]:
    ads = [
        make.ad(f"第{n}期保本保息，稳赚" * 40, make.finding(), url=f"https://p{n}.example/")
        for n in range(first, first + count)
    ]
    store.write_many(make.bundle(ad, page=page) for page, ad in enumerate(ads, start=first))
    return ads


def ads_in(url: str) -> int:
    with open_store(url) as store:
        assert verify(store.casebook().trail()).sound
        return store.coverage().ads


@pytest.mark.parametrize("stage", ["copying", "before-it-counts"])
def test_a_killed_backup_leaves_the_one_before(
    sqlite_store: FindingStore, tmp_path: Path, stage: str
) -> None:
    place, other = tmp_path / "backup", f"sqlite:///{tmp_path / 'other.db'}"
    fill(sqlite_store, 0, 20)
    sqlite_store.backup(str(place), lambda: None, silent)
    more = fill(sqlite_store, 20, 20)
    kill_at("backup", sqlite_store.url, place, stage)
    with open_store(other) as restored:
        restored.restore(str(place), nothing, silent, replace=False)
    assert ads_in(other) == 20
    # The next one goes through, and nothing of the killed one stays.
    sqlite_store.backup(str(place), lambda: None, silent)
    assert sorted(path.name.partition("-")[0] for path in place.iterdir()) == [
        ".lock",
        "manifest.json",
        "store",
    ]
    with open_store(other) as restored:
        restored.restore(str(place), nothing, silent, replace=True)
        assert restored.ad(more[-1].id) == sqlite_store.ad(more[-1].id)
    assert ads_in(other) == 40


@pytest.mark.parametrize("stage", ["copying", "before-it-counts"])
def test_a_killed_restore_leaves_the_store(sqlite_store: FindingStore, tmp_path: Path, stage: str) -> None:
    place = tmp_path / "backup"
    fill(sqlite_store, 0, 20)
    sqlite_store.backup(str(place), lambda: None, silent)
    fill(sqlite_store, 20, 20)
    sqlite_store.close()
    kill_at("restore", sqlite_store.url, place, stage)
    assert ads_in(sqlite_store.url) == 40
    with open_store(sqlite_store.url) as store:
        store.restore(str(place), nothing, silent, replace=True)
    assert ads_in(sqlite_store.url) == 20
    assert not list(tmp_path.glob("*.restoring*"))


@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_full_disk_is_one_sentence_and_changes_nothing(
    sqlite_store: FindingStore, tmp_path: Path, what: str
) -> None:
    place, other = tmp_path / "backup", f"sqlite:///{tmp_path / 'other.db'}"
    fill(sqlite_store, 0, 20)
    sqlite_store.backup(str(place), lambda: None, silent)
    before = sorted(path.name for path in place.iterdir())
    fill(sqlite_store, 20, 20)
    sqlite_store.close()
    process = child(what, sqlite_store.url, place, "none", limit=100_000)
    _, said = process.communicate()
    assert process.returncode == 1
    assert any(name in said for name in (b"BackupFailed", b"StoreAway")), said[-2000:]
    assert sorted(path.name for path in place.iterdir()) == before
    assert ads_in(sqlite_store.url) == 40
    with open_store(other) as restored:
        restored.restore(str(place), nothing, silent, replace=False)
    assert ads_in(other) == 20


def test_a_store_that_another_program_has_open_is_not_replaced(
    sqlite_store: FindingStore, tmp_path: Path
) -> None:
    from findings.backup.errors import StoreInUse

    place = tmp_path / "backup"
    fill(sqlite_store, 0, 3)
    sqlite_store.backup(str(place), lambda: None, silent)
    with open_store(sqlite_store.url) as desk:
        assert desk.coverage().ads == 3
        with pytest.raises(StoreInUse):
            sqlite_store.restore(str(place), nothing, silent, replace=True)
    assert ads_in(sqlite_store.url) == 3


def test_two_backups_into_one_place_wait_for_each_other(sqlite_store: FindingStore, tmp_path: Path) -> None:
    from findings.backup.errors import BackupBusy

    fill(sqlite_store, 0, 3)

    def second() -> None:
        with pytest.raises(BackupBusy), open_store(sqlite_store.url) as store:
            store.backup(str(tmp_path / "backup"), lambda: None, silent)

    assert sqlite_store.backup(str(tmp_path / "backup"), second, silent).counts["ads"] == 3


# -- evidence --------------------------------------------------------------------------------------


def test_evidence_is_copied_once_and_comes_back(tmp_path: Path) -> None:
    evidence, place = FolderEvidenceStore(tmp_path / "evidence"), tmp_path / "backup"
    first = [evidence.put(f"页面{n}".encode(), role="html", media_type="text/html") for n in range(5)]
    assert back_up(evidence, place).copied == 5
    evidence.put("新页面".encode(), role="html", media_type="text/html")
    listed = back_up(evidence, place)
    assert (listed.files, listed.copied) == (6, 1)
    assert [sha256 for sha256, _ in list_of(listed, place)] == list(evidence)
    empty = FolderEvidenceStore(tmp_path / "new")
    returned = bring_back(listed, place, empty)
    assert (returned.files, returned.copied, returned.faulty) == (6, 6, ())
    assert list(empty) == list(evidence)
    assert empty.get(first[0].sha256) == "页面0".encode()
    assert bring_back(listed, place, empty).copied == 0


def test_altered_evidence_is_named_and_never_copied(tmp_path: Path) -> None:
    evidence, place = FolderEvidenceStore(tmp_path / "evidence"), tmp_path / "backup"
    refs = [evidence.put(f"页面{n}".encode(), role="html", media_type="text/html") for n in range(3)]
    altered = evidence.path(refs[0].sha256)
    altered.chmod(0o600)
    altered.write_bytes("改过".encode())
    listed = back_up(evidence, place)
    assert (listed.altered, listed.files) == ((refs[0].sha256,), 2)
    assert refs[0].sha256 not in FolderEvidenceStore(place)
    FolderEvidenceStore(place).path(refs[1].sha256).unlink()
    returned = bring_back(listed, place, FolderEvidenceStore(tmp_path / "new"))
    assert (returned.copied, returned.faulty) == (1, (refs[1].sha256,))
