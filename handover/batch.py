"""A batch: cases handed to one addressee, as lists with evidence and a signed manifest.

A batch is built aside and appears under its number whole or not at all.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import msgspec

from findings.errors import EvidenceAltered, EvidenceMissing
from findings.model.evidence import EvidenceStore
from findings.model.handover import Paper
from findings.model.records import CaseView
from handover.addressees import load_addressees
from handover.errors import BatchBroken, NothingToHandOver
from handover.manifest import MANIFEST, PUBLIC_KEY, SIGNATURE, Manifest, file_entry, manifest_bytes
from handover.rows import BatchRow, batch_row
from handover.sheets import csv_bytes, xlsx_bytes
from handover.signing import Signer

#: File endings by media type; anything else is kept as `.bin`, so that nothing opens by itself.
_ENDINGS = {"text/html": ".html.txt", "image/png": ".png", "image/jpeg": ".jpg", "application/json": ".json"}

_NUMBER = re.compile(r"\.?(\d{4})-(\d{4,})(?:\.part)?$")


class BatchPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Who hands over, to whom, in whose name, with which software, when (UTC)."""

    office: str
    addressee: str
    actor: str
    software: str
    at: datetime


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A finished batch. `folder` holds 移送清单.xlsx, .csv, .json, evidence/ and the manifest.

    `evidence` counts the evidence files asked for; `missing` names those that
    the store no longer had, or had altered.
    """

    number: str
    folder: Path
    rows: tuple[BatchRow, ...]
    evidence: int
    missing: tuple[str, ...]


class _Listed(msgspec.Struct, frozen=True):
    """移送清单.json."""

    cases: tuple[BatchRow, ...]


def new_batch(
    cases: Iterable[CaseView],
    evidence: EvidenceStore,
    folder: Path,
    plan: BatchPlan,
    signer: Signer,
    before: Callable[[Batch], None] = lambda _: None,
) -> Batch:
    """Write the next batch below `folder` and return it. `before` is called with it right before it appears.

    Raises NothingToHandOver if there is no case; then no number is used up.
    """
    first = next(iterator := iter(cases), None)
    if first is None:
        raise NothingToHandOver
    folder.mkdir(parents=True, exist_ok=True)
    number, part = _reserve(folder, plan.at.year)
    rows: list[BatchRow] = []
    missing: list[str] = []
    rulesets: set[str] = set()
    asked = 0
    try:
        case: CaseView | None = first
        while case is not None:
            listed, gone = _copy_evidence(case, evidence, part)
            missing.extend(gone)
            asked += len(case.evidence)
            rows.append(batch_row(len(rows) + 1, case, listed, len(gone)))
            rulesets.update(ad.judgement.ruleset for ad in case.ads)
            case = next(iterator, None)
        title = f"金融广告线索移送清单 {number}"
        columns = load_addressees().papers[Paper.DISTRICT].columns
        (part / "移送清单.csv").write_bytes(csv_bytes(rows, columns))
        (part / "移送清单.xlsx").write_bytes(xlsx_bytes(rows, columns, title=title, at=plan.at))
        (part / "移送清单.json").write_bytes(_json({"number": number, "title": title, "cases": rows}))
        _sign(part, number, plan, tuple(sorted(rulesets)), len(rows), signer)
        for path in (*part.rglob("*"), part):
            _settle(path)
        final = folder / number
        batch = Batch(number=number, folder=final, rows=tuple(rows), evidence=asked, missing=tuple(missing))
        before(batch)
        part.rename(final)
        _settle(folder)
    except BaseException:
        # The reserved folder is emptied but kept: its number may already stand in a log.
        for child in part.iterdir() if part.exists() else ():
            shutil.rmtree(child) if child.is_dir() else child.unlink()
        raise
    return batch


def read_batch(folder: Path, number: str, evidence: int, missing: tuple[str, ...]) -> Batch:
    """A batch that was written before; what the files don't say is given. Raises BatchBroken."""
    path = folder / number / "移送清单.json"
    try:
        listed = msgspec.json.decode(path.read_bytes(), type=_Listed)
    except (OSError, msgspec.MsgspecError) as error:
        raise BatchBroken(folder / number, str(error)) from error
    return Batch(number=number, folder=folder / number, rows=listed.cases, evidence=evidence, missing=missing)


def _reserve(folder: Path, year: int) -> tuple[str, Path]:
    """Take the next number of the year; `mkdir` decides between two who want the same."""
    while True:
        taken = [
            int(found[2])
            for entry in folder.iterdir()
            if (found := _NUMBER.fullmatch(entry.name)) and int(found[1]) == year
        ]
        number = f"{year}-{max(taken, default=0) + 1:04d}"
        part = folder / f".{number}.part"
        try:
            part.mkdir(mode=0o700)
        except FileExistsError:
            continue
        if (folder / number).exists():  # finished by another between our look and our mkdir
            part.rmdir()
            continue
        return number, part


def _copy_evidence(case: CaseView, evidence: EvidenceStore, part: Path) -> tuple[str, list[str]]:
    """Copy a case's evidence, write its list, and return the list's hash and what is missing."""
    files = part / "evidence" / "files"
    files.mkdir(parents=True, exist_ok=True)
    missing: list[str] = []
    entries = []
    for ref in case.evidence:
        name = ref.sha256 + _ENDINGS.get(ref.media_type.split(";")[0].strip(), ".bin")
        try:
            data = evidence.get(ref.sha256)
        except (EvidenceMissing, EvidenceAltered) as error:
            missing.append(f"{case.id}: {error}")
            entries.append({"role": ref.role, "sha256": ref.sha256, "size": ref.size, "file": None})
            continue
        target = files / name
        if not target.exists():
            target.write_bytes(data)
        entries.append({"role": ref.role, "sha256": ref.sha256, "size": ref.size, "file": f"files/{name}"})
    lead = case.lead
    listing = _json(
        {
            "case_id": case.id,
            "ads": [ad.id for ad in case.ads],
            "url": lead.landing_url,
            "hops": lead.landing.hops if lead.landing else (),
            "ip": lead.landing.ip if lead.landing else None,
            "last_seen": case.last_seen,
            "judgement": lead.judgement,
            "files": entries,
        }
    )
    (part / "evidence" / f"{case.id}.json").write_bytes(listing)
    return hashlib.sha256(listing).hexdigest(), missing


def _sign(
    part: Path, number: str, plan: BatchPlan, rulesets: tuple[str, ...], cases: int, signer: Signer
) -> None:
    (part / PUBLIC_KEY).write_bytes(signer.public_pem)
    listed = sorted(path for path in part.rglob("*") if path.is_file())
    manifest = Manifest(
        number=number,
        office=plan.office,
        addressee=plan.addressee,
        actor=plan.actor,
        created_at=plan.at,
        software=plan.software,
        rulesets=rulesets,
        cases=cases,
        files=tuple(file_entry(part, path) for path in listed),
    )
    data = manifest_bytes(manifest)
    (part / MANIFEST).write_bytes(data)
    (part / SIGNATURE).write_bytes(signer.sign(data))


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _settle(path: Path) -> None:
    """Wait until a file's or folder's content is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
