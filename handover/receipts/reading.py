"""The lines of a file that came back, as answers to rows: pure. What can't be read is kept with its reason."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice
from typing import Protocol

import msgspec

from findings.model.errors import Said
from findings.model.handover import Answer
from handover.receipts.answers import answer_of
from handover.receipts.columns import HEADER_ROWS, Columns, find_columns
from handover.receipts.days import day_of
from handover.receipts.words import Words

#: Lines of one file that are read: a batch has at most as many rows.
MOST_LINES = 100_000
#: Lines of one file that are kept because nothing could be made of them; more are counted.
MOST_LEFT = 2_000
#: Characters of a cell that are kept.
MOST_TEXT = 500
_MOST_HOSTS = 20
#: Characters of the titles above a heading: they may name the batch.
_MOST_HEAD = 2_000
_ROW = re.compile(r"(?:第|no\.?|#)?(\d{1,6})(?:\.0+)?[项号行、.]?", re.IGNORECASE)
_CASE = re.compile(r"c1-[0-9a-f]{12,32}")
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[^\W\d_][\w-]{1,62}|\d{1,3}(?:\.\d{1,3}){3}")


class SheetRow(Protocol):
    """A row of plain cells. `merged` are places of empty cells that belong to a cell above."""

    @property
    def number(self) -> int:
        """Its number in the table, from 1."""
        ...

    @property
    def cells(self) -> Sequence[object]:
        """Texts, numbers, days, None."""
        ...

    @property
    def merged(self) -> frozenset[int]:
        """Places, from 0."""
        ...


class Sheet(Protocol):
    """A table of a file."""

    @property
    def rows(self) -> Iterator[SheetRow]:
        """Its rows, read once."""
        ...

    @property
    def name(self) -> str | None:
        """The sheet's name."""
        ...

    @property
    def hidden(self) -> bool:
        """Whether its readers don't see it."""
        ...


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line with an answer. `line` is its row in `sheet`, from 1; `row`, `case` and `hosts` say of what it is.

    `text` is the answer as it was written; `doubt` says what of the line could not be read.
    """

    sheet: str | None
    line: int
    row: int | None = None
    case: str = ""
    hosts: tuple[str, ...] = ()
    answer: Answer
    text: str
    on: date | None = None
    doubt: Said | None = None


class Left(msgspec.Struct, frozen=True):
    """A line of which nothing could be made, and why."""

    sheet: str | None
    line: int
    reason: Said
    text: str


class Reading(msgspec.Struct):
    """What a file holds. `unanswered` counts lines that name a row and say nothing of it, `more_left` what is not
    in `left`. `heads` are the texts above the headings; `rows` counts all rows below them."""

    lines: list[Line] = []
    left: list[Left] = []
    more_left: int = 0
    unanswered: int = 0
    heads: str = ""
    notes: list[Said] = []
    rows: int = 0

    def leave(self, left: Left) -> None:
        """Keep a line of which nothing could be made."""
        if len(self.left) < MOST_LEFT:
            self.left.append(left)
        else:
            self.more_left += 1


def read_lines(sheets: Iterable[Sheet], words: Words, today: date) -> Reading:
    """The lines of all sheets that have the columns; `today` is the day on which they are read (in China)."""
    reading = Reading()
    for sheet in sheets:
        first = list(islice(sheet.rows, HEADER_ROWS))
        columns = find_columns([row.cells for row in first], words)
        if sheet.hidden:
            if first:
                reading.notes.append(
                    Said(
                        f"sheet {sheet.name!r} is hidden and was not read",
                        zh=f"工作表“{sheet.name}”已隐藏，未读取",
                    )
                )
            continue
        if columns is None:
            reading.heads += _heads(first)
            if first:
                reading.notes.append(_no_columns(sheet.name))
            continue
        reading.heads += _heads(first[: columns.at])
        _read_rows(reading, sheet.name, chain(first[columns.at + 1 :], sheet.rows), columns, words, today)
    return reading


def _no_columns(name: str | None) -> Said:
    where, where_zh = (f"sheet {name!r}", f"工作表“{name}”") if name else ("the table", "表格")
    return Said(
        f"{where} has no heading for an answer beside one for a row, case or domain: it was not read",
        zh=f"{where_zh}中没有“处置结果”及“序号”“案件线索编号”或“域名”的表头，未读取",
    )


def _heads(rows: Sequence[SheetRow]) -> str:
    texts = (cell for row in rows for cell in row.cells if isinstance(cell, str))
    return "\n".join(texts)[:_MOST_HEAD] + "\n"


def _read_rows(
    reading: Reading,
    name: str | None,
    rows: Iterable[SheetRow],
    columns: Columns,
    words: Words,
    today: date,
) -> None:
    above: dict[str, object] = {}
    for row in rows:
        cells: dict[str, object] = {}
        for column, place in columns.places.items():
            value = row.cells[place] if place < len(row.cells) else None
            # A cell merged downwards says of every row that it covers what it says of the first.
            cells[column] = above.get(column) if value is None and place in row.merged else value
        above = cells
        reading.rows += 1
        if reading.rows > MOST_LINES:
            reading.leave(
                Left(
                    name,
                    row.number,
                    Said(
                        f"more than {MOST_LINES:,} lines: split the file",
                        zh=f"超过 {MOST_LINES:,} 行：请拆分文件",
                    ),
                    "",
                )
            )
            return
        _read_row(reading, name, row, cells, words, today)


def _read_row(
    reading: Reading,
    name: str | None,
    row: SheetRow,
    cells: dict[str, object],
    words: Words,
    today: date,
) -> None:
    said = text_of(cells.get("answer")) or text_of(cells.get("remark"))
    number, case, hosts = _row_of(cells.get("row")), _case_of(cells.get("case")), _hosts_of(cells.get("host"))
    named = number is not None or case or hosts
    if not said:
        reading.unanswered += bool(named)
        return
    if not named:
        reason = Said(
            "it names no row number, case or domain of the batch", zh="没有可识别的序号、案件线索编号或域名"
        )
        reading.leave(Left(name, row.number, reason, _whole(row)))
        return
    on = day_of(cells.get("day"), today)
    told = text_of(cells.get("day"))
    doubt = (
        Said(f"the day {told[:40]!r} can't be read", zh=f"日期“{told[:40]}”无法辨认")
        if told and on is None
        else None
    )
    answer = answer_of(said, words)
    remark = text_of(cells.get("remark"))
    if answer is Answer.UNCLEAR and remark and remark != said:
        answer = answer_of(remark, words)
    reading.lines.append(
        Line(
            sheet=name,
            line=row.number,
            row=number,
            case=case,
            hosts=hosts,
            answer=answer,
            text="；".join(dict.fromkeys(part for part in (said, remark) if part))[:MOST_TEXT],
            on=on or day_of(said, today),
            doubt=doubt,
        )
    )


def text_of(cell: object) -> str:
    """A cell as one line of printable text, cut; "" for an empty one."""
    if cell is None or isinstance(cell, bool):
        return "" if cell is None else ("是" if cell else "否")
    text = str(cell)[: 4 * MOST_TEXT]
    clean = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(clean.split()).strip("'")[:MOST_TEXT]


def _whole(row: SheetRow) -> str:
    """All that a line holds, cut."""
    return " | ".join(part for part in (text_of(cell) for cell in row.cells[:20]) if part)[:MOST_TEXT]


def _row_of(cell: object) -> int | None:
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and 0 < cell < 1_000_000 else None
    found = _ROW.fullmatch(unicodedata.normalize("NFKC", text_of(cell)).replace(" ", ""))
    return int(found[1]) if found else None


def _case_of(cell: object) -> str:
    found = _CASE.search(unicodedata.normalize("NFKC", text_of(cell)).lower())
    return found[0] if found else ""


def _hosts_of(cell: object) -> tuple[str, ...]:
    text = unicodedata.normalize("NFKC", text_of(cell)).lower()
    found = (host_key(host) for host in islice((hit[0] for hit in _HOST.finditer(text)), _MOST_HOSTS))
    return tuple(dict.fromkeys(found))


def host_key(host: str) -> str:
    """A host name as two are compared: without `www.`, in the letters of DNS."""
    name = host.lower().rstrip(".").removeprefix("www.")
    if not name.isascii():
        try:
            return name.encode("idna").decode("ascii")
        except UnicodeError:
            return name
    return name
