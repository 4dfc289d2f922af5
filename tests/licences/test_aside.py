import multiprocessing
from pathlib import Path

import pytest

from licences.aside import aside, sweep

FORK = multiprocessing.get_context("fork")


def test_a_file_is_put_in_place_in_one_step(tmp_path: Path) -> None:
    final = tmp_path / "list"
    final.write_bytes(b"old")
    with final.open("rb") as reading, aside(tmp_path) as making:
        making.file.write(b"new")
        assert final.read_bytes() == b"old"
        making.put(final)
        assert (final.read_bytes(), reading.read()) == (b"new", b"old")
    assert [path.name for path in tmp_path.iterdir()] == ["list"]


def _broken_off(folder: Path) -> None:
    with aside(folder) as making:
        making.file.write(b"half")
        raise RuntimeError("broken off")


def test_what_is_broken_off_is_gone(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        _broken_off(tmp_path)
    assert list(tmp_path.iterdir()) == []


def _hang(folder: Path, ready: "multiprocessing.synchronize.Event") -> None:
    with aside(folder):
        ready.set()
        FORK.Event().wait()


def test_only_files_of_dead_writers_are_swept(tmp_path: Path) -> None:
    ready = FORK.Event()
    child = FORK.Process(target=_hang, args=(tmp_path, ready))
    child.start()
    assert ready.wait(60)
    sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    child.kill()
    child.join()
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []
