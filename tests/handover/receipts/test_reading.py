"""Tables as they come back: other columns, titles above, merged cells; and which rows of the batch they answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from findings.model.handover import Answer, HandedItem, item_id
from handover.receipts.matching import Matches, match
from handover.receipts.reading import Reading, SheetRow, read_lines
from handover.receipts.words import load_words

TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Row:
    number: int
    cells: Sequence[object]
    merged: frozenset[int] = frozenset()


@dataclass
class Table:
    cells: list[Sequence[object]]
    name: str | None = None
    hidden: bool = False
    merged: dict[int, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rows: Iterator[SheetRow] = iter(
            Row(number, row, frozenset(self.merged.get(number, ())))
            for number, row in enumerate(self.cells, start=1)
        )


def read(*tables: Table) -> Reading:
    return read_lines(tables, load_words(), TODAY)


def case(row: int) -> str:
    return f"c1-{row:x}{0:031x}"


def items(count: int, **hosts: str) -> list[HandedItem]:
    return [
        HandedItem(
            id=item_id("b" * 32, row),
            version=1,
            batch_id="b" * 32,
            row=row,
            case_id=case(row),
            ad_ids=(),
            title="理财",
            advertiser=None,
            host=hosts.get(f"h{row}", f"site{row}.example"),
            urls=(f"https://www.site{row}.example/a",),
            sent_at=datetime(2026, 11, 1, tzinfo=UTC),
        )
        for row in range(1, count + 1)
    ]


def matched(found: Matches) -> dict[int, Answer]:
    return {one.item.row: one.line.answer for one in found.matched}


def test_columns_are_found_renamed_reordered_and_below_titles() -> None:
    reading = read(
        Table(
            [
                ("某省通信管理局关于网站核处情况的复函",),
                (None, "批次：沪市监移〔2026〕1号"),
                ("办理结果（必填）", "备 注", "处置时间", "网址", "案件线索编号", "序 号"),
                ("已关闭", None, 46346, "http://www.site1.example/x", case(1), "1"),
                ("", "尚未处理", None, None, case(2), 2.0),
                ("合计：2", None, None, None, None, None),
                ("", None, None, None, case(3), 3),
            ]
        )
    )
    assert [(line.row, line.case, line.answer) for line in reading.lines] == [
        (1, case(1), Answer.CLOSED),
        (2, case(2), Answer.NOT_DONE),
    ]
    assert reading.lines[0].on == date(2026, 11, 20)
    assert reading.lines[0].hosts == ("site1.example",)
    assert "沪市监移〔2026〕1号" in reading.heads
    assert (reading.unanswered, [left.line for left in reading.left]) == (1, [6])


def test_a_heading_of_two_rows_is_read_as_one() -> None:
    reading = read(
        Table(
            [
                ("序号", "域名", "处置情况", None),
                (None, None, "结果", "日期"),
                (1, "a.example", "已下架", "11月2日"),
            ]
        )
    )
    (line,) = reading.lines
    assert (line.row, line.answer, line.on) == (1, Answer.HANDLED, date(2026, 11, 2))


def test_an_answer_merged_downwards_is_that_of_every_row_it_covers() -> None:
    reading = read(Table([("序号", "处置结果"), (1, "已关闭"), (2, None), (3, None)], merged={3: {1}}))
    assert [(line.row, line.answer) for line in reading.lines] == [(1, Answer.CLOSED), (2, Answer.CLOSED)]
    assert reading.unanswered == 1


def test_hidden_sheets_and_tables_without_the_columns_are_named() -> None:
    reading = read(
        Table([("序号", "处置结果"), (1, "已关闭")], name="旧", hidden=True),
        Table([("甲", "乙"), (1, 2)], name="封面"),
        Table([("序号", "处置结果"), (1, "已处理")], name="回执"),
    )
    assert [line.sheet for line in reading.lines] == ["回执"]
    assert ["旧" in reading.notes[0].zh, "封面" in reading.notes[1].zh] == [True, True]


def test_a_row_is_matched_by_all_that_it_says_of_itself() -> None:
    head = ("序号", "案件线索编号", "域名", "处置结果")
    reading = read(
        Table(
            [
                head,
                (1, case(1), "site1.example", "已关闭"),
                ("第2项", None, "WWW.SITE2.EXAMPLE", "已处理"),
                (None, case(3)[:20], None, "无法联系"),
                (None, None, "https://site4.example/b?c=d", "非本省"),
                (5, None, None, "未关闭"),
            ]
        )
    )
    found = match(reading.lines, items(5), named=True)
    assert matched(found) == {
        1: Answer.CLOSED,
        2: Answer.HANDLED,
        3: Answer.UNREACHABLE,
        4: Answer.NOT_OURS,
        5: Answer.NOT_DONE,
    }
    alone = match(reading.lines, items(5), named=False)
    assert [left.line for left in alone.left] == [6]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ((1, case(2), None, "已关闭"), "指向不同的行"),
        ((1, None, "site2.example", "已关闭"), "指向不同的行"),
        ((9, None, None, "已关闭"), "不在本批次中"),
        ((1, None, "elsewhere.example", "已关闭"), "不在本批次中"),
        ((None, None, "shared.example", "已关闭"), "对应多行"),
    ],
)
def test_what_contradicts_itself_is_left_with_its_reason(row: tuple[object, ...], why: str) -> None:
    reading = read(Table([("序号", "案件线索编号", "域名", "处置结果"), row]))
    found = match(reading.lines, items(4, h3="shared.example", h4="shared.example"), named=True)
    assert found.matched == []
    assert why in found.left[0].reason.zh


def test_two_answers_to_one_row_are_both_left_and_the_same_twice_counts_once() -> None:
    reading = read(Table([("序号", "处置结果"), (1, "已关闭"), (1, "未关闭"), (2, "已关闭"), (2, "已关闭")]))
    found = match(reading.lines, items(2), named=True)
    assert matched(found) == {2: Answer.CLOSED}
    assert ([left.line for left in found.left], found.repeated) == ([2, 3], 1)


def test_a_day_that_cannot_be_read_leaves_the_answer() -> None:
    (line,) = read(Table([("序号", "处置结果", "日期"), (1, "已关闭", "上周")])).lines
    assert (line.answer, line.on, line.doubt is not None) == (Answer.CLOSED, None, True)


def test_a_line_for_a_site_answers_all_its_rows() -> None:
    rows = [
        (1, case(1), "shared.example", "已关闭"),
        (None, None, "site2.example", "已处理"),
        (4, case(2), None, "未关闭"),
    ]
    reading = read(Table([("序号", "案件线索编号", "域名", "处置结果"), *rows]))
    found = match(reading.lines, items(5, h1="shared.example", h3="shared.example"), named=True, by_site=True)
    assert matched(found) == {1: Answer.CLOSED, 3: Answer.CLOSED, 2: Answer.HANDLED}
    assert [left.line for left in found.left] == [4]
