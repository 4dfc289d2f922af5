"""Makes the templates of reports that ship: `python -m handover.reports.template FOLDER`.

An office edits them in Word and puts its own beside them; this makes them again where a section or a column changes.
"""

import io
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handover.documents.packing import packed
from handover.reports.document import template_name
from handover.reports.tables import ENDS, TABLES, chosen

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell

#: Fonts of papers (GB/T 9704 wants 仿宋 for text); a machine that lacks one takes its own.
_LATIN, _BODY, _HEAD = "Times New Roman", "宋体", "黑体"
_WIDTH_CM = 16.6


def made(language: str) -> bytes:
    """The template of one language: headings and columns stand in it as text, the rest as variables."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    paper = Document()
    part = paper.sections[0]
    part.page_width, part.page_height = Cm(21), Cm(29.7)
    part.left_margin = part.right_margin = Cm(2.2)
    part.top_margin = part.bottom_margin = Cm(2.2)
    _fonts(paper)
    title = paper.add_paragraph("{{ title }}", style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _table(
        paper,
        ("", ""),
        "facts",
        ("{{ one.name }}", "{{ one.value }}"),
        (0, 1),
        head=False,
        widths=(3.0, 13.6),
    )
    caution = paper.add_paragraph("{{ caution }}")
    caution.paragraph_format.space_before = Pt(6)
    for key, listed in TABLES.items():
        columns = tuple(chosen(column, language) for column in listed.columns)
        paper.add_paragraph(chosen(listed.title, language), style="Heading 1")
        paper.add_paragraph(f"{{%p for line in {key}.lines %}}")
        paper.add_paragraph("{{ line }}")
        paper.add_paragraph("{%p endfor %}")
        paper.add_paragraph(f"{{%p if {key}.chart %}}")
        paper.add_paragraph(f"{{{{ {key}.chart }}}}").alignment = WD_ALIGN_PARAGRAPH.CENTER
        paper.add_paragraph("{%p endif %}")
        paper.add_paragraph(f"{{%p if {key}.rows %}}")
        cells = tuple(f"{{{{ one[{place}] }}}}" for place in range(len(columns)))
        _table(paper, columns, f"{key}.rows", cells, listed.wide)
        paper.add_paragraph("{%p endif %}")
    paper.add_paragraph(chosen(ENDS["definitions"], language), style="Heading 1")
    paper.add_paragraph("{%p for line in definitions %}")
    paper.add_paragraph("{{ loop.index }}. {{ line }}")
    paper.add_paragraph("{%p endfor %}")
    paper.add_paragraph(chosen(ENDS["searches"], language), style="Heading 1")
    paper.add_paragraph(chosen(ENDS["searches_say"], language))
    _table(
        paper,
        ("", ""),
        "searches",
        ("[{{ one.place }}]", "{{ one.line }}"),
        (0, 1),
        head=False,
        widths=(1.4, 15.2),
        size=7.5,
    )
    properties = paper.core_properties
    properties.created = properties.modified = datetime(2026, 11, 1)
    properties.author = properties.last_modified_by = "FinAdWatch"
    written = io.BytesIO()
    paper.save(written)
    return packed(written.getvalue())


def _fonts(paper: "Document") -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for name, size, east in (("Normal", 10.5, _BODY), ("Title", 20, _HEAD), ("Heading 1", 14, _HEAD)):
        style: Any = paper.styles[name]
        style.font.name, style.font.size = _LATIN, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), east)
        style.font.color.rgb = RGBColor(0x22, 0x22, 0x22)
        style.paragraph_format.space_after = Pt(4)


def _table(
    paper: "Document",
    columns: tuple[str, ...],
    over: str,
    cells: tuple[str, ...],
    wide: tuple[int, ...],
    *,
    head: bool = True,
    widths: tuple[float, ...] = (),
    size: float = 9,
) -> None:
    """A table with one row for each of what `over` names."""
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    table = paper.add_table(rows=3 + head, cols=len(columns), style="Table Grid")
    table.autofit = False
    # A column of text takes twice the room of a number.
    shares = [2.4 if place in wide else 1.2 for place in range(len(columns))]
    across = widths or tuple(_WIDTH_CM * share / sum(shares) for share in shares)
    rows = list(table.rows)
    if head:
        for place, name in enumerate(columns):
            _put(rows[0].cells[place], name, size, right=place not in wide, bold=True)
        repeated = OxmlElement("w:tblHeader")
        rows[0]._tr.get_or_add_trPr().append(repeated)
    _put(rows[head].cells[0], f"{{%tr for one in {over} %}}", size)
    for place, text in enumerate(cells):
        _put(rows[head + 1].cells[place], text, size, right=place not in wide)
    _put(rows[head + 2].cells[0], "{%tr endfor %}", size)
    for row in rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for place, cell in enumerate(row.cells):
            cell.width = Cm(across[place])
    for place, column in enumerate(table.columns):
        column.width = Cm(across[place])


def _put(cell: "_Cell", text: str, size: float, *, right: bool = False, bold: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    paragraph.paragraph_format.space_after = Pt(1)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    # Long addresses and queries have no spaces: they may be broken anywhere.
    anywhere: Any = OxmlElement("w:wordWrap")
    anywhere.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().append(anywhere)


if __name__ == "__main__":
    for lang in ("zh", "en"):
        (Path(sys.argv[1]) / template_name(lang)).write_bytes(made(lang))
