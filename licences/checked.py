"""Whether a stored list is still what was imported, without reading it whole every time.

Reading 300 MB to check their SHA-256 takes from 0.3 to a second: too long for each command.
So what was read whole once is remembered in `<version>.checked`: size, times and inode of the
list and of its tables. Any write changes them; a copy or restored folder is read again.
"""

import time
from contextlib import suppress
from pathlib import Path

import msgspec

from licences.aside import aside

#: A file changed within this time before it was checked could change once more unseen: file
#: systems count time in steps.
_SETTLED_NS = 2_000_000_000


class Stamp(msgspec.Struct, frozen=True):
    """A file as the file system describes it; times in nanoseconds."""

    size: int
    modified: int
    changed: int
    inode: int


class Checked(msgspec.Struct, frozen=True):
    """Which files were read whole and found right."""

    list: Stamp
    index: Stamp
    at: int
    """When the reading began, in nanoseconds since 1970."""

    @property
    def settled(self) -> bool:
        """Whether both files had rested long enough for a later change to show."""
        return self.at - max(self.list.changed, self.index.changed) > _SETTLED_NS


_checked = msgspec.json.Decoder(Checked)


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def stamps(listed: Path, index: Path) -> Checked | None:
    """Both files as they are now, before they are read; None where one is missing."""
    try:
        return Checked(_stamp(listed), _stamp(index), time.time_ns())
    except OSError:
        return None


def known(path: Path, now: Checked) -> bool:
    """Whether these very files were read whole before."""
    try:
        before = _checked.decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return False
    return before.settled and (before.list, before.index) == (now.list, now.index)


def remember(path: Path, read: Checked) -> None:
    """Remember that these files were read whole and are right; a folder that can't be written forgets."""
    if not read.settled:
        return
    with suppress(OSError), aside(path.parent) as making:
        making.file.write(msgspec.json.encode(read))
        making.put(path)
