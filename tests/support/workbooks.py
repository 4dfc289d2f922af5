"""Workbooks written part by part: formulas with saved results, shared texts, merged cells, hidden rows."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def text(value: str) -> str:
    """The content of a text cell."""
    return f' t="inlineStr"><is><t>{escape(value)}</t></is>'


def shared(number: int) -> str:
    """A cell that points to a shared text."""
    return f' t="s"><v>{number}</v>'


def formula(code: str, saved: str | None, kind: str = "str") -> str:
    """A formula, with the result a spreadsheet program saved or without."""
    value = "" if saved is None else f"<v>{escape(saved)}</v>"
    return f' t="{kind}"><f>{escape(code)}</f>{value}'


def number(value: float, style: int = 0) -> str:
    """A number; style 1 shows it as a date."""
    return f' s="{style}"><v>{value}</v>'


def row(at: int, *cells: str, hidden: bool = False) -> str:
    """A row of cells A, B, C …"""
    inner = "".join(f'<c r="{chr(65 + place)}{at}"{cell}</c>' for place, cell in enumerate(cells) if cell)
    state = ' hidden="1"' if hidden else ""
    return f'<row r="{at}"{state}>{inner}</row>'


def write_workbook(
    path: Path,
    sheets: dict[str, list[str]],
    *,
    hidden: tuple[str, ...] = (),
    merged: tuple[str, ...] = (),
    texts: tuple[str, ...] = (),
    dates_1904: bool = False,
) -> Path:
    """A workbook of sheets (name → rows). `merged` are ranges of every sheet."""
    tags, relations = [], []
    for at, name in enumerate(sheets, 1):
        state = ' state="hidden"' if name in hidden else ""
        tags.append(f'<sheet name="{escape(name)}" sheetId="{at}"{state} r:id="rId{at}"/>')
        relations.append(
            f'<Relationship Id="rId{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        )
    relations += [
        f'<Relationship Id="s" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>',
        f'<Relationship Id="t" Type="{_OFFICE}/styles" Target="styles.xml"/>',
    ]
    spans = "".join(f'<mergeCell ref="{cells}"/>' for cells in merged)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" Type="{_OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{int(dates_1904)}"/>'
            f"<sheets>{''.join(tags)}</sheets></workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}">{"".join(relations)}</Relationships>',
        )
        archive.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="170" formatCode="yyyy/m/d;@"/>'
            '</numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>',
        )
        items = "".join(f"<si><t>{escape(one)}</t></si>" for one in texts)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{items}</sst>')
        for at, rows in enumerate(sheets.values(), 1):
            archive.writestr(
                f"xl/worksheets/sheet{at}.xml",
                f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData>'
                f"<mergeCells>{spans}</mergeCells></worksheet>",
            )
    return path


#: A mapping in which an empty cell of the region has the value of the row above.
CARRY = """
register: test
kind: licence
title: {zh: 名单, en: List}
max_age_days: 30
columns:
  name: {required: true, synonyms: [机构名称]}
  licence_type: {required: true, synonyms: [机构类型]}
  region: {carry: true, synonyms: [地区]}
"""
