"""Evidence files are stored once, unaltered, and checked when read."""

import hashlib
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from findings.errors import EvidenceAltered, EvidenceMissing, EvidenceStoreAway
from findings.evidence import FolderEvidenceStore

PAGE = "<p>保本保息</p>".encode()
PAGE_HASH = hashlib.sha256(PAGE).hexdigest()


@pytest.fixture
def evidence(tmp_path: Path) -> FolderEvidenceStore:
    return FolderEvidenceStore(tmp_path / "evidence")


def put(evidence: FolderEvidenceStore, data: bytes = PAGE) -> str:
    return evidence.put(data, role="html", media_type="text/html").sha256


def test_a_file_is_named_by_its_hash(evidence: FolderEvidenceStore) -> None:
    ref = evidence.put(PAGE, role="html", media_type="text/html; charset=utf-8")
    assert (ref.role, ref.sha256, ref.size, ref.media_type) == (
        "html",
        PAGE_HASH,
        len(PAGE),
        "text/html; charset=utf-8",
    )
    assert evidence.get(ref.sha256) == PAGE
    assert evidence.path(PAGE_HASH) == evidence.folder / PAGE_HASH[:2] / PAGE_HASH[2:4] / PAGE_HASH


def test_put_twice_is_stored_once(evidence: FolderEvidenceStore) -> None:
    put(evidence)
    before = evidence.path(PAGE_HASH).stat()
    put(evidence)
    after = evidence.path(PAGE_HASH).stat()
    assert list(evidence) == [PAGE_HASH]
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_only_the_owner_reads_and_nobody_writes(evidence: FolderEvidenceStore) -> None:
    path = evidence.path(put(evidence))
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    for folder in (path.parent, path.parent.parent, evidence.folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_altered_file_is_noticed_and_put_right_by_a_new_put(evidence: FolderEvidenceStore) -> None:
    path = evidence.path(put(evidence))
    path.chmod(0o600)
    path.write_bytes(PAGE.replace(b"p", b"q"))
    with pytest.raises(EvidenceAltered) as raised:
        evidence.get(PAGE_HASH)
    assert raised.value.found == hashlib.sha256(PAGE.replace(b"p", b"q")).hexdigest()
    put(evidence)
    assert evidence.get(PAGE_HASH) == PAGE


@pytest.mark.parametrize(
    "name",
    ["0" * 64, "", "../../etc/passwd", "..", PAGE_HASH.upper(), PAGE_HASH + "\n", f"../{PAGE_HASH[3:]}"],
)
def test_other_names_are_missing(evidence: FolderEvidenceStore, name: str) -> None:
    put(evidence)
    assert name not in evidence
    with pytest.raises(EvidenceMissing):
        evidence.get(name)


def test_a_store_not_used_yet_is_empty(evidence: FolderEvidenceStore) -> None:
    assert list(evidence) == []
    assert PAGE_HASH not in evidence
    assert 7 not in evidence


def test_left_over_temporary_files_are_no_evidence(evidence: FolderEvidenceStore) -> None:
    path = evidence.path(put(evidence))
    path.with_name("new-abc").write_bytes(b"half")
    assert list(evidence) == [PAGE_HASH]


def test_a_folder_that_cannot_be_made_is_away(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EvidenceStoreAway) as raised:
        put(FolderEvidenceStore(tmp_path / "file" / "evidence"))
    assert raised.value.exit_code == 3


def test_threads_that_put_the_same_file_agree(evidence: FolderEvidenceStore) -> None:
    data = PAGE * 20_000
    threads = [threading.Thread(target=put, args=(evidence, data)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (name,) = evidence
    assert evidence.get(name) == data
    assert [path.name for path in evidence.path(name).parent.iterdir()] == [name]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=64)))
def test_what_is_put_is_got(tmp_path_factory: pytest.TempPathFactory, files: list[bytes]) -> None:
    evidence = FolderEvidenceStore(tmp_path_factory.mktemp("evidence"))
    names = [put(evidence, data) for data in files]
    assert [evidence.get(name) for name in names] == files
    assert list(evidence) == sorted(set(names))


def test_files_that_a_killed_process_left_half_written_are_swept(tmp_path: Path) -> None:
    store = FolderEvidenceStore(tmp_path / "evidence")
    kept = store.put(b"whole", role="body", media_type="text/plain")
    assert list((tmp_path / "evidence" / "unfinished").iterdir()) == []
    old, young = (tmp_path / "evidence" / "unfinished" / name for name in ("new-old", "new-young"))
    old.write_bytes(b"ha")
    young.write_bytes(b"ha")
    os.utime(old, (0, 0))
    assert store.sweep() == 1
    assert (old.exists(), young.exists()) == (False, True)
    assert list(store) == [kept.sha256]
    assert FolderEvidenceStore(tmp_path / "none").sweep() == 0


def test_a_file_is_stored_like_its_bytes(tmp_path: Path) -> None:
    store = FolderEvidenceStore(tmp_path / "evidence")
    data = bytes(range(256)) * 20_000
    source = tmp_path / "visit.warc.gz"
    source.write_bytes(data)
    stored = store.put_file(source, role="warc", media_type="application/warc")
    assert stored == store.put(data, role="warc", media_type="application/warc")
    assert store.get(stored.sha256) == data
    assert source.read_bytes() == data


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    store = FolderEvidenceStore(tmp_path / "evidence")
    with pytest.raises(EvidenceStoreAway):
        store.put_file(tmp_path / "none", role="warc", media_type="application/warc")
