"""Evidence files laid into a package under names that say what they are, untouched; what is not there is named."""

from collections.abc import Sequence
from pathlib import Path

from findings.errors import EvidenceAltered, EvidenceMissing
from findings.model.crawl import EvidenceRef
from findings.model.evidence import EvidenceStore
from handover.manifest import FileEntry, bytes_entry
from handover.package.facts import Kept

#: Names by role, without `landing_`. Captured HTML is kept as `.html.txt`, so that no double click runs it.
_NAMES = {
    "html": "page.html.txt",
    "page_screenshot": "page.png",
    "screenshot": "page.png",
    "ad_screenshot": "ad.png",
    "rendered": "page-text.jsonl",
    "hops": "hops.json",
    "headers": "headers.json",
    "warc": "traffic.warc.gz",
    "certificate": "certificate.pem",
    "capture": "capture.json",
}
#: Endings of everything else by media type; what is not listed is `.bin`, so that nothing opens by itself.
_ENDINGS = {
    "text/html": ".html.txt",
    "text/plain": ".txt",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/warc": ".warc.gz",
    "application/x-pem-file": ".pem",
}
#: Files of one page at most: a page may have any number of frames.
MOST_FILES = 200


class Files:
    """The files of one package. `entries` are those written, with their hashes; `missing` says what is not there."""

    def __init__(self, root: Path, evidence: EvidenceStore) -> None:
        self.root = root
        self.entries: list[FileEntry] = []
        self.missing: list[str] = []
        self._evidence = evidence
        self._placed: dict[str, str] = {}
        self._taken: set[str] = set()

    @property
    def hashes(self) -> frozenset[str]:
        """The hashes of the evidence files in the package."""
        return frozenset(self._placed)

    def page(self, folder: str, refs: Sequence[EvidenceRef], *, mixed: bool = False) -> tuple[Kept, ...]:
        """The files of one page in a folder; a file that the package has already is not written again.

        `mixed`: files of pages behind an ad are among them, and are named so.
        """
        for ref in refs[MOST_FILES:]:
            self.missing.append(
                f"{folder}: {ref.role} {ref.sha256}: 一页至多 {MOST_FILES} 个文件 too many files of one page"
            )
        return tuple(
            self.keep(
                folder, ref, f"behind-{_name(ref)}" if mixed and ref.role.startswith("landing_") else None
            )
            for ref in refs[:MOST_FILES]
        )

    def keep(self, folder: str, ref: EvidenceRef, name: str | None = None) -> Kept:
        """One evidence file, under its role's name unless one is given."""
        why = None
        if ref.sha256 not in self._placed:
            try:
                data = self._evidence.get(ref.sha256)
            except (EvidenceMissing, EvidenceAltered) as error:
                why = f"{error.zh} {error}"
                self.missing.append(f"{folder}: {ref.role}: {why}")
            else:
                path = self._free(folder, name or _name(ref))
                self._put(path, data)
                self.entries.append(FileEntry(path, ref.sha256, len(data)))  # the store has just hashed it
                self._placed[ref.sha256] = path
        return Kept(
            role=ref.role,
            sha256=ref.sha256,
            size=ref.size,
            media_type=ref.media_type[:100],
            file=self._placed.get(ref.sha256),
            why=why,
        )

    def write(self, path: str, data: bytes) -> None:
        """A file of our own."""
        self._put(path, data)
        self.entries.append(bytes_entry(path, data))

    def read(self, kept: Kept | None) -> bytes | None:
        """The bytes of a file that was kept; None where it is not there."""
        return self.bytes_of(kept.file) if kept and kept.file else None

    def bytes_of(self, path: str) -> bytes:
        """The bytes of a file of the package."""
        return (self.root / path).read_bytes()

    def _put(self, path: str, data: bytes) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    def _free(self, folder: str, name: str) -> str:
        """A path that no other file has: the second of a name is numbered."""
        stem, dot, ending = name.partition(".")
        path, count = f"{folder}/{name}", 1
        while path in self._taken:
            count += 1
            path = f"{folder}/{stem}-{count}{dot}{ending}"
        self._taken.add(path)
        return path


def _name(ref: EvidenceRef) -> str:
    """A name in plain letters. Where a picture is no PNG, its type decides."""
    role = ref.role.removeprefix("landing_")
    named = _NAMES.get(role)
    ending = _ENDINGS.get(ref.media_type.partition(";")[0].strip().lower(), ".bin")
    if named is not None and (not named.endswith(".png") or ending == ".png"):
        return named
    plain = "".join(char for char in role if char.isascii() and (char.isalnum() or char == "_"))
    return f"{(plain or 'file')[:40]}{ending}"
