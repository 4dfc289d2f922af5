"""A result as a file: what a spreadsheet shows, what it never runs, and memory that does not grow."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from finadwatch.errors import OutputRefused
from finadwatch.exporting import columns, export_ads
from findings.model.records import AdRecord
from tests.support import records as make

FORMULA = '=HYPERLINK("https://a.example")'


def ads() -> list[AdRecord]:
    return [make.ad(FORMULA, make.finding(), title="+86 保本\u0007"), make.ad("第二则\n两行", url=None)]


def test_a_csv_opens_in_an_office_program(tmp_path: Path) -> None:
    file = tmp_path / "结果.csv"
    assert export_ads(iter(ads()), file) == 2
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    first, second = csv.DictReader(file.read_text("utf-8-sig").splitlines(keepends=True))
    assert (first["正文"], first["标题"]) == ("'" + FORMULA, "'+86 保本\ufffd")
    assert first["类别"] == "2 保证性承诺"
    assert first["首次发现"] == "2026-11-20 12:00:00"
    assert second["正文"] == "第二则\n两行"


def test_a_workbook_holds_text_only(tmp_path: Path) -> None:
    file = tmp_path / "结果.xlsx"
    assert export_ads(iter(ads()), file) == 2
    sheet = load_workbook(file).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == tuple(columns())
    assert "'" + FORMULA in rows[1]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_jsonl_is_the_whole_record(tmp_path: Path) -> None:
    file = tmp_path / "结果.jsonl"
    assert export_ads(iter(ads()), file) == 2
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [line["text"] for line in lines] == [FORMULA, "第二则\n两行"]


@pytest.mark.parametrize("end", [".csv", ".xlsx", ".jsonl"])
def test_no_hits_are_a_file_too(tmp_path: Path, end: str) -> None:
    assert export_ads(iter([]), tmp_path / f"none{end}") == 0
    assert (tmp_path / f"none{end}").exists()


def test_an_export_that_fails_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text("old", "utf-8")

    def broken() -> object:
        yield ads()[0]
        raise RuntimeError("the store went away")

    with pytest.raises(RuntimeError):
        export_ads(broken(), file)  # type: ignore[arg-type]
    assert file.read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["old.csv"]


@pytest.mark.parametrize("name", ["x.pdf", "x", "nowhere/x.csv"])
def test_a_file_that_can_not_be_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputRefused):
        export_ads(iter([]), tmp_path / name)


def test_what_is_no_plain_file_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "x.csv"
    os.mkfifo(pipe)
    with pytest.raises(OutputRefused):
        export_ads(iter([]), pipe)
    assert pipe.is_fifo()


GROWTH = """
import resource, sys
from pathlib import Path
from finadwatch.exporting import export_ads
from tests.support import records as make

def many(count):
    for number in range(count):
        yield make.ad(f"第{number}则保本保息" * 50, make.finding())

export_ads(many(200), Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert export_ads(many(20_000), Path(sys.argv[1])) == 20_000
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize("end", ["csv", "xlsx", "jsonl"])
def test_memory_does_not_grow_with_the_result(tmp_path: Path, end: str) -> None:
    """20,000 ads of some 450 characters are 40 MB as records."""
    told = subprocess.run(
        [sys.executable, "-c", GROWTH, str(tmp_path / f"all.{end}")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(told.stdout) < 16
