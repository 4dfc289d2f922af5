"""The page for officers: its example goes in as it stands, its bounds are the real ones."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from licences import reading
from licences.files import cells, child, pdf
from licences.mapping import HEADER_ROWS, load_mapping
from licences.model import EntryStatus, LicenceEntry
from licences.versions import read_version
from tests.licences.conftest import Importer

PAGE = (Path(__file__).parents[2] / "docs" / "licences.md").read_text("utf-8")


def fence(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_goes_in(load: Importer, tmp_path: Path, folder: Path) -> None:
    file, mapping = tmp_path / "list.csv", tmp_path / "city.yaml"
    file.write_text(fence("csv"), "utf-8")
    mapping.write_text(fence("yaml"), "utf-8")
    report = load(file, register="city_lenders", mapping=mapping)
    assert (report.refused, report.complete, report.territory) == ((), True, ("上海",))
    assert [one.text[:2] for one in report.notes] == ["合计"]
    entries = list(read_version(folder, "city_lenders", report.version).entries())
    assert [(one.status, one.licence_type) for one in entries if isinstance(one, LicenceEntry)] == [
        (EntryStatus.VALID, "small_loan"),
        (EntryStatus.CANCELLED, "small_loan"),
    ]


@pytest.mark.parametrize(
    "bound",
    [
        f"text {cells.MAX_TEXT_BYTES >> 20} MiB",
        f"PDF {cells.MAX_BOOK_BYTES >> 20} MiB ({cells.MAX_UNPACKED >> 30} GiB unpacked)",
        f"{cells.MAX_ROWS:,} rows",
        f"{cells.MAX_COLUMNS} columns",
        f"{pdf.MAX_PAGES:,} pages",
        f"{child.MAX_MEMORY >> 30} GiB and {child.MAX_SECONDS // 60} minutes",
        f"first {HEADER_ROWS} rows",
        f"more than {reading.MAX_UNREAD:,} rows",
    ],
)
def test_bounds_are_the_real_ones(bound: str) -> None:
    assert bound in PAGE.replace("\n", " ")


def test_every_register_stands_on_the_page() -> None:
    for path in files("licences").joinpath("mappings").iterdir():
        register = path.name.removesuffix(".yaml")
        if register not in ("default", "negative"):
            assert re.search(rf"[`| ]{register}[` ]", PAGE), register
            for product in load_mapping(register).products:
                assert product in PAGE
