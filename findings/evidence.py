"""The evidence store as a folder: files named by their SHA-256, written once, checked when read."""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from findings.errors import EvidenceAltered, EvidenceMissing, EvidenceStoreAway
from findings.model.crawl import EvidenceRef

#: A file still being written after so many seconds was left by a process that is no more.
ABANDONED_S = 3600.0
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
        sha256 = hashlib.sha256(data).hexdigest()
        target = self._place(sha256)
        try:
            if not self._holds(target, data):
                self._write(target, data)
        except OSError as error:
            raise EvidenceStoreAway(str(self.folder), error.strerror or str(error)) from error
        return EvidenceRef(role=role, sha256=sha256, size=len(data), media_type=media_type)

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

    def _holds(self, target: Path, data: bytes) -> bool:
        """Whether the file is there with these bytes; a copy that was altered is written anew."""
        return target.is_file() and target.stat().st_size == len(data) and target.read_bytes() == data

    def _write(self, target: Path, data: bytes) -> None:
        for folder in (self.folder, self._unfinished, target.parent.parent, target.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(prefix="new-", dir=self._unfinished)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), 0o400)
            Path(temporary).replace(target)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(temporary).unlink()
            raise
        _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
