"""The order of lines given as rectangles: tables of layouts, and laws over random ones."""

from collections.abc import Sequence
from math import cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.reading_order import Glue, Shape, reading_order

Rect = tuple[str, float, float, float, float]
"""Text, left, top, width, height."""


def shape(rect: Rect, tilt: float = 0.0) -> Shape:
    text, left, top, width, height = rect
    right, low = left + width, top + height
    turn = radians(tilt)

    def at(x: float, y: float) -> tuple[float, float]:
        return x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)

    return Shape((at(left, top), at(right, top), at(right, low), at(left, low)), text)


def read(rects: Sequence[Rect], tilt: float = 0.0) -> list[str]:
    return [rects[number][0] for number, _ in reading_order([shape(rect, tilt) for rect in rects])]


def joined(rects: Sequence[Rect]) -> str:
    ordered = reading_order([shape(rect) for rect in rects])
    return "".join(rects[number][0] + glue for number, glue in ordered)


def column(words: Sequence[str], left: float, top: float, size: float = 20, step: float = 32) -> list[Rect]:
    return [(word, left, top + at * step, len(word) * size, size) for at, word in enumerate(words)]


TITLE: Rect = ("稳健理财新选择尽在这里", 60, 0, 460, 40)
LEFT = ("左栏的第一行文字", "左栏的第二行文字", "左栏的第三行文字")
RIGHT = ("右栏的第一行文字", "右栏的第二行文字", "右栏的第三行文字")
FOOT: Rect = ("投资有风险理财需谨慎请仔细阅读说明", 30, 300, 500, 24)
TWO_COLUMNS = [TITLE, *column(LEFT, 10, 80), *column(RIGHT, 320, 80), FOOT]


@pytest.mark.parametrize("tilt", [0, 3, -3, 8, -8, 15])
def test_columns_are_read_one_after_the_other(tilt: float) -> None:
    assert read(TWO_COLUMNS, tilt) == [TITLE[0], *LEFT, *RIGHT, FOOT[0]]


@pytest.mark.parametrize("offset", [5, 10, 16])
def test_columns_whose_rows_are_not_level(offset: float) -> None:
    rects = [TITLE, *column(LEFT, 10, 80), *column(RIGHT, 320, 80 + offset), FOOT]
    assert read(rects) == [TITLE[0], *LEFT, *RIGHT, FOOT[0]]


def test_a_heading_between_parts_the_columns() -> None:
    between: Rect = ("第二部分的标题横贯左右两栏", 20, 200, 500, 30)
    lower_left, lower_right = column(LEFT, 10, 260), column(RIGHT, 320, 260)
    rects = [*column(LEFT, 10, 80), *column(RIGHT, 320, 80), between, *lower_left, *lower_right]
    assert read(rects) == [*LEFT, *RIGHT, between[0], *LEFT, *RIGHT]


def test_a_column_may_be_longer_than_its_neighbour() -> None:
    rects = [*column(LEFT, 10, 80), *column(RIGHT[:1], 320, 80)]
    assert read(rects) == [*LEFT, RIGHT[0]]


def test_three_columns() -> None:
    third = ("末栏的第一行文字", "末栏的第二行文字", "末栏的第三行文字")
    rects = [*column(third, 620, 80), *column(LEFT, 10, 80), *column(RIGHT, 320, 80)]
    assert read(rects) == [*LEFT, *RIGHT, *third]


def test_short_cells_are_a_table() -> None:
    rects = [*column(("期限", "利率", "起投"), 10, 0), *column(("十二个月", "百分之六", "一百元"), 200, 0)]
    assert read(rects) == ["期限", "十二个月", "利率", "百分之六", "起投", "一百元"]


def test_bubbles_that_take_turns_are_no_columns() -> None:
    rects: list[Rect] = [
        ("老师今天买什么", 10, 0, 140, 20),
        ("跟着我买就对了", 300, 40, 140, 20),
        ("真的能赚到钱吗", 10, 80, 140, 20),
        ("昨天翻了一倍了", 300, 120, 140, 20),
    ]
    assert read(rects) == [rect[0] for rect in rects]


def test_vertical_lines_are_read_from_the_right() -> None:
    rects: list[Rect] = [
        ("左边第三句", 10, 10, 30, 150),
        ("中间第二句", 60, 12, 30, 150),
        ("右边第一句", 110, 8, 30, 150),
    ]
    assert read(rects) == ["右边第一句", "中间第二句", "左边第三句"]


