"""Lists that regulators publish as PDF: many pages, repeated headings, broken cells and rows."""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, PageBreak, Paragraph, SimpleDocTemplate, Table

from licences.errors import ListUnreadable
from licences.files.pdf import joined
from licences.model import LicenceEntry
from licences.versions import read_version
from tests.licences.conftest import Importer

FONT = "STSong-Light"
HEAD = ["institution_code", "name", "institution_type"]
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
STYLE = ParagraphStyle("cell", fontName=FONT, fontSize=9, leading=12, wordWrap="CJK")

Story = Sequence[Flowable]
Printer = Callable[[Story], Path]


@pytest.fixture
def printed(tmp_path: Path) -> Printer:
    """Write a PDF from its parts."""

    def write(story: Story) -> Path:
        path = tmp_path / "list.pdf"
        SimpleDocTemplate(str(path), pagesize=A4).build(list(story))
        return path

    return write


def bank(number: int, name: str = "") -> list[object]:
    """A row whose long name takes two lines of its cell."""
    name = name or f"演练第{number}农村商业银行股份有限公司及其名称很长因而必须换行的那一家有限公司"
    return [f"B{number:04d}H131000001", Paragraph(name, STYLE), "农村商业银行"]


def table(rows: Sequence[Sequence[object]], *, ruled: bool = True, repeat: int = 1) -> Table:
    """A table of three columns, its heading on every page."""
    style: list[tuple[object, ...]] = [
        ("FONTNAME", (0, 0), (-1, -1), FONT),
        ("FONTSIZE", (0, 0), (-1, -1), 9),
    ]
    if ruled:
        style.append(("GRID", (0, 0), (-1, -1), 0.5, (0, 0, 0)))
    return Table(rows, repeatRows=repeat, colWidths=[130, 190, 110], style=style)


def names(folder: Path, version: str) -> list[str]:
    found = list(read_version(folder, "nfra", version).entries())
    assert all(isinstance(one, LicenceEntry) for one in found)
    return [one.name for one in found]  # type: ignore[union-attr]


def test_pages_with_repeated_headings_and_cells_of_two_lines(
    load: Importer, printed: Printer, folder: Path
) -> None:
    file = printed([table([HEAD, *(bank(at) for at in range(90))])])
    report = load(file, register="nfra")
    assert (report.entries, report.counts.refused, report.gaps) == (90, 0, ())
    assert (
        names(folder, report.version)[0]
        == "演练第0农村商业银行股份有限公司及其名称很长因而必须换行的那一家有限公司"
    )
    assert report.complete


def test_a_row_that_a_page_break_took_apart_is_one_row(
    load: Importer, printed: Printer, folder: Path
) -> None:
    """The code stands on one page with half of the name, the other half alone on the next."""
    first = table(
        [HEAD, bank(1), ["B0002H131000001", Paragraph("海棠农村商业银行股份", STYLE), "农村商业银行"]]
    )
    second = table([HEAD, ["", Paragraph("有限公司", STYLE), ""], bank(3)])
    report = load(printed([first, PageBreak(), second]), register="nfra")
    assert names(folder, report.version)[1] == "海棠农村商业银行股份有限公司"
    assert [(one.page, "合并" in one.text) for one in report.notes] == [(2, True)]
    assert (report.entries, report.refused) == (3, ())


def test_the_code_may_stand_on_the_second_page(load: Importer, printed: Printer, folder: Path) -> None:
    first = table([HEAD, bank(1), ["", Paragraph("海棠农村商业银行股份", STYLE), ""]])
    second = table([["B0002H131000001", Paragraph("有限公司", STYLE), "农村商业银行"], bank(3)], repeat=0)
    report = load(printed([first, PageBreak(), second]), register="nfra")
    assert names(folder, report.version)[1] == "海棠农村商业银行股份有限公司"


def test_two_firms_at_a_page_break_stay_two(load: Importer, printed: Printer, folder: Path) -> None:
    first = table([HEAD, bank(1, "云岫农村商业银行股份有限公司")])
    second = table([["", Paragraph("海棠农村商业银行股份有限公司", STYLE), "农村商业银行"]], repeat=0)
    report = load(printed([first, PageBreak(), second]), register="nfra")
    assert names(folder, report.version) == ["云岫农村商业银行股份有限公司", "海棠农村商业银行股份有限公司"]


def test_a_table_without_lines(load: Importer, printed: Printer, folder: Path) -> None:
    rows = [[f"B{at:04d}H131000001", f"演练第{at}号农村商业银行", "农村商业银行"] for at in range(70)]
    report = load(printed([table([HEAD, *rows], ruled=False)]), register="nfra")
    assert (report.entries, report.counts.refused) == (70, 0)
    assert names(folder, report.version)[69] == "演练第69号农村商业银行"


def picture() -> Image:
    """A page as a scanner makes it."""
    from PIL import Image as Pixels

    content = BytesIO()
    Pixels.new("RGB", (200, 200), "white").save(content, "PNG")
    content.seek(0)
    return Image(content, 200, 200)


def test_a_scan_says_that_it_is_one(load: Importer, printed: Printer, folder: Path) -> None:
    with pytest.raises(ListUnreadable, match="scan without text"):
        load(printed([picture()]), register="nfra")
    assert not folder.exists()


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_scanned_page_among_others_makes_the_list_incomplete(
    load: Importer, printed: Printer, place: int
) -> None:
    pages: list[list[Flowable]] = [[table([HEAD, bank(1)])], [table([HEAD, bank(2)])]]
    pages.insert(place, [picture()])
    story = [part for page in pages for part in (*page, PageBreak())]
    report = load(printed(story), register="nfra")
    assert (report.entries, report.complete) == (2, False)
    assert f"第 {place + 1} 页" in report.gaps[0].text


def test_a_cover_letter_is_no_gap(load: Importer, printed: Printer) -> None:
    story = [Paragraph("现公布银行业金融机构法人名单。", STYLE), PageBreak(), table([HEAD, bank(1)])]
    assert load(printed(story), register="nfra").complete


def test_a_letter_holds_no_list(load: Importer, printed: Printer) -> None:
    with pytest.raises(ListUnreadable):
        load(printed([Paragraph("现公布银行业金融机构法人名单。", STYLE)]), register="nfra")


def test_a_protected_pdf_says_so(load: Importer, tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    file = tmp_path / "list.pdf"
    canvas = Canvas(str(file), encrypt=StandardEncryption("geheim", ownerPassword="x"))
    canvas.drawString(100, 100, "name")
    canvas.save()
    with pytest.raises(ListUnreadable, match="password"):
        load(file, register="nfra")


def test_half_of_a_pdf_is_one_sentence(load: Importer, printed: Printer, folder: Path) -> None:
    file = printed([table([HEAD, *(bank(at) for at in range(60))])])
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(ListUnreadable, match="as PDF"):
        load(file, register="nfra")
    assert not folder.exists()


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("云岫银行股份\n有限公司", "云岫银行股份有限公司"),
        ("B0001H1310\n00001", "B0001H131000001"),
        ("Harbour\nBank", "Harbour Bank"),
        ("汇丰银行\nBank", "汇丰银行Bank"),
        (None, None),
    ],
    ids=["chinese", "code", "english", "mixed", "nothing"],
)
def test_line_breaks_in_a_cell(cell: str | None, line: str | None) -> None:
    assert joined(cell) == line
