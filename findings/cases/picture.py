"""The perceptual hash of an ad's picture: near for pictures that look alike, however they were scaled or packed.

A difference hash (dHash): the picture in grey at 9 × 8 points, one bit for each point and its right
neighbour, whether it grows brighter. Pictures come from anywhere: what is no picture, too large or broken
has no hash.
"""

import io

#: Bytes of a file, and points of a picture, beyond which it is not opened: a decompression bomb is small.
MOST_BYTES, MOST_POINTS = 20_000_000, 30_000_000
#: Formats that are read; each further one is another decoder that hostile bytes reach.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_WIDE, _HIGH = 9, 8
#: Points of grey by which neighbours must differ to count: noise of packing is no edge.
_NOISE = 2
#: Edges below which a picture tells nothing apart: it is a plain surface.
_FEWEST = 4


def picture_hash(data: bytes) -> str | None:
    """16 hex digits, or None for what is no picture, too large, broken, or a plain surface."""
    from PIL import Image

    if not data or len(data) > MOST_BYTES:
        return None
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:  # reads the header only
            if picture.width * picture.height > MOST_POINTS:
                return None
            picture.draft("L", (_WIDE * 8, _HIGH * 8))
            grey = picture.convert("RGBA").convert("L") if "A" in picture.mode else picture.convert("L")
            small = grey.resize((_WIDE, _HIGH), Image.Resampling.BOX)
    except Exception:  # decoders of hostile bytes raise anything; a picture that can't be read has no hash
        return None
    points = small.tobytes()
    bits = edges = 0
    for row in range(_HIGH):
        for column in range(_WIDE - 1):
            here, right = points[row * _WIDE + column], points[row * _WIDE + column + 1]
            bits = bits << 1 | (right > here + _NOISE)
            edges += abs(right - here) > _NOISE
    return f"{bits:016x}" if edges >= _FEWEST else None