def test_vertical_lines_of_two_tiers() -> None:
    rects: list[Rect] = [
        ("左上", 10, 0, 30, 70), ("右上", 60, 0, 30, 70), ("左下", 10, 80, 30, 70), ("右下", 60, 80, 30, 70),
    ]  # fmt: skip
    assert read(rects) == ["右上", "左上", "右下", "左下"]


def test_vertical_lines_beside_horizontal_ones() -> None:
    rects: list[Rect] = [
        TITLE, ("竖排左", 10, 80, 24, 90), ("竖排右", 44, 80, 24, 90), *column(LEFT, 200, 80),
    ]  # fmt: skip
    assert read(rects) == [TITLE[0], "竖排右", "竖排左", *LEFT]


def test_couplets_are_read_from_the_right() -> None:
    rects: list[Rect] = [TITLE, ("上联在右边", 480, 80, 30, 150), ("下联在左边", 40, 80, 30, 150)]
    assert read(rects) == [TITLE[0], "上联在右边", "下联在左边"]


def test_a_large_figure_beside_small_lines() -> None:
    rects: list[Rect] = [("年化收益", 0, 20, 80, 20), ("12%", 90, 0, 120, 60), ("起", 215, 40, 20, 20)]
    assert sorted(read(rects)) == sorted(rect[0] for rect in rects)
    assert read(rects)[:2] == ["年化收益", "12%"]


@pytest.mark.parametrize(("gap", "glue"), [(10, " "), (29, " "), (60, "\n")])
def test_parts_of_a_row(gap: float, glue: Glue) -> None:
    assert joined([("保本", 0, 0, 40, 20), ("保息", 40 + gap, 1, 40, 20)]) == f"保本{glue}保息\n"


def test_a_sentence_broken_to_fit_is_one() -> None:
    first, second = "本产品预期年化收益率最高可以达", "到百分之十二"
    assert joined(column((first, second), 10, 0)) == f"{first}{second}\n"


@pytest.mark.parametrize(
    "words",
    [
        ("年化收益率高达百分之十", "随时可以赎回当天到账户"),  # points of a list
        ("本产品预期年化收益率为百分之六。", "到期还本"),  # the sentence has ended
    ],
)
def test_lines_of_their_own_stay_apart(words: tuple[str, str]) -> None:
    assert joined(column(words, 10, 0)) == "\n".join(words) + "\n"


def test_a_line_that_leaves_room_was_not_broken() -> None:
    rects = column(("本产品预期年化收益率最高可以达", "到百分之十二并且每个月都返还给所有的投资人"), 10, 0)
    assert joined(rects) == f"{rects[0][0]}\n{rects[1][0]}\n"


def test_nothing_and_one_line() -> None:
    assert reading_order([]) == []
    assert reading_order([shape(("保本", 0, 0, 40, 20))]) == [(0, "\n")]


RECTS = st.lists(
    st.tuples(
        st.text("保本息稳赚12%。", min_size=1, max_size=14),
        st.integers(0, 900).map(float),
        st.integers(0, 900).map(float),
        st.integers(1, 400).map(float),
        st.integers(1, 400).map(float),
    ),
    max_size=40,
)


@given(RECTS, st.floats(-200, 200))
def test_each_line_once(rects: list[Rect], tilt: float) -> None:
    ordered = reading_order([shape(rect, tilt) for rect in rects])
    assert sorted(number for number, _ in ordered) == list(range(len(rects)))


@given(RECTS, st.randoms(use_true_random=False))
def test_the_order_found_does_not_matter(rects: list[Rect], rng: object) -> None:
    placed = list({rect[1:]: rect for rect in rects}.values())
    shuffled = list(placed)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert joined(placed) == joined(shuffled)


@given(RECTS, st.integers(-50, 50), st.integers(-50, 50))
def test_where_the_whole_stands_does_not_matter(rects: list[Rect], right: int, down: int) -> None:
    moved = [
        (text, left + 64 * right, top + 64 * down, width, height) for text, left, top, width, height in rects
    ]
    assert read(moved) == read(rects)


@given(
    st.integers(2, 12),
    st.integers(2, 12),
    st.floats(-12, 12),
    st.integers(0, 40),
    st.integers(12, 60),
    st.integers(25, 400),
)
def test_two_columns_are_never_read_across(
    left: int, right: int, tilt: float, offset: int, size: int, gutter: int
) -> None:
    words = "本栏这一行写着八个字"
    one = column([f"{words}左{at:x}" for at in range(left)], 0, 0, size, 1.5 * size)
    beside = len(one[0][0]) * size + max(gutter, 1.5 * size)
    other = column([f"{words}右{at:x}" for at in range(right)], beside, min(offset, size), size, 1.5 * size)
    assert read([*other, *one], tilt) == [rect[0] for rect in [*one, *other]]
