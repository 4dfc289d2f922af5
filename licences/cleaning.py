"""The rows of a table that are entries: without repeated headings, sums, remarks and section titles,
with what a merged cell above says and with rows put together that a page break took apart."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from findings.model.errors import Said
from licences.files.cells import Cell, Row, Table
from licences.files.pdf import joined
from licences.mapping import Mapping
from licences.names import has_legal_form, text_key
from licences.registerwords import register_words

_SECTION = re.compile(r"\s*[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．]\s*\S{1,40}")
_SECTION_STARTS = frozenset("（(一二三四五六七八九十0123456789")
_MAX_FOOTER_CELLS = 3  # 合计, a number, a unit
_NUMBERS = frozenset({"uscc", "licence_no", "number"})
#: What tells rows apart where a table has no numbers.
_MARKS = frozenset({"licence_type", "status", "registered_on", "valid_from", "date", "shareholder"})
_IDENTITY = _NUMBERS | {"name", "full_name"}

Say = Callable[[Row, Said], None]


@dataclass(frozen=True, slots=True)
class Line:
    """A row and its cells by column."""

    row: Row
    cells: dict[str, Cell]

    @property
    def filled(self) -> set[str]:
        """The columns that hold something."""
        return {column for column, cell in self.cells.items() if not _blank(cell)}


def _blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _keys(row: Row) -> dict[int, str]:
    """What a row says, by place, in its comparable form."""
    return {place: text_key(str(cell)) for place, cell in enumerate(row.cells) if not _blank(cell)}


class Cleaner:
    """Cleans the rows below one heading. `say` is told of every row that is left out or changed."""

    def __init__(
        self, columns: dict[str, int], above: Sequence[Row], mapping: Mapping, table: Table, say: Say
    ) -> None:
        """`above` are the rows down to the heading: each may come again on every page."""
        self._columns = columns
        self._headings = [_keys(row) for row in above]
        self._beginnings = {next(iter(keys.values())) for keys in self._headings if keys}
        headed = (str(cell).lstrip() for row in above for cell in row.cells if not _blank(cell))
        self._starts = (
            frozenset(text[0] for text in headed) | register_words().footer_starts | _SECTION_STARTS
        )
        self._width = max(len(row.cells) for row in above)
        self._mapping = mapping
        self._table = table
        self._say = say
        self._above: dict[str, Cell] = {}
        self._numbers = _NUMBERS & columns.keys() or _MARKS & columns.keys()

    def lines(self, rows: Iterable[Row]) -> Iterator[Line]:
        """The lines of the rows."""
        waiting: Line | None = None
        page: int | None = None
        for row in rows:
            new_page = page is not None and row.page != page
            line = self._line(row)
            if line is None:  # a heading on top of a page leaves the next row its first
                continue
            page = row.page
            if waiting is not None and new_page and (whole := self._continued(waiting, line)):
                self._say(row, Said("joined with the last row of the page before", zh="已与上一页末行合并"))
                waiting = whole
                continue
            if waiting is not None:
                yield waiting
            waiting = line
        if waiting is not None:
            yield waiting

    def _line(self, row: Row) -> Line | None:
        cells = {
            column: row.cells[place] if place < len(row.cells) else None
            for column, place in self._columns.items()
        }
        if self._is_no_entry(row) or all(map(_blank, cells.values())):
            return None
        if self._mapping.carried:
            self._carry(row, cells)
        if self._table.strict and row.fault is None and not all(map(_blank, row.cells[self._width :])):
            fault = Said(
                "it has more cells than the heading: a delimiter may stand inside a cell",
                zh="单元格多于表头：某格内可能含有未加引号的分隔符",
            )
            row = replace(row, fault=fault)
        return Line(row, cells)

    def _is_no_entry(self, row: Row) -> bool:
        first = next(cell for cell in row.cells if not _blank(cell))
        if not isinstance(first, str) or first.lstrip()[0] not in self._starts:
            return False
        filled = sum(not _blank(cell) for cell in row.cells)
        if text_key(first) in self._beginnings and _keys(row) in self._headings:
            return True
        if filled <= _MAX_FOOTER_CELLS and register_words().footer.match(first):
            said = Said(
                f"left out as a sum or remark: {first[:40]}", zh=f"合计或说明行，未导入：{first[:40]}"
            )
        elif (
            filled == 1 and len(self._columns) > 1 and _SECTION.fullmatch(first) and not has_legal_form(first)
        ):
            said = Said(f"left out as a section title: {first[:40]}", zh=f"分节标题，未导入：{first[:40]}")
        else:
            return False
        self._say(row, said)
        return True

    def _carry(self, row: Row, cells: dict[str, Cell]) -> None:
        """Give merged cells the value of the cell above, where the mapping says so.

        A form that doesn't tell merged cells (CSV, PDF) gives it only to rows that name nobody:
        an empty cell of a firm's own row may as well be unknown.
        """
        nameless = all(_blank(cells.get(column)) for column in _IDENTITY)
        for column in self._mapping.carried & cells.keys():
            merged = self._columns[column] in row.merged if self._table.knows_merged else nameless
            if not _blank(cells[column]) or not merged:
                self._above[column] = cells[column]
            else:
                cells[column] = self._above.get(column)

    def _continued(self, last: Line, line: Line) -> Line | None:
        """Both lines as one, if a page break took a row apart; None if they are two rows.

        The part that bears the row's numbers may be either; the other must have none, and the
        two names together must be one.
        """
        before, after = last.filled, line.filled
        below = self._numbers & before and not self._numbers & after and after < before
        above = self._numbers & after and not self._numbers & before and before < after
        if not (below or above) or (last.row.fault or line.row.fault):
            return None
        names = [last.cells.get("name"), line.cells.get("name")]
        if all(isinstance(name, str) and has_legal_form(name) and len(name) > 6 for name in names):
            return None
        if above and isinstance(names[0], str) and has_legal_form(names[0]):
            return None
        cells = dict(last.cells)
        for column in after:
            one, other = cells.get(column), line.cells[column]
            cells[column] = other if _blank(one) else joined(f"{one}\n{other}")
        return Line(last.row, cells)
