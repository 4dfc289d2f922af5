"""The life of a batch: draft, approved, sealed, sent, closed, or void. Pure: each step is a record from a record.

Two persons make a batch: who drafts it never approves it, unless the office says that it is one of one person, and
then the record says so.
"""

from datetime import date

import msgspec
from msgspec.structs import replace

from findings.model.errors import Said
from findings.model.handover import BatchRecord, BatchState, Done, Paper
from findings.model.zone import CHINA
from handover.errors import BatchNote, NotApprover, WrongBatchStep

#: Most cases of one batch: rows are numbered with five digits.
MOST_CASES = 10_000
#: Longest reason, way of sending or other note, in code points.
MOST_NOTE = 2000

_S = BatchState
#: What a batch in a state still takes, for whoever asked for something else.
_NEXT: dict[BatchState, Said] = {
    _S.DRAFT: Said("approve or void", zh="批准或作废"),
    _S.APPROVED: Said("seal or void", zh="签封或作废"),
    _S.SEALED: Said("send or void", zh="发送或作废"),
    _S.SENT: Said("close or void", zh="办结或作废"),
    _S.CLOSED: Said("nothing", zh="无"),
    _S.VOID: Said("nothing", zh="无"),
}


class Approvers(msgspec.Struct, frozen=True, kw_only=True):
    """Who may approve; nobody named: everybody but the drafter. `one_person`: the drafter may, too."""

    names: tuple[str, ...] = ()
    one_person: bool = False


def draft(
    batch_id: str,
    paper: Paper,
    *,
    office: str,
    addressee: str,
    case_ids: tuple[str, ...],
    query: str,
    by: Done,
) -> BatchRecord:
    """A new batch. `query` is what its cases were chosen by, for the reader."""
    return BatchRecord(
        id=batch_id,
        version=0,
        paper=paper,
        state=_S.DRAFT,
        office=office,
        addressee=addressee,
        year=by.at.astimezone(CHINA).year,
        case_ids=case_ids,
        query=query,
        drafted=by,
    )


def approve(record: BatchRecord, by: Done, approvers: Approvers) -> BatchRecord:
    """Approved; the year of this day is that of the batch's number. Raises WrongBatchStep, NotApprover."""
    _stands(record, Said("approved", zh="批准"), _S.DRAFT)
    own = by.by == record.drafted.by
    if own and not approvers.one_person:
        raise NotApprover(
            record.id,
            Said(
                f"{by.by} drafted it: a second person has to approve it (an office of one person says so by "
                "takedown.one_person in the configuration)",
                zh=f"{by.by}是起草人，须由另一人批准（只有一人的机构请在配置中设 takedown.one_person）",
            ),
        )
    if approvers.names and by.by not in approvers.names:
        listed = "、".join(approvers.names)
        raise NotApprover(
            record.id,
            Said(
                f"{by.by} is not named in takedown.approvers ({listed})",
                zh=f"{by.by}不在批准人之列（takedown.approvers：{listed}）",
            ),
        )
    note = _noted(by.note)
    if own:
        note = "；".join(filter(None, ("一人机构，由起草人自行批准（takedown.one_person）", note)))
    return replace(
        record,
        state=_S.APPROVED,
        approved=replace(by, note=note),
        year=by.at.astimezone(CHINA).year,
    )


def numbered(record: BatchRecord, number: int, office_code: str, due: date | None) -> BatchRecord:
    """An approved batch that is being sealed: with its number, which it keeps whatever happens. Raises WrongBatchStep."""
    _stands(record, Said("sealed", zh="签封"), _S.APPROVED)
    return replace(record, number=number, mark=f"{office_code}〔{record.year}〕{number}号", due=due)


def seal(record: BatchRecord, by: Done, manifest: str, key: str) -> BatchRecord:
    """Sealed: its files lie under its number. `manifest` and `key` as in BatchRecord. Raises WrongBatchStep."""
    _stands(record, Said("sealed", zh="签封"), _S.APPROVED)
    return replace(record, state=_S.SEALED, sealed=by, manifest=manifest, key=key)


def send(record: BatchRecord, by: Done) -> BatchRecord:
    """Sent; the note says by what way. Time to takedown begins now. Raises WrongBatchStep, BatchNote."""
    _stands(record, Said("sent", zh="发送"), _S.SEALED)
    return replace(record, state=_S.SENT, sent=replace(by, note=_noted(by.note, "--way")))


def close(record: BatchRecord, by: Done) -> BatchRecord:
    """Dealt with: nobody is reminded of answers to it any more. Its ads are visited as before: one may come back.
    Raises WrongBatchStep, BatchNote."""
    _stands(record, Said("closed", zh="办结"), _S.SENT)
    return replace(record, state=_S.CLOSED, ended=replace(by, note=_noted(by.note, "--note")))


def void(record: BatchRecord, by: Done) -> BatchRecord:
    """Void, with its reason; a number that it has stays used. Raises WrongBatchStep, BatchNote."""
    _stands(record, Said("made void", zh="作废"), _S.DRAFT, _S.APPROVED, _S.SEALED, _S.SENT)
    return replace(record, state=_S.VOID, ended=replace(by, note=_noted(by.note, "--note")))


def folder_name(record: BatchRecord) -> str:
    """The name of a numbered batch's folder: 2026-0001."""
    assert record.number is not None, "only a batch that is being sealed has a number"
    return f"{record.year}-{record.number:04d}"


def _stands(record: BatchRecord, step: Said, *states: BatchState) -> None:
    if record.state not in states:
        raise WrongBatchStep(record.mark or record.id, record.state, step, _NEXT[record.state])


def _noted(text: str, needed: str = "") -> str:
    note = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
    if needed and not note:
        raise BatchNote(Said(f"say it by {needed}", zh=f"请用 {needed} 写明"))
    if len(note) > MOST_NOTE:
        raise BatchNote(Said(f"a note has at most {MOST_NOTE} characters", zh=f"说明最多 {MOST_NOTE} 个字符"))
    return note
