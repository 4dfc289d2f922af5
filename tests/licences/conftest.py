from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from licences.importer import ImportReport, import_list

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
AS_OF = date(2026, 11, 20)

Importer = Callable[..., ImportReport]
Writer = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where imported lists are kept."""
    return tmp_path / "lists"


@pytest.fixture
def load(folder: Path) -> Importer:
    """`import_list` with the day, the clock and the folder filled in."""

    def run(file: Path, register: str = "test", as_of: date = AS_OF, **options: object) -> ImportReport:
        return import_list(file, register, as_of, folder, **({"now": NOW} | options))  # type: ignore[arg-type]

    return run


@pytest.fixture
def csv_file(tmp_path: Path) -> Writer:
    """Write a CSV from lines."""

    def write(*lines: str, encoding: str = "utf-8", name: str = "list.csv") -> Path:
        path = tmp_path / name
        path.write_bytes("\r\n".join(lines).encode(encoding))
        return path

    return write


@pytest.fixture
def workbook(tmp_path: Path) -> Writer:
    """Write an XLSX from rows; `merge` are cell ranges."""

    def write(rows: Sequence[Sequence[object]], merge: Sequence[str] = (), name: str = "list.xlsx") -> Path:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in rows:
            sheet.append(list(row))
        for cells in merge:
            sheet.merge_cells(cells)
        path = tmp_path / name
        book.save(path)
        return path

    return write
