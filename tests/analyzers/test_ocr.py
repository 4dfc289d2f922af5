"""Images drawn here, read by the real engine."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from analyzers.errors import ImageTooLarge, ImageUnreadable
from analyzers.ocr import MAX_BYTES, Line, Ocr, in_reading_order
from findings.model.judgement import Box

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def line(text: str, x: int, y: int) -> Line:
    return Line(text, Box(x, y, 50, 20), 0.9)


def test_rows_from_the_top_each_from_the_left() -> None:
    lines = [line("d", 0, 60), line("b", 90, 3), line("c", 200, 0), line("a", 0, 0)]
    assert [one.text for one in in_reading_order(lines)] == ["a", "b", "c", "d"]


def test_no_image(tmp_path: Path) -> None:
    with pytest.raises(ImageUnreadable):
        Ocr().lines(tmp_path / "none.png")


def test_not_an_image(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    with pytest.raises(ImageUnreadable):
        Ocr().lines(file)


def test_a_cut_off_image(tmp_path: Path) -> None:
    whole = tmp_path / "whole.png"
    Image.effect_noise((200, 200), 50).save(whole)
    cut = tmp_path / "cut.png"
    cut.write_bytes(whole.read_bytes()[:2000])
    with pytest.raises(ImageUnreadable):
        Ocr().lines(cut)


def test_a_pixel_bomb_is_not_decoded(tmp_path: Path) -> None:
    file = tmp_path / "bomb.png"
    Image.new("1", (30_000, 30_000)).save(file)
    assert file.stat().st_size < 1_000_000
    with pytest.raises(ImageTooLarge):
        Ocr().lines(file)


def test_a_large_file_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "large.png"
    with file.open("wb") as out:
        out.truncate(MAX_BYTES + 1)
    with pytest.raises(ImageTooLarge):
        Ocr().lines(file)


@pytest.mark.slow
@pytest.mark.models
def test_chinese_lines_and_their_boxes(tmp_path: Path) -> None:
    image = Image.new("RGB", (600, 240), "white")
    font = ImageFont.truetype(str(FONT), 40)
    draw = ImageDraw.Draw(image)
    draw.text((40, 30), "保本保息稳赚不赔", fill="black", font=font)
    draw.text((40, 140), "投资有风险", fill="black", font=font)
    file = tmp_path / "ad.png"
    image.save(file)
    lines = Ocr().lines(file)
    assert [one.text for one in lines] == ["保本保息稳赚不赔", "投资有风险"]
    assert abs(lines[0].box.x - 40) < 15
    assert lines[0].box.y < 60 < lines[1].box.y
