"""A report as page and paper: everything captured is text, the same input gives the same bytes, and what is empty says so."""

import io
import re
from html.parser import HTMLParser
from pathlib import Path
from zipfile import ZipFile

import docx
import pdfplumber
import pytest
from msgspec.structs import replace

from findings.model.vocabulary import Outcome
from findings.store import FindingStore
from findings.stores import open_store
from handover.documents.pdf import to_pdf
from handover.reports import fonts
from handover.reports.charts import svg
from handover.reports.document import document
from handover.reports.errors import FontMissing
from handover.reports.laying import laid
from handover.reports.layout import Laid
from handover.reports.page import page
from handover.reports.tables import TABLES, chosen
from handover.reports.template import made
from handover.reports.words import Words
from tests.support.reports import CLEAR, HOSTILE, MADE, ad, captured, figures, fill

CONSOLE = "https://console.example/"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Laid:
    """A brief in which advertisers, headlines, hosts and a source bear names that were meant to break it."""
    ads = [
        replace(ad(f"恶意{n}", (2, CLEAR), day=14, firm=name), title=name, landing_host=name[:300])
        for n, name in enumerate(HOSTILE)
    ]
    odd = ad("来源", (3, CLEAR), day=15, source='<b onload=1>"坏来源"')
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'findings.db'}") as store:
        store.create()
        fill(store)
        store.write(captured(90, "baidu", 14, Outcome.OK, *ads))
        store.write(captured(91, odd.source, 15, Outcome.OK, odd))
        return laid(figures(store), Words("zh", {"baidu": "百度"}), "虚城市场监督管理局", "FinAdWatch")


class _Page(HTMLParser):
    """What a browser would make of a page: its elements, and addresses in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.leads_to: set[str] = set()
        self.alts: list[str] = []
        self.shown = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        values = {name: value or "" for name, value in attrs}
        self.leads_to |= {
            values[name].split(",")[0].split("?")[0] for name in ("href", "src") if name in values
        }
        self.alts += [values["alt"]] if tag == "img" else []

    def handle_data(self, data: str) -> None:
        self.shown += data


@pytest.mark.slow
def test_a_page_of_hostile_names(hostile: Laid) -> None:
    text = page(hostile, CONSOLE)
    seen = _Page(text)
    assert not seen.elements & {"script", "iframe", "object", "link", "form", "b", "svg"}
    assert not [name for name in seen.attributes if name.startswith("on")]
    outside = {address for address in seen.leads_to if not address.startswith("#q")}
    assert outside == {
        "data:image/svg+xml;base64", "https://console.example/search", "https://console.example/cases/queue",
        "https://console.example/takedown/show/00000000000000000000000000000001",
    }  # fmt: skip
    assert "default-src 'none'" in text
    assert all(seen.alts)
    assert len(seen.alts) == sum(section.chart is not None for section in hostile.sections) == 6
    assert '<script>alert("x")</script>' in seen.shown
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\ue000-\uf8ff]", seen.shown)


def test_a_chart_is_the_same_twice(hostile: Laid) -> None:
    chart = next(section.chart for section in hostile.sections if section.key == "sources")
    assert chart is not None
    drawn = svg(chart.drawing, "sources")
    assert drawn == svg(chart.drawing, "sources")
    assert b"<text" not in drawn


@pytest.mark.slow
def test_a_paper_of_hostile_names(hostile: Laid) -> None:
    written = document(hostile, None, CONSOLE, MADE)
    assert document(hostile, None, CONSOLE, MADE) == written
    paper = docx.Document(io.BytesIO(written))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert '<script>alert("x")</script>' in cells
    assert "{{ 7*7 }}{% raw %}" in cells
    assert len(paper.inline_shapes) == 6
    assert all(shape._inline.docPr.get("descr") for shape in paper.inline_shapes)
    body = ZipFile(io.BytesIO(written)).read("word/document.xml").decode()
    assert not re.search("[〖〗\ue000-\uf8ff]", body)
    # Numbers bear the number of their search, raised, and lead to the console.
    assert re.search(r"<w:hyperlink r:id=\"\w+\"><w:r>.{0,200}superscript", body)
    assert (
        "console.example/search?q=since"
        in ZipFile(io.BytesIO(written)).read("word/_rels/document.xml.rels").decode()
    )


@pytest.mark.slow
def test_pages_of_a_paper(hostile: Laid, tmp_path: Path) -> None:
    """Nothing reaches over the margins, and every character has a glyph."""
    file = tmp_path / "report.docx"
    file.write_bytes(document(hostile, None, None, MADE))
    (made_pdf,) = to_pdf([file], tmp_path)
    with pdfplumber.open(made_pdf) as pdf:
        text = "".join(read.extract_text() for read in pdf.pages)
        for read in pdf.pages:
            drawn = [*read.chars, *read.images]
            assert all(one["x0"] > 0 and one["x1"] < read.width - 40 for one in drawn)
        assert sum(len(read.images) for read in pdf.pages) == 6
    for words in (
        "金融广告监测简报",
        "张**（自然人，已脱敏）",
        "[U+1F600]发财",
        'clear:"any"',
        "网站关闭名单",
    ):
        assert words in text.replace("\n", "")
    assert "张伟" not in text
    assert "\ufffd" not in text


def test_an_empty_store_says_so(empty_store: FindingStore) -> None:
    report = laid(figures(empty_store), Words("en"), "Office", "FinAdWatch")
    assert not [section.key for section in report.sections if section.chart is not None]
    said = {section.key: section.lines for section in report.sections}
    assert said["summary"] == (
        "Nothing was crawled in the period: the numbers below say nothing of what was on the web.",
    )
    assert said["takedowns"] == ("No batch was sent in the period.",)
    (found, *_) = report.sections[0].rows
    assert [cell.text for cell in found] == ["ads found", "0†", "first seen in the period"]
    paper = docx.Document(io.BytesIO(document(report, None, None, MADE)))
    assert not paper.inline_shapes
    assert "Nothing was crawled in the period." in [paragraph.text for paragraph in paper.paragraphs]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_templates_that_ship_have_all_sections(language: str) -> None:
    """They are made by `python -m handover.reports.template handover/templates`."""
    name = f"report_{language}.docx"
    shipped, new = (
        docx.Document(io.BytesIO(content))
        for content in (Path("handover/templates", name).read_bytes(), made(language))
    )
    assert [one.text for one in shipped.paragraphs] == [one.text for one in new.paragraphs]
    for table, key in zip(shipped.tables[1:-1], TABLES, strict=True):
        columns = [chosen(column, language) for column in TABLES[key].columns]
        assert [cell.text for cell in table.rows[0].cells] == columns


def test_no_chinese_font_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FAMILIES", ("No Such Sans",))
    with pytest.raises(FontMissing, match="No Such Sans"):
        fonts.chinese_family.__wrapped__()
