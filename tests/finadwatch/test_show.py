"""Captured text can't steer a terminal, and marks stand where the words stand."""

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finadwatch.show import emit, excerpt, safe
from findings.query import Highlight

ANY_TEXT = st.text(st.characters(codec=None), max_size=300)


@given(ANY_TEXT)
def test_nothing_shown_can_move_a_cursor(text: str) -> None:
    assert not {unicodedata.category(char) for char in safe(text)} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@given(ANY_TEXT)
def test_safe_keeps_length_and_is_idempotent(text: str) -> None:
    assert len(safe(text)) == len(text)
    assert safe(safe(text)) == safe(text)


def test_no_character_in_json_can_move_a_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    emit({"title": every})
    shown = capsys.readouterr().out
    assert json.loads(shown)["title"].encode("utf-16", "surrogatepass") == every.encode(
        "utf-16", "surrogatepass"
    )
    assert not {unicodedata.category(char) for char in shown[:-1]} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def test_a_terminal_escape_becomes_harmless() -> None:
    assert safe("\x1b[2J保本\u202e") == "\ufffd[2J保本\ufffd"


def test_words_are_marked_in_their_surroundings() -> None:
    text = "欢迎加入，" * 20 + "保本保息，年化12%"
    start = text.index("保本")
    shown = excerpt(text, [Highlight("text", start, start + 4)], around=5)
    assert shown == "…迎加入，"[0:1] + text[start - 5 : start] + "【保本保息】，年化12%"


def test_a_text_without_marks_begins_at_its_beginning() -> None:
    assert excerpt("一二三", []) == "一二三"
