"""A report as one HTML file: it fetches nothing and runs nothing, and everything captured is escaped."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files

from handover.documents.words import printable
from handover.reports.charts import svg
from handover.reports.layout import Cell, Laid, Section, references
from handover.reports.numbers import Number

#: Number and command by line.
References = dict[str, tuple[int, Number]]


def page(report: Laid, console: str | None) -> str:
    """The whole page; numbers lead to the console where its address is given. Raises FontMissing."""
    style = files("handover.reports").joinpath("page.css").read_text("utf-8")
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    found = references(report.sections)
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="{"zh-CN" if report.language == "zh" else "en"}">',
            '<head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(report.title)}</title>",
            f"<style>{style}</style></head><body>",
            f"<h1>{escape(report.title)}</h1>",
            '<table class="facts"><tbody>',
            *(
                f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
                for name, value in report.facts
            ),
            "</tbody></table>",
            f'<p class="caution">{escape(report.caution)}</p>',
            *(part for section in report.sections for part in _section(section, found, console)),
            f"<h2>{escape(report.ends['definitions'])}</h2><ol>",
            *(f"<li>{escape(line)}</li>" for line in report.definitions),
            f'</ol><h2 id="searches">{escape(report.ends["searches"])}</h2>',
            f"<p>{escape(report.ends['searches_say'])}</p>",
            '<ol class="searches">',
            *_searches(found.values(), console),
            "</ol></body></html>",
            "",
        )
    )


def _section(section: Section, found: References, console: str | None) -> Iterator[str]:
    yield f'<section id="{section.key}"><h2>{escape(section.title)}</h2>'
    yield from (f"<p>{escape(line)}</p>" for line in section.lines)
    if section.chart is not None:
        drawn = b64encode(svg(section.chart.drawing, section.key)).decode()
        alt = escape(section.chart.alt)
        yield f'<figure><img alt="{alt}" src="data:image/svg+xml;base64,{drawn}"></figure>'
    if section.rows:
        yield '<div class="scroll"><table><thead><tr>'
        yield "".join(
            f'<th scope="col"{_kind(section, place)}>{escape(name)}</th>'
            for place, name in enumerate(section.columns)
        )
        yield "</tr></thead><tbody>"
        for row in section.rows:
            cells = (
                f"<td{_kind(section, place)}>{_cell(cell, found, console)}</td>"
                for place, cell in enumerate(row)
            )
            yield f"<tr>{''.join(cells)}</tr>"
        yield "</tbody></table></div>"
    yield "</section>"


def _kind(section: Section, place: int) -> str:
    return ' class="text"' if place in section.wide else ""


def _cell(cell: Cell, found: References, console: str | None) -> str:
    if cell.number is None:
        return escape(cell.text)
    place, number = found[cell.number.line]
    text = escape(cell.text)
    if console:
        text = f'<a href="{escape(number.link(console))}" title="{escape(printable(number.line))}">{text}</a>'
    return f'{text}<sup><a href="#q{place}" title="{escape(printable(number.line))}">[{place}]</a></sup>'


def _searches(found: Iterable[tuple[int, Number]], console: str | None) -> Iterator[str]:
    for place, number in found:
        line = f"<code>{escape(printable(number.line))}</code>"
        if console:
            line = f'<a href="{escape(number.link(console))}">{line}</a>'
        yield f'<li id="q{place}">{line}</li>'
