"""QR codes drawn here, read by OpenCV in its child process."""

import sys
import time
import unicodedata
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from analyzers.qr import CPU_SECONDS, MAX_CODES, MAX_PAYLOAD, QrReader, cleaned
from tests.support.pictures import qr

LINK = "https://u.example/k/8Zt2?c=1"


@pytest.fixture(scope="module")
def reader() -> QrReader:
    return QrReader()


def on_poster(
    code: Image.Image, at: tuple[int, int] = (50, 60), size: tuple[int, int] = (700, 500)
) -> Image.Image:
    image = Image.new("RGB", size, "white")
    image.paste(code, at)
    return image


def payloads(reader: QrReader, image: Image.Image) -> list[str]:
    return [code.payload for code in reader.read(np.asarray(image.convert("RGB")))]


@pytest.mark.slow
@pytest.mark.parametrize("module", [2, 3, 4, 8])
def test_codes_small_and_large(reader: QrReader, module: int) -> None:
    (code,) = reader.read(np.asarray(on_poster(qr(LINK, module))))
    assert code.payload == LINK
    side = qr(LINK, module, border=0).width
    seen = code.box
    wanted = (50 + 4 * module, 60 + 4 * module, side, side)
    assert (
        max(abs(a - b) for a, b in zip((seen.x, seen.y, seen.width, seen.height), wanted, strict=True)) <= 4
    )


@pytest.mark.slow
@pytest.mark.parametrize(("module", "blur"), [(3, 0.9), (4, 2.0), (6, 3.0)])
def test_blurred_codes(reader: QrReader, module: int, blur: float) -> None:
    image = on_poster(qr(LINK, module)).filter(ImageFilter.GaussianBlur(blur))
    assert payloads(reader, image) == [LINK]


@pytest.mark.slow
@pytest.mark.parametrize("angle", [7, 45, 90, 180])
def test_turned_codes(reader: QrReader, angle: int) -> None:
    image = on_poster(qr(LINK), (200, 150)).rotate(angle, fillcolor="white")
    assert payloads(reader, image) == [LINK]


@pytest.mark.slow
def test_light_on_dark(reader: QrReader) -> None:
    image = on_poster(qr(LINK)).point(lambda value: 255 - value)
    assert payloads(reader, image) == [LINK]


@pytest.mark.slow
def test_a_long_picture(reader: QrReader) -> None:
    image = on_poster(qr(LINK), (300, 5_000), (750, 9_000))
    (code,) = reader.read(np.asarray(image))
    assert code.payload == LINK
    assert abs(code.box.y - 5_016) <= 8


@pytest.mark.slow
def test_several_codes_from_the_top(reader: QrReader) -> None:
    image = on_poster(qr("tel:13800000000"), (400, 20))
    image.paste(qr("加微信领取资料"), (40, 250))
    assert payloads(reader, image) == ["tel:13800000000", "加微信领取资料"]


@pytest.mark.slow
def test_no_more_codes_than_the_limit(reader: QrReader) -> None:
    image = Image.new("RGB", (1_000, 1_000), "white")
    for at in range(25):
        image.paste(qr(f"code {at}", 4), (at % 5 * 190, at // 5 * 190))
    assert len(payloads(reader, image)) == MAX_CODES


@pytest.mark.parametrize("size", [(1, 1), (1, 9_000), (9_000, 1), (30, 20), (600, 400)])
def test_pictures_without_a_code(reader: QrReader, size: tuple[int, int]) -> None:
    assert payloads(reader, Image.new("RGB", size, "white")) == []


@pytest.mark.slow
def test_a_picture_strewn_with_finder_patterns_is_given_up(reader: QrReader) -> None:
    """OpenCV alone needs a minute for it; a code read afterwards shows that the reader lives."""
    finder = np.full((9, 9), 255, np.uint8)
    finder[1:8, 1:8], finder[2:7, 2:7], finder[3:6, 3:6] = 0, 255, 0
    strewn = Image.fromarray(np.tile(np.kron(finder, np.ones((2, 2), np.uint8)), (40, 40)))
    began = time.monotonic()
    assert payloads(reader, strewn) == []
    assert time.monotonic() - began < 15 * CPU_SECONDS  # a shared machine gives the child a part of its time
    assert payloads(reader, on_poster(qr(LINK))) == [LINK]


@pytest.mark.slow
def test_a_payload_is_one_short_line(reader: QrReader) -> None:
    image = on_poster(qr("BEGIN:VCARD\r\nTEL:13800000000\x07\r\nEND:VCARD", 3))
    assert payloads(reader, image) == ["BEGIN:VCARD TEL:13800000000 END:VCARD"]
    assert payloads(reader, on_poster(qr("9" * 900, 4), (10, 10), (1_000, 1_000))) == ["9" * MAX_PAYLOAD]


@given(st.text())
@example("a\u202eb\u200bc\0d\u2028e")
@example(" \t\n" * 900 + "a")
@example("9" * 10_000)
def test_whatever_a_code_holds(payload: str) -> None:
    kept = cleaned(payload)
    assert len(kept) <= MAX_PAYLOAD
    assert kept == kept.strip()
    assert all(unicodedata.category(char)[0] != "C" for char in kept)
    assert len(kept.splitlines()) <= 1
    assert cleaned(kept) == kept


def test_a_reader_leaves_no_child_behind() -> None:
    reader = QrReader()
    reader.read(np.zeros((20, 20, 3), np.uint8))
    child = reader._child
    assert child is not None
    del reader
    assert child.returncode is not None


@pytest.mark.slow
def test_a_forked_process_leaves_its_parents_child_alone() -> None:
    reader = QrReader()
    image = on_poster(qr(LINK))
    assert payloads(reader, image) == [LINK]
    child = reader._child
    forked = get_context("fork").Process(target=lambda: (payloads(reader, image), sys.exit(0)))
    forked.start()
    forked.join(60)
    assert forked.exitcode == 0
    assert payloads(reader, image) == [LINK]
    assert reader._child is child
