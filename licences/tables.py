"""A register file as tables of rows, whatever its form: told by its first bytes, not by its name."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path

from licences.errors import ListUnreadable
from licences.files import cells
from licences.files.apart import tables_apart
from licences.files.cells import Table
from licences.files.delimited import csv_table
from licences.files.xlsx import xlsx_tables

_PAGE = re.compile(rb"<\s*(!doctype html|html|head|body|table|meta)\b", re.IGNORECASE)
_SHEET_XML = b"urn:schemas-microsoft-com:office:spreadsheet"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HEAD = 4_096  # bytes that tell the form
_OLE_DIRECTORY = 1 << 20  # bytes in which an encrypted workbook names its package


def _unknown(path: Path, form: str, form_zh: str) -> ListUnreadable:
    return ListUnreadable(
        f"{path.name} is {form}: save it as XLSX or CSV", zh=f"{path.name} 是{form_zh}：请另存为 XLSX 或 CSV"
    )


def _check_size(path: Path, size: int, most: int) -> None:
    if size > most:
        raise ListUnreadable(
            f"{path.name} has {size >> 20} MiB, more than {most >> 20}: split it",
            zh=f"{path.name} 有 {size >> 20} MiB，超过 {most >> 20}：请拆分",
        )


def _tables(path: Path, head: bytes, size: int) -> Iterator[Table]:
    """The tables of a file of that beginning."""
    text = head.replace(b"\0", b"")  # UTF-16 pages tell themselves too
    if head.startswith(b"PK"):
        _check_size(path, size, cells.MAX_BOOK_BYTES)
        yield from xlsx_tables(path)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        _check_size(path, size, cells.MAX_BOOK_BYTES)
        with path.open("rb") as file:
            if _ENCRYPTED in file.read(_OLE_DIRECTORY):
                raise _unknown(
                    path, "an encrypted workbook, its password must go", "加密的工作簿，须取消密码"
                )
        yield from tables_apart(path, "xls", "XLS")
    elif b"%PDF" in head[:1024]:
        _check_size(path, size, cells.MAX_BOOK_BYTES)
        yield from tables_apart(path, "pdf", "PDF", knows_merged=False)
    elif _SHEET_XML in text:
        raise _unknown(path, "an XML spreadsheet of 2003", " 2003 版 XML 表格")
    elif text.lower().startswith(b"mime-version:"):
        raise _unknown(path, "a web archive (MHTML)", "网页归档文件（MHTML）")
    elif _PAGE.search(text):
        _check_size(path, size, cells.MAX_BOOK_BYTES)
        yield from tables_apart(path, "html", "HTML")
    else:
        _check_size(path, size, cells.MAX_TEXT_BYTES)
        yield csv_table(path)


def read_tables(path: Path) -> Iterator[Table]:
    """The tables of a file: one of a CSV or PDF, one a sheet of a workbook; empty rows left out.

    A table's rows are read before the next table is asked for. Raises ListUnreadable for a
    missing, oversized, broken or unknown file, here or while rows are read.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe can't be read twice, a device may never end
            raise ListUnreadable(
                f"{path} is no plain file: save the list as one first",
                zh=f"{path} 不是普通文件：请先将名单另存为文件",
            )
        size = found.st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise ListUnreadable(
            f"{path} can't be read ({error.strerror}): check the path",
            zh=f"无法读取 {path}（{error.strerror}）：请检查路径",
        ) from error
    yield from _tables(path, head, size)
