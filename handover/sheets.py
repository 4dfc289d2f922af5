"""A takedown list as CSV and XLSX. Every cell is text, made harmless first."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime

from handover.cells import harmless
from handover.rows import BatchRow, cells

#: Width of a column in characters, by heading; the rest get 16.
_WIDTHS = {
    "序号": 6,
    "广告标题": 36,
    "网址": 44,
    "引用原文": 44,
    "依据": 40,
    "准入说明": 36,
    "证据清单 SHA-256": 68,
}


def _table(rows: Sequence[BatchRow]) -> tuple[list[str], list[list[str]]]:
    headed = [cells(row) for row in rows]
    heads = list(headed[0]) if headed else []
    return heads, [[harmless(row[head]) for head in heads] for row in headed]


def csv_bytes(rows: Sequence[BatchRow]) -> bytes:
    """UTF-8 with BOM, so that office programs read the Chinese right; CRLF (RFC 4180)."""
    heads, body = _table(rows)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows(body)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def xlsx_bytes(rows: Sequence[BatchRow], *, title: str, at: datetime) -> bytes:
    """One sheet, headings frozen and filterable. `at` is the only time in the file."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    heads, body = _table(rows)
    book = Workbook()
    book.properties.title = title
    book.properties.creator = "FinAdWatch"
    book.properties.created = book.properties.modified = at.replace(tzinfo=None, microsecond=0)
    sheet = book.active
    assert sheet is not None
    sheet.title = "移送清单"
    for y, line in enumerate([heads, *body], start=1):
        for x, value in enumerate(line, start=1):
            cell = sheet.cell(row=y, column=x)
            cell.value = value
            cell.data_type = "s"  # never a formula, whatever the text looks like
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if y == 1:
                cell.font = Font(bold=True)
    for x, head in enumerate(heads, start=1):
        sheet.column_dimensions[get_column_letter(x)].width = _WIDTHS.get(head, 16)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    raw = io.BytesIO()
    book.save(raw)
    return _with_one_time(raw.getvalue(), at)


def _with_one_time(archive: bytes, at: datetime) -> bytes:
    """The same ZIP with every entry dated `at`: the same list gives the same bytes."""
    stamp = (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _modified_at(data, at)
            new.writestr(zipfile.ZipInfo(name, stamp), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _modified_at(core: bytes, at: datetime) -> bytes:
    """openpyxl stamps the time of saving into the properties; put the batch's time there."""
    import re

    wanted = f"{at:%Y-%m-%dT%H:%M:%SZ}".encode()
    return re.sub(
        rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)", rb"\g<1>" + wanted + rb"\g<2>", core
    )
