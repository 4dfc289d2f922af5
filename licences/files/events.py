"""What the reading process says to the one that asked: a line of JSON each.

Old workbooks, web pages and PDFs need libraries that hold a whole file in memory and that a
hostile file can keep busy; they run in a process of their own with bounds (`apart.py`,
`child.py`), and only these plain lines come back.
"""

from datetime import date

import msgspec

from licences.files.cells import Cell

#: A cell on the wire: a date is a list of one text, everything else is itself.
WireCell = str | int | float | bool | None | tuple[str]


class TableBegins(msgspec.Struct, frozen=True, tag="table"):
    """A sheet or a document begins."""

    name: str | None = None
    hidden: bool = False


class RowRead(msgspec.Struct, frozen=True, tag="row", omit_defaults=True):
    """A row; `merged` are places of cells that belong to one above."""

    number: int
    cells: tuple[WireCell, ...]
    merged: tuple[int, ...] = ()
    page: int | None = None


class Remark(msgspec.Struct, frozen=True, tag="remark"):
    """Something to say of the table; a `gap` is a part that could not be read."""

    text: str
    zh: str
    gap: bool = False


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The file can't be read at all."""

    text: str
    zh: str


Event = TableBegins | RowRead | Remark | Failed


def to_wire(cell: Cell) -> WireCell:
    """A cell as it travels."""
    return (cell.isoformat(),) if isinstance(cell, date) else cell


def from_wire(cell: WireCell) -> Cell:
    """A cell as it was."""
    return date.fromisoformat(cell[0]) if isinstance(cell, tuple) else cell
