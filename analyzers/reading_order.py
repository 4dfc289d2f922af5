"""In which order the lines of a picture are read. Pure; lines are given by their four corners.

The whole picture is turned back by the tilt that its lines share. What stands one above the other over
several rows with a clear gutter between is columns, each read to its end before the next; a line that
spans the gutter (a heading, a footer) parts the columns above it from those below. Short cells that are
level with each other are rows of a table. Vertical lines (竖排) are read from the right.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import atan2, cos, hypot, pi, sin
from statistics import median
from typing import Literal

import msgspec

Point = tuple[float, float]
#: Top left, top right, bottom right, bottom left, as the line is seen.
Corners = tuple[Point, Point, Point, Point]
Glue = Literal["", " ", "\n"]

#: A line this many times as high as wide, of two characters or more, is written downwards.
UPRIGHT = 1.5
#: A tilt beyond this (radians) is no tilt of the picture.
MAX_TILT = pi / 6
#: Widths in heights of a line: a gutter, a blank within a row, and how near vertical lines stand.
GUTTER = 1.0
BLANK = 1.5
NEIGHBOUR = 2.0
#: Cells of a table have at most this many characters (median) in one of two columns.
CELL = 6
#: Rows from this many characters on may be a sentence that was broken to fit; points of a list are shorter.
WRAPPED = 15
_ENDS = "。!?！？;；:：…"


class Shape(msgspec.Struct, frozen=True):
    """Where a line stands, and its text."""

    corners: Corners
    text: str

    @property
    def upright(self) -> bool:
        """Whether it is written downwards."""
        (left, top), (right, _), _, (x, y) = self.corners
        width, height = hypot(right - left, self.corners[1][1] - top), hypot(x - left, y - top)
        return len(self.text) > 1 and height >= UPRIGHT * width


class _Part:
    """A line, or vertical lines that stand together, in the picture without its tilt."""

    __slots__ = ("bottom", "left", "numbers", "right", "text", "top", "upright")

    def __init__(self, points: Iterable[Point], numbers: list[int], text: str, upright: bool) -> None:
        listed = list(points)
        self.left, self.right = min(x for x, _ in listed), max(x for x, _ in listed)
        self.top, self.bottom = min(y for _, y in listed), max(y for _, y in listed)
        self.numbers, self.text, self.upright = numbers, text, upright

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def size(self) -> float:
        """The height of its letters."""
        return max(self.right - self.left if self.upright else self.bottom - self.top, 1.0)

    @property
    def points(self) -> tuple[Point, Point]:
        return (self.left, self.top), (self.right, self.bottom)


_Row = list[_Part]


def reading_order(shapes: Sequence[Shape]) -> list[tuple[int, Glue]]:
    """The numbers of all lines in order, each with what stands between it and the next one.

    Parts of one row are parted by a blank, a broken sentence by nothing, all else by a new line.
    """
    tilt = _tilt(shapes)
    parts = [
        _Part((_turned(point, -tilt) for point in shape.corners), [number], shape.text, shape.upright)
        for number, shape in enumerate(shapes)
    ]
    level = [part for part in parts if not part.upright]
    together = [*level, *_upright_blocks([part for part in parts if part.upright])]
    rows = _in_order(sorted(together, key=_place))  # all sorting below is stable
    single = {part.numbers[0]: part for part in parts}
    column = _column_ends(rows)
    ordered: list[tuple[int, Glue]] = []
    for at, row in enumerate(rows):
        numbers = [number for part in row for number in part.numbers]
        for one, other in pairwise(numbers):
            ordered.append((one, _within(single[one], single[other])))
        following = rows[at + 1] if at + 1 < len(rows) else None
        ordered.append((numbers[-1], "" if following and _broken(row, following, column[at]) else "\n"))
    return ordered


def _place(part: _Part) -> tuple[float, float, float, float, str]:
    """Sorts parts in one way, however they were found."""
    return part.top, part.left, part.bottom, part.right, part.text


def _tilt(shapes: Sequence[Shape]) -> float:
    """The angle that most of the text is turned by, in radians; long lines say more than short ones."""
    angles: list[tuple[float, float]] = []
    for shape in shapes:
        along = (shape.corners[3], shape.corners[0]) if shape.upright else shape.corners[:2]
        (x, y), (to_x, to_y) = along
        angle = atan2(to_y - y, to_x - x)
        if shape.upright:
            angle += pi / 2
        if abs(angle) <= MAX_TILT:
            angles.append((angle, hypot(to_x - x, to_y - y)))
    angles.sort()
    half, seen = sum(weight for _, weight in angles) / 2, 0.0
    for angle, weight in angles:
        seen += weight
        if seen >= half:
            return angle
    return 0.0


def _turned(point: Point, angle: float) -> Point:
    x, y = point
    return x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)


def _upright_blocks(parts: list[_Part]) -> list[_Part]:
    """Vertical lines that stand together as one part each, read from the right."""
    blocks: list[list[_Part]] = []
    for part in sorted(parts, key=lambda one: (-one.right, _place(one))):
        near = [block for block in blocks if any(_beside(part, other) for other in block)]
        joined = [part]
        for block in near:
            blocks.remove(block)
            joined = [*block, *joined]
        blocks.append(joined)
    return [
        _Part(
            [point for part in block for point in part.points],
            [number for part in _from_the_right(block) for number in part.numbers],
            "".join(part.text for part in block),
            upright=True,
        )
        for block in blocks
    ]


def _beside(one: _Part, other: _Part) -> bool:
    apart = max(one.left, other.left) - min(one.right, other.right)
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap > 0 and apart <= NEIGHBOUR * min(one.size, other.size)


def _from_the_right(block: list[_Part]) -> list[_Part]:
    columns = _groups(block, lambda part: (part.left, part.right), share=0.5)
    return [part for column in reversed(columns) for part in sorted(column, key=_place)]


def _groups(
    parts: Sequence[_Part], reach: Callable[[_Part], tuple[float, float]], share: float = 0.0
) -> list[list[_Part]]:
    """Parts whose reaches overlap, from the first reach on.

    Two overlap where more than a share of the smaller is common to the part and the group so far.
    """
    groups: list[list[_Part]] = []
    end = start = 0.0
    for part in sorted(parts, key=reach):
        left, right = reach(part)
        common = min(end, right) - max(start, left)
        if groups and common > share * min(right - left, end - start):
            groups[-1].append(part)
            start, end = (min(start, left), max(end, right))
        else:
            groups.append([part])
            start, end = left, right
    return groups


def _in_order(parts: list[_Part]) -> list[_Row]:
    """Rows in order. Columns are looked for over as many bands of the picture as have a gutter in common."""
    if len(parts) < 2:
        return [parts] if parts else []
    bands = _groups(parts, lambda part: (part.top, part.bottom), share=0.25)
    ordered: list[_Row] = []
    at = 0
    while at < len(bands):
        end = at + 1
        while end < len(bands) and len(_columns([part for band in bands[at : end + 1] for part in band])) > 1:
            end += 1
        together = [part for band in bands[at:end] for part in band]
        columns = _columns(together)
        if (
            len(columns) < 2
            or _level(together)
            or not _side_by_side(columns)
            or _is_table(columns, bands[at:end])
        ):
            ordered += [row for band in bands[at:end] for row in _rows(band)]
        elif all(part.upright for part in together):
            ordered += [row for column in reversed(columns) for row in _in_order(column)]
        else:
            ordered += [row for column in columns for row in _in_order(column)]
        at = end
    return ordered


def _columns(parts: list[_Part]) -> list[list[_Part]]:
    """The parts on either side of every gutter that runs through all of them."""
    gutter = GUTTER * median(part.size for part in parts)
    columns: list[list[_Part]] = []
    end = 0.0
    for part in sorted(parts, key=lambda one: (one.left, one.right)):
        if columns and part.left - end < gutter:
            columns[-1].append(part)
            end = max(end, part.right)
        else:
            columns.append([part])
            end = part.right
    return columns


def _side_by_side(columns: list[list[_Part]]) -> bool:
    """Whether parts of different columns are level anywhere: the bubbles of a chat only take turns."""
    return any(
        one.top < other.bottom and other.top < one.bottom
        for column, following in pairwise(columns)
        for one in column
        for other in following
    )


def _level(parts: list[_Part]) -> bool:
    """Whether all stand in one row."""
    return max(part.top for part in parts) < min(part.bottom for part in parts)


def _is_table(columns: list[list[_Part]], bands: list[list[_Part]]) -> bool:
    """Whether the columns are cells that are read row by row: short ones, level with each other."""
    shortest = min(median(len(part.text) for part in column) for column in columns)
    if shortest > CELL or any(part.upright for column in columns for part in column):
        return False
    pairs = [band for band in bands if len(band) > 1]
    return 2 * len(pairs) >= len(bands) and all(_level(band) for band in pairs)


def _rows(parts: list[_Part]) -> list[_Row]:
    """Rows from the top, each from the left (vertical lines from the right): a part whose middle is level with the first of a row is of it."""
    rows: list[_Row] = []
    for part in sorted(parts, key=lambda one: (one.middle, one.left)):
        row = next((row for row in reversed(rows) if row[0].top <= part.middle <= row[0].bottom), None)
        if row is not None and part.top < row[0].middle < part.bottom:
            row.append(part)
        else:
            rows.append([part])
    rows.sort(key=lambda row: row[0].middle)
    for row in rows:
        row.sort(key=lambda one: one.left, reverse=all(part.upright for part in row))
    return rows


def _within(one: _Part, other: _Part) -> Glue:
    """What stands between two parts of one row, or two vertical lines of one block."""
    if one.upright or other.upright:
        return "\n"
    return " " if other.left - one.right <= BLANK * max(one.size, other.size) else "\n"


def _column_ends(rows: list[_Row]) -> list[float]:
    """For each row the right edge of the column that it stands in: rows before and after that begin alike."""
    ends = [row[-1].right for row in rows]
    at = 0
    while at < len(rows):
        end = at + 1
        while end < len(rows) and _aligned(rows[end - 1], rows[end]):
            end += 1
        ends[at:end] = [max(ends[at:end])] * (end - at)
        at = end
    return ends


def _aligned(row: _Row, following: _Row) -> bool:
    """Whether two rows of one line each begin alike, in letters of one size, close to each other."""
    if len(row) > 1 or len(following) > 1 or row[0].upright or following[0].upright:
        return False
    one, other = row[0], following[0]
    size = min(one.size, other.size)
    return (
        max(one.size, other.size) <= 1.25 * size
        and abs(one.left - other.left) <= 0.6 * size
        and 0 <= other.middle - one.middle <= 2.2 * size
    )


def _broken(row: _Row, following: _Row, right: float) -> bool:
    """Whether a row was broken to fit: it fills its column, ends no sentence, and the next begins alike."""
    one = row[0]
    return (
        _aligned(row, following)
        and len(one.text) >= WRAPPED
        and one.text[-1] not in _ENDS
        and right - one.right <= 1.2 * one.size
    )
