"""A template filled with any value shows that value and nothing else."""

import io
from functools import cache

import docx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handover.documents.filling import fill
from handover.documents.words import EPOCH, printable


@cache
def template() -> bytes:
    written = docx.Document()
    written.add_paragraph("{{ 值 }}")
    table = written.add_table(rows=1, cols=1)
    table.cell(0, 0).text = "{{ 值 }}|{{ 值|replace('<', '{') }}"
    saved = io.BytesIO()
    written.save(saved)
    return saved.getvalue()


@pytest.mark.slow
@settings(max_examples=25)
@given(st.text(max_size=60))
@example("{_{ 7*7 }_}")
@example("]]></w:t></w:r><w:p/>&amp;&#9;")
@example("{%tr for x in y %}{{r x }}\a\f\v\x00")
def test_any_value_stays_what_it_is(value: str) -> None:
    document = docx.Document(io.BytesIO(fill(template(), "t.docx", {"值": value}, title=value, at=EPOCH)))
    (paragraph,) = document.paragraphs
    assert paragraph.text == printable(value)
    assert document.tables[0].cell(0, 0).text.startswith(printable(value) + "|")
    assert document.core_properties.author == "FinAdWatch"
