"""Rows that are no entries, rows that belong together, rows that can't be trusted."""

from pathlib import Path

import pytest

from licences.errors import TerritoryWrong
from licences.registers import Registers
from licences.versions import read_version
from tests.licences.conftest import Importer, Writer
from tests.support.licence_lists import code

HEAD = "序号,机构名称,机构类型,统一社会信用代码"

LEFT_OUT = [
    ("repeated-heading", HEAD, None),
    ("sum", "合计,1,,", "合计"),
    ("sum-in-the-name", ",总计：1 家,,", "总计"),
    ("count", ",共 1 家,,", "共 1 家"),
    ("remark", "注：本名单按字母排序,,,", "注：本名单"),
    ("source", ",数据来源：演练监管局,,", "数据来源"),
    ("section", ",二、村镇银行,,", "二、村镇银行"),
    ("section-in-brackets", "（三）外资银行,,,", "（三）外资银行"),
]


@pytest.mark.parametrize(("row", "words"), [row[1:] for row in LEFT_OUT], ids=[row[0] for row in LEFT_OUT])
def test_rows_that_are_no_entries_are_left_out_and_named(
    load: Importer, csv_file: Writer, row: str, words: str | None
) -> None:
    report = load(csv_file(HEAD, "1,云岫银行,bank,", row, "2,海棠银行,bank,"))
    assert (report.entries, report.refused, report.complete) == (2, (), True)
    assert [words in one.text for one in report.notes if words] == ([True] if words else [])


@pytest.mark.parametrize("name", ["合计银行", "注册银行股份有限公司", "一、二银行股份有限公司", "共和银行"])
def test_names_that_begin_like_sums_are_firms(load: Importer, csv_file: Writer, name: str) -> None:
    assert load(csv_file("机构名称,机构类型", f"{name},bank")).added == (name,)


def test_a_row_with_a_stray_comma_is_refused(load: Importer, csv_file: Writer) -> None:
    report = load(csv_file(HEAD, "1,云岫,银行,bank,", "2,海棠银行,bank,"))
    assert (report.added, [one.row for one in report.refused]) == (("海棠银行",), [2])
    report = load(csv_file(HEAD, "1,云岫银行,bank,,上海,浦东", "2,海棠银行,bank,"))
    assert "多于表头" in report.refused[0].reason


def test_rows_swallowed_by_a_quotation_mark_are_not_lost_silently(load: Importer, csv_file: Writer) -> None:
    rows = ['2,"海棠银行,bank,', "3,松间银行,bank,", '4,竹溪银行",bank,', "5,青禾银行,bank,"]
    report = load(csv_file(HEAD, "1,云岫银行,bank,", *rows))
    assert report.added == ("云岫银行", "青禾银行")
    assert "引号" in report.refused[0].reason


def test_a_cell_of_two_lines_in_quotation_marks_is_a_cell(load: Importer, csv_file: Writer) -> None:
    assert load(csv_file(HEAD, '1,"云岫\n银行",bank,')).added == ("云岫 银行",)


def test_two_licences_of_one_kind_are_two_entries(load: Importer, csv_file: Writer) -> None:
    head = "机构名称,机构类型,统一社会信用代码,许可证编号"
    rows = [f"云岫,小贷,{code(1)},甲1", f"云岫,小贷,{code(1)},甲2", f"云岫,小贷,{code(1)},甲1"]
    report = load(csv_file(head, *rows))
    assert (report.entries, [one.row for one in report.refused]) == (2, [4])


def test_two_orders_against_one_firm_are_two_entries(
    load: Importer, csv_file: Writer, folder: object
) -> None:
    head = "name,uscc,authority,date,document"
    rows = [f"满仓投顾,{code(1)},测试监管局,2026-05-01,1号", f"满仓投顾,{code(1)},测试监管局,2026-06-01,2号"]
    report = load(csv_file(head, *rows, rows[0]), register="negative")
    assert (report.entries, [one.row for one in report.refused]) == (2, [4])


LOCAL = "公司名称,统一社会信用代码,成立日期"


def test_a_provinces_list_says_whose_it_is(load: Importer, csv_file: Writer, folder: object) -> None:
    file = csv_file(LOCAL, f"云岫小额贷款有限公司,{code(1)},2012-03-01")
    with pytest.raises(TerritoryWrong, match="--territory"):
        load(file, register="small_loan")
    with pytest.raises(TerritoryWrong, match="no province"):
        load(file, register="small_loan", territory=["浦东"])
    report = load(file, register="small_loan", territory=["上海"])
    assert report.territory == ("上海",)
    assert load(file, register="small_loan", territory=["全国"]).territory == ()


def test_a_provinces_list_never_replaces_anothers(load: Importer, csv_file: Writer, folder: Path) -> None:
    files = [csv_file(LOCAL, f"{name}小额贷款有限公司,,") for name in ("云岫", "海棠")]
    load(files[0], register="small_loan", territory=["上海"])
    for given in (["江苏"], ["江苏", "浙江"]):
        with pytest.raises(TerritoryWrong, match="small_loan-2"):
            load(files[1], register="small_loan", territory=given)
    assert [one.register.territory for one in Registers.load(folder).naming("small_loan")] == [("上海",)]
    load(files[1], register="small_loan-2", territory=["江苏"])
    assert {one.register.territory for one in Registers.load(folder).naming("small_loan")} == {
        ("上海",),
        ("江苏",),
    }
    assert load(files[1], register="small_loan", territory=["上海", "江苏"]).territory == ("上海", "江苏")
    with pytest.raises(TerritoryWrong, match="江苏"):
        load(files[1], register="small_loan", territory=["上海"])
    assert load(files[1], register="small_loan", territory=["上海"], allow_shrink=True).stored


def test_the_territory_is_part_of_the_list(load: Importer, csv_file: Writer, folder: object) -> None:
    from pathlib import Path

    assert isinstance(folder, Path)
    file = csv_file(LOCAL, f"云岫小额贷款有限公司,{code(1)},2012-03-01")
    report = load(file, register="small_loan", territory=["上海", "江苏"])
    register = read_version(folder, "small_loan", report.version).register
    assert (register.territory, register.licence_types) == (("上海", "江苏"), ("small_loan",))


def test_reports_of_many_refused_rows_stay_short(load: Importer, csv_file: Writer) -> None:
    rows = [f"{at},演练{at}银行,星际银行," for at in range(3_000)]
    report = load(csv_file(HEAD, "1,云岫银行,bank,", *rows))
    assert (len(report.refused), report.counts.refused) == (1_000, 3_000)


def test_so_many_refused_names_that_the_list_proves_nothing(
    load: Importer, csv_file: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from licences import reading

    monkeypatch.setattr(reading, "MAX_UNREAD", 5)
    rows = [f"{at},演练{at}银行,星际银行," for at in range(9)]
    report = load(csv_file(HEAD, "1,云岫银行,bank,", *rows))
    assert (report.complete, report.gaps[0].text) == (False, "未能导入的行过多")
