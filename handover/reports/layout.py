"""A report as a page and a paper show it: sections with sentences, a chart and a table of the same numbers. Pure types."""

from collections.abc import Iterable

import msgspec

from handover.reports.numbers import Number

#: Brackets by which a paper is told where a chart or a reference comes; in no other text of it.
RESERVED = ("〖", "〗")


class Cell(msgspec.Struct, frozen=True):
    """What stands in a cell or a sentence; `number` is set where a search gives it."""

    text: str
    number: Number | None = None


class Bars(msgspec.Struct, frozen=True, tag=True):
    """Horizontal bars: of each label a part (dark) of a whole (light), or the part alone; `notes` stand at their ends."""

    labels: tuple[str, ...]
    parts: tuple[int, ...]
    wholes: tuple[int, ...]
    notes: tuple[str, ...]
    part: str
    whole: str = ""


class Weekly(msgspec.Struct, frozen=True, tag=True):
    """Two panels over weeks: ads with their leads, and shares (0–1) of leads and of pages read; None is a gap."""

    labels: tuple[str, ...]
    parts: tuple[int, ...]
    wholes: tuple[int, ...]
    rates: tuple[float | None, ...]
    reads: tuple[float | None, ...]
    part: str
    whole: str
    rate: str
    read: str
    rest: str
    """What is said in the place of a week without a page that was read."""


class Grid(msgspec.Struct, frozen=True, tag=True):
    """Shares (0–1) by row and column; None: nothing was asked for."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    name: str
    gap: str


Drawing = Bars | Weekly | Grid


class Chart(msgspec.Struct, frozen=True):
    """A drawing, with what says the same to who can't see it."""

    drawing: Drawing
    alt: str


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a report. `wide` are the columns of text, by place; the others hold numbers."""

    key: str
    title: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    wide: tuple[int, ...] = (0,)
    chart: Chart | None = None


class Laid(msgspec.Struct, frozen=True, kw_only=True):
    """A whole report. `facts` are its head: office, period, scope. `language` is zh or en."""

    language: str
    title: str
    facts: tuple[tuple[str, str], ...]
    caution: str
    sections: tuple[Section, ...]
    definitions: tuple[str, ...]
    ends: dict[str, str]
    """The headings of what every report ends with (`tables.ENDS`)."""


def references(sections: Iterable[Section]) -> dict[str, tuple[int, Number]]:
    """Every command that gives a number, numbered from 1 in order of first mention."""
    found: dict[str, tuple[int, Number]] = {}
    for section in sections:
        for row in section.rows:
            for cell in row:
                if cell.number is not None and cell.number.line not in found:
                    found[cell.number.line] = (len(found) + 1, cell.number)
    return found
