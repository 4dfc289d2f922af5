"""Files of all kinds, drawn or broken here, as rows of pixels."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from analyzers.errors import ImageTooLarge, ImageUnreadable
from analyzers.picture import FORMATS, MAX_BYTES, MAX_FRAMES, pictures

INK, GROUND = (10, 20, 200), (250, 240, 230)


def two_halves(mode: str = "RGB") -> Image.Image:
    """Left ink, right ground."""
    image = Image.new("RGB", (40, 20), GROUND)
    image.paste(INK, (0, 0, 20, 20))
    return image.convert(mode)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.picture"


def shown(file: Path) -> np.ndarray:
    (picture,) = pictures(file)
    assert picture.dtype == np.uint8
    assert picture.flags["C_CONTIGUOUS"]
    return picture


@pytest.mark.parametrize("name", FORMATS)
def test_formats(file: Path, name: str) -> None:
    two_halves().save(file, format=name)
    picture = shown(file)
    assert picture.shape == (20, 40, 3)
    assert np.abs(picture[10, 5].astype(int) - INK[::-1]).max() < 30
    assert np.abs(picture[10, 35].astype(int) - GROUND[::-1]).max() < 30


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        ("CMYK", "JPEG"),
        ("L", "JPEG"),
        ("1", "PNG"),
        ("P", "PNG"),
        ("LA", "PNG"),
        ("I;16", "PNG"),
        ("RGBA", "WEBP"),
    ],
)
def test_modes(file: Path, mode: str, name: str) -> None:
    image = (
        Image.fromarray(np.asarray(two_halves("L"), np.uint16) * 200) if mode == "I;16" else two_halves(mode)
    )
    image.save(file, format=name)
    picture = shown(file)
    assert picture.shape == (20, 40, 3)
    assert picture[10, 35].mean() - picture[10, 5].mean() > 80


@pytest.mark.parametrize(("ink", "dark"), [((0, 0, 0), True), ((255, 255, 255), False)])
def test_letters_on_nothing_stay_legible(file: Path, ink: tuple[int, int, int], dark: bool) -> None:
    image = Image.new("RGBA", (40, 20), (*ink, 0))
    image.paste((*ink, 255), (10, 5, 20, 15))
    image.save(file, format="PNG")
    picture = shown(file)
    inside, outside = picture[10, 15].mean(), picture[2, 2].mean()
    assert (inside < outside) == dark
    assert abs(inside - outside) == 255


def test_exif_turns_the_picture(file: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    two_halves().save(file, format="JPEG", exif=exif)
    picture = shown(file)
    assert picture.shape == (40, 20, 3)
    assert picture[5, 10].mean() < picture[35, 10].mean()


def test_an_animation_shows_its_different_pictures(file: Path) -> None:
    colours = ["red", "red", "blue", "red", "green", "yellow", "white"]
    frames = [Image.new("RGB", (30, 30), colour) for colour in colours]
    frames[0].save(file, format="PNG", save_all=True, append_images=frames[1:])
    seen = [tuple(picture[0, 0][::-1]) for picture in pictures(file)]
    assert seen == [(255, 0, 0), (0, 0, 255), (0, 128, 0)]
    assert len(seen) == MAX_FRAMES


def test_a_broken_end_of_an_animation(file: Path) -> None:
    noise = [Image.effect_noise((80, 80), at * 40) for at in (1, 3, 5)]
    noise[0].save(file, format="GIF", save_all=True, append_images=noise[1:])
    file.write_bytes(file.read_bytes()[:-1500])
    assert 1 <= len(pictures(file)) <= 3


def test_a_cut_off_picture(file: Path) -> None:
    Image.effect_noise((200, 200), 50).save(file, format="PNG")
    file.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(ImageUnreadable):
        pictures(file)


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\nrubbish", b"GIF89a", b"<svg/>", b"%!PS-Adobe-3.0 EPSF-3.0\n"]
)
def test_no_picture(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    with pytest.raises(ImageUnreadable):
        pictures(file)


def test_a_format_that_starts_other_programs_is_not_tried(file: Path) -> None:
    two_halves().save(file, format="EPS")
    with pytest.raises(ImageUnreadable):
        pictures(file)


def test_not_there(file: Path) -> None:
    with pytest.raises(ImageUnreadable):
        pictures(file)


def test_a_pixel_bomb_is_not_decoded(file: Path) -> None:
    Image.new("1", (30_000, 30_000)).save(file, format="PNG")
    assert file.stat().st_size < 1_000_000
    with pytest.raises(ImageTooLarge):
        pictures(file)


def test_a_large_file_is_not_opened(file: Path) -> None:
    with file.open("wb") as out:
        out.truncate(MAX_BYTES + 1)
    with pytest.raises(ImageTooLarge):
        pictures(file)


def _encoded(name: str) -> bytes:
    out = io.BytesIO()
    frames = [two_halves(), Image.new("RGB", (40, 20), "red")]
    extra = {"save_all": True, "append_images": frames[1:]} if name in ("GIF", "PNG", "WEBP") else {}
    frames[0].save(out, format=name, **extra)
    return out.getvalue()


WHOLE = {name: _encoded(name) for name in FORMATS}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(FORMATS),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
    st.integers(0, 500),
)
def test_a_damaged_file_is_read_or_refused(
    tmp_path: Path, name: str, changed: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(WHOLE[name])
    for at, value in changed:
        data[at % len(data)] = value
    file = tmp_path / "damaged"
    file.write_bytes(data[: len(data) - cut % len(data)])
    try:
        assert all(picture.ndim == 3 for picture in pictures(file))
    except (ImageUnreadable, ImageTooLarge):
        return
