"""What the commands on batches say of one."""

from typing import Any

import click
import msgspec

from finadwatch.errors import SomeFailed
from finadwatch.i18n import t
from finadwatch.show import emit, progress, safe
from findings.model.handover import BATCH_STATE_ZH, PAPER_ZH, BatchRecord
from findings.model.zone import CHINA
from handover.batch import Batch
from handover.batch_life import folder_name


def batch_line(record: BatchRecord) -> str:
    """A batch in one line: what it is called, paper, addressee, state, cases, who drafted it when."""
    state = t(BATCH_STATE_ZH[record.state], record.state.value)
    paper = t(PAPER_ZH[record.paper], record.paper.value)
    named = f"{folder_name(record)} {safe(record.mark)}" if record.number is not None else record.id[:8]
    at = f"{record.drafted.at.astimezone(CHINA):%Y-%m-%d}"
    count = t(f"{len(record.case_ids)} 件", f"{len(record.case_ids)} cases")
    line = f"{named}  [{state}]  {paper} → {safe(record.addressee)}  {count}  {at} {safe(record.drafted.by)}"
    return line + (f"  {t('期限', 'due')} {record.due}" if record.due else "")


def as_value(record: BatchRecord, **more: object) -> dict[str, Any]:
    """A batch as JSON: the record, its folder's name, and what else a command says."""
    number = folder_name(record) if record.number is not None else None
    return {**msgspec.to_builtins(record), "folder_name": number, **more}


def tell_sealed(record: BatchRecord, batch: Batch, *, as_json: bool) -> None:
    """Say where a sealed batch lies and what is missing in it. Raises SomeFailed where something is."""
    header = batch.header
    for missing in header.missing:
        progress(t(f"证据缺失：{missing}", f"evidence missing: {missing}"))
    if header.pdf_why:
        progress(t(f"未附 PDF：{header.pdf_why}", f"without PDF: {header.pdf_why}"))
    if as_json:
        emit(
            as_value(
                record,
                folder=str(batch.folder),
                cases=len(batch.rows),
                missing=header.missing,
                pdf=not header.pdf_why,
            )
        )
    else:
        click.echo(
            t(
                f"批次 {header.number}（{header.mark}）：{len(batch.rows)} 件，{batch.folder}",
                f"batch {header.number} ({header.mark}): {len(batch.rows)} cases in {batch.folder}",
            )
        )
    if header.missing:
        raise SomeFailed(sum(row.evidence_missing > 0 for row in batch.rows), len(batch.rows))
