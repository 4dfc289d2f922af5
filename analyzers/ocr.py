"""What a picture says, line by line, with the place of each character. RapidOCR, loaded on first use.

A picture is looked over in pieces that the detector can see well, so long ones keep their small print.
Lines are cut from the picture at its full size. Time and memory are bounded by the number of pieces and
lines, never by a clock: the same picture always reads the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import hypot
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import msgspec

from analyzers.picture import pictures
from analyzers.qr import QrReader
from analyzers.reading_order import Corners, Glue, Point, Shape, reading_order
from findings.model.judgement import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_CONFIDENCE = 0.5
#: Lines of one picture that are read, and square letters that they have room for: the largest lines first.
MAX_LINES = 400
MAX_LETTERS = 3_000
#: The detector sees pieces of at most this many pixels a side (2 s and 0.5 GB each at most).
SIDE = 1_600
#: A picture this many times as high as wide is looked over in pieces; so many at most, overlapping (pixels).
LONG = 2.5
LONG_WIDTH = 1_000
MAX_PIECES = 8
OVERLAP = 240
#: The detector blows up what is smaller than this (pixels) on one side, strips to any length: they are widened.
LEAST = 736
#: A picture less high or wide holds no letters that could be read (pixels).
LEGIBLE = 8
#: How a code that was read is quoted, before its payload.
CODE = "二维码："


class Line(msgspec.Struct, frozen=True):
    """One line of text and its rectangle in pixels of the picture as it is seen.

    `cells` are the rectangles of its characters, one a code point. `glue` stands between it and the next.
    """

    text: str
    box: Box
    confidence: float
    cells: tuple[Box, ...]
    glue: Glue = "\n"


class Ocr:
    """Reads pictures. One of a process: the networks behind it are loaded once."""

    def __init__(self) -> None:
        self._engine: Any = None
        self._codes = QrReader()

    def lines(self, path: Path) -> list[Line]:
        """The lines of a picture in reading order, then its QR codes; of an animation each wording once.

        Raises ImageUnreadable, ImageTooLarge.
        """
        kept: dict[str, Line] = {}
        shown = pictures(path)
        for picture in shown:
            for line in [*self._text(picture), *self._qr(picture)]:
                if len(shown) == 1:
                    kept[str(len(kept))] = line
                else:
                    kept.setdefault(line.text, line)
        return list(kept.values())

    def _text(self, picture: "NDArray[Any]") -> list[Line]:
        import numpy as np

        if self._engine is None:
            from rapidocr_onnxruntime import RapidOCR

            self._engine = RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)
        found = affordable(self._places(picture))
        if not found:
            return []
        crops = self._engine.get_crop_img_list(picture, [np.array(one, np.float32) for one in found])
        crops, turned, _ = self._engine.text_cls(crops)
        # one by one: batches take three times as long on one core, and make a line depend on its neighbours
        texts = [self._engine.text_rec([crop])[0][0] for crop in crops]
        read: list[tuple[Shape, float, bool]] = []
        for corners, (text, score), (label, sure) in zip(found, texts, turned, strict=True):
            if float(score) >= MIN_CONFIDENCE and text.strip():
                upside_down = label == "180" and float(sure) > self._engine.text_cls.cls_thresh
                read.append((Shape(corners, text), float(score), upside_down))
        return [
            Line(shape.text, box_of(shape.corners), score, cells(shape, upside_down), glue)
            for number, glue in reading_order([shape for shape, _, _ in read])
            for shape, score, upside_down in [read[number]]
        ]

    def _places(self, picture: "NDArray[Any]") -> Iterator[Corners]:
        """The corners of every line, in pixels of the picture."""
        height, width = picture.shape[:2]
        if min(height, width) < LEGIBLE:
            return
        for piece, scale, top, (first, last) in pieces(picture):
            found, _ = self._engine(piece, use_cls=False, use_rec=False)
            for four in found or ():
                middle = sum(y for _, y in four) / 4
                if first <= middle < last:
                    corners = [(min(x / scale, width), min((y + top) / scale, height)) for x, y in four]
                    if _area(corners) >= 1:
                        yield corners[0], corners[1], corners[2], corners[3]

    def _qr(self, picture: "NDArray[Any]") -> Iterator[Line]:
        for code in self._codes.read(picture):
            text = CODE + code.payload
            yield Line(text, code.box, 1.0, (code.box,) * len(text))


def affordable(places: Iterable[Corners]) -> list[Corners]:
    """The largest lines, as many as may be read."""
    kept: list[Corners] = []
    letters = 0.0
    for corners in sorted(places, key=lambda one: -_area(one))[:MAX_LINES]:
        (x, y), (right_x, right_y), _, (low_x, low_y) = corners
        width, height = hypot(right_x - x, right_y - y), hypot(low_x - x, low_y - y)
        letters += max(width, height) / max(min(width, height), 1.0)
        if letters <= MAX_LETTERS:
            kept.append(corners)
    return kept


def pieces(picture: "NDArray[Any]") -> Iterator[tuple[Any, float, int, tuple[float, float]]]:
    """What the detector sees: pixels, their scale, the row where they begin, and the rows that are theirs.

    Rows count in pixels of the scaled picture, the own ones from the beginning of the piece. Of two
    pieces that overlap each owns one half of what they share, so a line is found once and whole.
    """
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    if height <= LONG * width:
        scale = min(1.0, SIDE / max(height, width))
    else:
        scale = min(1.0, LONG_WIDTH / width, (MAX_PIECES * (SIDE - OVERLAP) + OVERLAP) / height)
    size = (max(int(width * scale), 1), max(int(height * scale), 1))
    scaled = cv2.resize(picture, size, interpolation=cv2.INTER_AREA) if scale < 1.0 else picture
    rows = scaled.shape[0]
    step = SIDE - OVERLAP
    starts = list(range(0, max(rows - OVERLAP, 1), step))
    for top in starts:
        piece = scaled[top : top + SIDE]
        least = min(max(piece.shape[:2]), LEAST)
        below, beside = max(least - piece.shape[0], 0), max(least - piece.shape[1], 0)
        if below or beside:
            piece = cv2.copyMakeBorder(piece, 0, below, 0, beside, cv2.BORDER_CONSTANT, value=_ground(piece))
        first = OVERLAP / 2 if top else -np.inf
        last = step + OVERLAP / 2 if top != starts[-1] else np.inf
        yield np.ascontiguousarray(piece), scale, top, (first, last)


def _ground(piece: "NDArray[Any]") -> tuple[float, ...]:
    """The colour to widen a piece with: the median of its rim."""
    import numpy as np

    rim = np.concatenate([piece[0], piece[-1], piece[:, 0], piece[:, -1]])
    return tuple(float(value) for value in np.median(rim, axis=0))


def cells(shape: Shape, upside_down: bool = False) -> tuple[Box, ...]:
    """The rectangle of each character: its share of the line, full width characters twice as wide as others."""
    start, right, end, low = shape.corners
    near, far = ((start, low), (right, end)) if not shape.upright else ((start, right), (low, end))
    widths = [2 if east_asian_width(char) in "WFA" else 1 for char in shape.text]
    whole, at = sum(widths), 0
    boxes: list[Box] = []
    for width in widths:
        shares = (at / whole, (at + width) / whole)
        corners = [
            _between(one, other, 1 - share if upside_down else share)
            for share in shares
            for one, other in zip(near, far, strict=True)
        ]
        boxes.append(box_of(corners))
        at += width
    return tuple(boxes)


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def box_of(corners: Sequence[Point]) -> Box:
    """The rectangle around some points, in whole pixels, at least one wide and high."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    x, y = max(round(min(xs)), 0), max(round(min(ys)), 0)
    return Box(x, y, max(round(max(xs)) - x, 1), max(round(max(ys)) - y, 1))


def _area(corners: Sequence[Point]) -> float:
    """Twice the area within four corners."""
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    return abs(sum(x * to_y - to_x * y for (x, y), (to_x, to_y) in pairs))
