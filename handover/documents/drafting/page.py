"""A page after GB/T 9704: its sheet, faces and sizes, and the few pieces that our papers are put together from.

Faces are those of Chinese office machines (仿宋, 黑体, 宋体); where they are missing, the program that opens the
paper takes another by its table of substitutes.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from handover.documents.packing import packed

BODY, HEAD, TITLE = "仿宋", "黑体", "宋体"
#: GB/T 9704: number 3 type for the text, number 2 for the title; number 5 and less in tables.
NO2, NO3, NO4, NO5, SMALL = 22, 16, 14, 10.5, 9
#: The red of a letter's head.
RED = RGBColor(0xE6, 0x00, 0x12)
#: Twenty-two lines to a page of 225 mm.
_LINE = Pt(28.9)

LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
BOTH = WD_ALIGN_PARAGRAPH.JUSTIFY


class Paper:
    """A DOCX that is being written, from the top down."""

    def __init__(self) -> None:
        self.document: Any = Document()
        normal = self.document.styles["Normal"]
        normal.font.size = Pt(NO3)
        _face(normal.element.get_or_add_rPr(), BODY)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "zh-CN")
        language.set(qn("w:eastAsia"), "zh-CN")
        normal.element.get_or_add_rPr().append(language)
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(25)

    def compact(self, *, across: bool = False) -> None:
        """Narrower margins, for records and lists; `across` for sheets on their side."""
        section = self.document.sections[-1]
        if across:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = Mm(297), Mm(210)
        section.top_margin, section.bottom_margin = Mm(25), Mm(22)
        section.left_margin, section.right_margin = Mm(22), Mm(20)
        section.footer_distance = Mm(12)

    def text(
        self,
        words: str,
        *,
        size: float = NO3,
        face: str = BODY,
        bold: bool = False,
        align: Any = BOTH,
        indent: float = 2,
        right: float = 0,
        before: float = 0,
        after: float = 0,
        keep: bool = False,
        red: bool = False,
        line: Any = _LINE,
    ) -> Any:
        """A paragraph; `indent` of its first line and `right` from the margin count characters of its size."""
        paragraph = self.document.add_paragraph()
        form = paragraph.paragraph_format
        form.alignment = align
        form.first_line_indent = Pt(indent * size)
        form.right_indent = Pt(right * size)
        form.space_before, form.space_after = Pt(before), Pt(after)
        form.line_spacing = line
        form.keep_with_next = keep
        _break_anywhere(paragraph)
        _run(paragraph, words, size, face, bold, red)
        return paragraph

    def rule(self, paragraph: Any, kind: str, *, colour: str = "E60012", size: int = 24) -> None:
        """A line under a paragraph; `kind` is Word's name of it, `size` eighths of a point."""
        borders = OxmlElement("w:pBdr")
        bottom = OxmlElement("w:bottom")
        for key, value in (("val", kind), ("sz", str(size)), ("space", "6"), ("color", colour)):
            bottom.set(qn(f"w:{key}"), value)
        borders.append(bottom)
        properties = paragraph._p.get_or_add_pPr()
        properties.insert_element_before(borders, *_AFTER_BORDERS)

    def logic(self, tag: str) -> None:
        """A paragraph that only holds a tag, and is gone once the paper is filled."""
        self.text(tag, indent=0, size=NO5)

    def numbers(self) -> None:
        """Page numbers — 1 — at the foot, as GB/T 9704 has them."""
        footer = self.document.sections[-1].footer
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.paragraph_format.alignment = CENTRE
        _run(paragraph, "— ", NO4, TITLE, False, False)
        for kind, words in (("begin", None), (None, "PAGE"), ("end", None)):
            run = _run(paragraph, "", NO4, TITLE, False, False)
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = words
            run._r.append(mark)
        _run(paragraph, " —", NO4, TITLE, False, False)

    def landscape(self) -> None:
        """What follows stands on sheets across, with narrow margins."""
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.top_margin, section.bottom_margin = Mm(22), Mm(20)
        section.left_margin, section.right_margin = Mm(20), Mm(20)
        section.footer_distance = Mm(10)

    def table(self, columns: Sequence[tuple[str, float, str]], loop: str, *, size: float = SMALL) -> None:
        """A table with one row for each of `loop` (`行 in 名单`): heading, width in mm and cell of each column.

        The heading comes again on every page; a row is not split over two.
        """
        table = self._grid([width for _, width, _ in columns], rows=4)
        head, begin, row, end = table.rows
        _mark_row(head, "w:tblHeader")
        for cell, (heading, _, _) in zip(head.cells, columns, strict=True):
            self._cell(cell, heading, size, HEAD, CENTRE)
        self._cell(begin.cells[0], f"{{%tr for {loop} %}}", size, BODY, LEFT)
        for cell, (_, _, words) in zip(row.cells, columns, strict=True):
            self._cell(cell, words, size, BODY, LEFT)
        self._cell(end.cells[0], "{%tr endfor %}", size, BODY, LEFT)
        for one in (head, row):
            _mark_row(one, "w:cantSplit")

    def form(
        self, rows: Sequence[tuple[str, str]], widths: tuple[float, float], *, size: float = NO5
    ) -> None:
        """A table of two columns: what is asked, and the answer."""
        table = self._grid(list(widths), rows=len(rows))
        for row, (asked, answer) in zip(table.rows, rows, strict=True):
            self._cell(row.cells[0], asked, size, HEAD, CENTRE)
            self._cell(row.cells[1], answer, size, BODY, LEFT)

    def _grid(self, widths: Sequence[float], *, rows: int) -> Any:
        table = self.document.add_table(rows=rows, cols=len(widths))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for row in table.rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Mm(width)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        return table

    @staticmethod
    def _cell(cell: Any, words: str, size: float, face: str, align: Any) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.alignment = align
        paragraph.paragraph_format.line_spacing = Pt(1.35 * size)  # the same whichever face stands in
        paragraph.paragraph_format.space_after = Pt(0)
        _break_anywhere(paragraph)
        _run(paragraph, words, size, face, False, False)

    def done(self, title: str) -> bytes:
        """The file: the same bytes each time."""
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = title, "FinAdWatch", ""
        properties.created = properties.modified = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
        written = io.BytesIO()
        self.document.save(written)
        return packed(written.getvalue())


