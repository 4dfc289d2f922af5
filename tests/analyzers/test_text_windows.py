import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.text_windows import windows


@given(st.text(alphabet="保本理财。，\n a", max_size=200), st.integers(1, 30))
def test_windows_cover_the_text_in_order_and_keep_the_limit(text: str, limit: int) -> None:
    found = windows(text, limit)
    assert "".join(text[start:end] for start, end in found) == text
    assert all(0 < end - start <= limit for start, end in found)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        pytest.param("", 10, [], id="empty"),
        pytest.param("甲乙", 2, ["甲乙"], id="exactly-the-limit"),
        pytest.param("一句。两句，半", 5, ["一句。", "两句，半"], id="sentence-end-before-pause"),
        pytest.param("一句，两句三", 4, ["一句，", "两句三"], id="pause-where-no-sentence-ends"),
        pytest.param("一二三四五", 2, ["一二", "三四", "五"], id="nothing-to-cut-at"),
    ],
)
def test_windows_cut_at_the_best_place(text: str, limit: int, expected: list[str]) -> None:
    assert [text[start:end] for start, end in windows(text, limit)] == expected


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="holds nothing"):
        windows("甲", 0)
