"""Letters that a batch goes out with, by paper: what the office's templates are filled with."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import msgspec

from findings.model.handover import Paper
from findings.model.vocabulary import CATEGORY_ZH, LICENCE_ZH
from findings.model.zone import CHINA
from handover.documents.filling import fill
from handover.documents.templates import LETTERS, LIST, load
from handover.documents.words import BLANK, UNKNOWN, address, day, line
from handover.rows import BatchRow

#: Rows that the letter itself shows; a longer list is an attachment of its own (`list_docx`).
SHOWN = 20
#: Characters of one cell's text.
_CELL = 160


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One letter. `mark` is its number as the office writes it (〔2026〕1号; "" for a draft), `contact` who answers
    questions there, `date` its day in China, `due` the day by which an answer is asked for, `attachments` the names
    of what comes with it, `key` the fingerprint of the key that signed the batch's manifest. Texts of rows are
    captured and hostile."""

    paper: Paper
    mark: str
    office: str
    contact: str = ""
    addressee: str
    date: date
    rows: tuple[BatchRow, ...]
    due: date | None = None
    drafted_by: str = ""
    approved_by: str = ""
    attachments: tuple[str, ...] = ()
    key: str = ""


def letter_docx(letter: Letter, templates: Path | None = None) -> bytes:
    """The letter as DOCX, from the office's template in `templates` where it has one, else ours.

    The same letter gives the same bytes. Raises TemplateFault.
    """
    return _filled(LETTERS[letter.paper], letter, letter.rows[:SHOWN], templates)


def list_docx(letter: Letter, templates: Path | None = None) -> bytes:
    """The whole list of the letter's rows as a paper of its own, to be printed and sealed. Raises TemplateFault."""
    return _filled(LIST, letter, letter.rows, templates)


def _filled(name: str, letter: Letter, rows: tuple[BatchRow, ...], templates: Path | None) -> bytes:
    values = variables(letter, rows)
    at = datetime.combine(letter.date, time(), CHINA).astimezone(UTC)
    return fill(load(name, templates), name, values, title=f"{Path(name).stem} {letter.mark}".strip(), at=at)


def variables(letter: Letter, rows: tuple[BatchRow, ...]) -> dict[str, object]:
    """What a letter's template may use, by the names that an office writes in it (docs/papers.md lists them)."""
    return {
        "文号": line(letter.mark, 60) if letter.mark else f"〔{letter.date.year}〕＿＿号（草稿）",
        "发文机关": line(letter.office, 80),
        "收件机关": line(letter.addressee, 80),
        "成文日期": day(letter.date),
        "件数": len(letter.rows),
        "列出件数": len(rows),
        "名单": [row_variables(row) for row in rows],
        "名单已全列": len(rows) == len(letter.rows),
        "办理期限": day(letter.due) if letter.due else "",
        "附件": [line(name, 120) for name in letter.attachments],
        "联系方式": line(letter.contact, 120) if letter.contact else BLANK,
        "承办人": line(letter.drafted_by, 40) if letter.drafted_by else BLANK,
        "审核人": line(letter.approved_by, 40) if letter.approved_by else BLANK,
        "密钥指纹": line(letter.key, 128) if letter.key else "",
    }


def row_variables(row: BatchRow) -> dict[str, object]:
    """One row of a list, each text on one line and bounded."""
    return {
        "序号": row.number,
        "名称": line(row.title, 60),
        "广告主": line(row.advertiser, 60),
        "准入核对": _licence(row),
        "网址": address(row.url),
        "域名": line(row.host, 100),
        "备案号": line(row.icp_number, 40),
        "备案主体": line(row.icp_owner, 60),
        "IP地址": line(row.ip, 45),
        "接入地": UNKNOWN,
        "注册商": UNKNOWN,
        "事由": line(_reason(row), 2 * _CELL),
        "原文": line("；".join(row.quoted), _CELL) if row.quoted else "—",
        "依据": line("；".join(row.basis), 2 * _CELL) if row.basis else "—",
        "来源": line("、".join(row.sources), 60),
        "首次发现": day(row.first_seen.astimezone(CHINA).date()),
        "最近发现": day(row.last_seen.astimezone(CHINA).date()),
        "出现次数": row.sightings,
        "证据编号": row.case_id,
        "证据哈希": row.evidence_hash,
    }


def _licence(row: BatchRow) -> str:
    status = LICENCE_ZH[row.licence_status]
    return (
        f"{status}（名录日期 {row.licence_as_of.isoformat()}）"
        if row.licence_as_of
        else f"{status}（无名录）"
    )


def _reason(row: BatchRow) -> str:
    """Why a case is on the list, in officers' words: suspected, never found."""
    said = []
    if row.categories:
        said.append("涉嫌" + "、".join(CATEGORY_ZH[number] for number in row.categories))
    if row.arguable:
        said.append("待核：" + "、".join(CATEGORY_ZH[number] for number in row.arguable))
    said += [*row.notices, *row.form]
    return "；".join(said) if said else UNKNOWN
