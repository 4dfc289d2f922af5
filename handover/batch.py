"""The files of a batch: built aside, signed, and then there whole under its number, or not at all.

A number is taken before (`Handovers.number`), so a process that is killed leaves nothing numbered that is half: the
next one builds anew under the same number, or finds the folder whole.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec

from findings.model.evidence import EvidenceStore
from findings.model.handover import BatchRecord, Done, HandedItem, Paper, item_id
from handover.addressees import PaperForm
from handover.batch_life import folder_name
from handover.batch_papers import LIST, House, json_bytes, write_papers
from handover.batch_rows import EVIDENCE, Packing, Recipe, Task, put_all
from handover.disk import settle
from handover.errors import BatchBroken, NumberTaken
from handover.manifest import MANIFEST, PUBLIC_KEY, FileEntry, Kind, Manifest
from handover.package.facts import PackageFacts
from handover.rows import BatchRow
from handover.sealing import seal
from handover.signing import Signer, fingerprint

#: What a batch says of itself, beside its list.
HEADER = "batch.json"


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """`batch.json`. `number` is that of the folder, `mark` as the office writes it; `packed` counts the
    files of all packages, `missing` names evidence that the store no longer had, or had altered. `pdf_why` says why there is no
    PDF, "" where there is one."""

    format: str = "finadwatch-batch-2"
    id: str
    number: str
    mark: str
    paper: Paper
    title: str
    office: str
    addressee: str
    due: date | None
    drafted: Done
    approved: Done | None
    sealed: Done
    cases: int
    packed: int
    missing: tuple[str, ...]
    pdf_why: str
    software: str


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch whose files are there. `manifest` is the SHA-256 of its manifest, `key` the fingerprint of the key that
    signed it. `found`: it was there already."""

    folder: Path
    header: Header
    rows: tuple[BatchRow, ...]
    manifest: str
    key: str
    found: bool = False


class Making(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch is made with: the form of its paper, whose papers, the evidence, the key, how many processes."""

    form: PaperForm
    house: House
    evidence: EvidenceStore
    signer: Signer
    software: str
    workers: int = 1


class _Listed(msgspec.Struct, frozen=True):
    """移送清单.json."""

    cases: tuple[BatchRow, ...]


def make_batch(folder: Path, record: BatchRecord, by: Done, tasks: Iterable[Task], making: Making) -> Batch:
    """Make the files of a numbered batch below `folder`, or return it as it is there already.

    Batches of one folder are made one after another. Raises NumberTaken, TemplateFault, EvidenceStoreAway, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    final = folder / folder_name(record)
    with _alone(folder):
        if final.exists():
            return read_batch(final, record.id)
        part = folder / f".{final.name}.part"
        shutil.rmtree(part, ignore_errors=True)  # what a killed process left: nobody else builds now
        part.mkdir(mode=0o700)
        try:
            batch = _build(part, record, by, tasks, making)
            part.rename(final)
            settle(folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return msgspec.structs.replace(batch, folder=final)


def read_header(path: Path) -> Header:
    """What the batch in a folder says of itself. Raises NumberTaken where there is none of ours, BatchBroken."""
    try:
        return msgspec.json.decode((path / HEADER).read_bytes(), type=Header)
    except FileNotFoundError as error:  # a folder of an earlier release, or of somebody
        raise NumberTaken(path) from error
    except (OSError, msgspec.MsgspecError) as error:
        raise BatchBroken(path, str(error)) from error


def read_batch(path: Path, batch_id: str) -> Batch:
    """The batch whose files lie in a folder. Raises NumberTaken where they are another's, BatchBroken."""
    header = read_header(path)
    if header.id != batch_id:
        raise NumberTaken(path)
    try:
        listed = msgspec.json.decode((path / f"{LIST}.json").read_bytes(), type=_Listed)
        manifest = hashlib.sha256((path / MANIFEST).read_bytes()).hexdigest()
        key = fingerprint((path / PUBLIC_KEY).read_bytes())
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise BatchBroken(path, str(error)) from error
    return Batch(folder=path, header=header, rows=listed.cases, manifest=manifest, key=key, found=True)


def items_of(batch: Batch) -> Iterator[HandedItem]:
    """The rows of a batch as they are followed from now on."""
    for row in batch.rows:
        yield HandedItem(
            id=item_id(batch.header.id, row.number),
            version=0,
            batch_id=batch.header.id,
            row=row.number,
            case_id=row.case_id,
            ad_ids=row.ad_ids,
            title=row.title,
            advertiser=row.advertiser,
            host=row.host,
            urls=row.urls,
            sources=row.sources,
        )


def _build(part: Path, record: BatchRecord, by: Done, tasks: Iterable[Task], making: Making) -> Batch:
    facts = PackageFacts(office=record.office, actor=by.by, software=making.software, at=by.at)
    recipe = Recipe(
        evidence=making.evidence,
        masked=making.form.personal == "masked",
        packing=Packing(root=part, facts=facts, signer=making.signer),
    )
    rows: list[BatchRow] = []
    missing: list[str] = []
    rulesets: set[str] = set()
    known: list[FileEntry] = []
    for put in put_all(tasks, recipe, making.workers):
        rows.append(put.row)
        rulesets.update(put.rulesets)
        missing += put.missing
        known += put.files
    key = fingerprint(making.signer.public_pem)
    why = write_papers(
        part, record, rows, making.form, making.house, at=by.at, key=key, enclosed=(f"{EVIDENCE}/（证据包）",)
    )
    header = Header(
        id=record.id,
        number=folder_name(record),
        mark=record.mark,
        paper=record.paper,
        title=making.form.title,
        office=record.office,
        addressee=record.addressee,
        due=record.due,
        drafted=record.drafted,
        approved=record.approved,
        sealed=by,
        cases=len(rows),
        packed=len(known),
        missing=tuple(missing),
        pdf_why=why,
        software=making.software,
    )
    (part / HEADER).write_bytes(json_bytes(header))
    sealed = seal(
        part,
        Manifest(
            kind=Kind.BATCH,
            number=record.mark,
            office=record.office,
            addressee=record.addressee,
            actor=by.by,
            created_at=by.at,
            software=making.software,
            rulesets=tuple(sorted(rulesets)),
            cases=len(rows),
        ),
        making.signer,
        known=known,
    )
    _settle_all(part)
    return Batch(folder=part, header=header, rows=tuple(rows), manifest=sealed.sha256, key=sealed.key)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else makes a batch in a folder; the system lets go of it however a process ends."""
    handle = os.open(folder / ".making.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _settle_all(folder: Path) -> None:
    """Wait until all that was written to the file system of a folder is on the disk: one call for thousands of files
    (syncfs(2)), where as many of fsync would take longer than to make them."""
    import ctypes

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(descriptor)
