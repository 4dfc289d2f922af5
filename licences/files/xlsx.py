"""An XLSX workbook as a stream of rows: sheet by sheet, in memory that doesn't grow with the file.

Of a formula the saved result is taken and the cell named; without one the cell holds the
formula's text. Hidden sheets and rows are said.
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from findings.model.errors import Said
from licences.errors import ListUnreadable
from licences.files import cells
from licences.files.cells import Cell, Row, Table, hidden_rows, is_empty, too_long
from licences.files.xlsx_parts import MAX_TEXT, BookParts, SharedTexts, SheetPart, read_book, unescaped
from licences.files.xml import feed, local

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
MAX_PARTS = 20_000  # files in the archive; a workbook of 500 sheets has about 2,500
_MAX_MERGED = 200_000  # cells merged downwards that are kept
_MAX_FORMULA = 200
EPOCH_1900 = date(1899, 12, 30)
EPOCH_1904 = date(1904, 1, 1)
MAX_SERIAL = 2_958_465  # 9999-12-31


def column_number(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def merged_down(part: IO[bytes]) -> dict[int, frozenset[int]]:
    """Row number → places of cells that belong to a cell above them."""
    found: dict[int, set[int]] = {}
    count = 0
    rest = b""
    while chunk := part.read(1 << 20):
        rest += chunk
        last = 0
        for match in _MERGED.finditer(rest):
            last = match.end()
            left, right = (column_number(match[at].decode()) for at in (1, 3))
            top, bottom = int(match[2]), int(match[4])
            for row in range(top + 1, min(bottom, cells.MAX_ROWS) + 1):
                found.setdefault(row, set()).update(range(left, min(right, cells.MAX_COLUMNS) + 1))
                count += 1
                if count > _MAX_MERGED:
                    return {}
        rest = rest[max(last, len(rest) - 200) :]
    return {row: frozenset(places) for row, places in found.items()}


class _SheetReader:
    """Takes the tags of a sheet and keeps the rows that are complete."""

    def __init__(self, book: BookParts, texts: SharedTexts) -> None:
        self._texts = texts
        self._date_formats = book.date_formats
        self._epoch = EPOCH_1904 if book.dates_1904 else EPOCH_1900
        self.rows: list[tuple[int, list[Cell], list[int]]] = []
        self.hidden: list[int] = []
        self.hidden_count = 0
        self.hidden_columns = False
        self.cut = False
        self._number = 0
        self._cells: list[Cell] = []
        self._formulas: list[int] = []
        self._column = -1
        self._kind = self._style = ""
        self._value: list[str] = []
        self._formula: list[str] | None = None
        self._into: list[str] | None = None
        self._has_value = False
        self._room = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag == "c":
            reference = _REFERENCE.fullmatch(attributes.get("r", ""))
            self._column = column_number(reference[1]) if reference else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value, self._formula, self._has_value = [], None, False
            self._room = MAX_TEXT
        elif tag in ("v", "t"):
            self._into = self._value
            self._has_value = True
        elif tag == "f":
            self._formula = self._into = []
        elif tag == "rPh":
            self._into = None
        elif tag == "row":
            number = attributes.get("r", "")
            self._number = int(number) if number.isdecimal() else self._number + 1
            self._cells, self._formulas, self._column = [], [], -1
            if attributes.get("hidden") in ("1", "true"):
                self.hidden_count += 1
                if len(self.hidden) < cells.MAX_SHOWN:
                    self.hidden.append(self._number)
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            self.hidden_columns = True

    def text(self, piece: str) -> None:
        if self._into is not None and self._room > 0:
            self._into.append(piece)
            self._room -= len(piece)

    def end(self, name: str) -> None:
        tag = local(name)
        if tag in ("v", "f", "t"):
            self._into = None
        elif tag == "c":
            self._put()
        elif tag == "row":
            self.rows.append((self._number, self._cells, self._formulas))

    def _put(self) -> None:
        if self._column >= cells.MAX_COLUMNS:
            self.cut = True
            return
        value = self._plain("".join(self._value))
        if self._formula is not None:
            if self._has_value and (value not in (None, "") or self._kind == "str"):
                self._formulas.append(self._column)
            else:
                value = "=" + "".join(self._formula)[:_MAX_FORMULA]
        if value is None or value == "":
            return
        row = self._cells
        if self._column < len(row):
            row[self._column] = value
            return
        row.extend([None] * (self._column - len(row)))
        row.append(value)

    def _plain(self, raw: str) -> Cell:
        match self._kind:
            case "s":
                return self._texts[int(raw)][:MAX_TEXT] if raw.strip() else None
            case "str" | "inlineStr":
                return unescaped(raw)[:MAX_TEXT]
            case "b":
                return raw.strip() == "1"
            case "e":
                return raw[:MAX_TEXT]
            case "d":
                return date.fromisoformat(raw.strip()[:10])
        raw = raw.strip()
        if not raw:
            return None
        number: int | float = int(raw) if raw.lstrip("-").isdecimal() and len(raw) < 20 else float(raw)
        if self._style.isdecimal() and int(self._style) in self._date_formats and 0 < number <= MAX_SERIAL:
            return self._epoch + timedelta(days=int(number))
        return number


def _sheet_rows(
    archive: zipfile.ZipFile, sheet: SheetPart, book: BookParts, texts: SharedTexts, table: Table, name: str
) -> Iterator[Row]:
    with archive.open(sheet.path) as part:
        merged = merged_down(part)
    reader = _SheetReader(book, texts)
    count = empty = 0
    with archive.open(sheet.path) as part:
        for _ in feed(part, reader.start, reader.end, reader.text):
            for number, values, formulas in reader.rows:
                row = tuple(values)
                if is_empty(row):
                    empty += 1
                    continue
                count += 1
                if count > cells.MAX_ROWS:
                    raise too_long(name)
                yield Row(number, row, tuple(formulas), merged.get(number, frozenset()))
            reader.rows.clear()
    if reader.hidden_count:
        table.notes.append(hidden_rows(reader.hidden, reader.hidden_count))
    if reader.hidden_columns:
        table.notes.append(Said("columns are hidden; they were read too", zh="有隐藏的列，已照样读取"))
    if reader.cut:
        table.notes.append(
            Said(
                f"the sheet has more than {cells.MAX_COLUMNS} columns; the rest was left aside",
                zh=f"超过 {cells.MAX_COLUMNS} 列，多出的列未读取",
            )
        )


def _guarded(rows: Iterator[Row], path: Path) -> Iterator[Row]:
    """The rows, with whatever a broken part raises as one error."""
    try:
        yield from rows
    except ListUnreadable:
        raise
    except Exception as error:  # anything from KeyError to ExpatError
        raise broken_book(path, error) from error


def _check(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse bombs and archives that are no XLSX before anything is unpacked."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > cells.MAX_UNPACKED or len(parts) > MAX_PARTS:
        raise ListUnreadable(
            f"{path.name} unpacks to {unpacked >> 20} MiB, more than {cells.MAX_UNPACKED >> 20}: split it",
            zh=f"{path.name} 解压后有 {unpacked >> 20} MiB，超过 {cells.MAX_UNPACKED >> 20}：请拆分",
        )
    if any(part.filename.endswith("workbook.bin") for part in parts):
        raise ListUnreadable(
            f"{path.name} is a binary workbook (XLSB): save it as XLSX or CSV",
            zh=f"{path.name} 是二进制工作簿（XLSB）：请另存为 XLSX 或 CSV",
        )


def xlsx_tables(path: Path) -> Iterator[Table]:
    """The sheets of a workbook, in their order. Raises ListUnreadable."""
    try:
        with zipfile.ZipFile(path) as archive, SharedTexts() as texts:
            _check(archive, path)
            book = read_book(archive)
            if book.strings is not None:
                with archive.open(book.strings) as part:
                    texts.load(part)
            for sheet in book.sheets[: cells.MAX_TABLES]:
                table = Table(iter(()), name=sheet.name, hidden=sheet.hidden)
                rows = _sheet_rows(archive, sheet, book, texts, table, path.name)
                table.rows = _guarded(rows, path)
                yield table
    except ListUnreadable:
        raise
    except Exception as error:  # a broken archive or part: anything from KeyError to ExpatError
        raise broken_book(path, error) from error


def broken_book(path: Path, error: Exception) -> ListUnreadable:
    """The error for an XLSX file that breaks its format."""
    return ListUnreadable(
        f"{path.name} is no readable XLSX workbook, it may be cut off or damaged ({error!s:.200}): save the list again",
        zh=f"{path.name} 不是可读的 XLSX 工作簿，可能不完整或已损坏（{error!s:.200}）：请重新另存",
    )
