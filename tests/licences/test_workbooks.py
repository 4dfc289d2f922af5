"""XLSX workbooks as spreadsheet programs write them."""

from datetime import date
from pathlib import Path

import pytest

from licences.errors import ListUnreadable
from licences.files.xlsx import column_number
from licences.model import LicenceEntry
from licences.tables import read_tables
from licences.versions import read_version
from tests.licences.conftest import Importer, Writer
from tests.support.workbooks import CARRY, formula, number, row, shared, text, write_workbook

HEAD = row(1, text("机构名称"), text("机构类型"), text("发证日期"), text("地区"))


def entries(folder: Path, version: str) -> list[LicenceEntry]:
    found = list(read_version(folder, "test", version).entries())
    assert all(isinstance(one, LicenceEntry) for one in found)
    return found  # type: ignore[return-value]


def test_a_formulas_saved_result_is_taken_and_named(load: Importer, tmp_path: Path, folder: Path) -> None:
    file = write_workbook(
        tmp_path / "list.xlsx",
        {
            "名单": [
                HEAD,
                row(2, formula('CONCATENATE("云岫","银行")', "云岫银行"), text("bank")),
                row(3, formula('CONCATENATE("海棠","银行")', None), text("bank")),
                row(4, formula("B2&1", "#REF!", "e"), text("bank")),
                row(5, text("松间银行"), text("bank"), formula("TODAY()", "45000", "n")),
            ]
        },
    )
    report = load(file)
    assert [one.name for one in entries(folder, report.version)] == ["云岫银行", "松间银行"]
    assert [(one.row, "公式" in one.text) for one in report.notes] == [(2, True), (5, True)]
    assert [(one.row, "公式" in one.reason) for one in report.refused] == [(3, True), (4, True)]


def test_shared_texts_and_dates_by_format(load: Importer, tmp_path: Path, folder: Path) -> None:
    file = write_workbook(
        tmp_path / "list.xlsx",
        {"名单": [HEAD, row(2, shared(1), shared(0), number(43831, 1))]},
        texts=("城市商业银行", "云岫_x000D_银行"),
    )
    (entry,) = entries(folder, load(file).version)
    assert (entry.licence_type, entry.valid_from) == ("bank", date(2020, 1, 1))
    assert entry.name == "云岫 银行"


def test_dates_counted_from_1904(load: Importer, tmp_path: Path, folder: Path) -> None:
    rows = [HEAD, row(2, text("云岫银行"), text("bank"), number(43831 - 1462, 1))]
    file = write_workbook(tmp_path / "list.xlsx", {"名单": rows}, dates_1904=True)
    assert entries(folder, load(file).version)[0].valid_from == date(2020, 1, 1)


def test_a_shared_text_that_is_not_there_is_one_sentence(
    load: Importer, tmp_path: Path, folder: Path
) -> None:
    file = write_workbook(tmp_path / "list.xlsx", {"名单": [HEAD, row(2, shared(7), text("bank"))]})
    with pytest.raises(ListUnreadable, match="no readable XLSX"):
        load(file)
    assert not folder.exists()


def test_a_fault_far_down_leaves_the_list_before(load: Importer, tmp_path: Path, folder: Path) -> None:
    good = [HEAD, *(row(at, text(f"演练{at}银行"), text("bank")) for at in range(2, 3_000))]
    before = load(write_workbook(tmp_path / "good.xlsx", {"名单": good})).version
    broken = [*good, row(3_000, shared(7), text("bank"))]
    with pytest.raises(ListUnreadable):
        load(write_workbook(tmp_path / "broken.xlsx", {"名单": broken}))
    assert sorted(path.name for path in (folder / "test").glob("*.jsonl")) == [f"{before}.jsonl"]


def test_hidden_rows_go_in_and_are_said_hidden_sheets_do_not(
    load: Importer, tmp_path: Path, folder: Path
) -> None:
    shown = [HEAD, row(2, text("云岫银行"), text("bank"), hidden=True)]
    kept_back = [HEAD, row(2, text("海棠银行"), text("bank"))]
    file = write_workbook(tmp_path / "list.xlsx", {"旧": kept_back, "名单": shown}, hidden=("旧",))
    report = load(file)
    assert [one.name for one in entries(folder, report.version)] == ["云岫银行"]
    assert {(one.sheet, "隐藏" in one.text) for one in report.notes} == {("旧", True), ("名单", True)}


