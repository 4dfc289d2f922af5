"""An old XLS workbook. The format keeps a formula's saved result in its place: that is read."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from licences.files import cells
from licences.files.cells import Cell, hidden_rows, is_empty
from licences.files.events import Event, Failed, Remark, RowRead, TableBegins, to_wire
from licences.files.xlsx import EPOCH_1900, EPOCH_1904, MAX_SERIAL

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def _plain(cell: Any, dates_1904: bool) -> Cell:
    import xlrd

    match cell.ctype:
        case xlrd.XL_CELL_DATE if 0 < cell.value <= MAX_SERIAL:
            return (EPOCH_1904 if dates_1904 else EPOCH_1900) + timedelta(days=int(cell.value))
        case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
            # the format knows no whole numbers: 20210305 is stored like 2.5; beyond 15 figures digits are lost
            whole = float(cell.value).is_integer() and abs(cell.value) < 1e15
            return int(cell.value) if whole else float(cell.value)
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_ERROR:
            return _ERRORS.get(cell.value, "#N/A")
        case xlrd.XL_CELL_TEXT:
            return str(cell.value)
    return None


def _merged_down(sheet: Any) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for top, bottom, left, right in sheet.merged_cells:
        for row in range(top + 1, bottom):
            found.setdefault(row, set()).update(range(left, min(right, cells.MAX_COLUMNS)))
    return found


def xls_events(path: Path) -> Iterator[Event]:
    """The sheets of a workbook, in their order."""
    import xlrd

    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 (a device, not a file of ours)
        try:
            book = xlrd.open_workbook(
                str(path), logfile=nowhere, formatting_info=True, on_demand=True, ragged_rows=True
            )
        except xlrd.XLRDError as error:
            said = str(error)
            if "encrypted" in said or "Can't find workbook" in said:
                yield Failed(
                    "it is encrypted or no workbook: take its password off",
                    "文件已加密或不是工作簿：请先取消密码",
                )
                return
            raise
        for place in range(min(book.nsheets, cells.MAX_TABLES)):
            sheet = book.sheet_by_index(place)
            yield TableBegins(sheet.name, hidden=sheet.visibility != 0)
            merged = _merged_down(sheet)
            hidden = []
            for at in range(sheet.nrows):
                row = tuple(_plain(cell, book.datemode == 1) for cell in sheet.row(at)[: cells.MAX_COLUMNS])
                info = sheet.rowinfo_map.get(at)
                if info is not None and info.hidden:
                    hidden.append(at + 1)
                if not is_empty(row):
                    yield RowRead(at + 1, tuple(map(to_wire, row)), tuple(sorted(merged.get(at, ()))))
            if hidden:
                note = hidden_rows(hidden, len(hidden))
                yield Remark(str(note), note.zh)
            book.unload_sheet(place)
