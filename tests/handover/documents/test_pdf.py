"""Conversion: the same bytes, side by side, in time, and nothing fetched for a hostile document."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import docx
import pdfplumber
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image

from handover.documents import pdf
from handover.documents.errors import ConversionFailed, LibreOfficeAway
from handover.documents.letters import letter_docx
from handover.documents.pdf import to_pdf
from tests.support import papers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("libreoffice")]


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "函 -o 'a'.docx"
    path.write_bytes(letter_docx(papers.letter(count=2)))
    return path


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback, and the paths that it was asked for."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}", asked
        served.shutdown()


def test_two_conversions_side_by_side_give_the_same_bytes(letter: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda name: to_pdf([letter], tmp_path / name)[0], ("one", "two")))
    assert made[0].name == "函 -o 'a'.pdf"
    assert made[0].read_bytes() == made[1].read_bytes()
    with pdfplumber.open(made[0]) as opened:
        assert opened.metadata["CreationDate"] == "D:20261122160000Z'"
        assert len(opened.pages) == 3
    assert not [path for path in made[0].parent.iterdir() if path.suffix != ".pdf"]


def test_a_conversion_that_takes_too_long_is_ended_with_all_it_started(
    letter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("_START_S", 0.2), ("_FILE_S", 0.0), ("_MEGABYTE_S", 0.0)):
        monkeypatch.setattr(pdf, name, seconds)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.raises(ConversionFailed, match="stopped after"):
        to_pdf([letter], tmp_path / "out")
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [line for line in lines if str(tmp_path).encode() in line and b"soffice" in line]
    assert not list(tmp_path.glob("finadwatch-pdf-*"))


def test_a_hostile_document_fetches_nothing_and_a_broken_one_is_named(
    tmp_path: Path, server: tuple[str, list[str]]
) -> None:
    address, asked = server
    local = tmp_path / "local.png"
    Image.new("RGB", (4, 4), "red").save(local)
    document = docx.Document()
    document.add_paragraph("信")
    for target in (f"{address}/linked.png", local.as_uri()):
        link = document.part.relate_to(target, RELATIONSHIP_TYPE.IMAGE, is_external=True)
        document.add_paragraph()._p.append(parse_xml(_linked_picture(link)))
    for code in (
        f"INCLUDEPICTURE {address}/field.png",
        f"INCLUDETEXT {address}/field.docx",
        "DDEAUTO cmd /c",
    ):
        field = f'<w:fldSimple {nsdecls("w")} w:instr=" {code} "><w:r><w:t>栏</w:t></w:r></w:fldSimple>'
        document.add_paragraph()._p.append(parse_xml(field))
    source = tmp_path / "hostile.docx"
    document.save(str(source))
    broken = tmp_path / "broken.docx"
    broken.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(ConversionFailed) as failed:
        to_pdf([broken, source], tmp_path / "out")
    assert failed.value.names == ("broken.docx",)
    assert asked == []
    (made,) = (tmp_path / "out").iterdir()
    with pdfplumber.open(made) as opened:
        assert "信" in opened.pages[0].extract_text()
        assert opened.pages[0].images == []


def _linked_picture(link: str) -> str:
    return (
        f'<w:r {nsdecls("w", "a", "pic", "r", "wp")}><w:drawing><wp:inline><wp:extent cx="914400" cy="914400"/>'
        '<wp:docPr id="1" name="x"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        f'<pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="x"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link="{link}"/>'
        '<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
        '<a:ext cx="914400" cy="914400"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def test_without_libreoffice_it_is_said_what_to_install(
    letter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOFFICE", str(tmp_path / "none"))
    with pytest.raises(LibreOfficeAway, match="apt-get install libreoffice-writer") as away:
        to_pdf([letter], tmp_path)
    assert away.value.exit_code == 3