def test_a_workbook_of_hidden_sheets_says_so(load: Importer, tmp_path: Path) -> None:
    file = write_workbook(
        tmp_path / "list.xlsx", {"名单": [HEAD, row(2, text("云岫银行"), text("bank"))]}, hidden=("名单",)
    )
    with pytest.raises(ListUnreadable, match="hidden sheets only"):
        load(file)


def test_all_sheets_with_the_columns_go_in(load: Importer, tmp_path: Path) -> None:
    file = write_workbook(
        tmp_path / "list.xlsx",
        {
            "上海": [HEAD, row(2, text("云岫银行"), text("bank"))],
            "浙江": [HEAD, row(2, text("海棠银行"), text("bank")), row(3, text("云岫银行"), text("bank"))],
            "填表说明": [row(1, text("请勿修改表头"))],
        },
    )
    report = load(file)
    assert report.added == ("云岫银行", "海棠银行")
    assert [(one.sheet, one.row, "上海 第 2 行" in one.reason) for one in report.refused] == [
        ("浙江", 3, True)
    ]
    assert [(one.sheet, "没有所需的表头" in one.text) for one in report.notes] == [("填表说明", True)]
    assert report.complete


def test_a_long_sheet_in_other_columns_makes_the_list_incomplete(load: Importer, tmp_path: Path) -> None:
    other = [row(at, text(f"演练{at}"), text("别的")) for at in range(1, 40)]
    rows = [HEAD, row(2, text("云岫银行"), text("bank"))]
    report = load(write_workbook(tmp_path / "list.xlsx", {"名单": rows, "续": other}))
    assert (report.complete, [one.sheet for one in report.gaps]) == (False, ["续"])


def test_merged_cells_carry_downwards_where_the_mapping_says_so(
    load: Importer, tmp_path: Path, folder: Path
) -> None:
    rows = [
        HEAD,
        row(2, text("云岫银行"), text("bank"), "", text("上海")),
        row(3, text("海棠银行"), text("bank")),
        row(4, text("松间银行"), text("bank")),
    ]
    mapping = tmp_path / "own.yaml"
    mapping.write_text(CARRY, "utf-8")
    file = write_workbook(tmp_path / "list.xlsx", {"名单": rows}, merged=("D2:D3",))
    found = entries(folder, load(file, mapping=mapping).version)
    assert [one.region for one in found] == ["上海", "上海", None]


def test_a_merged_cell_above_nothing_that_a_mapping_carries_stays_empty(
    load: Importer, tmp_path: Path, folder: Path
) -> None:
    rows = [
        HEAD,
        row(2, text("云岫银行"), text("bank"), "", text("上海")),
        row(3, text("海棠银行"), text("bank")),
    ]
    file = write_workbook(tmp_path / "list.xlsx", {"名单": rows}, merged=("D2:D3",))
    assert [one.region for one in entries(folder, load(file).version)] == ["上海", None]


def test_a_binary_workbook_is_named(tmp_path: Path, load: Importer) -> None:
    import zipfile

    file = tmp_path / "list.xlsb"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.bin", b"\0")
    with pytest.raises(ListUnreadable, match="XLSB"):
        load(file)


@pytest.mark.parametrize(("letters", "place"), [("A", 0), ("Z", 25), ("AA", 26), ("XFD", 16_383)])
def test_columns_by_letter(letters: str, place: int) -> None:
    assert column_number(letters) == place


@pytest.mark.slow
def test_a_large_workbook_stays_small_in_memory(workbook: Writer) -> None:
    import tracemalloc

    file = workbook([["name", "type"], *([f"演练{at}银行股份有限公司", "bank"] for at in range(30_000))])
    tracemalloc.start()
    count = sum(1 for table in read_tables(file) for _ in table.rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 30_001
    assert peak < 4 << 20  # rows are not kept: as a list they take some 12 MB
