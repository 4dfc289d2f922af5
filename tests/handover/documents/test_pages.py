"""The pages as LibreOffice lays them out: every glyph there, fonts inside, nothing over the edge, headings again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pdfplumber
import pytest
from fontTools.t1Lib import T1Font
from pdfminer.pdftypes import resolve1

from findings.model.handover import Paper
from tests.support import papers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("libreoffice")]

NAMES = [*(paper.value for paper in Paper), "list", "record"]


class Page(NamedTuple):
    """What stands on a page: its size, characters, the upright lines of its table with their top and bottom, fonts."""

    width: float
    height: float
    chars: list[dict[str, Any]]
    edges: list[float]
    top: float
    bottom: float
    fonts: dict[str, dict[str, Any]]

    @property
    def words(self) -> str:
        return "".join(char["text"] for char in self.chars).replace(" ", "")

    @property
    def in_table(self) -> list[dict[str, Any]]:
        return [char for char in self.chars if self.top < char["top"] < self.bottom]


@pytest.fixture(scope="session")
def read(converted: Mapping[str, Path]) -> Mapping[str, list[Page]]:
    """The papers' pages, each read once."""
    return {name: pages(path) for name, path in converted.items()}


def pages(path: Path) -> list[Page]:
    told = []
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            upright = [line for line in page.lines + page.rects if line["height"] > 4 and line["width"] < 2]
            fonts = [resolve1(font) for font in resolve1(page.page_obj.resources["Font"]).values()]
            program = {str(font["BaseFont"]): embedded(font) for font in fonts}
            told.append(
                Page(
                    width=page.width,
                    height=page.height,
                    chars=page.chars,
                    edges=sorted({round(line["x0"]) for line in upright}),
                    top=min((line["top"] for line in upright), default=0),
                    bottom=max((line["bottom"] for line in upright), default=0),
                    fonts=program,
                )
            )
    return told


def embedded(font: dict[str, Any]) -> dict[str, Any]:
    """An embedded Type 1 font: its program, and the last code that is used."""
    return {
        "program": resolve1(resolve1(font["FontDescriptor"])["FontFile"]).get_data(),
        "last": int(font["LastChar"]),
    }


def boxes(font: dict[str, Any]) -> list[int]:
    """Codes of a font that draw nothing but a box: what LibreOffice draws for a glyph that no font has."""
    program = T1Font.__new__(T1Font)
    program.data, program.encoding = font["program"], "ascii"
    program.parse()
    encoding = program.font["Encoding"]
    return [code for code in range(1, font["last"] + 1) if encoding[code] == ".notdef"]


@pytest.mark.parametrize("name", NAMES)
def test_every_glyph_is_there_and_every_font_inside(read: Mapping[str, list[Page]], name: str) -> None:
    fonts = {face: font for page in read[name] for face, font in page.fonts.items()}
    assert all("Noto" in face for face in fonts)
    assert any("Serif" in face for face in fonts)
    assert [code for font in fonts.values() for code in boxes(font)] == []


def test_a_glyph_that_is_not_there_would_be_found(read: Mapping[str, list[Page]]) -> None:
    (font,) = read["unspelled"][0].fonts.values()
    assert len(boxes(font)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_nothing_stands_outside_its_page_or_over_the_edge_of_its_cell(
    read: Mapping[str, list[Page]], name: str
) -> None:
    for page in read[name]:
        for char in page.chars:
            assert 20 < char["x0"] <= char["x1"] < page.width - 20
            assert 20 < char["top"] <= char["bottom"] < page.height - 20
        for char in page.in_table:
            over = [x for x in page.edges if char["x0"] + 1 < x < char["x1"] - 1]
            assert not over or not char["text"].strip(), char["text"]


def test_a_table_has_its_heading_on_every_page_and_every_row_once(read: Mapping[str, list[Page]]) -> None:
    numbers = []
    assert len(read["list"]) > 5
    for page in read["list"]:
        lines: dict[int, str] = {}
        for char in page.in_table:
            if char["x1"] < page.edges[1]:
                lines[round(char["top"])] = lines.get(round(char["top"]), "") + char["text"]
        heading, *rows = lines.values()
        assert heading == "序号"
        numbers += rows
    assert numbers == [str(number) for number in range(1, 201)]


def test_a_letter_reads_as_it_was_written(read: Mapping[str, list[Page]]) -> None:
    first, whole = read["stop"][0].words, "".join(page.words for page in read["stop"])
    for said in (
        "虚构市市场监督管理局",
        "虚市监函〔2026〕1号",
        "虚构市通信管理局：",
        "你单位发布（展示）的25条金融广告",
    ):
        assert said in first
    for said in (
        "此处列前20件",
        papers.TRADITIONAL[:4],
        "[U+1F4B0]",
        "{{7*7}}",
        "共10000个字符",
        "未知",
        "—2—",
    ):
        assert said in whole
    assert "—1—" not in first


def test_a_record_has_its_blanks_and_what_was_odd(read: Mapping[str, list[Page]]) -> None:
    said = "".join(page.words for page in read["record"])
    for part in (
        "电子数据提取笔录",
        "王五（执法证号：31000001）",
        "＿＿＿＿＿＿＿＿（执法证号：",
        "缺失",
        "0:01:15",
        "执法人员（签名）",
    ):
        assert part in said
