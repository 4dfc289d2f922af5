"""A new version of a list in the making: written and compiled as entries come, then swapped in.

Nothing of it is seen before `publish`; a writer killed at any moment leaves the older version
current and whole. The list is put in place first, then its tables, `current.json` last.
"""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from mmap import ACCESS_READ, mmap
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from licences.aside import Aside, aside, sweep
from licences.compiled import Compiler
from licences.compiledfile import CompiledFile, write_tables
from licences.errors import ListOutdated
from licences.model import Entry, Register
from licences.stored import StoredList, version_of
from licences.versions import Pointer, current_version

_COPIED = 1 << 20  # bytes at a time
_encode = msgspec.json.encode


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """One writer at a time swaps the current version of a register."""
    with (folder / "lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Staging:
    """Takes entries (`add`), ends them (`finish`), makes them current (`publish`).

    A context manager: what was not published is gone afterwards. `older` is the version that
    was current at the start; `list`, after `finish`, can be asked and compared with it.
    """

    list: StoredList

    def __init__(self, folder: Path, register: str) -> None:
        self.older = current_version(folder, register)
        self._folder = folder
        self._register = register
        self._place = folder / register
        self._compiler = Compiler()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._made = [place for place in (self._place, *self._place.parents) if not place.exists()]
        self._place.mkdir(parents=True, exist_ok=True)
        sweep(self._place)
        self._body = self._aside()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._open.close()  # a full disk fails here once more
        finally:
            with suppress(OSError):  # a folder that holds something stays
                for place in self._made:
                    place.rmdir()

    def _aside(self) -> Aside:
        return self._open.enter_context(aside(self._place))

    def __len__(self) -> int:
        return len(self._compiler)

    def add(self, entry: Entry) -> None:
        """Take the next entry."""
        line = _encode(entry) + b"\n"
        self._body.file.write(line)
        self._compiler.add(entry, len(line))

    def finish(self, register: Register) -> StoredList:
        """Write the list with its first line, which is known only now; returns the list."""
        self._listed, self._index = self._aside(), self._aside()
        digest = sha256()
        self._body.file.seek(0)
        piece = _encode(register) + b"\n"
        while piece:
            digest.update(piece)
            self._listed.file.write(piece)
            piece = self._body.file.read(_COPIED)
        self._listed.file.flush()
        write_tables(self._index.file, self._compiler.tables(), digest.hexdigest())
        self._index.file.flush()
        del self._compiler
        content = mmap(self._listed.file.fileno(), 0, access=ACCESS_READ)
        tables = CompiledFile(self._index.path).tables()
        version = version_of(register, digest.hexdigest())
        self.list = StoredList.read(content, register.id, version, tables)
        return self.list

    def publish(self, imported_at: str) -> str:
        """Make it the current version in one step; returns its name.

        Raises ListOutdated if another import of this register was published since the start:
        what was compared with the older version would not be true any more.
        """
        version = self.list.version
        with _held(self._place):
            if current_version(self._folder, self._register) not in (self.older, version):
                raise ListOutdated(
                    f"another list of {self._register} was imported meanwhile; import this one again",
                    zh=f"{self._register} 的另一份名单刚刚导入完成：请重新导入本名单",
                )
            self._listed.put(self._place / f"{version}.jsonl")
            self._index.put(self._place / f"{version}.index")
            pointer = self._aside()
            pointer.file.write(_encode(Pointer(version, imported_at)))
            pointer.put(self._place / "current.json")
        return version


def store_version(folder: Path, register: Register, entries: Iterable[Entry], imported_at: str) -> str:
    """Store entries as the current version of a register; returns the version's name."""
    with Staging(folder, register.id) as staging:
        for entry in entries:
            staging.add(entry)
        staging.finish(register)
        return staging.publish(imported_at)
