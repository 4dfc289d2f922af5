"""A CSV or XLSX file as rows of plain cells. Nothing is evaluated, nothing followed."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from licences.errors import ListUnreadable

MAX_BYTES = 64 << 20  # a national list of a million rows stays below
MAX_UNPACKED = 512 << 20  # bytes of all parts of a workbook; a bomb unpacks to more
MAX_ROWS = 1_200_000
MAX_COLUMNS = 200
MAX_EMPTY_ROWS = 10_000  # a workbook may claim a million empty rows below its table

Cell = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Row:
    """Cells and the row's number in the file, from 1 (of a CSV: the number of the record)."""

    number: int
    cells: tuple[Cell, ...]


def _decode(content: bytes, path: Path) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListUnreadable(
        f"{path.name} is neither UTF-8 nor GB18030 text: save it as UTF-8 CSV or as XLSX",
        zh=f"{path.name} 既非 UTF-8 也非 GB18030 文本：请另存为 UTF-8 CSV 或 XLSX",
    )


def _delimiter(text: str) -> str:
    head = text[:20_000].splitlines()[:15]
    return max((",", "\t", ";"), key=lambda mark: max((line.count(mark) for line in head), default=0))


def _csv_rows(content: bytes, path: Path) -> Iterator[Row]:
    text = _decode(content, path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if number > MAX_ROWS:
                raise _too_long(path)
            if any(cell.strip() for cell in cells):
                yield Row(number, tuple(cells[:MAX_COLUMNS]))
    except csv.Error as error:
        raise ListUnreadable(
            f"{path.name}, row {number + 1}, is no CSV ({error}): save the list again",
            zh=f"{path.name} 第 {number + 1} 行不是合法的 CSV（{error}）：请重新另存",
        ) from error


def _too_long(path: Path) -> ListUnreadable:
    return ListUnreadable(
        f"{path.name} has more than {MAX_ROWS:,} rows: split it",
        zh=f"{path.name} 超过 {MAX_ROWS:,} 行：请拆分",
    )


def _plain(value: Any) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, str | int | float | date):
        return value
    return str(value)


def _sheet_rows(path: Path) -> Iterator[list[Row]]:
    from openpyxl import load_workbook  # loads lxml and its own types: only for workbooks

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise ListUnreadable(
                f"{path.name} unpacks to {unpacked >> 20} MiB, more than {MAX_UNPACKED >> 20}: split it",
                zh=f"{path.name} 解压后有 {unpacked >> 20} MiB，超过 {MAX_UNPACKED >> 20}：请拆分",
            )
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        try:
            for sheet in book.worksheets:
                rows: list[Row] = []
                empty = 0
                width = min(sheet.max_column or MAX_COLUMNS, MAX_COLUMNS)  # a sheet may claim 16,384
                for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=width), 1):
                    plain = tuple(_plain(cell) for cell in cells)
                    if all(cell in (None, "") for cell in plain):
                        empty += 1
                        if empty > MAX_EMPTY_ROWS:
                            break
                        continue
                    empty = 0
                    rows.append(Row(number, plain))
                    if len(rows) > MAX_ROWS:
                        raise _too_long(path)
                yield rows
        finally:
            book.close()
    except ListUnreadable:
        raise
    except Exception as error:  # openpyxl raises anything from KeyError to ParseError on a broken file
        raise ListUnreadable(
            f"{path.name} is no readable XLSX workbook ({error!s:.200}): save the list again",
            zh=f"{path.name} 不是可读的 XLSX 工作簿（{error!s:.200}）：请重新另存",
        ) from error


def read_tables(path: Path) -> Iterator[list[Row]]:
    """The tables of a file: one for a CSV, one a sheet for a workbook; empty rows left out.

    Raises ListUnreadable for a missing, oversized, broken or unknown file.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ListUnreadable(
                f"{path.name} has {size >> 20} MiB, more than {MAX_BYTES >> 20}: split it",
                zh=f"{path.name} 有 {size >> 20} MiB，超过 {MAX_BYTES >> 20}：请拆分",
            )
        with path.open("rb") as file:
            start = file.read(8)
        if start.startswith(b"PK"):
            yield from _sheet_rows(path)
            return
        if start.startswith(b"\xd0\xcf\x11\xe0"):
            raise ListUnreadable(
                f"{path.name} is an old XLS (or encrypted) workbook: save it as XLSX or CSV",
                zh=f"{path.name} 是旧式 XLS（或加密）工作簿：请另存为 XLSX 或 CSV",
            )
        if start.startswith(b"%PDF"):
            raise ListUnreadable(
                f"{path.name} is a PDF: save its table as XLSX or CSV",
                zh=f"{path.name} 是 PDF：请将其中的表格另存为 XLSX 或 CSV",
            )
        content = path.read_bytes()
    except OSError as error:
        raise ListUnreadable(
            f"{path} can't be read ({error.strerror}): check the path",
            zh=f"无法读取 {path}（{error.strerror}）：请检查路径",
        ) from error
    yield list(_csv_rows(content, path))
