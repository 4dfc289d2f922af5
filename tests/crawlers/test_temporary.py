"""The temporary folder of a crawl, and that what killed crawls leave is swept, and nothing else."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers import temporary
from crawlers.temporary import PREFIX, crawl_folder, sweep

#: A crawl that starts a child (as Chromium: in a session of its own) and then hangs.
OWNER = """
import subprocess, sys, time
from crawlers.temporary import crawl_folder
with crawl_folder() as folder:
    (folder / "profile").mkdir()
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True)
    print(folder, child.pid, flush=True)
    time.sleep(300)
"""


@pytest.fixture(autouse=True)
def common(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A common temporary folder of this test's own, with a path as short as the real one's."""
    with tempfile.TemporaryDirectory(prefix="fadw-") as folder:
        monkeypatch.setattr("tempfile.tempdir", None)
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


def owner() -> tuple["subprocess.Popen[str]", Path, int]:
    root = Path(__file__).parents[2]
    process = subprocess.Popen([sys.executable, "-c", OWNER], cwd=root, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    folder, child = process.stdout.readline().split()
    return process, Path(folder), int(child)


def test_the_folder_and_its_mark_are_gone_afterwards(common: Path) -> None:
    with crawl_folder() as folder:
        assert folder.parent == common
        assert os.environ["TMPDIR"] == str(folder)
        (folder / "file").write_text("x")
        assert sweep() == []
        assert folder.is_dir()
    assert os.environ["TMPDIR"] == str(common)
    assert list(common.iterdir()) == []


def test_what_a_killed_crawl_left_is_swept_with_its_browser(common: Path) -> None:
    process, folder, child = owner()
    with crawl_folder() as living:
        assert sweep() == []
        process.kill()
        process.wait()
        assert alive(child)
        assert sweep() == [folder]
        deadline = time.monotonic() + 10
        while alive(child):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert not folder.exists()
        assert living.is_dir()


def test_a_living_crawl_is_left_alone() -> None:
    process, folder, child = owner()
    with process:
        assert sweep() == []
        assert (folder / "profile").is_dir()
        assert alive(child)
        process.kill()
    sweep()
    assert not folder.exists()


def test_what_is_not_a_crawls_is_left_alone(common: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = common / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("x")
    link = common / f"{PREFIX}link"
    link.symlink_to(elsewhere)
    (common / "finadwatch-redis-1").mkdir()
    (common / f"{PREFIX}file").write_text("x")
    making = common / f"{PREFIX}making"
    making.mkdir()
    assert sweep() == []
    assert (elsewhere / "kept").exists()
    monkeypatch.setattr(temporary, "_YOUNG_S", 0.0)
    assert sweep() == [making]
    shutil.rmtree(elsewhere)
