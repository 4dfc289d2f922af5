"""Which columns a table that came back has, whatever they are called now and wherever they stand: pure."""

from collections.abc import Sequence

import msgspec

from handover.receipts.words import Words, plain

#: Rows above the heading that may hold titles and remarks.
HEADER_ROWS = 30
#: Longest heading that is compared.
_LONGEST = 40
#: Columns that say which row of the batch a line is of.
NAMING = ("row", "case", "host")


class Columns(msgspec.Struct, frozen=True):
    """The heading's row (place in the rows given, from 0) and the place of each column that was found."""

    at: int
    places: dict[str, int]


def find_columns(rows: Sequence[Sequence[object]], words: Words) -> Columns | None:
    """The columns of a table by its first rows; None where no row has an answer's heading and one that names a row.

    A heading of two rows (a group above its columns) is read as one.
    """
    best: Columns | None = None
    for at, row in enumerate(rows[:HEADER_ROWS]):
        places = _places(row, words)
        below = rows[at + 1] if at + 1 < len(rows) else ()
        if len(more := _two_rows(row, below, words)) > len(places):
            places, last = more, at + 1
        else:
            last = at
        fits = "answer" in places and any(name in places for name in NAMING)
        if fits and (best is None or len(places) > len(best.places)):
            best = Columns(last, places)
    return best


def _two_rows(upper: Sequence[object], lower: Sequence[object], words: Words) -> dict[str, int]:
    """The columns of a heading whose lower row says more than its upper one; none where that is a row of answers."""
    if len(_places(lower, words)) < 2:
        return {}
    width = max(len(upper), len(lower))
    return _places([_cell(lower, place) or _cell(upper, place) for place in range(width)], words)


def _cell(row: Sequence[object], place: int) -> object:
    return row[place] if place < len(row) else None


def _places(row: Sequence[object], words: Words) -> dict[str, int]:
    """Each column's best heading in a row: the whole word before its beginning, earlier words before later ones."""
    ranked: list[tuple[bool, int, int, str]] = []
    for place, cell in enumerate(row):
        heading = plain(cell)[:_LONGEST] if isinstance(cell, str) and len(cell) <= 2 * _LONGEST else ""
        if not heading:
            continue
        for name, listed in words.columns.items():
            for rank, word in enumerate(listed):
                if heading == word or heading.startswith(word):
                    ranked.append((heading != word, rank, place, name))
    places: dict[str, int] = {}
    for _, _, place, name in sorted(ranked):
        if name not in places and place not in places.values():
            places[name] = place
    return places
