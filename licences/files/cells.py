"""What a file is read as: tables of rows of plain cells, and the bounds that hold for all forms."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from findings.model.errors import Said
from licences.errors import ListUnreadable

MAX_TEXT_BYTES = 512 << 20  # a CSV of a million firms with addresses and scopes has about 300 MB
MAX_BOOK_BYTES = 128 << 20  # XLSX, XLS, PDF, HTML: 50 MB were seen
MAX_UNPACKED = 1 << 30  # bytes of all parts of a workbook; a bomb unpacks to more
MAX_ROWS = 1_200_000
MAX_COLUMNS = 200
MAX_TABLES = 500  # sheets of a workbook
MAX_SHOWN = 8  # of rows or sheets that a note names one by one

Cell = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Row:
    """Cells and the row's number in its table, from 1 (of a CSV: the number of the record).

    `formulas` are places of cells that hold a formula and its saved result; a formula without
    one stands in `cells` as text that begins with `=`. `merged` are places of empty cells that
    belong to a cell above. `page` counts from 1 where the file has pages; `fault` says why the
    row as a whole can't be trusted.
    """

    number: int
    cells: tuple[Cell, ...]
    formulas: tuple[int, ...] = ()
    merged: frozenset[int] = frozenset()
    page: int | None = None
    fault: Said | None = None


@dataclass(slots=True)
class Table:
    """One table of a file. `rows` is read once; `notes` and `gaps` are complete when it ended.

    `gaps` say what of the table could not be read: such a list proves no absence.
    `knows_merged`: the form tells which cells are merged (a CSV does not). `strict`: a row
    wider than its heading is a row with a stray delimiter.
    """

    rows: Iterator[Row]
    name: str | None = None
    hidden: bool = False
    knows_merged: bool = True
    strict: bool = False
    notes: list[Said] = field(default_factory=list)
    gaps: list[Said] = field(default_factory=list)


def numbers(found: list[int], count: int) -> str:
    """Row numbers as a person writes them, the first few of many: `3, 5, 8 …`."""
    return ", ".join(map(str, found[:MAX_SHOWN])) + (" …" if count > MAX_SHOWN else "")


def hidden_rows(first: list[int], count: int) -> Said:
    """The note on hidden rows: they are part of the list."""
    shown = numbers(first, count)
    return Said(
        f"{count} rows are hidden and were read like the others: {shown}",
        zh=f"有 {count} 行被隐藏，已照样读取：第 {shown} 行",
    )


def too_long(name: str) -> ListUnreadable:
    """The error for a file with more rows than any register has."""
    return ListUnreadable(
        f"{name} has more than {MAX_ROWS:,} rows: split it", zh=f"{name} 超过 {MAX_ROWS:,} 行：请拆分"
    )


def is_empty(cells: tuple[Cell, ...]) -> bool:
    """Whether a row holds nothing but blanks."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)
