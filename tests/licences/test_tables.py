"""Files made to hurt: each ends in a sentence, none in a full memory."""

import os
import zipfile
import zlib
from datetime import date
from pathlib import Path

import pytest

from licences.errors import ListUnreadable
from licences.files import cells
from licences.files.cells import Row
from licences.files.xlsx_parts import MAX_TEXT
from licences.tables import read_tables
from tests.licences.conftest import Importer, Writer
from tests.support.workbooks import write_workbook


def rows(file: Path) -> list[Row]:
    """The rows of a file's first table."""
    tables = read_tables(file)  # holds the file open as long as it lives
    return list(next(tables).rows)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MAX_UNPACKED", 1 << 20)
    file = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (2 << 20))
    with pytest.raises(ListUnreadable, match="unpacks to 2 MiB"):
        rows(file)


PARTS = ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"]


@pytest.mark.parametrize("infected", PARTS)
def test_entities_in_a_workbook_are_not_expanded(tmp_path: Path, workbook: Writer, infected: str) -> None:
    good = workbook([["name"], ["云岫"]])
    file = tmp_path / "entities.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(file, "w") as target:
        assert infected in source.namelist()
        for part in source.namelist():
            content = source.read(part)
            if part == infected:
                lol = b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 12))
                content = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a0 "ha">' + lol + b"]><w>&a11;</w>"
            target.writestr(part, content)
    with pytest.raises(ListUnreadable, match="XLSX"):
        rows(file)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_rows_over_the_limit(
    csv_file: Writer, workbook: Writer, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(cells, "MAX_ROWS", 3)
    file = csv_file("a", "b", "c", "d") if form == "csv" else workbook([["a"], ["b"], ["c"], ["d"]])
    with pytest.raises(ListUnreadable, match="more than 3 rows"):
        rows(file)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_columns_over_the_limit_are_left_aside_and_said(
    csv_file: Writer, workbook: Writer, form: str
) -> None:
    wide = 16_384
    file = csv_file(",".join(["x"] * wide)) if form == "csv" else workbook([["x"] * wide])
    tables = read_tables(file)
    table = next(tables)
    (row,) = table.rows
    assert len(row.cells) == cells.MAX_COLUMNS
    assert "200" in table.notes[0]


def test_empty_rows_far_below_cost_nothing(workbook: Writer) -> None:
    found = rows(workbook([["name"], *([[None]] * 2_000), ["far below"]]))
    assert [(row.number, row.cells[0]) for row in found] == [(1, "name"), (2_002, "far below")]


def test_numbers_and_dates_stay_what_they_are(workbook: Writer) -> None:
    (row,) = rows(workbook([["a", 1, 2.5, date(2026, 1, 2), None, True]]))
    assert row.cells == ("a", 1, 2.5, date(2026, 1, 2), None, True)


def test_a_cell_too_large_for_csv_is_one_sentence(csv_file: Writer) -> None:
    with pytest.raises(ListUnreadable, match="row 2"):
        rows(csv_file("name", "x" * 200_000))


def sheet_of(tmp_path: Path, content: bytes) -> Path:
    """A workbook whose only sheet is this XML."""
    good = write_workbook(tmp_path / "good.xlsx", {"a": []})
    file = tmp_path / "list.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            target.writestr(part, content if part.endswith("sheet1.xml") else source.read(part))
    return file


def test_a_tag_without_end_is_given_up(tmp_path: Path) -> None:
    content = (
        b'<worksheet><sheetData><row r="1"><c r="' + b"A" * (12 << 20) + b'"/></row></sheetData></worksheet>'
    )
    with pytest.raises(ListUnreadable, match="without end"):
        rows(sheet_of(tmp_path, content))


def test_a_text_without_end_is_cut(tmp_path: Path) -> None:
    text = b"x" * (3 << 20)
    cell = b'<c r="A1" t="inlineStr"><is><t>' + text + b"</t></is></c>"
    (row,) = rows(
        sheet_of(tmp_path, b'<worksheet><sheetData><row r="1">' + cell + b"</row></sheetData></worksheet>")
    )
    assert isinstance(row.cells[0], str)
    assert len(row.cells[0]) == MAX_TEXT


def test_a_line_without_end_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"name,licence_type\n" + b"x" * (10 << 20))
    with pytest.raises(ListUnreadable, match="no CSV"):
        rows(file)


@pytest.mark.slow
def test_a_pdf_that_inflates_without_end_ends_its_reader_only(tmp_path: Path) -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 24)) for _ in range(240)) + packer.flush()  # 3.75 GiB
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
    ]
    content, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    content += (
        b"xref\n0 5\n0000000000 65535 f \n%strailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (
            table,
            len(content),
        )
    )
    file = tmp_path / "bomb.pdf"
    file.write_bytes(content)
    with pytest.raises(ListUnreadable, match="as PDF"):
        rows(file)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    ("end", "whole"),
    [
        ("\r\n海棠", False),
        ("\r\n海棠消费金融有限公司,consumer", False),
        ("\r\n海棠消费金融有限公司,consumer_finance\r\n", True),  # whoever ends his lines has ended his list
        ("\r\n海棠消费金融有限公司,consumer_finance,", True),
    ],
)
def test_a_file_that_ends_within_a_row_is_cut_off(
    load: Importer, csv_file: Writer, encoding: str, end: str, whole: bool
) -> None:
    report = load(csv_file("name,licence_type,uscc", "云岫银行,bank," + end, encoding=encoding))
    assert (report.entries, report.complete) == (2 if whole else 1, whole)
    assert whole or "中断" in report.refused[0].reason


def test_a_pipe_or_a_device_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "list.csv"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(ListUnreadable, match="no plain file"):
            next(read_tables(path))
