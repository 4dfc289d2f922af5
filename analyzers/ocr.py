"""The text of an image, line by line, with the place of each line. RapidOCR, loaded on first use."""

from pathlib import Path
from typing import Any

import msgspec

from analyzers.errors import ImageTooLarge, ImageUnreadable
from findings.model.errors import Said
from findings.model.judgement import Box

#: Larger pictures are not decoded: 40 megapixels are 120 MB in memory.
MAX_PIXELS = 40_000_000
MAX_BYTES = 30_000_000
#: Larger pictures are scaled down before reading (pixels on the longer side).
READ_SIDE = 4_000
MIN_CONFIDENCE = 0.5


class Line(msgspec.Struct, frozen=True):
    """One line of text and its rectangle in pixels of the original image."""

    text: str
    box: Box
    confidence: float


class Ocr:
    """Reads images. One of a process: the networks behind it are loaded once."""

    def __init__(self) -> None:
        self._engine: Any = None

    def lines(self, path: Path) -> list[Line]:
        """The lines of an image in reading order. Raises ImageUnreadable, ImageTooLarge."""
        picture, scale = _decode(path)
        if self._engine is None:
            from rapidocr_onnxruntime import RapidOCR

            self._engine = RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)
        found, _ = self._engine(picture)
        lines = [
            Line(text, _box(corners, scale), float(score))
            for corners, text, score in found or ()
            if float(score) >= MIN_CONFIDENCE and text.strip()
        ]
        return in_reading_order(lines)


def in_reading_order(lines: list[Line]) -> list[Line]:
    """Rows from the top, each from the left. Lines whose middles are level share a row."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: one.box.y + one.box.height / 2):
        middle = line.box.y + line.box.height / 2
        if rows and rows[-1][0].box.y <= middle <= rows[-1][0].box.y + rows[-1][0].box.height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda one: one.box.x)]


def _box(corners: Any, scale: float) -> Box:
    xs = [float(corner[0]) / scale for corner in corners]
    ys = [float(corner[1]) / scale for corner in corners]
    x, y = int(min(xs)), int(min(ys))
    return Box(max(x, 0), max(y, 0), max(int(max(xs)) - x, 1), max(int(max(ys)) - y, 1))


def _decode(path: Path) -> tuple[Any, float]:
    """The picture as BGR rows, and by how much it was scaled."""
    import numpy as np
    from PIL import Image

    try:
        size = path.stat().st_size
    except OSError as error:
        raise ImageUnreadable(path, error.strerror or Said("not there", zh="不存在")) from error
    if size > MAX_BYTES:
        raise ImageTooLarge(path, MAX_BYTES, "bytes")
    try:
        with Image.open(path) as image:  # reads the header only
            pixels = image.width * image.height
            if pixels > MAX_PIXELS:
                raise ImageTooLarge(path, MAX_PIXELS, "pixels")
            scale = min(1.0, READ_SIDE / max(image.width, image.height, 1))
            picture = image.convert("RGB")
            if scale < 1.0:
                picture = picture.resize(
                    (max(int(image.width * scale), 1), max(int(image.height * scale), 1))
                )
    except Image.DecompressionBombError as error:  # Pillow's own limit, at 179 megapixels
        raise ImageTooLarge(path, MAX_PIXELS, "pixels") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise ImageUnreadable(path, str(error) or type(error).__name__) from error
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1]), scale
