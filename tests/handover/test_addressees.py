"""Whom an office hands over to, and which columns each paper has."""

from pathlib import Path

import pytest
import yaml

from findings.model.handover import Paper
from handover.addressees import load_addressees
from handover.columns import COLUMNS
from handover.errors import AddresseesWrong

SHIPPED = Path(__file__).parents[2] / "handover" / "data" / "addressees.yaml"


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "addressees.yaml"
    path.write_text(text, "utf-8")
    return path


def test_what_ships_keeps_its_own_schema() -> None:
    table = load_addressees(SHIPPED)
    assert set(table.papers) == set(Paper)
    for form in table.papers.values():
        assert set(form.columns) <= set(COLUMNS)
        assert form.columns[0] == "number"


def test_an_office_adds_addressees_and_replaces_a_paper(tmp_path: Path) -> None:
    form = yaml.safe_load(SHIPPED.read_text("utf-8"))["papers"]["stop"] | {"columns": ["number", "url"]}
    given = {"papers": {"stop": form}, "addressees": [{"id": "p", "paper": "stop", "name": "虚城门户"}]}
    table = load_addressees(own(tmp_path, yaml.safe_dump(given, allow_unicode=True)))
    assert table.papers[Paper.STOP].columns == ("number", "url")
    assert table.papers[Paper.POLICE] == load_addressees().papers[Paper.POLICE]
    found = [table.find(Paper.STOP, name) for name in ("p", "虚城门户")]
    assert [one.name for one in found if one] == ["虚城门户"] * 2
    assert table.find(Paper.POLICE, "p") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("papers: {letter: {}}", "letter", id="no-such-paper"),
        pytest.param("addressees: [{id: A B, paper: stop, name: x}]", "A B", id="bad-id"),
        pytest.param(
            "addressees: [{id: a, paper: stop, name: x}, {id: a, paper: stop, name: y}]", "twice", id="twice"
        ),
        pytest.param("[", "line", id="no-yaml"),
        pytest.param("- 1", "top level", id="a-list"),
    ],
)
def test_faults_of_an_own_file_are_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(AddresseesWrong, match=said):
        load_addressees(own(tmp_path, text))


def test_a_column_that_is_none_is_told(tmp_path: Path) -> None:
    form = yaml.safe_load(SHIPPED.read_text("utf-8"))["papers"]["stop"] | {"columns": ["number", "colour"]}
    with pytest.raises(AddresseesWrong, match="colour"):
        load_addressees(own(tmp_path, yaml.safe_dump({"papers": {"stop": form}}, allow_unicode=True)))
