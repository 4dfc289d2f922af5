"""Files that addressees send back, read by the command into the rows of a batch that was sent."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlwt
from openpyxl import Workbook, load_workbook

from tests.support.inprocess import Office
from tests.support.sent import handed, sent_office


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    return sent_office(tmp_path / "home", monkeypatch)


def filled(office: Office, folder: Path, *answers: str) -> Path:
    """The form of the batch with answers written into it, and two lines that an addressee adds."""
    (form,) = (office.home / "takedown").rglob("回执.xlsx")
    book = load_workbook(form)
    sheet = book.active
    assert sheet is not None
    for number, answer in enumerate(answers, start=5):
        sheet.cell(number, 6, answer)
        sheet.cell(number, 7, date(2026, 11, 20))
    sheet.cell(9, 1, "合计")
    sheet.cell(9, 6, "共关闭一个")
    path = folder / "回执（已填）.xlsx"
    book.save(path)
    return path


def test_a_form_that_was_filled_is_read_once(office: Office, tmp_path: Path) -> None:
    path = filled(office, tmp_path, "已关闭", "未关闭", "")
    dry = office("takedown", "receipts", str(path), "--dry-run", "--json", by="沈一")
    assert (dry.code, dry.values[0]["answers"]) == (1, {"closed": 1, "not_done": 1})
    assert not any(row.receipts for row in handed(office))
    before = [row.next_visit for row in handed(office)]
    done = office("takedown", "receipts", str(path), "--json", by="沈一").values[0]
    assert (done["answers"], done["unanswered"]) == ({"closed": 1, "not_done": 1}, 1)
    assert [(left["line"], "没有可识别" in left["reason"]) for left in done["left"]] == [(9, True)]
    first, second, third = handed(office)
    assert (first.receipts[0].answer, first.receipts[0].on, first.presence) == (
        "closed",
        date(2026, 11, 20),
        "waiting",
    )
    assert (first.receipts[0].by, first.receipts[0].line, third.receipts) == ("沈一", 5, ())
    assert first.next_visit is not None
    assert before[0] is not None
    assert first.next_visit <= before[0]
    again = office("takedown", "receipts", str(path), "--json", by="沈一").values[0]
    assert (again["answers"], again["known"]) == ({}, 2)
    assert handed(office) == [first, second, third]
    entries = [one["draft"] for one in office("audit", "log", "--json").values]
    (entry,) = [one for one in entries if one["action"] == "answered"]
    assert (entry["after"]["file"], entry["actor"]) == (done["file"], "沈一")
    kept = office.home / "evidence" / done["file"][:2] / done["file"][2:4] / done["file"]
    assert kept.read_bytes() == path.read_bytes()


def test_a_later_file_in_another_form_adds_an_answer(office: Office, tmp_path: Path) -> None:
    office("takedown", "receipts", str(filled(office, tmp_path, "", "未关闭", "")), by="沈一")
    (item,) = [row for row in handed(office) if row.row == 2]
    text = io.StringIO()
    csv.writer(text).writerows(
        [
            ["反馈情况", "案件线索编号", "备注"],
            ["见备注", item.case_id, "现已下架"],
            ["已关闭", "c1-" + "f" * 32, ""],
        ]
    )
    path = tmp_path / "反馈.csv"
    path.write_bytes(text.getvalue().encode("gb18030"))
    done = office("takedown", "receipts", str(path), "--json", by="沈一")
    assert (done.code, done.values[0]["answers"], len(done.values[0]["left"])) == (1, {"handled": 1}, 1)
    (item,) = [row for row in handed(office) if row.row == 2]
    assert [receipt.answer for receipt in item.receipts] == ["not_done", "handled"]


def test_a_file_that_names_no_batch_needs_its_name(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("序号,结果\n1,已关闭\n", "utf-8")
    refused = office("takedown", "receipts", str(path), by="沈一")
    assert (refused.code, "--batch" in refused.err) == (2, True)
    sent = handed(office)[0].sent_at
    assert sent is not None
    named = office("takedown", "receipts", str(path), "--batch", f"{sent.year}-0001", "--json", by="沈一")
    assert (named.code, named.values[0]["answers"]) == (0, {"closed": 1})


def bomb(path: Path) -> None:
    """A workbook that says of one of its parts that it unpacks to four gigabytes."""
    Workbook().save(path)
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (0xF0000000).to_bytes(4, "little")
    path.write_bytes(data)


def entities(path: Path) -> None:
    book = Workbook()
    book.save(path)
    whole = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet><sheetData>&b;</sheetData></worksheet>'
            new.writestr(name, data)


@pytest.mark.parametrize("make_file", [bomb, entities, lambda path: path.write_bytes(b"%PDF-1.4 broken")])
@pytest.mark.slow
def test_hostile_files_are_refused_with_a_sentence(office: Office, tmp_path: Path, make_file: Any) -> None:
    path = tmp_path / "回执.xlsx"
    make_file(path)
    refused = office("takedown", "receipts", str(path), "--batch", "2026-0001", by="沈一")
    assert refused.code in (1, 2)
    assert "回执.xlsx" in refused.err
    assert not any(row.receipts for row in handed(office))


def test_an_old_workbook_is_read(office: Office, tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("反馈")
    lines: list[list[object]] = [
        ["序号", "网址", "办理情况"],
        [1, "", "已关停"],
        [2, "", None],
        [3, "https://site9.example/", "已关闭"],
    ]
    for at, line in enumerate(lines):
        for place, value in enumerate(line):
            sheet.write(at, place, value)
    path = tmp_path / "反馈.xls"
    book.save(str(path))
    sent = handed(office)[0].sent_at
    assert sent is not None
    done = office(
        "takedown", "receipts", str(path), "--batch", f"{sent.year}-0001", "--json", by="沈一"
    ).values[0]
    assert (done["answers"], done["unanswered"], [left["line"] for left in done["left"]]) == (
        {"closed": 1},
        1,
        [4],
    )
