"""A whole search result in a file, ad by ad as the store gives them: memory does not grow with it."""

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

import msgspec

from finadwatch.errors import OutputRefused
from finadwatch.i18n import t
from finadwatch.labels import category_label, duty_label, licence_label, severity_label
from findings.model.records import AdRecord
from findings.model.zone import CHINA
from handover.cells import harmless

#: Rows of one sheet, its heading among them (Excel specifications and limits: 1,048,576).
SHEET_ROWS = 1_000_000


def export_ads(ads: Iterable[AdRecord], path: Path) -> int:
    """Write ads to a CSV, XLSX or JSONL file, by its name's end, and return how many.

    The file appears under its name when it is whole. Raises OutputRefused.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise OutputRefused(
            path, t("文件名须以 .csv、.xlsx 或 .jsonl 结尾", "the name must end in .csv, .xlsx or .jsonl")
        )
    with appearing(path) as file:
        return writer(ads, file)


@contextmanager
def appearing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that appears under its name when it is whole, readable by its owner alone. Raises OutputRefused."""
    if path.exists() and not path.is_file():  # the rename would put a file in the place of a device or pipe
        raise OutputRefused(path, t("不是普通文件", "no plain file"))
    try:
        # Beside the file: a rename within one folder is whole or not at all.
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).chmod(0o600)
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise OutputRefused(path, error.strerror or str(error)) from error


def columns() -> dict[str, Callable[[AdRecord], str]]:
    """The columns of a table: heading → cell. Days are those of China."""
    return {
        t("编号", "id"): lambda ad: ad.id,
        t("案件线索", "case"): lambda ad: ad.case_id,
        t("首次发现", "first seen"): lambda ad: f"{ad.first_seen.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        t("来源", "source"): lambda ad: ad.source,
        t("关键词", "keyword"): lambda ad: ad.keyword or "",
        t("标题", "title"): lambda ad: ad.title,
        t("正文", "text"): lambda ad: ad.text,
        t("网址", "address"): lambda ad: ad.landing_url or "",
        t("域名", "host"): lambda ad: ad.landing_host or "",
        t("广告主", "advertiser"): lambda ad: ad.judgement.advertiser.name or ad.advertiser_shown or "",
        t("准入状态", "licence"): lambda ad: licence_label(ad.judgement.licence.status),
        t("产品", "product"): lambda ad: ad.judgement.product.value,
        t("类别", "categories"): lambda ad: _lines(category_label(f.category) for f in ad.judgement.findings),
        t("形式线索", "form"): lambda ad: _lines(duty_label(missed.duty) for missed in ad.judgement.form),
        t("程度", "severity"): lambda ad: severity_label(ad.judgement.severity),
        t("评分", "score"): lambda ad: f"{ad.judgement.score:.3f}",
        t("规则", "rules"): lambda ad: _lines(rule for f in ad.judgement.findings for rule in f.rules),
        t("引用原文", "quoted"): lambda ad: _lines(
            span.text for f in ad.judgement.findings for span in f.spans
        ),
        t("建议移送", "route"): lambda ad: _lines(ad.judgement.route),
    }


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(texts))


def _jsonl(ads: Iterable[AdRecord], file: IO[bytes]) -> int:
    count = 0
    for count, ad in enumerate(ads, start=1):  # noqa: B007  the last number is the count
        file.write(msgspec.json.encode(ad) + b"\n")
    return count


def _csv(ads: Iterable[AdRecord], file: IO[bytes]) -> int:
    """UTF-8 with BOM, so that office programs read the Chinese right; CRLF (RFC 4180)."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    count = 0
    writer.writerow(columns())
    for count, cells in enumerate(_rows(ads), start=1):  # noqa: B007
        writer.writerow(cells)
    text.detach()
    return count


def _xlsx(ads: Iterable[AdRecord], file: IO[bytes]) -> int:
    """A sheet for each million rows; cells are text, whatever they look like."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    count = 0
    sheet = None
    for count, cells in enumerate(_rows(ads), start=1):
        if (count - 1) % (SHEET_ROWS - 1) == 0:
            sheet = book.create_sheet()
            sheet.freeze_panes = "A2"
            sheet.append([_text(sheet, head) for head in columns()])
        assert sheet is not None
        sheet.append([_text(sheet, cell) for cell in cells])
    if not count:
        book.create_sheet().append(list(columns()))
    book.save(file)
    return count


def _rows(ads: Iterable[AdRecord]) -> Iterator[list[str]]:
    headed = columns()
    for ad in ads:
        yield [harmless(cell(ad)) for cell in headed.values()]


def _text(sheet: Any, value: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"  # never a formula
    return cell


_WRITERS: dict[str, Callable[[Iterable[AdRecord], IO[bytes]], int]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".jsonl": _jsonl,
}
