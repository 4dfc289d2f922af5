"""Tables of a PDF, page after page as one table: ruled ones, and where no page is ruled, aligned text.

A page without text (a scan) can't be read and is said; characters are never guessed from pictures.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from licences.files import cells
from licences.files.cells import is_empty, numbers
from licences.files.events import Event, Failed, Remark, RowRead, TableBegins

MAX_PAGES = 4_000
_ALIGNED = {"vertical_strategy": "text", "horizontal_strategy": "text", "min_words_vertical": 2}
_BREAK = re.compile(r"[ \t]*\n[ \t]*")
_LETTERS = re.compile(r"[A-Za-z,;]\n[A-Za-z]")


def joined(cell: str | None) -> str | None:
    """A cell's text in one line: Chinese and codes run on over a break, English words don't."""
    if cell is None or "\n" not in cell:
        return cell
    text = _BREAK.sub("\n", cell.strip())
    text = _LETTERS.sub(lambda found: found[0].replace("\n", " "), text)
    return text.replace("\n", "")


def _tables(page: Any, settings: dict[str, Any] | None) -> list[list[list[str | None]]]:
    found: list[list[list[str | None]]] = page.extract_tables(settings)
    return [table for table in found if table and len(table[0]) > 1]


def _pages(pdf: Any, settings: dict[str, Any] | None) -> Iterator[Event]:
    """Rows of all pages, and which pages between them gave none."""
    number = 0
    scans: list[int] = []
    waiting: list[int] = []  # pages with text and no table since the last one with a table
    for at, page in enumerate(pdf.pages, 1):
        tables = _tables(page, settings) if page.chars else []
        if not tables:
            (waiting if page.chars else scans).append(at)
            page.close()
            continue
        page.close()
        if number and waiting:
            yield _gap(waiting)
        waiting.clear()
        for table in tables:
            for row in table:
                number += 1
                values = tuple(map(joined, row[: cells.MAX_COLUMNS]))
                if not is_empty(values):
                    yield RowRead(number, values, page=at)
    if number and scans:
        yield _gap(scans)
    if number and waiting:
        shown = numbers(waiting, len(waiting))
        yield Remark(f"no table on the last pages: {shown}", f"末尾几页没有表格：第 {shown} 页")


def _gap(pages: list[int]) -> Remark:
    shown = numbers(pages, len(pages))
    return Remark(
        f"no table could be read on page {shown}", f"第 {shown} 页没有可读的表格（可能是扫描页）", gap=True
    )


def pdf_events(path: Path) -> Iterator[Event]:
    """The one table that the pages of a PDF make up."""
    import pdfplumber
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        pdf = pdfplumber.open(path)
    except PdfminerException as error:
        locked = "Password" in repr(error)
        yield Failed(
            "it is protected by a password" if locked else f"it is broken ({error!s:.100})",
            "文件有密码保护" if locked else f"文件已损坏（{error!s:.100}）",
        )
        return
    with pdf:
        if len(pdf.pages) > MAX_PAGES:
            yield Failed(f"it has more than {MAX_PAGES} pages: split it", f"超过 {MAX_PAGES} 页：请拆分")
            return
        yield TableBegins()
        read = False
        for settings in (None, _ALIGNED):
            for event in _pages(pdf, settings):
                read = True
                yield event
            if read:
                return
        texts = [at for at, page in enumerate(pdf.pages, 1) if page.chars]
        if not texts:
            yield Failed(
                "it is a scan without text: ask for the list as a table, or type it in",
                "是没有文字的扫描件：请索取表格文件或人工录入",
            )
        else:
            yield Failed("no page holds a table", "没有一页含有表格")
