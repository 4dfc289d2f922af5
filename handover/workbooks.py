"""A workbook as bytes that hold one time: the same workbook gives the same bytes."""

import io
import re
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl import Workbook


def workbook_bytes(book: "Workbook", at: datetime) -> bytes:
    """A workbook saved as if at an instant (UTC)."""
    raw = io.BytesIO()
    book.save(raw)
    return _with_one_time(raw.getvalue(), at)


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
