"""A table of complaints made into a plan that the crawler takes."""

from pathlib import Path

from openpyxl import Workbook

from crawlers.plan import load_plan
from tests.support.inprocess import Office


def test_a_plan_is_made_and_every_row_is_accounted_for(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    office = Office(tmp_path / "home", f"sqlite:///{tmp_path / 'f.db'}")
    table = tmp_path / "举报登记.csv"
    table.write_text("登记编号,被投诉举报对象,网址,举报人,投诉内容\n1,星河示例有限公司,https://a.example/x,王小明,保本\n"
                     "2,=云岫示例有限公司,,李小红,电话推销\n3,,,,什么也没写\n4,,com.xinghe.loan,,贷款软件\n", "gb18030")  # fmt: skip
    plan = tmp_path / "核查.yaml"
    made = office("sources", "complaints", str(table), "-o", str(plan), "--search", "baidu", "--json")
    assert made.code == 1
    (told,) = made.values
    assert (told["complaints"], told["urls"], told["packages"], told["keywords"]) == (3, 1, 1, 1)
    assert [one[:2] for one in told["unread"]] == [[4, "3"]]
    loaded = {entry.source: entry for entry in load_plan(plan).sources}
    assert loaded["watchlist"].urls == ("https://a.example/x",)
    assert loaded["baidu"].keywords == ("=云岫示例有限公司",)
    assert next(entry.packages for entry in loaded.values() if entry.packages) == ("com.xinghe.loan",)
    kept = (tmp_path / "核查.yaml.complaints.csv").read_text("utf-8-sig")
    assert "王小明" not in kept + plan.read_text("utf-8")
    assert "'=云岫示例有限公司" in kept
    assert "只写了主体" in office("sources", "complaints", str(table), "-o", str(plan)).err
    assert office("sources", "complaints", str(table), "-o", str(plan), "--search", "无此来源").code == 2
    table.write_text("甲,乙\n1,2\n", "utf-8")
    assert "表头" in office("sources", "complaints", str(table), "-o", str(plan)).err


def test_what_of_a_file_was_not_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    book = Workbook()
    book.active.append(["登记编号", "网址"])
    book.active.append(["1", "https://a.example/x"])
    book.create_sheet("旧表").append(["登记编号", "网址"])
    book["旧表"].sheet_state = "hidden"
    book.save(tmp_path / "举报.xlsx")
    office = Office(tmp_path / "home", f"sqlite:///{tmp_path / 'f.db'}")
    plan = tmp_path / "核查.yaml"
    made = office("sources", "complaints", str(tmp_path / "举报.xlsx"), "-o", str(plan), "--json")
    assert (made.code, made.values[0]["unread"]) == (1, [[0, "旧表", "隐藏的工作表，未读取"]])
