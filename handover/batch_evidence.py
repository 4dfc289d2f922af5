"""What lies in a batch of each case: its evidence files and the list that says which they are."""

import hashlib
from pathlib import Path
from uuid import uuid4

import msgspec

from findings.errors import EvidenceAltered, EvidenceMissing
from findings.model.evidence import EvidenceStore
from findings.model.records import CaseView
from handover.manifest import FileEntry, bytes_entry

#: File endings by media type; anything else is kept as `.bin`, so that nothing opens by itself.
_ENDINGS = {"text/html": ".html.txt", "image/png": ".png", "image/jpeg": ".jpg", "application/json": ".json"}


class Enclosed(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence of one case in a batch: SHA-256 of its list, the files as the manifest names them, how many were
    asked for, and what was missing or altered."""

    sha256: str
    files: tuple[FileEntry, ...]
    asked: int
    missing: tuple[str, ...]


def enclose(case: CaseView, evidence: EvidenceStore, root: Path) -> Enclosed:
    """Copy a case's evidence into the batch at `root`, and write its list. Cases may share files; several processes
    may do this at once."""
    folder = root / "evidence" / "files"
    folder.mkdir(parents=True, exist_ok=True)
    missing: list[str] = []
    listed = []
    entries = []
    for ref in case.evidence:
        name = ref.sha256 + _ENDINGS.get(ref.media_type.split(";")[0].strip(), ".bin")
        try:
            data = evidence.get(ref.sha256)
        except (EvidenceMissing, EvidenceAltered) as error:
            missing.append(f"{case.id}: {error}")
            listed.append({"role": ref.role, "sha256": ref.sha256, "size": ref.size, "file": None})
            continue
        _put(folder / name, data)
        entries.append(FileEntry(f"evidence/files/{name}", ref.sha256, len(data)))
        listed.append({"role": ref.role, "sha256": ref.sha256, "size": ref.size, "file": f"files/{name}"})
    lead = case.lead
    listing = json_bytes(
        {
            "case_id": case.id,
            "ads": [ad.id for ad in case.ads],
            "url": lead.landing_url,
            "hops": lead.landing.hops if lead.landing else (),
            "ip": lead.landing.ip if lead.landing else None,
            "last_seen": case.last_seen,
            "judgement": lead.judgement,
            "files": listed,
        }
    )
    name = f"evidence/{case.id}.json"
    (root / name).write_bytes(listing)
    return Enclosed(
        sha256=hashlib.sha256(listing).hexdigest(),
        files=(*entries, bytes_entry(name, listing)),
        asked=len(case.evidence),
        missing=tuple(missing),
    )


def json_bytes(value: object) -> bytes:
    """A value as people read JSON: indented, one newline at the end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _put(path: Path, data: bytes) -> None:
    """A file that another process may be putting there too: whoever comes later replaces it by the same bytes."""
    if path.exists():
        return
    aside = path.with_name(f".{uuid4().hex}")
    aside.write_bytes(data)
    aside.replace(path)
