"""The papers of a batch: its list as XLSX, CSV and JSON, the letter as DOCX and PDF (a long list too), the form for receipts."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from findings.model.handover import BatchRecord
from findings.model.zone import CHINA
from handover.addressees import PaperForm
from handover.documents.errors import ConversionFailed, LibreOfficeAway
from handover.documents.letters import SHOWN, Letter, letter_docx, list_docx
from handover.documents.pdf import to_pdf
from handover.receipts.form import FormRow, receipt_form
from handover.rows import BatchRow, by_site
from handover.sheets import csv_bytes, xlsx_bytes

LIST = "移送清单"
LETTER = "函"
PRINTED = "名单"
RECEIPT = "回执.xlsx"
#: What stands in place of a number in the papers of a batch that has none.
DRAFT_MARK = "草稿（无文号）"


class House(msgspec.Struct, frozen=True, kw_only=True):
    """Whose papers: who answers questions there, the folder of the office's own templates, where it has one, and what
    sources are called: an addressee knows 百度, not `baidu`."""

    contact: str = ""
    templates: Path | None = None
    sources: dict[str, str] = {}


def list_rows(rows: Sequence[BatchRow], form: PaperForm) -> list[BatchRow]:
    """The rows as the list of a paper has them."""
    return by_site(rows) if form.rows == "site" else list(rows)


def paper_names(listed: int) -> tuple[str, ...]:
    """The names of the papers of a batch whose list has so many rows."""
    printed = (LETTER, PRINTED) if listed > SHOWN else (LETTER,)
    return (
        *(f"{name}.{end}" for name in printed for end in ("docx", "pdf")),
        *(f"{LIST}.{end}" for end in ("xlsx", "csv", "json")),
        RECEIPT,
    )


def write_papers(
    folder: Path,
    record: BatchRecord,
    rows: Sequence[BatchRow],
    form: PaperForm,
    house: House,
    *,
    at: datetime,
    key: str = "",
    enclosed: Sequence[str] = (),
) -> str:
    """Write the papers of a batch into a folder; return why there is no PDF, "" where there is one.

    `at` is the only time in them but for those of the record; a batch without a number gives drafts. `enclosed` names
    what goes with them. Raises TemplateFault.
    """
    mark = record.mark or DRAFT_MARK
    title = f"{form.title} {mark}"
    listed = [_named(row, house.sources) for row in list_rows(rows, form)]
    long = len(listed) > SHOWN  # a letter shows that many rows; a longer list is a paper of its own
    (folder / f"{LIST}.csv").write_bytes(csv_bytes(listed, form.columns))
    (folder / f"{LIST}.xlsx").write_bytes(xlsx_bytes(listed, form.columns, title=title, at=at))
    (folder / f"{LIST}.json").write_bytes(json_bytes({"number": mark, "title": title, "cases": rows}))
    asked = [
        FormRow(
            number=row.number,
            case_id=row.case_id,
            title=row.site or row.title if form.rows == "site" else row.title,
            host=row.host,
            asked=form.action,
        )
        for row in listed
    ]
    (folder / RECEIPT).write_bytes(receipt_form(mark, record.office, asked, at=at))
    letter = Letter(
        paper=record.paper,
        mark=record.mark,
        office=record.office,
        contact=house.contact,
        addressee=record.addressee,
        date=(record.approved.at if record.approved else at).astimezone(CHINA).date(),
        rows=tuple(listed),
        due=record.due,
        drafted_by=record.drafted.by,
        approved_by=record.approved.by if record.approved else "",
        attachments=(*((f"{PRINTED}.docx",) if long else ()), f"{LIST}.xlsx", RECEIPT, *enclosed),
        key=key,
    )
    papers = [folder / f"{LETTER}.docx"]
    papers[0].write_bytes(letter_docx(letter, house.templates))
    if long:
        papers.append(folder / f"{PRINTED}.docx")
        papers[1].write_bytes(list_docx(letter, house.templates))
    try:
        to_pdf(papers, folder)
    except (LibreOfficeAway, ConversionFailed) as error:
        return error.zh
    return ""


def _named(row: BatchRow, names: dict[str, str]) -> BatchRow:
    return replace(row, sources=tuple(names.get(source, source) for source in row.sources))


def json_bytes(value: object) -> bytes:
    """A value as people read JSON: indented, one newline at the end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
