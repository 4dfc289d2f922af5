"""Stored versions of a list: `<folder>/<register>/<as_of>-<8 hex>.jsonl`, and which is current.

The first line is the Register, each further line an entry. The 8 hex digits are of the
SHA-256 of the file, so the name proves the content. `current.json` is replaced in one step;
files of older versions stay, to replay older verdicts.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from licences.errors import VersionAltered
from licences.model import (
    REGISTER_NAME,
    Entry,
    FilingEntry,
    FirmEntry,
    LicenceEntry,
    LicenceList,
    ListKind,
    NegativeEntry,
    Register,
)

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")
_register = msgspec.json.Decoder(Register)
_entry = msgspec.json.Decoder(LicenceEntry)
_negative = msgspec.json.Decoder(NegativeEntry)
_firm = msgspec.json.Decoder(FirmEntry)
_filing = msgspec.json.Decoder(FilingEntry)


class Pointer(msgspec.Struct, frozen=True):
    """What `current.json` holds. `imported_at` is UTC, ISO 8601."""

    version: str
    imported_at: str


_pointer = msgspec.json.Decoder(Pointer)


def encode_list(register: Register, rows: Iterable[Entry]) -> bytes:
    """The bytes of one version: register, then entries, a line each."""
    encode = msgspec.json.encode
    return b"".join(encode(item) + b"\n" for item in (register, *rows))


def version_of(register: Register, content: bytes) -> str:
    """`<as_of>-<8 hex of SHA-256>`."""
    return f"{register.as_of.isoformat()}-{hashlib.sha256(content).hexdigest()[:8]}"


def read_list(content: bytes, origin: str) -> LicenceList:
    """A list from its bytes; `origin` names it in errors. Raises VersionAltered."""
    try:
        head, *lines = content.splitlines()
        register = _register.decode(head)
        version = version_of(register, content)
        match register.kind:
            case ListKind.LICENCE:
                entries = tuple(map(_entry.decode, lines))
                return LicenceList(register=register, version=version, entries=entries)
            case ListKind.NEGATIVE:
                negatives = tuple(map(_negative.decode, lines))
                return LicenceList(register=register, version=version, negatives=negatives)
            case ListKind.FIRMS:
                firms = tuple(map(_firm.decode, lines))
                return LicenceList(register=register, version=version, firms=firms)
            case ListKind.FILINGS:
                filings = tuple(map(_filing.decode, lines))
                return LicenceList(register=register, version=version, filings=filings)
    except (ValueError, msgspec.MsgspecError) as error:
        raise VersionAltered(
            f"{origin} is not a stored list ({error}); import the list again",
            zh=f"{origin} 不是已导入的名单（{error}）：请重新导入",
        ) from error


def read_version(folder: Path, register: str, version: str) -> LicenceList:
    """One stored version. Raises VersionAltered if it is missing or was changed."""
    if not REGISTER_NAME.fullmatch(register) or not _VERSION.fullmatch(version):
        raise VersionAltered(
            f"{register!r} {version!r} names no stored list: look the versions up",
            zh=f"没有名为 {register!r} {version!r} 的已导入名单：请核对版本",
        )
    path = folder / register / f"{version}.jsonl"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise VersionAltered(
            f"list {register} {version} can't be read at {path} ({error}); import the list again",
            zh=f"名单 {register} {version} 无法从 {path} 读取（{error}）：请重新导入",
        ) from error
    found = read_list(content, str(path))
    if found.version != version or found.register.id != register:
        raise VersionAltered(
            f"{path} was changed after its import; import the list again",
            zh=f"{path} 在导入后被改动：请重新导入",
        )
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


def read_folder(folder: Path, versions: Mapping[str, str]) -> list[LicenceList]:
    """The current version of every register in a folder, or the version asked for."""
    if not folder.is_dir():
        return []
    lists = []
    for place in sorted(path for path in folder.iterdir() if REGISTER_NAME.fullmatch(path.name)):
        version = versions.get(place.name) or current_version(folder, place.name)
        if version is not None:
            lists.append(read_version(folder, place.name, version))
    return lists


def _write(path: Path, content: bytes) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def store_version(folder: Path, register: Register, content: bytes, imported_at: str) -> str:
    """Write a version aside, then make it current in one step; returns its name.

    A crash at any moment leaves the older version current and whole.
    """
    version = version_of(register, content)
    place = folder / register.id
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{version}.jsonl"
    if not path.exists() or path.read_bytes() != content:
        _write(path, content)
    _write(place / "current.json", msgspec.json.encode(Pointer(version, imported_at)))
    return version
