"""Tables of complaints: what they name to visit, and that who complained is never read."""

import json
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from crawlers.complaints import Complaint, NoHeading, Unread, complaints

HEADS = [
    "登记编号",
    "登记时间",
    "投诉人姓名",
    "联系电话",
    "被投诉举报对象",
    "网址（选填）",
    "APP包名",
    "举报内容",
]


def read(*rows: list[object], heads: list[object] | None = None) -> list[Complaint | Unread]:
    table = [["投诉举报登记表"], [], heads or HEADS, *rows]
    return list(complaints(enumerate(table, 1)))  # type: ignore[arg-type]


def test_a_row_gives_what_it_names_to_visit_and_nothing_of_who_complained() -> None:
    (one,) = read(
        ["12315-1", "2026-11-02", "王小明", "13900000000", "星河示例有限公司", "hxxps://a[.]example/p?x=1；b.example",
         "com.xinghe.loan", "在 www.c.example/d 看到广告，又见https://e.example/保本，客服邮箱 x@f.example"]
    )  # fmt: skip
    assert isinstance(one, Complaint)
    assert (one.line, one.number, one.day, one.against) == (4, "12315-1", "2026-11-02", "星河示例有限公司")
    assert one.urls == (
        "https://a.example/p?x=1",
        "http://b.example/",
        "https://e.example/保本",
        "http://www.c.example/d",
    )
    assert one.packages == ("com.xinghe.loan",)
    assert "王小明" not in str(one)
    assert "13900000000" not in str(one)


def test_a_row_without_anything_to_visit_says_so() -> None:
    told = read(
        ["1", "", "", "", "", "见截图", "", "收到短信"],
        ["2", "", "", "", "星河示例有限公司", "", "", ""],
        [""] * 8,
    )
    assert isinstance(told[0], Unread)
    assert "见截图" in told[0].why.zh
    assert isinstance(told[1], Complaint)
    assert (told[1].against, told[1].urls) == ("星河示例有限公司", ())
    assert len(told) == 2


def test_columns_of_the_complainant_are_none_of_ours() -> None:
    heads: list[object] = ["工单号", "投诉人联系网址", "举报人", "被举报人", "被举报人电话", "链接"]
    (one,) = read(
        ["7", "https://mine.example/", "李某", "云岫", "13800000000", "https://bad.example/"], heads=heads
    )
    assert isinstance(one, Complaint)
    assert one.against == "云岫"
    assert one.urls == ("https://bad.example/",)


@pytest.mark.parametrize("rows", [[], [["甲", "乙"]], [["登记编号"]], [["a"]] * 40])
def test_a_table_without_the_headings_is_none_of_complaints(rows: list[list[object]]) -> None:
    with pytest.raises(NoHeading):
        list(complaints(enumerate(rows, 1)))  # type: ignore[arg-type]


@given(
    st.lists(
        st.lists(st.none() | st.text(max_size=80) | st.floats() | st.booleans(), max_size=10), max_size=8
    )
)
def test_every_row_comes_back_once_or_was_empty(rows: list[list[object]]) -> None:
    told = read(*rows)
    lines = [one.line for one in told]
    assert lines == sorted(set(lines))
    assert len(told) <= len(rows)


def test_the_words_are_as_their_schema_says() -> None:
    data = yaml.safe_load(files("crawlers").joinpath("complaints.yaml").read_text("utf-8"))
    schema = json.loads(files("crawlers").joinpath("complaints.schema.json").read_text("utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(data)) == []
    words = [word for name, known in data.items() for word in known]
    assert len(words) == len(set(words))
