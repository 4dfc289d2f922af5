"""A file that an addressee sent back: read, matched with the rows of its batch, kept, and noted in the trail."""

import hashlib
from collections import Counter as Counts
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from finadwatch.handing_over.counter import Counter
from findings.handovers import Handovers, Stale
from findings.model.casework import AuditAction, AuditDraft
from findings.model.errors import Said
from findings.model.evidence import EvidenceStore
from findings.model.handover import Answer, BatchRecord, HandedItem
from findings.model.zone import CHINA
from findings.review.working import Hand
from handover.receipts.errors import NoBatchNamed, ReceiptTooLarge
from handover.receipts.matching import Matched, Matches, match
from handover.receipts.reading import Left, Reading, read_lines
from handover.receipts.taking import ANSWERABLE, batch_of_file, taken
from handover.receipts.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handover.receipts.reading import Sheet

#: Bytes of a file that comes back: five thousand rows have half a megabyte, a scan has none.
MOST_BYTES = 32 << 20
#: How often a row is tried while others change it.
_TRIES = 20
#: Lines that could not be used and are named in the trail; all of them are in the report beside the file.
_IN_TRAIL = 20
_MEDIA = "application/octet-stream"


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file. `answers` counts lines with an answer new to their rows by kind, `known` lines that said nothing new,
    `unanswered` lines left blank; `left` are the lines of which nothing could be made (`more_left` beyond those kept),
    `doubts` what of a used line could not be read. `file` is the SHA-256; `dry_run`: nothing was changed."""

    batch_id: str
    mark: str
    file: str
    name: str
    answers: dict[Answer, int]
    known: int
    unanswered: int
    left: tuple[Left, ...]
    more_left: int
    doubts: tuple[Left, ...]
    notes: tuple[Said, ...]
    dry_run: bool

    def as_value(self, lang: str) -> dict[str, Any]:
        """As JSON values, reasons in one language."""
        value: dict[str, Any] = msgspec.to_builtins(replace(self, left=(), doubts=(), notes=()))
        value["left"] = [_line(left, lang) for left in self.left]
        value["doubts"] = [_line(left, lang) for left in self.doubts]
        value["notes"] = [note.said(lang) for note in self.notes]
        return value


def _line(left: Left, lang: str) -> dict[str, Any]:
    return {"sheet": left.sheet, "line": left.line, "reason": left.reason.said(lang), "text": left.text}


def receive(counter: Counter, path: Path, batch_name: str | None, *, dry_run: bool) -> Received:
    """Read a file of answers into the rows of its batch.

    Raises ListUnreadable for what is no table, ReceiptTooLarge, NoBatchNamed, NoSuchBatch, ReceiptWordsWrong.
    """
    data = _bytes(path)
    sha256 = hashlib.sha256(data).hexdigest()
    own = counter.desk.config.takedown.receipt_words
    officer, handovers = counter.officer, counter.handovers
    reading = read_lines(
        _sheets(path),
        load_words(Path(own).expanduser() if own else None),
        officer.now().astimezone(CHINA).date(),
    )
    batch, named = _batch(counter, path, reading, batch_name)
    by_site = counter.form(batch).rows == "site"
    found = match(reading.lines, handovers.items(batch.id), named=named, by_site=by_site)
    changed = [
        (one, new) for one in found.matched if (new := _taken(one, one.item, sha256, officer)) is not None
    ]
    answered = {id(one.line): one.line.answer for one, _ in changed}
    every = {id(one.line) for one in found.matched}
    counts = Counts(answered.values())
    received = Received(
        batch_id=batch.id,
        mark=batch.mark,
        file=sha256,
        name=path.name[:200],
        answers={answer: counts[answer] for answer in Answer if answer in counts},
        known=len(every) - len(answered) + found.repeated,
        unanswered=reading.unanswered,
        left=(*reading.left, *found.left),
        more_left=reading.more_left,
        doubts=tuple(_doubts(found)),
        notes=tuple(reading.notes),
        dry_run=dry_run,
    )
    read_before = any(receipt.file == sha256 for one in found.matched for receipt in one.item.receipts)
    if not dry_run and (changed or not read_before):
        # First: a process killed in between is told of again by the next, which finds answers to put.
        _keep(counter.desk.evidence(), officer, received, data)
        _put(handovers, changed, sha256, officer)
    return received


def _bytes(path: Path) -> bytes:
    from licences.tables import read_tables

    if not path.is_file():
        next(read_tables(path), None)  # says in its own words why it is no file to read
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ReceiptTooLarge(path, MOST_BYTES)
    return data


def _sheets(path: Path) -> "Iterator[Sheet]":
    """The tables of a file, read as registers are: hostile files end there."""
    from licences.tables import read_tables

    yield from read_tables(path)


def _batch(
    counter: Counter, path: Path, reading: Reading, batch_name: str | None
) -> tuple[BatchRecord, bool]:
    if batch_name is not None:
        return counter.find(batch_name), True
    known = counter.handovers.batches(states=sorted(ANSWERABLE))
    found = batch_of_file(reading.heads, path.stem, reading.lines, known)
    if found is None:
        raise NoBatchNamed(path)
    return found


def _taken(one: Matched, item: HandedItem, sha256: str, officer: Hand) -> HandedItem | None:
    return taken(item, one.line, file=sha256, at=officer.now(), by=officer.actor)


def _put(
    handovers: Handovers, changed: Sequence[tuple[Matched, HandedItem]], sha256: str, officer: Hand
) -> None:
    """Store the rows; one that somebody changed meanwhile takes the answer as it stands then."""
    waiting = list(changed)
    for _ in range(_TRIES):
        results = handovers.put_items([new for _, new in waiting])
        again: list[tuple[Matched, HandedItem]] = []
        for (one, _), result in zip(waiting, results, strict=True):
            if isinstance(result, Stale) and isinstance(result.stands, HandedItem):
                new = _taken(one, result.stands, sha256, officer)
                again.extend([(one, new)] if new is not None else [])
        if not again:
            return
        waiting = again


def _doubts(found: Matches) -> "Iterable[Left]":
    for line in {id(one.line): one.line for one in found.matched}.values():
        if line.doubt is not None:
            yield Left(line.sheet, line.line, line.doubt, line.text)
        elif line.answer is Answer.UNCLEAR:
            yield Left(line.sheet, line.line, Said("the answer can't be read", zh="答复无法辨认"), line.text)


def _keep(evidence: EvidenceStore, officer: Hand, received: Received, data: bytes) -> None:
    """Keep the file and what was made of it, and say so in the trail: once for a file, however often it is read."""
    file = evidence.put(data, role="receipt", media_type=_MEDIA)
    report = evidence.put(
        msgspec.json.format(msgspec.json.encode(received.as_value("zh"), order="deterministic"), indent=1),
        role="receipt_report",
        media_type="application/json",
    )
    entry = hashlib.sha256(f"receipt\x1f{received.batch_id}\x1f{file.sha256}".encode()).hexdigest()[:32]
    lines = [f"{left.sheet or ''}:{left.line} {left.reason.zh}" for left in received.left[:_IN_TRAIL]]
    officer.book.note(
        AuditDraft(
            id=entry,
            at=officer.now(),
            actor=officer.actor,
            action=AuditAction.ANSWERED,
            case_ids=(),
            note=f"批次 {received.mark or received.batch_id} 回执 {received.name}",
            after={
                "batch": received.batch_id,
                "file": file.sha256,
                "report": report.sha256,
                "answers": {answer.value: count for answer, count in received.answers.items()},
                "left": len(received.left) + received.more_left,
                "lines": lines,
            },
        )
    )
