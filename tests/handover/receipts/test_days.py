"""Days as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover.receipts.days import day_of

TODAY = date(2026, 11, 23)
DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    "cell",
    [
        DAY,
        46346,
        46346.75,
        "46346",
        "2026-11-20",
        "2026.11.20",
        "2026/11/20 15:30",
        "2026年11月20日",
        "２０２６年１１月２０日",
        "20261120",
        20261120,
        "二〇二六年十一月二十日",
        "二零二六年十一月廿日",
        "11月20日",
        "11.20",
        "十一月二十号",
        "已于2026年11月20日关闭",
    ],
)
def test_one_day_however_it_is_written(cell: object) -> None:
    assert day_of(cell, TODAY) == DAY


@pytest.mark.parametrize(
    "cell", [None, "", True, "下周", "2026-13-40", "2027-01-01", 3, "3", 1e300, "1999-01-01", "9" * 999]
)
def test_what_is_no_day_of_a_receipt_is_none(cell: object) -> None:
    assert day_of(cell, TODAY) is None


def test_a_day_without_its_year_is_the_last_such_day() -> None:
    assert day_of("12月1日", TODAY) == date(2025, 12, 1)


@given(
    st.dates(date(2015, 1, 1), TODAY),
    st.sampled_from(["{0:%Y-%m-%d}", "{0:%Y%m%d}", "{0.year}年{0.month}月{0.day}日"]),
)
def test_every_day_survives_its_spellings(day: date, form: str) -> None:
    assert day_of(form.format(day), TODAY) == day


@given(st.text(max_size=40))
def test_any_text_is_a_day_or_none(text: str) -> None:
    assert (found := day_of(text, TODAY)) is None or date(2015, 1, 1) <= found <= date(2026, 11, 24)
