"""The evidence store as a folder: files named by their SHA-256, written once, checked when read."""

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from findings.errors import EvidenceAltered, EvidenceMissing, EvidenceStoreAway
from findings.model.crawl import EvidenceRef

#: A file still being written after so many seconds was left by a process that is no more.
ABANDONED_S = 3600.0
#: Bytes of a file held in memory at a time while it is stored.
_CHUNK = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


class FolderEvidenceStore:
    """Evidence files under `folder/ab/cd/abcd…`, readable by their owner alone, never writable.

    Several threads and processes may put the same file at once: each writes its own
    temporary file (`folder/unfinished`), and the rename is atomic.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes, *, role: str, media_type: str) -> EvidenceRef:
        """Store bytes unaltered; on return they have reached the disk.

        Raises EvidenceStoreAway if the folder can't be written (full, read-only).
        """
        return self._put(BytesIO(data), role, media_type)

    def put_file(self, source: Path, *, role: str, media_type: str) -> EvidenceRef:
        """Store a file's bytes like `put`, a piece at a time. Raises EvidenceStoreAway, also if it can't be read."""
        try:
            with source.open("rb") as file:
                return self._put(file, role, media_type)
        except OSError as error:
            raise EvidenceStoreAway(str(source), error.strerror or str(error)) from error

    def _put(self, source: BinaryIO, role: str, media_type: str) -> EvidenceRef:
        sha256, size = _digest(source)
        target = self._place(sha256)
        try:
            if not self._holds(target, sha256, size):
                source.seek(0)
                self._write(target, source)
        except OSError as error:
            raise EvidenceStoreAway(str(self.folder), error.strerror or str(error)) from error
        return EvidenceRef(role=role, sha256=sha256, size=size, media_type=media_type)

    def get(self, sha256: str) -> bytes:
        """The stored bytes. Raises EvidenceMissing, EvidenceAltered."""
        try:
            data = self.path(sha256).read_bytes()
        except OSError as error:
            raise EvidenceStoreAway(str(self.folder), error.strerror or str(error)) from error
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise EvidenceAltered(sha256, found)
        return data

    def take(self, other: "FolderEvidenceStore", sha256: str) -> bool:
        """Copy a file of another store, its bytes checked against its name; False if it is here already.

        Raises EvidenceMissing, EvidenceAltered, EvidenceStoreAway.
        """
        if sha256 in self:
            return False
        try:
            with other.path(sha256).open("rb") as file:
                found, _ = _digest(file)
                if found != sha256:
                    raise EvidenceAltered(sha256, found)
                file.seek(0)
                self._write(self._place(sha256), file)
        except OSError as error:
            raise EvidenceStoreAway(str(self.folder), error.strerror or str(error)) from error
        return True

    def path(self, sha256: str) -> Path:
        """The file, to read only; its bytes are not checked here. Raises EvidenceMissing."""
        if sha256 not in self:
            raise EvidenceMissing(sha256)
        return self._place(sha256)

    def __contains__(self, sha256: object) -> bool:
        return (
            isinstance(sha256, str)
            and _SHA256.fullmatch(sha256) is not None
            and self._place(sha256).is_file()
        )

    def __iter__(self) -> Iterator[str]:
        """The hashes of all stored files, sorted."""
        names = (path.name for path in sorted(self.folder.glob("??/??/*")))
        return (name for name in names if _SHA256.fullmatch(name))

    def sweep(self) -> int:
        """Remove what processes that were killed in the middle of writing left; return how many files.

        Nobody writes one file for as long as `ABANDONED_S`.
        """
        swept = 0
        for file in self._unfinished.glob("new-*"):
            with suppress(FileNotFoundError):  # another process sweeps, or just finished it
                if time.time() - file.stat().st_mtime > ABANDONED_S:
                    file.unlink()
                    swept += 1
        return swept

    @property
    def _unfinished(self) -> Path:
        return self.folder / "unfinished"

    def _place(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def _holds(self, target: Path, sha256: str, size: int) -> bool:
        """Whether the file is there with these bytes; a copy that was altered is written anew."""
        if not target.is_file() or target.stat().st_size != size:
            return False
        with target.open("rb") as held:
            return _digest(held) == (sha256, size)

    def _write(self, target: Path, source: BinaryIO) -> None:
        for folder in (self.folder, self._unfinished, target.parent.parent, target.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(prefix="new-", dir=self._unfinished)
        try:
            with os.fdopen(handle, "wb") as file:
                shutil.copyfileobj(source, file, _CHUNK)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), 0o400)
            Path(temporary).replace(target)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(temporary).unlink()
            raise
        _sync_folder(target.parent)


def _digest(source: BinaryIO) -> tuple[str, int]:
    """SHA-256 in hex and size of a file, from where it stands to its end."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_CHUNK):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _sync_folder(folder: Path) -> None:
    """Make a rename outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
