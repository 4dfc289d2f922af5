"""Letters that a batch goes out with, by paper: what the office's templates are filled with."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

import msgspec

from findings.model.handover import Paper
from findings.model.zone import CHINA
from handover.columns import COLUMNS
from handover.documents.filling import fill
from handover.documents.templates import LETTERS, LIST, load
from handover.documents.words import BLANK, address, day, line
from handover.rows import BatchRow

#: Rows that the letter itself shows; a longer list is an attachment of its own (`list_docx`).
SHOWN = 20
#: Evidence numbers of one row that are named: a row of a site has those of all its cases.
NUMBERS = 2


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
    due: date | None = None  # before `date`, which hides the type from here on
    date: date
    rows: tuple[BatchRow, ...]
    drafted_by: str = ""
    approved_by: str = ""
    attachments: tuple[str, ...] = ()
    key: str = ""


def letter_docx(letter: Letter, templates: Path | None = None) -> bytes:
    """The letter as DOCX, from the office's template in `templates` where it has one, else ours.

    The same letter gives the same bytes. Raises TemplateFault, TemplatesMissing.
    """
    return _filled(LETTERS[letter.paper], letter, letter.rows[:SHOWN], templates)


def list_docx(letter: Letter, templates: Path | None = None) -> bytes:
    """The whole list of the letter's rows as a paper of its own, to be printed and sealed. Raises TemplateFault, TemplatesMissing."""
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


#: What a row's variable says, as the lists say it (`handover.columns`), and how many characters of it.
_ROW: dict[str, tuple[str, int]] = {
    "序号": ("number", 10),
    "网站名称": ("site", 60),
    "广告标题": ("title", 60),
    "广告主": ("advertiser", 60),
    "信用代码": ("uscc", 20),
    "准入状态": ("licence", 20),
    "名录日期": ("licence_as_of", 20),
    "域名": ("host", 100),
    "IP地址": ("ip", 45),
    "备案号": ("icp_number", 40),
    "备案主体": ("icp_owner", 60),
    "服务器所在地": ("place", 40),
    "注册商": ("registrar", 60),
    "事由": ("reason", 140),
    "原文": ("quoted", 80),
    "依据": ("basis", 120),
    "来源": ("sources", 60),
    "出现次数": ("sightings", 10),
    "证据哈希": ("evidence_hash", 64),
}


#: What a template may use of a row.
ROW_VARIABLES = (*_ROW, "网址", "首次发现", "最近发现", "证据编号")


def row_variables(row: BatchRow) -> dict[str, str]:
    """One row of a list, each text on one line and bounded; 未知 where nothing is known, — where there is nothing."""
    said = {name: (COLUMNS[column].cell(row), limit) for name, (column, limit) in _ROW.items()}
    return {
        **{name: line(_joined(text), limit) if text else "—" for name, (text, limit) in said.items()},
        "网址": address(row.url),
        "首次发现": day(row.first_seen.astimezone(CHINA).date()),
        "最近发现": day(row.last_seen.astimezone(CHINA).date()),
        "证据编号": _some((row.case_id, *row.also_cases)),
    }


def _joined(text: str) -> str:
    """What a list has on several lines, on one."""
    return text.replace("。\n", "。").replace("\n", "；")


def _some(numbers: Sequence[str]) -> str:
    """The first numbers whole, and how many there are: a cut one would name nothing."""
    told = "；".join(line(number, 80) for number in numbers[:NUMBERS])
    return told if len(numbers) <= NUMBERS else f"{told} 等 {len(numbers)} 件"
