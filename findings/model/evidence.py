"""Where evidence files live: a protocol, so that a folder today can be an object store tomorrow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from findings.model.crawl import EvidenceRef


class EvidenceStore(Protocol):
    """Content-addressed files. What was put is never changed; putting it twice stores it once."""

    def put(self, data: bytes, *, role: str, media_type: str) -> EvidenceRef:
        """Store bytes unaltered and return their name (SHA-256 in hex) and size in bytes."""
        ...

    def put_file(self, source: Path, *, role: str, media_type: str) -> EvidenceRef:
        """Store a file's bytes like `put`, without ever holding them all in memory; `source` stays as it is."""
        ...

    def get(self, sha256: str) -> bytes:
        """The stored bytes.

        Raises EvidenceMissing if there is no such file, EvidenceAltered if its bytes
        no longer have that hash.
        """
        ...

    def path(self, sha256: str) -> Path:
        """A local path to read the file from. Raises EvidenceMissing."""
        ...

    def __contains__(self, sha256: object) -> bool: ...

    def __iter__(self) -> Iterator[str]:
        """The hashes of all stored files."""
        ...
