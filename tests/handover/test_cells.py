"""What a spreadsheet is given can't run in it."""

import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover.cells import CELL_LIMIT, harmless

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        pytest.param("=1+1", "'=1+1", id="formula"),
        pytest.param("+86 10 1234", "'+86 10 1234", id="plus"),
        pytest.param("-立减200", "'-立减200", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("＝HYPERLINK", "'＝HYPERLINK", id="full-width-equals"),
        pytest.param("\t=1", "'\t=1", id="tab-before-formula"),
        pytest.param("保本12%", "保本12%", id="plain"),
        pytest.param("a\x00b\x1b[31m", "a\ufffdb\ufffd[31m", id="control-characters"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_cell_is_made_harmless(text: str, cell: str) -> None:
    assert harmless(text) == cell


@given(ANY_TEXT)
def test_twice_is_once(text: str) -> None:
    assert harmless(harmless(text)) == harmless(text)


@given(ANY_TEXT)
def test_a_cell_never_starts_a_formula_and_always_fits(text: str) -> None:
    cell = harmless(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert len(cell) <= CELL_LIMIT


@given(ANY_TEXT)
def test_every_cell_can_be_written_and_read_back(text: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    cell = sheet.cell(row=1, column=1)
    cell.value = harmless(text)
    cell.data_type = "s"
    file = io.BytesIO()
    book.save(file)
    read = openpyxl.load_workbook(file).active
    assert read is not None
    assert read.cell(row=1, column=1).data_type != "f"


def test_a_long_cell_says_it_was_cut() -> None:
    assert harmless("保" * 40_000).endswith("全文见 JSON）")


def test_a_sign_beyond_the_bmp_counts_as_two() -> None:
    cut = harmless("保" + "😀" * 20_000)
    assert len(cut.encode("utf-16-le")) // 2 <= CELL_LIMIT
    assert cut.startswith("保😀")
    assert harmless(cut) == cut
