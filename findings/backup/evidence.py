"""Evidence files in a backup: a folder of the same form, into which only what is new is copied.

The list of a backup names every file that it holds; it is written last and begun anew by each backup.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from findings.backup import stamps
from findings.backup.errors import BackupDamaged, BackupForeign
from findings.backup.manifest import EvidenceListed, hashed, write_whole
from findings.errors import EvidenceAltered, EvidenceMissing
from findings.evidence import FolderEvidenceStore
from findings.model.errors import Said

#: Files copied between two reports of progress.
TOLD_EVERY = 1000
_LIST = re.compile(r"list-[0-9a-f]{16}\.txt")
_LINE = re.compile(rb"([0-9a-f]{64}) ([0-9]{1,15})\n")


class Returned(msgspec.Struct, frozen=True, kw_only=True):
    """What restoring evidence did: files listed, copied, and those that the backup lacks or has altered."""

    files: int
    copied: int
    faulty: tuple[str, ...] = ()


def back_up(
    source: FolderEvidenceStore, folder: Path, told: Callable[[int], None] = lambda _: None
) -> EvidenceListed:
    """Copy what the folder lacks, each file checked against its name, and list all. Raises EvidenceStoreAway, OSError."""
    target = FolderEvidenceStore(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.sweep()
    packed = stamps.pack(source.folder, folder)
    files = copied = total = 0
    altered: list[str] = []
    lines: list[bytes] = []
    for sha256 in source:
        try:
            copied += target.take(source, sha256)
        except EvidenceAltered:
            altered.append(sha256)
            continue
        size = target.path(sha256).stat().st_size
        lines.append(f"{sha256} {size}\n".encode())
        files, total = files + 1, total + size
        if files % TOLD_EVERY == 0:
            told(files)
    listed = folder / f"list-{secrets.token_hex(8)}.txt"
    write_whole(listed, b"".join(lines))
    return EvidenceListed(
        files=files, bytes=total, copied=copied, list=hashed(listed), altered=tuple(altered), stamps=packed
    )


def forget_lists(folder: Path, kept: EvidenceListed) -> None:
    """Remove the lists of backups that this one took the place of."""
    for path in folder.glob("list-*.txt"):
        if path.name != kept.list.name and _LIST.fullmatch(path.name):
            path.unlink(missing_ok=True)
    stamps.forget(folder, kept.stamps)


def bring_back(
    listed: EvidenceListed,
    folder: Path,
    target: FolderEvidenceStore,
    told: Callable[[int], None] = lambda _: None,
) -> Returned:
    """Copy what the evidence store lacks of a backup, each file checked. What it has besides stays.

    Raises BackupDamaged for a list that is not the one written; EvidenceStoreAway.
    """
    source = FolderEvidenceStore(folder)
    target.sweep()
    files = copied = 0
    faulty: list[str] = []
    for sha256, _ in list_of(listed, folder):
        files += 1
        try:
            copied += target.take(source, sha256)
        except (EvidenceMissing, EvidenceAltered):
            faulty.append(sha256)
        if files % TOLD_EVERY == 0:
            told(files)
    if listed.stamps is not None:
        stamps.unpack(listed.stamps, folder, target.folder)
    return Returned(files=files, copied=copied, faulty=tuple(faulty))


def list_of(listed: EvidenceListed, folder: Path) -> Iterator[tuple[str, int]]:
    """Hash and size of every file of a backup. Raises BackupForeign, BackupDamaged."""
    name = listed.list.name
    if not _LIST.fullmatch(name):
        raise BackupForeign(str(folder), Said("its manifest can't be read", zh="清单无法读取"))
    path = folder / name
    if not path.is_file() or hashed(path) != listed.list:
        reason = Said(
            f"the list of evidence {name} is missing or altered", zh=f"证据清单 {name} 缺失或被改动"
        )
        raise BackupDamaged(str(folder), reason)
    with path.open("rb") as file:
        for line in file:
            found = _LINE.fullmatch(line)
            if found is None:
                raise BackupDamaged(str(folder), Said("its list of evidence", zh="证据清单"))
            yield found[1].decode(), int(found[2])
