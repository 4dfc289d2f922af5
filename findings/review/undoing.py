"""Taking back the last action on a case: what it changed becomes as it was, and the trail says so."""

from collections.abc import Iterable
from typing import Any

import msgspec

from findings.model.casework import SYSTEM, AuditAction, AuditDraft, AuditEntry, CaseFile
from findings.model.errors import Said
from findings.review.acting import Acting, difference, plain
from findings.review.errors import NothingToUndo, NotYours, StandsOnIt

#: Actions that moved ads between cases, or say what can't be unsaid.
_NOT_HERE: dict[AuditAction, Said] = {
    AuditAction.MERGED: Said(
        "a merge is taken back by finadwatch cases undo", zh="合并须用 finadwatch cases undo 撤销"
    ),
    AuditAction.SPLIT: Said(
        "a split is taken back by finadwatch cases undo", zh="拆分须用 finadwatch cases undo 撤销"
    ),
    AuditAction.ENTERED: Said(
        "that an ad was entered by hand stays: exclude the case instead", zh="人工录入不能撤销：可排除该件"
    ),
}


def undo(
    file: CaseFile, trail: Iterable[AuditEntry], by: Acting, *, bulk: str | None = None
) -> tuple[CaseFile, AuditDraft]:
    """Take back the last action on a case that was not taken back yet; with `bulk`, the one of that bulk.

    `trail` are the entries that touched the case. Raises NothingToUndo; StandsOnIt where something was
    changed since; NotYours for another officer's action, unless the actor heads the office.
    """
    last = _last(file, trail)
    if bulk is not None and last.draft.bulk != bulk:
        raise StandsOnIt(
            file.id,
            Said(
                f"entry {last.number} ({last.draft.action}, by {last.draft.actor}) came after it",
                zh=f"其后已有第 {last.number} 条操作（{last.draft.actor}）",
            ),
        )
    done = last.draft
    if done.action in _NOT_HERE:
        raise NothingToUndo(file.id, _NOT_HERE[done.action])
    if done.actor == SYSTEM:
        raise NothingToUndo(
            file.id,
            Said(
                f"what came last (entry {last.number}, {done.action}) was the program's: read the case instead",
                zh=f"最后一次变更（第 {last.number} 条）由系统作出：请直接核查",
            ),
        )
    if done.actor != by.actor and not by.house.leads(by.actor):
        raise NotYours(
            file.id,
            Said(
                f"what came last (entry {last.number}) was done by {done.actor}: they or the head take it back",
                zh=f"最后一次操作（第 {last.number} 条）由{done.actor}作出：须由本人或负责人撤销",
            ),
        )
    new = _restored(file, last)
    before, after = difference(file, new)
    return new, AuditDraft(
        id=by.entry_id,
        at=by.now,
        actor=by.actor,
        action=AuditAction.UNDONE,
        case_ids=(file.id,),
        before={file.id: before},
        after={file.id: after},
        bulk=by.bulk,
        undoes=done.id,
    )


def _last(file: CaseFile, trail: Iterable[AuditEntry]) -> AuditEntry:
    """The newest action that stands: not taken back, and itself not the taking back of another."""
    stands: dict[str, AuditEntry] = {}
    for entry in trail:
        if entry.draft.action is AuditAction.UNDONE:
            stands.pop(entry.draft.undoes or "", None)
        else:
            stands[entry.draft.id] = entry
    if not stands:
        raise NothingToUndo(file.id, Said("nothing was done to it yet", zh="尚无可撤销的操作"))
    return list(stands.values())[-1]


def _restored(file: CaseFile, entry: AuditEntry) -> CaseFile:
    values = plain(file)
    was = _fields(entry.draft.before, file.id)
    for name, value in _fields(entry.draft.after, file.id).items():
        if values.get(name) != value:
            raise StandsOnIt(
                file.id,
                Said(
                    f"what entry {entry.number} set ({name}) was changed since",
                    zh=f"第 {entry.number} 条所设内容（{name}）此后又有变更",
                ),
            )
    return msgspec.convert({**values, **was}, CaseFile)


def _fields(kept: dict[str, object], case_id: str) -> dict[str, Any]:
    fields = kept.get(case_id)
    return (
        {name: value for name, value in fields.items() if name != "version"}
        if isinstance(fields, dict)
        else {}
    )
