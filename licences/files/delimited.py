"""A CSV as rows: comma, tab, semicolon or bar between cells, quoted or not."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from io import SEEK_END
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from findings.model.errors import Said
from licences.errors import ListUnreadable
from licences.files import cells
from licences.files.cells import Cell, Row, Table, too_long
from licences.files.encodings import find_encoding, is_spoilt, lines

_DELIMITERS = (",", "\t", ";", "|")
_HEAD_LINES = 15
_LAST = 4  # bytes in which any encoding ends a line
_MAX_LINE = 200_000  # characters of the first lines that the delimiter is looked for in


_CUT_OFF = Said("the file ends within this row: it may be cut off", zh="文件在这一行中断，可能不完整")


def _cut_off(file: BinaryIO) -> bool:
    """Whether a file ends without the end of a line, in whatever encoding."""
    size = file.seek(0, SEEK_END)
    file.seek(max(0, size - _LAST))
    return file.read(_LAST).rstrip(b"\0")[-1:] not in (b"\n", b"\r")


def _delimiter(head: list[str]) -> str:
    return max(_DELIMITERS, key=lambda mark: max((line.count(mark) for line in head), default=0))


def _fault(values: list[str], delimiter: str, spoilt: bool) -> Said | None:
    """Why a record can't be trusted as a whole."""
    for value in values:
        if "\n" in value and sum(delimiter in line for line in value.split("\n")) > 1:
            return Said(
                "a quotation mark is unpaired: following rows lie inside one cell",
                zh="引号不成对：后面的行被并入了同一单元格",
            )
        if spoilt and is_spoilt(value):
            return Said(
                "it holds bytes that can't be read in the encoding of the file",
                zh="含有按该文件编码无法解读的字节",
            )
    return None


def _rows(path: Path, table: Table) -> Iterator[Row]:
    with path.open("rb") as file:
        encoding = find_encoding(file, path)
        if encoding.codec not in ("utf-8", "utf-8-sig"):
            table.notes.append(Said(f"read as {encoding.codec}", zh=f"按 {encoding.codec} 编码读取"))
        head = [line[:_MAX_LINE] for line in islice(lines(file, encoding.codec), _HEAD_LINES)]
        delimiter = _delimiter(head)
        reader = csv.reader(lines(file, encoding.codec), delimiter=delimiter)
        spoilt = encoding.spoilt_lines > 0
        number = 0
        wide = 0
        last: Row | None = None
        shortest = 0  # of the rows before the last, titles aside
        try:
            for number, values in enumerate(reader, 1):
                if number > cells.MAX_ROWS:
                    raise too_long(path.name)
                if not any(map(str.strip, values)):
                    continue
                wide += len(values) > cells.MAX_COLUMNS
                plain: tuple[Cell, ...] = tuple(values[: cells.MAX_COLUMNS])
                if last is not None:
                    if len(last.cells) > 1:
                        shortest = min(shortest or len(last.cells), len(last.cells))
                    yield last
                last = Row(number, plain, fault=_fault(values, delimiter, spoilt))
            if last is not None:
                short = len(last.cells) < shortest
                yield replace(last, fault=_CUT_OFF) if short and _cut_off(file) else last
        except csv.Error as error:
            raise ListUnreadable(
                f"{path.name}, row {number + 1}, is no CSV ({error}): save the list again",
                zh=f"{path.name} 第 {number + 1} 行不是合法的 CSV（{error}）：请重新另存",
            ) from error
        if wide:
            table.notes.append(
                Said(
                    f"{wide} rows have more than {cells.MAX_COLUMNS} columns; the rest was left aside",
                    zh=f"有 {wide} 行超过 {cells.MAX_COLUMNS} 列，多出的列未读取",
                )
            )


def csv_table(path: Path) -> Table:
    """The table of a text file. Its rows raise ListUnreadable and OSError."""
    table = Table(iter(()), knows_merged=False, strict=True)
    table.rows = _rows(path, table)
    return table
