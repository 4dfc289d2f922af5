"""What the evidence folder knows of time stamps in a backup: small files that change, so all of them in one archive.

Lists, tokens and root certificates are evidence files and are copied as such.
"""

import io
import os
import re
import secrets
import tarfile
from contextlib import suppress
from pathlib import Path

from findings.backup.errors import BackupDamaged
from findings.backup.manifest import Hashed, hashed, sync_folder, write_whole
from findings.model.errors import Said

#: Where they lie in an evidence folder.
FOLDER = "timestamps"
#: Bytes of one file at most: notes of a crawl whose authorities nobody asked for weeks.
_MOST_BYTES = 1_000_000_000
_ARCHIVE = re.compile(r"stamps-[0-9a-f]{16}\.tar\.gz")
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_FILE = re.compile(
    rf"lists/{_DAY}/[0-9a-f]{{64}}\.json|owed/{_DAY}\.[0-9a-f]{{64}}|(?:pending|taken)/[0-9a-f-]{{1,80}}\.notes"
)


def pack(evidence: Path, backup: Path) -> Hashed | None:
    """Put them into a new archive; None where nothing was ever stamped. Raises OSError.

    Called before the evidence files are copied: then each file that a record names is among those.
    """
    folder = evidence / FOLDER
    if not folder.is_dir():
        return None
    packed = backup / f"stamps-{secrets.token_hex(8)}.tar.gz"
    aside = packed.with_suffix(".part")
    with aside.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive:
            # In the order in which notes become lists: what moves on meanwhile is met again.
            for part in ("pending", "taken", "lists", "owed"):
                for path in sorted((folder / part).rglob("*")):
                    _add(archive, path, path.relative_to(folder).as_posix())
        file.flush()
        os.fsync(file.fileno())
    aside.replace(packed)
    sync_folder(backup)
    return hashed(packed)


def _add(archive: tarfile.TarFile, path: Path, name: str) -> None:
    if _FILE.fullmatch(name):
        with suppress(FileNotFoundError):  # it moved on
            data = path.read_bytes()
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o600
            archive.addfile(member, io.BytesIO(data))


def unpack(packed: Hashed, backup: Path, evidence: Path) -> None:
    """Bring back what the folder lacks. Notes that were still to be stamped are stamped by the next round.

    Raises BackupDamaged for an archive that is not the one written, OSError.
    """
    path = backup / packed.name
    if not _ARCHIVE.fullmatch(packed.name) or not path.is_file() or hashed(path) != packed:
        raise BackupDamaged(
            str(backup),
            Said(f"the archive of time stamps {packed.name}", zh=f"时间戳记录 {packed.name}"),
        )
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            target = evidence / FOLDER / member.name
            if not member.isreg() or not _FILE.fullmatch(member.name) or member.size > _MOST_BYTES:
                continue
            if (held := archive.extractfile(member)) is not None and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                write_whole(target, held.read())


def forget(backup: Path, kept: Hashed | None) -> None:
    """Remove the archives of backups that another one took the place of, and what a kill left."""
    for path in backup.glob("stamps-*.tar*"):
        if kept is None or path.name != kept.name:
            path.unlink(missing_ok=True)
