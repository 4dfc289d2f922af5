"""XLS workbooks, and what systems offer under that name."""

from datetime import date
from pathlib import Path

import pytest
import xlwt

from licences.errors import ListUnreadable
from licences.model import LicenceEntry
from licences.tables import read_tables
from licences.versions import read_version
from tests.licences.conftest import Importer
from tests.support.licence_lists import code
from tests.support.workbooks import CARRY

HEAD = ["机构名称", "统一社会信用代码", "机构类型", "发证日期", "客服电话"]


@pytest.fixture
def old_workbook(tmp_path: Path) -> Path:
    """A title over all columns, a hidden row, a date, whole numbers, a formula, a hidden sheet."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名单")
    sheet.write_merge(0, 0, 0, 4, "演练机构名单")
    dated = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    rows = [
        HEAD,
        ["云岫银行", code(1), "城市商业银行", date(2020, 1, 1), 95000],
        ["海棠银行", code(2), "bank", "2021年3月5日", "95001"],
        ["松间银行", 9.1990000100001e17, "bank", None, None],
        [xlwt.Formula('"a"&"b"'), None, "bank", None, None],
    ]
    for at, cells in enumerate(rows, 1):
        for place, cell in enumerate(cells):
            if cell is not None:
                args = (dated,) if isinstance(cell, date) else ()
                sheet.write(at, place, cell, *args)
    sheet.row(3).hidden = True
    other = book.add_sheet("草稿")
    other.visibility = 1
    other.write(0, 0, "机构名称")
    path = tmp_path / "list.xls"
    book.save(str(path))
    return path


def test_an_old_workbook_goes_in(load: Importer, old_workbook: Path, folder: Path) -> None:
    report = load(old_workbook)
    first, second = read_version(folder, "test", report.version).entries()
    assert isinstance(first, LicenceEntry)
    assert isinstance(second, LicenceEntry)
    assert (first.uscc, first.valid_from, first.phones) == (code(1), date(2020, 1, 1), ("95000",))
    assert second.valid_from == date(2021, 3, 5)
    assert [one.row for one in report.refused] == [5, 6]
    assert "改成了数字" in report.refused[0].reason
    assert [(one.sheet, "隐藏" in one.text) for one in report.notes] == [("名单", True), ("草稿", True)]


def test_half_of_an_old_workbook_is_one_sentence(load: Importer, old_workbook: Path, folder: Path) -> None:
    content = old_workbook.read_bytes()
    old_workbook.write_bytes(content[: len(content) // 2])
    with pytest.raises(ListUnreadable, match="as XLS"):
        load(old_workbook)
    assert not folder.exists()


def test_an_encrypted_workbook_asks_for_one_without_a_password(load: Importer, tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(ListUnreadable, match="password"):
        load(file)


PAGE = """<html><head><meta charset="{charset}"></head><body>
<table><tr><td>导出时间</td></tr></table>
<table border=1>
<tr><th colspan=3>演练机构名单</th></tr>
<tr><th>地区</th><th>机构名称</th><th>机构类型</th></tr>
<tr><td rowspan=2>上海</td><td>云岫银行</td><td>bank</td></tr>
<tr><td>海棠<b>银行</b></td><td>bank</td></tr>
<tr><td>浙江</td><td>松间银行<script>alert(1)</script></td><td>bank</td></tr>
<tr><td>合计</td><td>3</td></tr>
</table></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16"])
def test_a_web_page_saved_as_xls(load: Importer, tmp_path: Path, folder: Path, charset: str) -> None:
    file = tmp_path / "export.xls"
    file.write_bytes(PAGE.format(charset=charset).encode(charset))
    mapping = tmp_path / "own.yaml"
    mapping.write_text(CARRY, "utf-8")
    report = load(file, mapping=mapping)
    found = [
        one for one in read_version(folder, "test", report.version).entries() if isinstance(one, LicenceEntry)
    ]
    assert [(one.name[:4], one.region) for one in found] == [
        ("云岫银行", "上海"),
        ("海棠银行", "上海"),
        ("松间银行", "浙江"),
    ]
    assert [(one.row, "合计" in one.text) for one in report.notes] == [(6, True)]


def test_spans_without_end_are_bounded(tmp_path: Path) -> None:
    file = tmp_path / "span.xls"
    cell = '<td colspan="99999999" rowspan="99999999">x</td>'
    file.write_text("<table>" + f"<tr>{cell}</tr>" * 20 + "</table>", "utf-8")
    tables = read_tables(file)
    rows = list(next(tables).rows)
    assert max(len(row.cells) for row in rows) == 200


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", "MHTML"),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "2003"),
    ],
    ids=["web-archive", "xml-spreadsheet"],
)
def test_forms_nobody_reads_are_named(load: Importer, tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "list.xls"
    file.write_text(content, "utf-8")
    with pytest.raises(ListUnreadable, match=words):
        load(file)
