"""The templates that ship are what their script makes, and every variable they may use is told."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from handover.documents import letters, record, trying
from handover.documents.drafting.letters import letters as drafted_letters
from handover.documents.drafting.record import record as drafted_record
from handover.documents.templates import NAMES, RECORD, load
from tests.support import papers

DOCS = Path(__file__).parents[3] / "docs" / "papers.md"


def parts(document: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(document)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_the_script_makes_what_ships() -> None:
    drafted = {**drafted_letters(), **drafted_record()}
    assert sorted(drafted) == sorted(NAMES)
    for name, made in drafted.items():
        assert parts(made) == parts(load(name, None)), f"{name}: run python -m handover.documents.drafting"


@pytest.mark.parametrize("name", NAMES)
def test_what_ships_can_be_filled(name: str) -> None:
    assert trying.tried(name, None) is None


def test_templates_are_tried_with_every_variable_that_there_is() -> None:
    letter = papers.letter(count=1)
    values = letters.variables(letter, letter.rows)
    assert list(values) == list(trying.LETTER)
    assert [set(row) for row in values["名单"]] == [set(letters.ROW_VARIABLES)]  # type: ignore[attr-defined]
    of_record = record.variables(papers.extraction())
    assert list(of_record) == list(trying.RECORD_OF)
    assert set(of_record["文件"][0]) == set(trying.RECORD_OF["文件"][0])  # type: ignore[index]


@pytest.mark.parametrize("heading", ["函件", "名单的一行", "笔录"], ids=["letter", "row", "record"])
def test_the_docs_list_every_variable(heading: str) -> None:
    names = {
        "函件": list(trying.LETTER),
        "名单的一行": list(letters.ROW_VARIABLES),
        "笔录": list(trying.RECORD_OF),
    }
    section = DOCS.read_text("utf-8").split(f"### {heading}")[1].split("\n##")[0]
    told = re.findall(r"^\| `([^`.]+)`", section, flags=re.M)
    assert sorted(told) == sorted(names[heading])


def test_an_offices_broken_template_is_found_before_it_is_needed(tmp_path: Path) -> None:
    (tmp_path / RECORD).write_bytes(b"no document")
    fault = trying.tried(RECORD, tmp_path)
    assert fault is not None
    assert fault.template == RECORD
