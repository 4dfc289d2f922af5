"""The perceptual hash of an ad's picture: near for the same picture, far for another, none for what is none."""

import io
import random
import struct
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance

from findings.casebook import CaseQuery
from findings.cases.fingerprint import differing
from findings.cases.joining import PICTURE_DISTANCE, signs_of
from findings.cases.picture import MOST_BYTES, picture_hash
from findings.store import FindingStore
from tests.support import records as make


def _drawn(seed: int, size: tuple[int, int] = (640, 360)) -> Image.Image:
    """A banner of boxes and circles; each seed puts others elsewhere."""
    chance = random.Random(seed)
    picture = Image.new("RGB", size, tuple(chance.randrange(256) for _ in range(3)))
    pen = ImageDraw.Draw(picture)
    for number in range(8):
        left, top = chance.uniform(-0.1, 0.9) * size[0], chance.uniform(-0.1, 0.9) * size[1]
        box = (left, top, left + chance.uniform(0.1, 0.5) * size[0], top + chance.uniform(0.1, 0.5) * size[1])
        colour = tuple(chance.randrange(256) for _ in range(3))
        (pen.ellipse if number % 3 == 0 else pen.rectangle)(box, fill=colour)
    return picture


def _packed(picture: Image.Image, kind: str = "PNG", **how: int) -> bytes:
    told = io.BytesIO()
    picture.save(told, kind, **how)
    return told.getvalue()


def _hash(picture: Image.Image, kind: str = "PNG", **how: int) -> int:
    found = picture_hash(_packed(picture, kind, **how))
    assert found is not None
    assert len(found) == 16
    return int(found, 16)


@pytest.mark.parametrize("seed", range(8))
def test_the_same_picture_scaled_packed_or_brightened_is_near(seed: int) -> None:
    picture = _drawn(seed)
    for other in (
        _hash(picture.resize((320, 180))),
        _hash(picture.resize((1000, 500))),
        _hash(picture, "JPEG", quality=40),
        _hash(picture, "WEBP", quality=60),
        _hash(picture.convert("RGBA")),
        _hash(ImageEnhance.Brightness(picture).enhance(0.9)),
    ):
        assert differing(_hash(picture), other) <= PICTURE_DISTANCE


def test_other_pictures_are_far() -> None:
    hashes = [_hash(_drawn(seed)) for seed in range(40)]
    near = sum(differing(a, b) <= PICTURE_DISTANCE for n, a in enumerate(hashes) for b in hashes[:n])
    assert near == 0


def _header(width: int, height: int) -> bytes:
    """A PNG that says it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", len(data)) + b"IDAT" + data


NO_PICTURES = {
    "nothing": b"",
    "text": b"<html>",
    "too many bytes": b"\x89PNG" + b"\0" * MOST_BYTES,
    "a bomb": _header(60_000, 60_000),
    "wide as nothing": _header(2**31 - 1, 1),
    "broken off": _packed(_drawn(1))[:400],
    "a plain surface": _packed(Image.new("RGB", (200, 100), "white")),
    "a format not read": _packed(_drawn(1), "BMP"),
}


@pytest.mark.parametrize("data", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_has_no_hash(data: bytes) -> None:
    began = time.process_time()
    assert picture_hash(data) is None
    assert time.process_time() - began < 5


@given(st.binary(max_size=300), st.integers(0, 3000))
def test_broken_bytes_never_raise(noise: bytes, at: int) -> None:
    whole = _PACKED
    picture_hash(whole[:at] + noise + whole[at + len(noise) :])


_PACKED = _packed(_drawn(3, (64, 48)))


def test_ads_of_one_picture_and_no_words_are_one_case(sqlite_store: FindingStore) -> None:
    """Of one domain; other pictures, or the same elsewhere, are other cases."""

    def ad(picture: Image.Image, host: str, page: int) -> None:
        drawn = make.ad(
            "", title="", creative="", url=f"https://{host}/{page}", advertiser_shown=None,
            picture=f"{_hash(picture):016x}", case_id=f"c1-{page}",
        )  # fmt: skip
        sqlite_store.write(make.bundle(drawn, page=page))

    ad(_drawn(1), "licai.example", 1)
    ad(_drawn(1).resize((320, 180)), "licai.example", 2)
    ad(_drawn(5), "licai.example", 3)
    ad(_drawn(1), "jie.example", 4)
    assert signs_of(make.ad("", title="", creative="", picture=None)).keys == ()
    assert sqlite_store.casebook().files(CaseQuery()).total == 3
