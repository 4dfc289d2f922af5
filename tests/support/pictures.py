"""Pictures that tests draw: letters of Noto Sans CJK, QR codes of OpenCV."""

from collections.abc import Iterable
from pathlib import Path

import cv2
from PIL import Image, ImageDraw, ImageFont

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def poster(
    size: tuple[int, int],
    texts: Iterable[tuple[int, int, int, str]],
    ground: str = "white",
    ink: str = "black",
) -> Image.Image:
    """A picture with texts, each given as left, top, letter height in pixels, and words."""
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    for left, top, height, words in texts:
        draw.text((left, top), words, fill=ink, font=ImageFont.truetype(str(FONT), height))
    return image


def upright(left: int, top: int, height: int, words: str) -> list[tuple[int, int, int, str]]:
    """A vertical line as texts of one character each."""
    return [(left, top + int(at * height * 1.1), height, char) for at, char in enumerate(words)]


def qr(payload: str, module: int = 4, border: int = 4) -> Image.Image:
    """A QR code; `module` pixels a dot, `border` dots of white around."""
    code = cv2.QRCodeEncoder.create().encode(payload)
    dots = Image.fromarray(code)
    inner = dots.crop(dots.point(lambda value: 255 - value).getbbox())
    side = (inner.width + 2 * border) * module
    image = Image.new("L", (side, side), 255)
    image.paste(
        inner.resize((inner.width * module, inner.height * module), Image.Resampling.NEAREST),
        (border * module,) * 2,
    )
    return image
