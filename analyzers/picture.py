"""Picture files as rows of pixels, safely: hostile files cost bounded time and memory.

Only formats of the web are tried, so no file reaches a decoder that starts other programs. The header is
read first, and nothing is decoded that would not fit. Coordinates are those of the picture as people see
it: turned as its EXIF data say, on a ground that sets it off where it is transparent.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzers.errors import ImageTooLarge, ImageUnreadable
from findings.model.errors import Said

if TYPE_CHECKING:
    from PIL.Image import Image

#: Larger pictures are not decoded: 40 megapixels are 120 MB in memory.
MAX_PIXELS = 40_000_000
MAX_BYTES = 30_000_000
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
#: Pictures of an animation that are read, and how many are decoded to find them.
MAX_FRAMES = 3
MAX_DECODED = 60
#: A picture of an animation is another one where its thumbnail differs by this much (mean, 0 to 255).
ANOTHER = 6.0
_THUMBNAIL = (32, 32)


def pictures(path: Path) -> list[Any]:
    """What a file shows as arrays of BGR rows: one, or the distinct ones of an animation.

    Raises ImageUnreadable, ImageTooLarge.
    """
    import numpy as np
    from PIL import Image

    try:
        size = path.stat().st_size
    except OSError as error:
        raise ImageUnreadable(path, error.strerror or Said("not there", zh="不存在")) from error
    if size > MAX_BYTES:
        raise ImageTooLarge(path, MAX_BYTES, "bytes")
    try:
        with Image.open(path, formats=FORMATS) as image:  # reads the header only
            if image.width * image.height > MAX_PIXELS:
                raise ImageTooLarge(path, MAX_PIXELS, "pixels")
            return [np.ascontiguousarray(np.asarray(one)[:, :, ::-1]) for one in _distinct(image)]
    except Image.DecompressionBombError as error:  # Pillow's own limit, at 179 megapixels
        raise ImageTooLarge(path, MAX_PIXELS, "pixels") from error
    except ImageTooLarge:
        raise
    except Exception as error:  # a broken file makes decoders raise nearly anything
        raise ImageUnreadable(path, str(error) or type(error).__name__) from error


def _distinct(image: "Image") -> Iterator["Image"]:
    """The picture, or pictures of an animation that differ, all decoded pixels together within the limit."""
    from PIL import ImageChops, ImageStat

    decodable = min(MAX_DECODED, MAX_PIXELS // max(image.width * image.height, 1))
    shown: list[Image] = []
    for number in range(max(decodable, 1)):
        try:
            image.seek(number)
            image.load()
        except (EOFError, OSError):
            if number == 0:
                raise
            return  # the end, or a later picture is broken
        seen = _as_seen(image)
        small = seen.resize(_THUMBNAIL)
        if all(max(ImageStat.Stat(ImageChops.difference(small, one)).mean) >= ANOTHER for one in shown):
            shown.append(small)
            yield seen
        if len(shown) == MAX_FRAMES:
            return


def _as_seen(image: "Image") -> "Image":
    """Turned upright, in RGB, without transparency."""
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(image) or image
    if turned.mode.startswith(("I", "F")):  # 16 bits and more a pixel, which Pillow would cut off
        return _stretched(turned)
    if not turned.has_transparency_data:
        return turned.convert("RGB")
    layered = turned.convert("RGBA")
    ground = Image.new("RGBA", layered.size, "black" if _light(layered) else "white")
    return Image.alpha_composite(ground, layered).convert("RGB")


def _stretched(image: "Image") -> "Image":
    """Grey of any depth as RGB, from its darkest to its lightest value."""
    import numpy as np
    from PIL import Image

    values = np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    return Image.fromarray(((values - low) * (255 / max(high - low, 1.0))).astype(np.uint8)).convert("RGB")


def _light(layered: "Image") -> bool:
    """Whether what can be seen is light: white letters on nothing would vanish on white."""
    from PIL import ImageStat

    opaque = layered.getchannel("A").point(lambda value: 255 if value > 127 else 0)
    if opaque.getbbox() is None:
        return False
    return ImageStat.Stat(layered.convert("L"), opaque).mean[0] > 160
