"""What a paper prints has a glyph, whatever was captured."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover.documents.words import UNKNOWN, address, day, instant, line, printable


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        pytest.param("星河理财 Finance-1 ①「」", "星河理财 Finance-1 ①「」", id="ordinary"),
        pytest.param("騰訊鬱龘㐂", "騰訊鬱龘㐂", id="traditional-and-rare"),
        pytest.param("0† 84.2%‡", "0† 84.2%‡", id="marks-of-reports"),
        pytest.param("💰理财", "[U+1F4B0]理财", id="emoji"),
        pytest.param("𠮷野家", "[U+20BB7]野家", id="beyond-the-basic-plane"),
        pytest.param("ab\u202ecd", "ab[U+202E]cd", id="writing-turned-round"),
        pytest.param("a\x00\x7f\ud800", "a[U+0000][U+007F][U+D800]", id="no-character-of-XML"),
        pytest.param("a\tb\u2028c\nd", "a b c\nd", id="spaces-and-lines"),
    ],
)
def test_a_character_without_a_glyph_is_spelled(text: str, printed: str) -> None:
    assert printable(text) == printed


@given(st.text(st.characters()))
def test_all_that_is_printed_can_be_printed(text: str) -> None:
    once = printable(text)
    assert printable(once) == once
    assert once.encode("utf-8").decode("utf-8") == once


@pytest.mark.parametrize("nothing", [None, "", " \n\u3000"])
def test_nothing_is_unknown(nothing: str | None) -> None:
    assert line(nothing, 10) == UNKNOWN


def test_a_long_text_is_cut_and_a_long_address_says_how_long_it_is() -> None:
    assert line("一" * 50, 3) == "一一一…"
    assert line("a" * 10**7, 3) == "aaa…"
    told = address("https://x.example/" + "a" * 9_982)
    assert told.endswith("…（共 10000 个字符，全文见电子名单）")
    assert len(told) < 160


def test_dates_are_written_as_papers_write_them_in_china() -> None:
    assert day(date(2026, 1, 5)) == "2026年1月5日"
    assert instant(datetime(2026, 1, 4, 16, 0, 1, tzinfo=UTC)) == "2026年1月5日 00:00:01"
