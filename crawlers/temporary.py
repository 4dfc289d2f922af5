"""The temporary folder of one crawl, and what crawls that were killed left behind.

A killed process takes neither its files nor its browser with it. So a crawl keeps both in one
folder (browsers and their driver are told by TMPDIR), locked while it lives: the system lets go
of the lock when the process ends, however it ends. The next crawl finds the folders whose lock is
free, ends what still runs on them, and removes them.
"""

import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "finadwatch-crawl-"
#: Chromium binds a socket below it, whose whole path may have 107 bytes: a root that leaves no room
#: for that is replaced by the system's own.
_LONGEST_ROOT, _SHORT_ROOT = 36, Path("/tmp")  # noqa: S108 (mkdtemp makes what lies in it)
_LOCK = "owner.lock"
#: A folder without a lock in it may be just in the making: it is left alone for so many seconds.
_YOUNG_S = 60.0


@contextmanager
def crawl_folder() -> Iterator[Path]:
    """A folder for one crawl's temporary files, in which its child processes put theirs too."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_root()))
    lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder)
    try:
        yield folder
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep() -> list[Path]:
    """Remove the folders of crawls that are no more, ending what still runs on them; return which."""
    swept = []
    for folder in _root().glob(f"{PREFIX}*"):
        with suppress(OSError):  # another crawl sweeps too
            lock = _abandoned(folder)
            if lock is None:
                continue
            for pid in _running_on(folder):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
            swept.append(folder)
    return swept


def _root() -> Path:
    root = Path(tempfile.gettempdir())
    return root if len(os.fsencode(root)) <= _LONGEST_ROOT else _SHORT_ROOT


def _abandoned(folder: Path) -> int | None:
    """The lock of a folder whose owner is gone, taken; None where it lives, or the folder is not ours."""
    # Everybody may write to the common folder: a link or somebody else's folder is not followed.
    found = folder.lstat()
    if found.st_uid != os.geteuid() or folder.is_symlink() or not folder.is_dir():
        return None
    made = not (folder / _LOCK).exists()
    if made and time.time() - found.st_mtime < _YOUNG_S:
        return None
    handle = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _running_on(folder: Path) -> Iterator[int]:
    """Processes of this user that were started with the folder: by their environment or command line."""
    name = os.fsencode(folder)
    marks = (b"TMPDIR=" + name + b"\0", name + b"/")
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        with suppress(OSError):
            if process.stat().st_uid != os.geteuid():
                continue
            said = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            if any(mark in said for mark in marks):
                yield int(process.name)
