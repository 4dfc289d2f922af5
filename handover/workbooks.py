"""A workbook as bytes that hold one time: the same workbook gives the same bytes."""

import io
import math
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl import Workbook


def workbook_bytes(book: "Workbook", at: datetime) -> bytes:
    """A workbook saved as if at an instant (UTC)."""
    raw = io.BytesIO()
    book.save(raw)
    return _with_one_time(raw.getvalue(), at)


#: Points of a line, and of the highest row there is (Excel specifications and limits: 409).
LINE, HIGHEST = 15.0, 405.0
#: Beside letters of Latin these take two places of a column's width.
_WIDE = 0x1100


def row_height(cells: Iterable[tuple[str, float]]) -> float:
    """The height in points of a row of wrapped cells, each with its column's width in characters: programs that open a
    workbook which was not made by one of their kind leave rows one line high."""
    most = 1
    for text, width in cells:
        lines = 0
        for line in text.split("\n"):
            places = sum(2 if ord(char) >= _WIDE else 1 for char in line)
            lines += max(1, math.ceil(places / max(1.0, width - 1)))
        most = max(most, lines)
    return min(HIGHEST, LINE * most)


def _with_one_time(archive: bytes, at: datetime) -> bytes:
    """The same ZIP with every entry dated `at`."""
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
    """openpyxl stamps the time of saving into the properties; put the given one there."""
    wanted = f"{at:%Y-%m-%dT%H:%M:%SZ}".encode()
    return re.sub(
        rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)", rb"\g<1>" + wanted + rb"\g<2>", core
    )
