"""licences watch and licences related, as a person runs them."""

import csv
import json
from pathlib import Path

import pytest

from finadwatch.commands.licences.exports import write_csv
from finadwatch.errors import OutputRefused
from tests.support.cli import run_finadwatch

pytestmark = pytest.mark.slow  # each test calls the program

HEAD = "企业名称,法定代表人,股东,登记状态,经营异常名录,住所,经营范围"
ROWS = (
    "上海星河财富管理有限公司,张三,李四,存续,,上海市浦东新区示例路1号,企业管理咨询",
    "星河控股有限公司,张三,,存续,无法联系,广东省深圳市南山区示例路2号,投资管理；软件开发",
    "银河软件有限公司,李四,,存续,,北京市示例路4号,软件开发（不得从事金融业务）",
    "银河支付有限公司,王五,,注销,,北京市示例路5号,支付",
    "第五支付有限公司,赵六,,存续,无法联系,北京市示例路6号,软件",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one imported business register."""
    home = tmp_path_factory.mktemp("home")
    (home / "firms.csv").write_text("\n".join((HEAD, *ROWS)), "utf-8")
    ran = run_finadwatch(
        home, "licences", "import", str(home / "firms.csv"), "--register", "firms", "--as-of", "2026-11-20"
    )
    assert ran.returncode == 0, ran.stderr
    return home


def test_watch_reads_a_file_and_a_register_alike(home: Path) -> None:
    of_file = run_finadwatch(home, "licences", "watch", str(home / "firms.csv"), "--json")
    of_register = run_finadwatch(home, "licences", "watch", "--register", "firms", "--json")
    assert (of_file.returncode, of_register.returncode) == (0, 0)
    assert of_file.stdout == of_register.stdout
    rows = [json.loads(line) for line in of_file.stdout.splitlines()]
    assert [(row["name"], row["word"], row["where"]) for row in rows] == [
        ("上海星河财富管理有限公司", "财富管理", "name"),
        ("星河控股有限公司", "投资管理", "scope"),
        ("第五支付有限公司", "支付", "name"),
    ]
    assert rows[0]["standing"] == "unknown"  # no list of wealth products was imported
    assert rows[0]["tell"] == ["国家金融监督管理总局上海监管局", "中国证监会上海监管局"]
    assert rows[1]["tell"] == ["中国证监会深圳监管局", "深圳市地方金融管理局"]
    assert rows[1]["abnormal"] == "无法联系"


def test_watch_writes_a_table_that_no_spreadsheet_runs(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "told.csv"
    ran = run_finadwatch(home, "licences", "watch", "--register", "firms", "--all", "--csv", str(out))
    assert ran.returncode == 0, ran.stderr
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(out.read_text("utf-8-sig").splitlines()))
    assert len(rows) == 5
    assert "注销" in rows[3]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--register"),
        (("--register", "nothing"), "没有以 'nothing' 导入"),
    ],
    ids=["neither", "no such register"],
)
def test_watch_says_what_it_needs(home: Path, words: tuple[str, ...], said: str) -> None:
    ran = run_finadwatch(home, "licences", "watch", *words)
    assert ran.returncode == 2
    assert said in ran.stderr


def test_related_shows_names_on_screen_and_masks_them_in_files(home: Path, tmp_path: Path) -> None:
    table, graph = tmp_path / "r.csv", tmp_path / "r.graphml"
    ran = run_finadwatch(
        home, "licences", "related", "上海星河财富管理有限公司", "--csv", str(table), "--graph", str(graph)
    )
    assert ran.returncode == 0, ran.stderr
    assert "张三" in ran.stdout
    assert "同名未必同一人" in ran.stderr
    for file in (table, graph):
        text = file.read_text("utf-8")
        assert "张*" in text
        assert "张三" not in text
    rows = list(csv.reader(table.read_text("utf-8-sig").splitlines()))
    assert [row[1] for row in rows[1:]] == [
        "上海星河财富管理有限公司",
        "星河控股有限公司",
        "银河软件有限公司",
    ]


def test_related_writes_names_where_that_is_asked_for(home: Path) -> None:
    asked = ("licences", "related", "上海星河财富管理有限公司", "--steps", "1", "--json")
    masked, named = run_finadwatch(home, *asked), run_finadwatch(home, *asked, "--names")
    assert "张三" not in masked.stdout
    assert "张三" in named.stdout
    row = json.loads(named.stdout.splitlines()[1])
    assert (row["step"], row["strength"], row["listed"]) == (1, "weak", False)
    assert row["path"] == ["星河控股有限公司", "上海星河财富管理有限公司"]


def test_related_hides_names_on_screen_too_where_that_is_asked_for(home: Path) -> None:
    ran = run_finadwatch(home, "licences", "related", "上海星河财富管理有限公司", "--mask")
    assert "张*" in ran.stdout
    assert "张三" not in ran.stdout


def test_related_marks_a_firm_of_the_negative_list(home: Path, tmp_path: Path) -> None:
    listed = tmp_path / "negative.csv"
    listed.write_text("name,authority,date\n星河控股有限公司,示例监管局,2026-11-01\n", "utf-8")
    given = ("--register", "negative", "--as-of", "2026-11-20")
    assert run_finadwatch(home, "licences", "import", str(listed), *given).returncode == 0
    ran = run_finadwatch(home, "licences", "related", "上海星河财富管理有限公司", "--json")
    rows = {row["name"]: row["listed"] for row in map(json.loads, ran.stdout.splitlines())}
    assert rows["星河控股有限公司"] is True
    assert rows["银河软件有限公司"] is False


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("没有这家有限公司",), "企业登记名录中没有"),
        (("银河软件有限公司", "--register", "nothing"), "没有以 'nothing' 导入"),
        (("银河软件有限公司", "--graph", "r.txt"), ".graphml"),
        (("银河软件有限公司", "--steps", "7"), "7"),
    ],
    ids=["no firm", "no register", "no such graph", "too many steps"],
)
def test_related_says_what_is_wrong(home: Path, words: tuple[str, ...], said: str) -> None:
    ran = run_finadwatch(home, "licences", "related", *words)
    assert ran.returncode == 2
    assert said in ran.stderr


def test_a_cell_that_looks_like_a_formula_is_written_as_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    assert write_csv(path, ("名称", "数"), iter([("=cmd|' /C calc'!A0", None), ("＠SUM", 1)])) == 2
    assert list(csv.reader(path.read_text("utf-8-sig").splitlines())) == [
        ["名称", "数"],
        ["'=cmd|' /C calc'!A0", ""],
        ["'＠SUM", "1"],
    ]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputRefused):
        write_csv(tmp_path / "no" / "t.csv", ("a",), [])
