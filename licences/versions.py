"""Stored versions of a list: `<folder>/<register>/<as_of>-<8 hex>.jsonl`, and which is current.

The first line is the Register, each further line an entry. The 8 hex digits are of the
SHA-256 of the file, so the name proves the content. `current.json` is replaced in one step;
files of older versions stay, to replay older verdicts.

Beside a list lie its tables (`.index`, compiled from it, made anew where they can't be used)
and the note that both were read whole (`.checked`).
"""

import logging
import re
from collections.abc import Mapping
from hashlib import sha256
from mmap import ACCESS_READ, mmap
from pathlib import Path

import msgspec

from licences.aside import aside
from licences.checked import known, remember, stamps
from licences.compiled import Tables
from licences.compiledfile import CompiledFile, NotUsable, write_tables
from licences.errors import VersionAltered
from licences.model import REGISTER_NAME
from licences.stored import StoredList, version_of

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")
_log = logging.getLogger(__name__)


class Pointer(msgspec.Struct, frozen=True):
    """What `current.json` holds. `imported_at` is UTC, ISO 8601."""

    version: str
    imported_at: str


_pointer = msgspec.json.Decoder(Pointer)


def _altered(path: Path) -> VersionAltered:
    return VersionAltered(
        f"{path} was changed after its import; import the list again",
        zh=f"{path} 在导入后被改动：请重新导入",
    )


def _mapped(path: Path, register: str, version: str) -> mmap:
    try:
        with path.open("rb") as file:
            return mmap(file.fileno(), 0, access=ACCESS_READ)
    except (OSError, ValueError) as error:  # ValueError: an empty file can't be mapped
        raise VersionAltered(
            f"list {register} {version} can't be read at {path} ({error}); import the list again",
            zh=f"名单 {register} {version} 无法从 {path} 读取（{error}）：请重新导入",
        ) from error


def _compiled_again(listed: StoredList, path: Path, digest: str, reason: NotUsable) -> Tables:
    """The tables of a list that was read whole, made and kept where its folder can be written."""
    _log.warning("%s can't be used (%s): the list is compiled again", path, reason)
    tables = listed.tables
    try:
        with aside(path.parent) as making:
            write_tables(making.file, tables, digest)
            making.put(path)
        return CompiledFile(path).tables()
    except (OSError, NotUsable) as error:
        _log.warning("the tables of %s can't be kept (%s): they stay in memory", path, error)
        return tables


def read_version(folder: Path, register: str, version: str, *, proven: bool = False) -> StoredList:
    """One stored version. Raises VersionAltered if it is missing or was changed.

    A list is read whole once and then believed while its file stays as it was; `proven` reads
    it whole in any case, to replay a verdict.
    """
    if not REGISTER_NAME.fullmatch(register) or not _VERSION.fullmatch(version):
        raise VersionAltered(
            f"{register!r} {version!r} names no stored list: look the versions up",
            zh=f"没有名为 {register!r} {version!r} 的已导入名单：请核对版本",
        )
    place = folder / register
    path, index, note = (place / f"{version}{end}" for end in (".jsonl", ".index", ".checked"))
    before = stamps(path, index)
    content = _mapped(path, register, version)
    tables: Tables | None = None
    digest = ""
    try:
        compiled = CompiledFile(index)
        if proven or before is None or not known(note, before):
            digest = sha256(content).hexdigest()
            if compiled.head.list_sha256 != digest:
                raise NotUsable("it was made from another list")
            compiled.check()
        tables = compiled.tables()
    except NotUsable as reason:
        digest = digest or sha256(content).hexdigest()
        if not version.endswith(digest[:8]):
            raise _altered(path) from None
        tables = _compiled_again(StoredList.read(content, str(path), version), index, digest, reason)
        before = stamps(path, index)
    found = StoredList.read(content, str(path), version, tables)
    if found.register.id != register or (digest and version_of(found.register, digest) != version):
        raise _altered(path)
    if digest and before is not None:
        remember(note, before)
    return found


def current_version(folder: Path, register: str) -> str | None:
    """The version in force, or None if that register was never imported."""
    path = folder / register / "current.json"
    if not path.exists():
        return None
    try:
        return _pointer.decode(path.read_bytes()).version
    except msgspec.MsgspecError as error:
        raise VersionAltered(
            f"{path} does not say which version is current ({error}); import the list again",
            zh=f"{path} 未指明现行版本（{error}）：请重新导入",
        ) from error


def kept_versions(folder: Path, register: str) -> list[str]:
    """The stored versions of a register, oldest list first; of one day those stored first come first."""
    if not REGISTER_NAME.fullmatch(register) or not (folder / register).is_dir():
        return []
    found = [path for path in (folder / register).glob("*.jsonl") if _VERSION.fullmatch(path.stem)]
    return [path.stem for path in sorted(found, key=lambda path: (path.stem[:10], path.stat().st_mtime_ns))]


def read_folder(folder: Path, versions: Mapping[str, str]) -> list[StoredList]:
    """The current version of every register in a folder, or the version asked for, then proven."""
    if not folder.is_dir():
        return []
    lists = []
    for place in sorted(path for path in folder.iterdir() if REGISTER_NAME.fullmatch(path.name)):
        asked = versions.get(place.name)
        version = asked or current_version(folder, place.name)
        if version is not None:
            lists.append(read_version(folder, place.name, version, proven=asked is not None))
    return lists
