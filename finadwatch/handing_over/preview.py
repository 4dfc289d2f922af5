"""What a batch will be, before anybody approves it: rows, what is missing, who has which case already, its papers."""

from pathlib import Path

import msgspec

from finadwatch.handing_over.counter import Counter, name_of
from finadwatch.handing_over.sealing import changed_cases, house_of, tasks
from findings.model.handover import BatchRecord, BatchState, HandedItem
from handover.batch import read_batch
from handover.batch_life import folder_name
from handover.batch_papers import list_rows, paper_names, write_papers
from handover.batch_rows import Recipe, put_all
from handover.columns import reason
from handover.rows import BatchRow

#: What a list may lack, as a person names it: field of a row → words.
LACKS = {
    "advertiser": "广告主",
    "host": "域名",
    "ip": "IP 地址",
    "icp_number": "ICP 备案号",
    "icp_owner": "ICP 主体",
}


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """A batch in which a case went out before."""

    case_id: str
    batch: str
    addressee: str
    item: HandedItem


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """A batch as it would be sealed now, or as it was.

    `lacking` counts rows without a fact, `missing` evidence files that the store no longer has, `changed` are cases
    that are no leads any more, `files` the names of its papers.
    """

    record: BatchRecord
    rows: tuple[BatchRow, ...]
    listed: int
    reasons: tuple[str, ...]
    lacking: dict[str, int]
    missing: int
    before: tuple[Before, ...]
    changed: tuple[str, ...]
    files: tuple[str, ...]
    folder: Path | None


def preview(counter: Counter, record: BatchRecord) -> Preview:
    """What a batch is or will be; a sealed one is read from its files. Raises BatchBroken, NumberTaken."""
    form = counter.form(record)
    folder = _folder(counter, record)
    open_ = record.state in (BatchState.DRAFT, BatchState.APPROVED)
    changed = changed_cases(counter, record) if open_ else []
    if folder is not None:
        rows = list(read_batch(folder, record.id).rows)
    elif open_:
        rows = draft_rows(counter, record, masked=form.personal == "masked")
    else:
        rows = []
    listed = len(list_rows(rows, form))
    names = paper_names(listed)
    return Preview(
        record=record,
        rows=tuple(rows),
        listed=listed,
        reasons=tuple(reason(row) for row in rows),
        lacking={
            name: count
            for name in LACKS
            if (count := sum(not getattr(row, name) and not (name == "host" and row.app) for row in rows))
        },
        missing=sum(row.evidence_missing for row in rows),
        before=_before(counter, record) if open_ else (),
        changed=tuple(changed),
        files=names if folder is None else tuple(name for name in names if (folder / name).exists()),
        folder=folder,
    )


def write_draft(counter: Counter, record: BatchRecord, folder: Path) -> str:
    """Write the papers of a batch that has no number into a folder, as drafts; return why there is no PDF."""
    form = counter.form(record)
    rows = draft_rows(counter, record, masked=form.personal == "masked")
    folder.mkdir(parents=True, exist_ok=True)
    unnumbered = msgspec.structs.replace(record, number=None, mark="")
    return write_papers(folder, unnumbered, rows, form, house_of(counter), at=counter.done().at)


def draft_rows(counter: Counter, record: BatchRecord, *, masked: bool) -> list[BatchRow]:
    """The rows as they would be sealed now, without their evidence. Raises CasesChanged for a case that is gone."""
    recipe = Recipe(evidence=counter.desk.evidence(), masked=masked, packing=None)
    return [put.row for put in put_all(tasks(counter, record), recipe, 1)]


def _folder(counter: Counter, record: BatchRecord) -> Path | None:
    if record.number is None:
        return None
    folder = counter.folder / folder_name(record)
    return folder if folder.is_dir() else None


def _before(counter: Counter, record: BatchRecord) -> tuple[Before, ...]:
    """In which batches that were sent the cases of this one are."""
    batches: dict[str, BatchRecord | None] = {}
    found = []
    for case_id in record.case_ids:
        for item in counter.handovers.items_of(case_id):
            if item.sent_at is None or item.batch_id == record.id:
                continue
            if item.batch_id not in batches:
                batches[item.batch_id] = counter.handovers.batch(item.batch_id)
            other = batches[item.batch_id]
            if other is not None and other.state is not BatchState.VOID:
                found.append(
                    Before(case_id=case_id, batch=name_of(other), addressee=other.addressee, item=item)
                )
    return tuple(found)
