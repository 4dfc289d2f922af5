"""A takedown list as CSV and XLSX. Every cell is text, made harmless first."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from handover.cells import harmless
from handover.columns import COLUMNS
from handover.rows import BatchRow
from handover.workbooks import row_height, workbook_bytes


def table(rows: Sequence[BatchRow], columns: Sequence[str]) -> list[list[str]]:
    """The cells of a list, its headings first; each is text that nothing runs."""
    chosen = [COLUMNS[name] for name in columns]
    return [
        [column.heading for column in chosen],
        *([harmless(column.cell(row)) for column in chosen] for row in rows),
    ]


def csv_bytes(rows: Sequence[BatchRow], columns: Sequence[str]) -> bytes:
    """UTF-8 with BOM, so that office programs read the Chinese right; CRLF (RFC 4180)."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table(rows, columns))
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def xlsx_bytes(rows: Sequence[BatchRow], columns: Sequence[str], *, title: str, at: datetime) -> bytes:
    """One sheet, headings frozen and filterable, printed on the width of one page. `at` is the only time in the file."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    book = Workbook()
    book.properties.title = title
    book.properties.creator = "FinAdWatch"
    book.properties.created = book.properties.modified = at.replace(tzinfo=None, microsecond=0)
    sheet = book.active
    assert sheet is not None
    sheet.title = "移送清单"
    wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    widths = [COLUMNS[name].width for name in columns]
    for y, line in enumerate(table(rows, columns), start=1):
        for x, value in enumerate(line, start=1):
            cell = sheet.cell(row=y, column=x)
            cell.value = value
            cell.data_type = "s"  # never a formula, whatever the text looks like
            cell.alignment = wrapped
            if y == 1:
                cell.font = bold
        sheet.row_dimensions[y].height = row_height(zip(line, widths, strict=True))
    for x, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(x)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes, each as wide as the list
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    head, foot = sheet.oddHeader, sheet.oddFooter
    assert head is not None, "a new sheet has both"
    assert foot is not None
    head.center.text = title.replace("&", "&&")
    foot.center.text = "第 &P 页，共 &N 页"
    return workbook_bytes(book, at)
