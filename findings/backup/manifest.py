"""What a backup says of itself: which store, release and layout, how much of each kind, hashes."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from findings.backup.errors import BackupForeign
from findings.model.casework import AuditEntry
from findings.model.errors import Said
from findings.review.chain import Head, verify

#: Form of the manifest; a reader refuses a higher one.
FORMAT = 1
#: A manifest is a page of JSON; a longer file is none.
MAX_BYTES = 1_000_000
NAME = "manifest.json"
_CHUNK = 1 << 20


class Hashed(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a backup: its name in the folder, bytes, SHA-256."""

    name: str
    size: int
    sha256: str


class EvidenceListed(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence files that a backup holds; `list` names each with its size. `altered` were left out:
    their bytes no longer have the hash that is their name. `stamps` is the archive of what is known of time stamps."""

    files: int
    bytes: int
    copied: int
    list: Hashed
    altered: tuple[str, ...] = ()
    stamps: Hashed | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One backup. `layout` is the version of tables or mappings.

    `counts` are documents by kind; `counts_after` the same when the copy was done: more, where others wrote
    meanwhile to a store that has no transactions. `trail` is the last entry of the audit trail.
    """

    format: int = FORMAT
    store: str
    software: str
    layout: int
    at: datetime
    counts: dict[str, int]
    counts_after: dict[str, int] | None = None
    trail: Head | None = None
    database: Hashed | None = None
    snapshots: tuple[str, ...] = ()
    prefix: str = ""
    evidence: EvidenceListed | None = None


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What a restore did. `aside` is where what it took the place of lies now."""

    manifest: Manifest
    counts: dict[str, int]
    aside: str | None = None


def software() -> str:
    """This program's release."""
    return version("finadwatch")


def read(place: str, data: bytes, store: str, layout: int) -> Manifest:
    """A manifest that a store of this kind and layout can be restored from. Raises BackupForeign."""
    if len(data) > MAX_BYTES:
        raise BackupForeign(place, Said("its manifest is no manifest", zh="清单无法识别"))
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BackupForeign(place, Said("its manifest can't be read", zh="清单无法读取")) from error
    if manifest.format > FORMAT or manifest.layout > layout:
        raise BackupForeign(
            place,
            Said(
                f"it is of the newer release {manifest.software}",
                zh=f"由较新版本 {manifest.software} 写出，请先更新本程序",
            ),
        )
    if manifest.store != store:
        raise BackupForeign(
            place,
            Said(
                f"it is of a store on {manifest.store}, this one is on {store}",
                zh=f"备份的是 {manifest.store} 存储，而目标为 {store}",
            ),
        )
    return manifest


def hashed(path: Path) -> Hashed:
    """Size and hash of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
            size += len(piece)
    return Hashed(name=path.name, size=size, sha256=digest.hexdigest())


def head_of(entries: Iterable[AuditEntry]) -> tuple[Head | None, Said | None]:
    """The last entry of a trail, and the first fault of its chain."""
    checked = verify(entries)
    if checked.fault is None:
        return checked.head, None
    said = checked.fault.said
    return checked.head, Said(f"the audit trail: {said}", zh=f"审计日志：{said.zh}")


def wrong_trail(entries: Iterable[AuditEntry], manifest: Manifest) -> Said | None:
    """What is wrong with the trail of a backup: a fault of its chain, or another end than was noted."""
    head, fault = head_of(entries)
    if fault is None and head != manifest.trail:
        return Said("the audit trail: its end is not as noted", zh="审计日志：链尾与清单不符")
    return fault


def wrong_counts(counts: Mapping[str, int], manifest: Manifest) -> Said | None:
    """Kinds of which there are fewer than were backed up, or more than there were when that was done."""
    most = manifest.counts_after or manifest.counts
    wrong = [
        f"{kind} {counts.get(kind, 0)} ≠ {least}"
        for kind, least in sorted(manifest.counts.items())
        if not least <= counts.get(kind, 0) <= most.get(kind, least)
    ]
    return Said(", ".join(wrong), zh="，".join(wrong)) if wrong else None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file aside, to the disk, and rename it: it is there whole or as it was."""
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
