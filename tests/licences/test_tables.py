"""Files made to hurt: each ends in a sentence, none in a full memory."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from licences import tables
from licences.errors import ListUnreadable
from licences.tables import read_tables
from tests.licences.conftest import Writer


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_UNPACKED", 1 << 20)
    file = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (2 << 20))
    with pytest.raises(ListUnreadable, match="unpacks to 2 MiB"):
        list(read_tables(file))


def test_entities_in_a_sheet_are_not_expanded(tmp_path: Path, workbook: Writer) -> None:
    good = workbook([["name"], ["云岫"]])
    file = tmp_path / "entities.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(file, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            if part.endswith("sheet1.xml"):
                lol = b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 12))
                content = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a0 "ha">' + lol + b"]><w>&a11;</w>"
            target.writestr(part, content)
    with pytest.raises(ListUnreadable, match="XLSX"):
        list(read_tables(file))


def test_rows_over_the_limit(csv_file: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    with pytest.raises(ListUnreadable, match="more than 3 rows"):
        list(read_tables(csv_file("a", "b", "c", "d")))


def test_columns_over_the_limit_are_left_aside(csv_file: Writer) -> None:
    (rows,) = read_tables(csv_file(",".join(["x"] * 5_000)))
    assert len(rows[0].cells) == tables.MAX_COLUMNS


def test_a_sheet_that_claims_endless_empty_rows_ends(
    workbook: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MAX_EMPTY_ROWS", 5)
    (rows,) = read_tables(workbook([["name"], *([[None]] * 20), ["too far"]]))
    assert [row.cells[0] for row in rows] == ["name"]


def test_numbers_and_dates_stay_what_they_are(workbook: Writer) -> None:
    (rows,) = read_tables(workbook([["a", 1, 2.5, date(2026, 1, 2), None, True]]))
    assert rows[0].cells == ("a", 1, 2.5, date(2026, 1, 2), None, True)


def test_a_cell_too_large_for_csv_is_one_sentence(csv_file: Writer) -> None:
    with pytest.raises(ListUnreadable, match="row 2"):
        list(read_tables(csv_file("name", "x" * 200_000)))