#: Where borders stand among a paragraph's properties (ECMA-376 part 1, 17.3.1.26).
_AFTER_BORDERS = tuple(
    f"w:{name}"
    for name in [
        "shd",
        "tabs",
        "suppressAutoHyphens",
        "kinsoku",
        "wordWrap",
        "overflowPunct",
        "topLinePunct",
        "autoSpaceDE",
        "autoSpaceDN",
        "bidi",
        "adjustRightInd",
        "snapToGrid",
        "spacing",
        "ind",
        "contextualSpacing",
        "mirrorIndents",
        "suppressOverlap",
        "jc",
        "textDirection",
        "textAlignment",
        "textboxTightWrap",
        "outlineLvl",
        "divId",
        "cnfStyle",
        "rPr",
        "sectPr",
        "pPrChange",
    ]
)
_AFTER_WRAP = _AFTER_BORDERS[_AFTER_BORDERS.index("w:overflowPunct") :]


def _break_anywhere(paragraph: Any) -> None:
    """Latin words break at the margin too: an address is one long word."""
    wrap = OxmlElement("w:wordWrap")
    wrap.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(wrap, *_AFTER_WRAP)


def _mark_row(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _run(paragraph: Any, words: str, size: float, face: str, bold: bool, red: bool) -> Any:
    run = paragraph.add_run(words)
    run.font.size = Pt(size)
    run.font.bold = bold
    if red:
        run.font.color.rgb = RED
    _face(run._r.get_or_add_rPr(), face)
    return run


def _face(properties: Any, face: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for key in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{key}"), face)
