"""An answer put to its row: pure. The same file twice, or the same words in a later one, change nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from findings.model.handover import BatchRecord, BatchState, HandedItem, Receipt
from handover.receipts.reading import Line
from handover.recheck.schedule import sooner

#: Answers kept of a row; an addressee that sends more has sent the same file with other dates.
MOST_RECEIPTS = 50
#: Batches that an addressee can answer.
ANSWERABLE = frozenset({BatchState.SEALED, BatchState.SENT, BatchState.CLOSED})


def taken(item: HandedItem, line: Line, *, file: str, at: datetime, by: str) -> HandedItem | None:
    """A row with one more answer, and its next visit brought forward where that says the ad is gone; None where it says
    nothing new. `file` is the SHA-256 of the file, `at` (UTC) when and `by` whom it was read."""
    if any(receipt.file == file and receipt.line == line.line for receipt in item.receipts):
        return None
    last = item.receipts[-1] if item.receipts else None
    if last and (last.answer, last.text, last.on) == (line.answer, line.text, line.on):
        return None
    receipt = Receipt(answer=line.answer, text=line.text, on=line.on, file=file, line=line.line, at=at, by=by)
    answered = replace(item, receipts=(*item.receipts, receipt)[-MOST_RECEIPTS:])
    return sooner(answered, line.answer, at)


def batch_of_file(
    heads: str, name: str, lines: Sequence[Line], batches: Iterable[BatchRecord]
) -> tuple[BatchRecord, bool] | None:
    """The batch that a file answers, and whether it names it: by its mark in a title or in the file's `name`, else by the
    cases of its lines, where they are of one batch alone."""
    text = f" {_plain(heads)} {_plain(name)} "
    found = [one for one in batches if one.state in ANSWERABLE]
    marked = [one for one in found if any(f" {_plain(mark)} " in text for mark in marks(one))]
    if marked:
        return (marked[0], True) if len(marked) == 1 else None
    cases = {line.case for line in lines if line.case}
    sharing = [one for one in found if not cases.isdisjoint(one.case_ids)]
    return (sharing[0], False) if len(sharing) == 1 else None


def marks(batch: BatchRecord) -> tuple[str, ...]:
    """What a numbered batch is called: its mark, its number as folders have it (2026-0001), its id."""
    numbered = () if batch.number is None else (f"{batch.year}-{batch.number:04d}",)
    return tuple(filter(None, (batch.mark, *numbered, batch.id)))


def _plain(text: str) -> str:
    """Letters and digits, a blank wherever other characters stand: brackets and dashes are typed in many ways."""
    return " ".join("".join(char if char.isalnum() else " " for char in text.lower()).split())
