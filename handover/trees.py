"""A package or batch as it lies there, folder or ZIP, read without unpacking it: nothing in it can write anywhere.

A ZIP is what somebody sent: names that lead out of it, names given twice, links, encrypted members and bombs are
refused or told of; every read is bounded by what the caller expects.
"""

import hashlib
import os
import stat
import zipfile
import zlib
from pathlib import Path
from typing import Protocol

import msgspec

from findings.model.errors import Said
from handover.errors import BatchBroken
from handover.manifest import MANIFEST, safe_path

#: Files in one package or batch, and how many times its size a ZIP may unpack to (ours is not compressed at all).
MOST_FILES = 1_000_000
MOST_RATIO = 100
_CHUNK = 1 << 20


class Digest(msgspec.Struct, frozen=True):
    """SHA-256 in hex and size of a file. Of one that can't be read, or is longer than asked for, `sha256` is empty."""

    sha256: str
    size: int


class Tree(Protocol):
    """Files by path with `/`. `others` are names of what is no plain file or may not be read, with the reason."""

    files: frozenset[str]
    others: dict[str, str]

    def read(self, name: str, most: int) -> bytes:
        """A file's bytes. Raises OSError where it can't be read or has more than `most`."""
        ...

    def digest(self, name: str, most: int) -> Digest:
        """A file's hash, read in pieces and no further than `most` bytes and one."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def open_tree(path: Path) -> Tree:
    """A folder or ZIP. Raises BatchBroken."""
    if path.is_dir():
        return FolderTree(path)
    return ZipTree(path)


class FolderTree:
    """A folder; links in it are not followed."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        found: list[str] = []
        self.others: dict[str, str] = {}
        for folder, folders, names in os.walk(self._root, followlinks=False):
            at = Path(folder)
            for name in [*names, *(one for one in folders if (at / one).is_symlink())]:
                path = at / name
                relative = path.relative_to(self._root).as_posix()
                if stat.S_ISREG(path.lstat().st_mode):
                    found.append(relative)
                else:
                    self.others[relative] = "不是普通文件 this is no plain file"
            if len(found) > MOST_FILES:
                raise BatchBroken(root, _too_many())
        self.files = frozenset(found)

    def read(self, name: str, most: int) -> bytes:
        """A file's bytes."""
        with (self._root / name).open("rb") as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise OSError(f"{name} is larger than {most} bytes")
        return data

    def digest(self, name: str, most: int) -> Digest:
        """A file's hash; a file of another size than expected need not be read."""
        path = self._root / name
        try:
            size = path.stat().st_size
            if size > most:
                return Digest("", size)
            with path.open("rb") as file:
                return Digest(hashlib.file_digest(file, "sha256").hexdigest(), size)
        except OSError:
            return Digest("", -1)

    def close(self) -> None:
        """Nothing is open."""


class ZipTree:
    """A ZIP file. Where all its files lie in one folder with the manifest, that is its root."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():  # a pipe never ends, a device neither
            raise BatchBroken(path, Said("neither a folder nor a plain file", "不是文件夹，也不是普通文件"))
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise BatchBroken(path, Said(f"no ZIP: {error}", "不是 ZIP，或不完整")) from error
        try:
            self._open(path)
        except BaseException:
            self._zip.close()
            raise

    def _open(self, path: Path) -> None:
        infos = [info for info in self._zip.infolist() if not info.filename.endswith("/")]
        if len(infos) > MOST_FILES:
            raise BatchBroken(path, _too_many())
        total = sum(info.file_size for info in infos)
        if total > MOST_RATIO * path.stat().st_size:
            why = Said(f"a ZIP bomb: it would unpack to {total} bytes", f"压缩炸弹：解压后有 {total} 字节")
            raise BatchBroken(path, why)
        top = _top([info.filename for info in infos])
        self._members: dict[str, zipfile.ZipInfo] = {}
        self.others: dict[str, str] = {}
        for info in infos:
            name = info.filename[len(top) :] or info.filename
            mode = info.external_attr >> 16
            if not safe_path(info.filename):
                self.others[name] = "路径越出压缩包 the path leads out of the ZIP"
            elif name in self._members or name in self.others:
                self.others[name] = "同名文件出现两次 two files have this name"
            elif info.flag_bits & 1:
                self.others[name] = "文件已加密 the file is encrypted"
            elif info.create_system == 3 and mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
                self.others[name] = "不是普通文件 this is no plain file"
            elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                self.others[name] = "压缩方法不予读取 a method of compression that is not read"
            else:
                self._members[name] = info
        for name in self.others:
            self._members.pop(name, None)
        self.files = frozenset(self._members)

    def read(self, name: str, most: int) -> bytes:
        """A member's bytes."""
        try:
            with self._zip.open(self._members[name]) as file:
                data = file.read(most + 1)
        except (
            KeyError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise OSError(f"{name}: {error}") from error
        if len(data) > most:
            raise OSError(f"{name} is larger than {most} bytes")
        return data

    def digest(self, name: str, most: int) -> Digest:
        """A member's hash."""
        digest, size = hashlib.sha256(), 0
        try:
            with self._zip.open(self._members[name]) as file:
                while (piece := file.read(_CHUNK)) and size <= most:
                    digest.update(piece)
                    size += len(piece)
        except (
            OSError,
            KeyError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
        ):
            return Digest("", -1)
        return Digest(digest.hexdigest() if size <= most else "", size)

    def close(self) -> None:
        """Close the ZIP."""
        self._zip.close()


def _too_many() -> Said:
    return Said(f"more than {MOST_FILES} files", f"超过 {MOST_FILES} 个文件")


def _top(names: list[str]) -> str:
    """`folder/` where everything lies in one folder and the manifest right in it, else nothing."""
    if MANIFEST in names or not names:
        return ""
    top = names[0].partition("/")[0] + "/"
    whole = f"{top}{MANIFEST}" in names and all(name.startswith(top) for name in names)
    return top if whole else ""
