"""A new version of a list goes in whole or not at all, whatever happens meanwhile."""

import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from licences.errors import ListOutdated
from licences.keys import KeyKind
from licences.model import LicenceEntry
from licences.registers import Registers
from licences.staging import Staging, store_version
from licences.stored import StoredList
from licences.versions import current_version, read_version
from tests.support.licence_lists import FRESH, entry, stored, whitelist

FORK = multiprocessing.get_context("fork")
OLDER = whitelist(as_of=FRESH - timedelta(days=9)).register
NEWER = whitelist().register
COUNT = 200


def _entries(mark: str) -> Iterator[LicenceEntry]:
    return (entry(f"{mark}第{number}小贷", "small_loan") for number in range(COUNT))


def _current(folder: Path) -> StoredList:
    return next(one for one in Registers.load(folder).lists if one.register.id == "test")


def _whole(one: StoredList, mark: str) -> bool:
    """Whether a list has all its entries and finds the last of them."""
    named = [found.name for found in one.entries()] == [found.name for found in _entries(mark)]
    return named and one.find(KeyKind.SHORT, f"{mark}第{COUNT - 1}小贷") == (COUNT - 1,)


def _store_newer(folder: Path) -> None:
    store_version(folder, NEWER, _entries("新"), "")


def _compile_again(folder: Path) -> None:
    read_version(folder, "test", current_version(folder, "test") or "")


def _killed_at(step: int, folder: Path, work: Callable[[Path], None]) -> None:
    """Run work in a process that dies by SIGKILL as it opens, renames or removes its nth file there."""
    left = step

    def audit(event: str, args: tuple[object, ...]) -> None:
        nonlocal left
        if event in ("open", "os.rename", "os.remove", "os.mkdir") and str(folder) in str(args[0]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(audit)
    work(folder)


def _killed_steps(folder: Path, work: Callable[[Path], None]) -> Iterator[int]:
    """Kill at the first step, the second, …; ends when the work got through."""
    for step in range(1, 100):
        child = FORK.Process(target=_killed_at, args=(step, folder, work))
        child.start()
        child.join()
        if child.exitcode == 0:
            return
        assert child.exitcode == -signal.SIGKILL
        yield step


def test_an_import_killed_at_any_file_leaves_a_whole_list_current(tmp_path: Path) -> None:
    older = store_version(tmp_path, OLDER, _entries("旧"), "")
    steps: list[int] = []
    swapped = False
    for step in _killed_steps(tmp_path, _store_newer):
        steps.append(step)
        found = _current(tmp_path)
        swapped = swapped or found.version != older  # what is killed after that only had to clear up
        assert _whole(found, "新" if swapped else "旧")
    assert len(steps) > 8
    assert _whole(_current(tmp_path), "新")
    assert _whole(read_version(tmp_path, "test", older, proven=True), "旧")
    assert not list((tmp_path / "test").glob(".*"))


def test_an_import_killed_at_any_time_leaves_a_whole_list_current(tmp_path: Path) -> None:
    older = store_version(tmp_path, OLDER, _entries("旧"), "")
    for delay in range(1, 13):
        child = FORK.Process(target=_store_newer, args=(tmp_path,))
        child.start()
        child.join(delay / 100)
        child.kill()
        child.join()
        found = _current(tmp_path)
        assert _whole(found, "旧" if found.version == older else "新")


def test_compiling_killed_at_any_file_harms_nothing(tmp_path: Path) -> None:
    version = store_version(tmp_path, OLDER, _entries("旧"), "")
    index = tmp_path / "test" / f"{version}.index"
    index.unlink()
    steps = []
    for step in _killed_steps(tmp_path, _compile_again):
        steps.append(step)
        assert _whole(_current(tmp_path), "旧")
        index.unlink()
    assert len(steps) > 4
    assert index.exists()


def test_who_reads_the_old_list_keeps_it(tmp_path: Path) -> None:
    store_version(tmp_path, OLDER, _entries("旧"), "")
    reading = _current(tmp_path)
    for _ in range(2):  # the same list once more replaces its files by their like
        store_version(tmp_path, OLDER, _entries("旧"), "")
    store_version(tmp_path, NEWER, _entries("新"), "")
    assert _whole(reading, "旧")
    assert _whole(_current(tmp_path), "新")


def test_of_two_imports_at_once_the_second_is_told(tmp_path: Path) -> None:
    with Staging(tmp_path, "test") as one, Staging(tmp_path, "test") as other:
        for staging, register, mark in ((one, OLDER, "旧"), (other, NEWER, "新")):
            for made in _entries(mark):
                staging.add(made)
            staging.finish(register)
        one.publish("")
        with pytest.raises(ListOutdated, match="meanwhile"):
            other.publish("")
    assert _whole(_current(tmp_path), "旧")
    assert not list((tmp_path / "test").glob(".*"))


def _import_over_and_over(folder: Path, mark: str, times: int) -> None:
    register = OLDER if mark == "旧" else NEWER
    for _ in range(times):
        try:
            store_version(folder, register, _entries(mark), "")
        except ListOutdated:
            continue


def test_two_writers_at_once_never_leave_half_a_list(tmp_path: Path) -> None:
    _import_over_and_over(tmp_path, "旧", 1)
    writers = [FORK.Process(target=_import_over_and_over, args=(tmp_path, mark, 6)) for mark in ("旧", "新")]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        found = _current(tmp_path)
        assert _whole(found, "旧" if found.register.as_of == OLDER.as_of else "新")
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert len(stored(tmp_path, "test")) == 2


def test_what_is_not_published_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    with Staging(folder, "test") as staging:
        staging.add(entry("云岫银行"))
        assert staging.finish(NEWER).find(KeyKind.SHORT, "云岫银行") == (0,)
    assert not folder.exists()


def _store_on_a_full_disk(folder: Path, bytes_left: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, bytes_left))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails instead, as on a full disk
    try:
        _store_newer(folder)
    except OSError:
        os._exit(3)


@pytest.mark.parametrize("bytes_left", [1, 4_000, 20_000])
@pytest.mark.parametrize("older", [True, False], ids=["beside-an-older-list", "the-first-list"])
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, bytes_left: int, older: bool) -> None:
    if older:
        store_version(tmp_path, OLDER, _entries("旧"), "")
    before = sorted(tmp_path.rglob("*"))
    writer = FORK.Process(target=_store_on_a_full_disk, args=(tmp_path, bytes_left))
    writer.start()
    writer.join()
    assert writer.exitcode == 3
    left = {path for path in tmp_path.rglob("*") if path.name not in ("lock", "test")}
    assert left == {path for path in before if path.name not in ("lock", "test")}
    assert older is (tmp_path / "test").is_dir()
    assert not older or _whole(_current(tmp_path), "旧")
