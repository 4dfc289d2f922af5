"""A report as DOCX: a template that an office may edit, filled like a letter; then charts and links are put in.

The template asks for `title`, `facts`, `caution`, `definitions`, `searches`, and of each section for `lines`, `chart`
and `rows` (`weeks.rows`). Where a chart or a reference comes is marked by brackets (`layout.RESERVED`) that are taken
out of all other text, so that no name can pass for one.
"""

import io
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handover.documents.filling import fill
from handover.documents.packing import packed
from handover.documents.templates import load
from handover.reports.charts import WIDTH, png
from handover.reports.layout import RESERVED, Cell, Laid, references
from handover.reports.numbers import Number

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_OPEN, _CLOSE = RESERVED
_CHART = re.compile(f"{_OPEN}([a-z]+){_CLOSE}")
_REFERENCE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_FREED = str.maketrans({_OPEN: "[", _CLOSE: "]"})


def template_name(language: str) -> str:
    """The file name of the template of a language."""
    return f"report_{language}.docx"


def document(report: Laid, templates: Path | None, console: str | None, at: datetime) -> bytes:
    """The report as DOCX; `templates` is the office's own folder of templates. Raises TemplateFault, FontMissing."""
    found = references(report.sections)
    name = template_name(report.language)
    filled = fill(load(name, templates), name, _values(report, found), title=report.title, at=at)
    import docx

    paper = docx.Document(io.BytesIO(filled))
    charts = {section.key: section.chart for section in report.sections if section.chart is not None}
    numbers = dict(found.values())
    for paragraph in _paragraphs(paper):
        text = paragraph.text
        if (marked := _CHART.fullmatch(text)) and (chart := charts.get(marked[1])):
            _put_picture(paragraph, png(chart.drawing, marked[1]), chart.alt)
        elif _OPEN in text:
            _put_references(paragraph, numbers, console)
    written = io.BytesIO()
    paper.save(written)
    return packed(written.getvalue())


def _values(report: Laid, found: Mapping[str, tuple[int, Number]]) -> dict[str, object]:
    values: dict[str, object] = {
        "title": _free(report.title),
        "facts": [{"name": _free(name), "value": _free(value)} for name, value in report.facts],
        "caution": _free(report.caution),
        "definitions": [_free(line) for line in report.definitions],
        "searches": [{"place": place, "line": _free(number.line)} for place, number in found.values()],
    }
    for section in report.sections:
        values[section.key] = {
            "lines": [_free(line) for line in section.lines],
            "chart": f"{_OPEN}{section.key}{_CLOSE}" if section.chart is not None else "",
            "rows": [[_text(cell, found) for cell in row] for row in section.rows],
        }
    return values


def _free(text: str) -> str:
    """The text without the brackets that mark something."""
    return text.translate(_FREED)


def _text(cell: Cell, found: Mapping[str, tuple[int, Number]]) -> str:
    text = _free(cell.text)
    return text if cell.number is None else f"{text}{_OPEN}{found[cell.number.line][0]}{_CLOSE}"


def _paragraphs(paper: "Document") -> "list[Paragraph]":
    """All paragraphs of the body, those in tables too."""
    from docx.text.paragraph import Paragraph

    body: Any = paper.element.body
    return [Paragraph(element, paper._body) for element in body.iter(f"{{{body.nsmap['w']}}}p")]


def _put_picture(paragraph: "Paragraph", picture: bytes, alt: str) -> None:
    from docx.shared import Inches

    for run in paragraph.runs[1:]:
        paragraph._p.remove(run._r)
    run = paragraph.runs[0]
    run.text = ""
    shape = run.add_picture(io.BytesIO(picture), width=Inches(WIDTH))
    shape._inline.docPr.set("descr", alt)


def _put_references(paragraph: "Paragraph", numbers: Mapping[int, Number], console: str | None) -> None:
    """The number of a command behind the figure that it gives, small and raised; a link where there is a console."""
    from copy import deepcopy

    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.text.run import Run

    for run in list(paragraph.runs):
        pieces = _REFERENCE.split(run.text)
        if len(pieces) == 1:
            continue
        run.text = pieces[0]
        last: Any = run._r
        for at in range(1, len(pieces), 2):
            place = int(pieces[at])
            raised = Run(deepcopy(run._r), paragraph)
            raised.text = f"[{place}]"
            raised.font.superscript = True
            element: Any = raised._r
            if console:
                target = numbers[place].link(console)
                link: Any = OxmlElement("w:hyperlink")
                link.set(
                    qn("r:id"),
                    paragraph.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True),
                )
                link.append(element)
                element = link
            last.addnext(element)
            last = element
            if pieces[at + 1]:
                rest = Run(deepcopy(run._r), paragraph)
                rest.text = pieces[at + 1]
                last.addnext(rest._r)
                last = rest._r
