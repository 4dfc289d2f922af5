"""When a stored list is read whole, and what is done where its tables can't be used."""

import json
import logging
import os
import time
from pathlib import Path

import pytest

from licences import keys, versions
from licences.errors import VersionAltered
from licences.keys import KeyKind
from licences.staging import store_version
from licences.versions import read_version
from tests.support.licence_lists import entry, whitelist

NAMES = ("云岫银行", "海棠小贷", "松间支付")


@pytest.fixture
def version(tmp_path: Path) -> str:
    """A stored list whose files have rested for an hour, as far as the note of their reading says."""
    made = store_version(tmp_path, whitelist().register, map(entry, NAMES), "")
    note = tmp_path / "test" / f"{made}.checked"
    later = time.time_ns() + 3_600_000_000_000
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: later)
        read_version(tmp_path, "test", made)
    assert note.exists()
    return made


def _path(folder: Path, version: str, end: str) -> Path:
    return folder / "test" / f"{version}.{end}"


def _finds_all(folder: Path, version: str, *, proven: bool = False) -> bool:
    found = read_version(folder, "test", version, proven=proven)
    return [found.find(KeyKind.SHORT, name) for name in NAMES] == [(0,), (1,), (2,)]


def _flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_what_was_read_whole_is_believed_and_said_nothing_about(
    tmp_path: Path, version: str, caplog: pytest.LogCaptureFixture
) -> None:
    note = _path(tmp_path, version, "checked")
    before = note.stat()
    assert _finds_all(tmp_path, version)
    assert (note.stat().st_ino, caplog.records) == (before.st_ino, [])


def test_a_file_that_has_just_been_written_is_not_yet_believed(tmp_path: Path) -> None:
    made = store_version(tmp_path, whitelist().register, map(entry, NAMES), "")
    assert _finds_all(tmp_path, made)
    assert not _path(tmp_path, made, "checked").exists()


def test_a_changed_list_is_seen_even_if_its_time_and_size_stay(tmp_path: Path, version: str) -> None:
    path = _path(tmp_path, version, "jsonl")
    before = path.stat()
    _flip(path, -3)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(VersionAltered, match="changed"):
        read_version(tmp_path, "test", version)


def test_a_copied_folder_is_read_again_and_believed(tmp_path: Path, version: str) -> None:
    path = _path(tmp_path, version, "jsonl")
    path.write_bytes(path.read_bytes())
    assert _finds_all(tmp_path, version)


@pytest.mark.parametrize("place", [0, 30, 16_384, -1], ids=["first", "head", "array", "last"])
def test_damaged_tables_are_made_again_and_that_is_said(
    tmp_path: Path, version: str, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    path = _path(tmp_path, version, "index")
    whole = path.read_bytes()
    _flip(path, place if place >= 0 else _last_byte(whole))
    assert _finds_all(tmp_path, version)
    assert path.read_bytes() == whole
    assert "compiled again" in caplog.text


def _last_byte(content: bytes) -> int:
    """The last byte of the last array: behind it there is only padding."""
    head = json.loads(content[: content.index(b"\n")])
    return max(one["start"] + one["size"] for one in head["sections"].values()) - 1


@pytest.mark.parametrize("size", [0, 5, 16_384, -64], ids=["empty", "a-few-bytes", "head-only", "tail-lost"])
def test_tables_cut_off_are_made_again(tmp_path: Path, version: str, size: int) -> None:
    path = _path(tmp_path, version, "index")
    whole = path.read_bytes()
    path.write_bytes(whole[:size])
    assert _finds_all(tmp_path, version)
    assert path.read_bytes() == whole


def test_tables_of_another_list_are_made_again(tmp_path: Path, version: str) -> None:
    other = store_version(tmp_path, whitelist().register, [entry("别家银行")], "")
    _path(tmp_path, version, "index").write_bytes(_path(tmp_path, other, "index").read_bytes())
    assert _finds_all(tmp_path, version)


def test_tables_made_by_other_rules_are_made_again(
    tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("licences.compiledfile.fingerprint", lambda: "of another release")
    assert _finds_all(tmp_path, version)
    assert "another release" in caplog.text
    assert keys.fingerprint() not in _path(tmp_path, version, "index").read_bytes()[:200].decode()


def test_a_replay_reads_all_of_the_list_and_of_its_tables(
    tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Even where a note says that these very files were right, as damage below the file system would have it."""
    monkeypatch.setattr(versions, "known", lambda *_: True)
    _flip(_path(tmp_path, version, "index"), 16_384)
    assert _finds_all(tmp_path, version, proven=True)
    assert "damaged" in caplog.text
    _flip(_path(tmp_path, version, "jsonl"), -3)
    with pytest.raises(VersionAltered):
        read_version(tmp_path, "test", version, proven=True)


def test_a_note_that_can_t_be_read_counts_for_nothing(tmp_path: Path, version: str) -> None:
    _path(tmp_path, version, "checked").write_bytes(b"{")
    assert _finds_all(tmp_path, version)


def test_where_tables_can_t_be_kept_they_stay_in_memory(
    tmp_path: Path, version: str, caplog: pytest.LogCaptureFixture
) -> None:
    index = _path(tmp_path, version, "index")
    index.unlink()
    index.mkdir()  # nothing can be put in its place, whoever the user is
    with caplog.at_level(logging.WARNING):
        assert _finds_all(tmp_path, version)
    assert "in memory" in caplog.text
