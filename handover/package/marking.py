"""Copies of a captured picture on which the quoted words are framed. The picture itself is never touched.

A copy shows the part of the picture that matters, as wide as the picture and at most `MOST_ROWS` high, as JPEG: one of
1366 × 800 takes 4 ms, the same as PNG 37 ms, and it proves nothing by itself. A PNG is decoded no further down than the
last frame: its header is given to the decoder with fewer rows, so the foot of a long page costs nothing.
"""

import io
import struct
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from findings.model.judgement import Box

if TYPE_CHECKING:
    from PIL import Image

#: Pixels decoded of one picture, rows of one copy, copies of one picture.
MOST_PIXELS = 40_000_000
MOST_ROWS = 1_600
MOST_COPIES = 3
#: Rows shown above and below what is framed.
_MARGIN = 80
_QUALITY = 85
_RED, _WHITE = (224, 0, 0), (255, 255, 255)
_BLUE = (0, 96, 224)
_PNG = b"\x89PNG\r\n\x1a\n"


class Copy(msgspec.Struct, frozen=True):
    """One copy: a JPEG file and the part of the picture that it shows."""

    data: bytes
    part: Box


class PictureUnreadable(Exception):
    """A picture can't be framed: broken, none, or larger than is decoded. The message is bilingual."""


def framed(picture: bytes, words: Sequence[Box], ad: Box | None = None) -> list[Copy]:
    """Copies of a picture with `words` framed in red and the ad's place in blue; none where there is nothing to frame.

    Raises PictureUnreadable.
    """
    marks = sorted(set(words), key=lambda box: (box.y, box.x))
    if not marks:
        return []
    parts = _parts([*marks, *([ad] if ad else [])])
    try:
        return _drawn(picture, parts, marks, ad)
    except (OSError, ValueError, SyntaxError, EOFError, zlib.error, struct.error, MemoryError) as error:
        raise PictureUnreadable(f"图片不可读 the picture can't be read ({str(error)[:200]})") from error


def _parts(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """Bands of rows, from top to bottom, that hold the boxes; near ones are one."""
    bands: list[list[int]] = []
    for box in sorted(boxes, key=lambda box: box.y):
        top, bottom = max(0, box.y - _MARGIN), box.y + box.height + _MARGIN
        if bands and top <= bands[-1][1] and bottom - bands[-1][0] <= MOST_ROWS:
            bands[-1][1] = max(bands[-1][1], bottom)
        else:
            bands.append([top, min(bottom, top + MOST_ROWS)])
    return [(top, bottom) for top, bottom in bands[:MOST_COPIES]]


def _drawn(
    picture: bytes, parts: Sequence[tuple[int, int]], marks: Sequence[Box], ad: Box | None
) -> list[Copy]:
    from PIL import ImageDraw

    image = _opened(picture, max(bottom for _, bottom in parts))
    width, rows = image.size
    copies = []
    for top, bottom in parts:
        if top >= rows:
            continue
        shown = image.crop((0, top, width, min(rows, bottom)))
        copy = shown if shown.mode == "RGB" else shown.convert("RGB")
        pen = ImageDraw.Draw(copy)
        for box, colour, around, line in [(ad, _BLUE, 4, 2), *((mark, _RED, 2, 3) for mark in marks)]:
            if box is not None:
                # A white rim lets a frame be seen on a ground of its own colour.
                pen.rectangle(_around(box, around + 1, top, copy.size), outline=_WHITE, width=line + 2)
                pen.rectangle(_around(box, around, top, copy.size), outline=colour, width=line)
        file = io.BytesIO()
        copy.save(file, "JPEG", quality=_QUALITY)
        copies.append(Copy(file.getvalue(), Box(0, top, copy.width, copy.height)))
    return copies


def _opened(picture: bytes, rows: int) -> "Image.Image":
    """A picture, of a PNG no more than so many rows; nothing is decoded yet."""
    from PIL import Image

    if picture[:8] == _PNG and picture[12:16] == b"IHDR" and len(picture) > 33:
        width, height = struct.unpack(">II", picture[16:24])
        if picture[28] == 0:  # an interlaced picture holds its rows in another order
            height = min(height, rows)
            picture = _shorter(picture, height)
        _bound(width, height)
    image = Image.open(io.BytesIO(picture), formats=("PNG", "JPEG", "WEBP"))
    _bound(*image.size)
    return image


def _bound(width: int, height: int) -> None:
    if width * height > MOST_PIXELS or not width or not height:
        raise PictureUnreadable(f"图片过大 the picture is too large ({width} × {height})")


def _around(box: Box, by: int, top: int, most: tuple[int, int]) -> tuple[int, int, int, int]:
    """A rectangle around a box on a part that begins at `top`. One that lies off the part stays off it."""
    left, upper = max(-9, box.x - by), max(-9, box.y - top - by)
    right = max(left, min(most[0] + 9, box.x + box.width + by))
    return left, upper, right, max(upper, min(most[1] + 9, box.y - top + box.height + by))


def _shorter(picture: bytes, rows: int) -> bytes:
    """The same PNG with a header that speaks of fewer rows: a decoder stops when it has them."""
    header = picture[12:20] + struct.pack(">I", rows) + picture[24:29]
    return picture[:12] + header + struct.pack(">I", zlib.crc32(header)) + picture[33:]
