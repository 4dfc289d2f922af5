"""Tables of a web page: systems offer such pages as `.xls`, and list pages are saved as they are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from licences.files import cells
from licences.files.cells import is_empty
from licences.files.encodings import find_encoding
from licences.files.events import Event, RowRead, TableBegins

_MAX_SPAN = 5_000  # rows a cell may span


def _span(value: str | None, most: int) -> int:
    digits = (value or "").strip()
    wanted = int(digits) if digits.isdecimal() and len(digits) < 9 else 1
    return max(1, min(wanted, most))


class _Grid:
    """Puts the cells of a table where a browser shows them; remembers what spans downwards."""

    def __init__(self) -> None:
        self._below: dict[int, int] = {}  # place → rows that a cell above still covers

    def row(self, found: list[Any]) -> tuple[list[str | None], list[int]]:
        """The values of a row, and the places that belong to a cell above."""
        values: list[str | None] = []
        covered: list[int] = []
        begun: dict[int, int] = {}

        def pass_covered() -> None:
            while self._below.get(len(values), 0):
                covered.append(len(values))
                self._below[len(values)] -= 1
                values.append(None)

        for cell in found:
            pass_covered()
            if len(values) >= cells.MAX_COLUMNS:
                break
            text = " ".join(cell.text_content().split())
            down = _span(cell.get("rowspan"), _MAX_SPAN) - 1
            for again in range(_span(cell.get("colspan"), cells.MAX_COLUMNS - len(values))):
                begun[len(values)] = down
                values.append(None if again else text)
        pass_covered()
        self._below.update(begun)
        return values, covered


def html_events(path: Path) -> Iterator[Event]:
    """Each table of the page."""
    from lxml import html

    with path.open("rb") as file:
        encoding = find_encoding(file, path)
        file.seek(0)
        content = file.read().decode(encoding.codec, "replace").encode("utf-8")
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    page = html.document_fromstring(content, parser=parser)
    for count, table in enumerate(page.iter("table")):
        if count >= cells.MAX_TABLES:
            break
        yield TableBegins()
        grid = _Grid()
        number = 0
        for row in table.iter("tr"):
            if next(row.iterancestors("table")) is not table:
                continue
            number += 1
            values, covered = grid.row([cell for cell in row if cell.tag in ("td", "th")])
            if not is_empty(tuple(values)):
                yield RowRead(number, tuple(values), tuple(covered))
