"""Pictures drawn here, read by the real engine."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from analyzers.analyzer import Analyzer, AnalyzerOptions
from analyzers.errors import ImageUnreadable
from analyzers.ocr import (
    CODE,
    LEAST,
    LONG_WIDTH,
    MAX_LETTERS,
    MAX_LINES,
    MAX_PIECES,
    SIDE,
    Line,
    Ocr,
    affordable,
    box_of,
    cells,
    pieces,
)
from analyzers.reading_order import Shape
from findings.model.judgement import Box, ScreenInput
from tests.support.cache import patterns
from tests.support.pictures import poster, qr, upright


@pytest.fixture(scope="module")
def ocr() -> Ocr:
    return Ocr()


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer.load(AnalyzerOptions(cache=patterns()))


def read(ocr: Ocr, image: Image.Image, folder: Path, name: str = "ad.png") -> list[Line]:
    image.save(folder / name)
    return ocr.lines(folder / name)


def words(lines: list[Line]) -> list[str]:
    return [line.text for line in lines]


def close(box: Box, left: int, top: int, right: int, low: int, by: int = 12) -> bool:
    edges = (box.x, box.y, box.x + box.width, box.y + box.height)
    return all(abs(a - b) <= by for a, b in zip(edges, (left, top, right, low), strict=True))


# what needs no engine


def test_a_file_that_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    with pytest.raises(ImageUnreadable):
        Ocr().lines(tmp_path / "a.png")


FLAT = ((10.0, 20.0), (110.0, 20.0), (110.0, 40.0), (10.0, 40.0))
TALL = ((10.0, 20.0), (30.0, 20.0), (30.0, 120.0), (10.0, 120.0))


def test_cells_share_a_line_by_the_width_of_letters() -> None:
    assert cells(Shape(FLAT, "保本12")) == (
        Box(10, 20, 33, 20), Box(43, 20, 34, 20), Box(77, 20, 16, 20), Box(93, 20, 17, 20),
    )  # fmt: skip


def test_cells_of_a_vertical_line_run_downwards() -> None:
    assert cells(Shape(TALL, "保本保息")) == tuple(Box(10, 20 + 25 * at, 20, 25) for at in range(4))


def test_cells_of_a_line_upside_down_run_backwards() -> None:
    assert cells(Shape(FLAT, "保本"), upside_down=True) == (Box(60, 20, 50, 20), Box(10, 20, 50, 20))


CORNER = st.tuples(st.floats(0, 2_000), st.floats(0, 2_000))


@given(st.tuples(CORNER, CORNER, CORNER, CORNER), st.text(min_size=1, max_size=60), st.booleans())
def test_each_character_has_a_cell_within_its_line(
    corners: tuple[tuple[float, float], ...], text: str, upside_down: bool
) -> None:
    shape = Shape(corners, text)  # type: ignore[arg-type]
    whole, found = box_of(corners), cells(shape, upside_down)
    assert len(found) == len(text)
    for cell in found:
        assert whole.x <= cell.x
        assert whole.y <= cell.y
        assert cell.x + cell.width <= whole.x + whole.width + 1  # a cell is at least a pixel wide
        assert cell.y + cell.height <= whole.y + whole.height + 1
    assert min(cell.x for cell in found) == whole.x
    assert max(cell.x + cell.width for cell in found) >= whole.x + whole.width


SIZES = [
    (1, 1), (1, 40_000), (40_000, 1), (3, 9_000), (500, 400), (400, 1_200), (750, 12_000), (12_000, 750),
    (2_000, 2_000), (6_000, 6_000), (1_000, 30_000), (1, 2_000_000), (2_000_000, 1),
]  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_pieces_are_few_and_none_is_a_strip(size: tuple[int, int]) -> None:
    width, height = size
    seen = list(pieces(np.full((height, width, 3), 200, np.uint8)))
    assert 1 <= len(seen) <= MAX_PIECES
    for piece, _, _, _ in seen:
        assert max(piece.shape[:2]) <= SIDE
        assert min(piece.shape[:2]) >= min(LEAST, max(piece.shape[:2]))


@pytest.mark.parametrize("size", SIZES)
def test_each_row_belongs_to_one_piece(size: tuple[int, int]) -> None:
    width, height = size
    seen = list(pieces(np.zeros((height, width, 3), np.uint8)))
    owned = [(top + first, top + last) for _, _, top, (first, last) in seen]
    assert owned[0][0] == -np.inf
    assert owned[-1][1] == np.inf
    assert all(one[1] == other[0] for one, other in pairwise(owned))


def test_a_long_picture_keeps_its_width() -> None:
    seen = list(pieces(np.zeros((8_000, LONG_WIDTH, 3), np.uint8)))
    assert {scale for _, scale, _, _ in seen} == {1.0}


@given(st.lists(st.tuples(st.integers(1, 2_000), st.integers(1, 200)), max_size=700))
def test_what_is_read_of_a_picture_is_bounded(sizes: list[tuple[int, int]]) -> None:
    places = [((0.0, 0.0), (float(w), 0.0), (float(w), float(h)), (0.0, float(h))) for w, h in sizes]
    kept = affordable(places)
    assert len(kept) <= MAX_LINES
    assert sum(max(w / h, h / w) for _, _, (w, h), _ in kept) <= MAX_LETTERS
    whole = sum(max(w / h, h / w) for w, h in sizes)
    if len(places) <= MAX_LINES and whole <= MAX_LETTERS:
        assert sorted(kept) == sorted(places)


# what the engine reads


@pytest.mark.slow
@pytest.mark.models
def test_lines_and_their_boxes(ocr: Ocr, tmp_path: Path) -> None:
    image = poster((600, 240), [(40, 30, 40, "保本保息稳赚不赔"), (40, 140, 40, "投资有风险")])
    lines = read(ocr, image, tmp_path)
    assert words(lines) == ["保本保息稳赚不赔", "投资有风险"]
    assert close(lines[0].box, 40, 40, 360, 80)
    assert close(lines[0].cells[4], 200, 40, 240, 80)


TWO_COLUMNS = [
    (200, 20, 60, "稳健理财新选择"),
    *((30, 150 + 60 * at, 32, text) for at, text in enumerate(["左栏第一行本金安全", "左栏第二行收益稳定", "左栏第三行随时赎回"])),
    *((450, 150 + 60 * at, 32, text) for at, text in enumerate(["右栏第一行名额有限", "右栏第二行微信咨询", "右栏第三行客服在线"])),
    (120, 400, 40, "理财需谨慎请阅读说明"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.models
@pytest.mark.parametrize("tilt", [0, 5, -8])
def test_a_poster_of_two_columns_is_not_read_across(ocr: Ocr, tmp_path: Path, tilt: int) -> None:
    image = poster((800, 500), TWO_COLUMNS).rotate(tilt, expand=True, fillcolor="white")
    assert words(read(ocr, image, tmp_path)) == [text for _, _, _, text in TWO_COLUMNS]


@pytest.mark.slow
@pytest.mark.models
def test_vertical_lines_from_the_right(ocr: Ocr, tmp_path: Path) -> None:
    image = poster(
        (500, 700),
        [
            *upright(180, 40, 56, "国企背书资金安全"),
            *upright(280, 40, 56, "保本保息稳赚不赔"),
            *upright(380, 40, 56, "年化收益百分之十二"),
        ],
    )
    lines = read(ocr, image, tmp_path)
    assert words(lines) == ["年化收益百分之十二", "保本保息稳赚不赔", "国企背书资金安全"]
    assert close(lines[1].cells[4], 280, 40 + 4 * 61, 336, 40 + 5 * 61, by=20)


@pytest.mark.slow
@pytest.mark.models
def test_a_long_picture_is_read_whole(ocr: Ocr, tmp_path: Path) -> None:
    listed = [(60, 40 + 310 * at, 30, f"第{at}条保本保息随时赎回") for at in range(16)]
    lines = read(ocr, poster((750, 5_000), listed, ground="#fff8e0"), tmp_path)
    assert words(lines) == [text for _, _, _, text in listed]
    assert all(
        close(line.box, 60, top + 8, line.box.x + line.box.width, top + 40)
        for line, (_, top, _, _) in zip(lines, listed, strict=True)
    )


@pytest.mark.slow
@pytest.mark.models
def test_a_picture_turned_by_its_camera(ocr: Ocr, tmp_path: Path) -> None:
    image = poster((600, 240), [(40, 30, 40, "保本保息稳赚不赔")])
    exif = Image.Exif()
    exif[0x0112] = 8
    image.rotate(-90, expand=True).save(tmp_path / "a.jpg", exif=exif)
    (line,) = ocr.lines(tmp_path / "a.jpg")
    assert line.text == "保本保息稳赚不赔"
    assert close(line.box, 40, 40, 360, 80)


@pytest.mark.slow
@pytest.mark.models
def test_all_pictures_of_an_animation_are_read_once_each(ocr: Ocr, tmp_path: Path) -> None:
    first, second = (
        poster((500, 120), [(20, 20, 50, text)], ground)
        for text, ground in (("稳赚不赔", "white"), ("扫码加微信", "yellow"))
    )
    first.save(tmp_path / "a.gif", save_all=True, append_images=[second, first], duration=500)
    assert words(ocr.lines(tmp_path / "a.gif")) == ["稳赚不赔", "扫码加微信"]


@pytest.mark.slow
@pytest.mark.models
def test_a_code_is_a_line_of_its_own_after_the_text(ocr: Ocr, tmp_path: Path) -> None:
    image = poster((600, 400), [(40, 30, 40, "扫码领取")])
    image.paste(qr("https://u.example/8Zt2"), (300, 200))
    lines = read(ocr, image, tmp_path)
    assert words(lines) == ["扫码领取", f"{CODE}https://u.example/8Zt2"]
    assert set(lines[1].cells) == {lines[1].box}
    assert lines[1].box.x > 300


@pytest.mark.slow
@pytest.mark.models
@pytest.mark.parametrize("size", [(1, 1), (2, 3_000), (3_000, 2), (1, 300_000)])
def test_slivers(ocr: Ocr, tmp_path: Path, size: tuple[int, int]) -> None:
    assert read(ocr, Image.new("RGB", size, "white"), tmp_path) == []


# what the judgement says


@pytest.mark.slow
@pytest.mark.models
def test_spans_lie_where_their_words_stand(analyzer: Analyzer, tmp_path: Path) -> None:
    image = poster((700, 400), [(50, 40, 48, "理财产品保本保息收益高"), (50, 200, 40, "咨询电话13800000000")])
    image.save(tmp_path / "ad.png")
    (field,) = analyzer.read(ScreenInput(image="ad.png"), tmp_path).fields
    start = field.normalised.text.index("保本保息")
    span = field.span(start, start + 4)
    assert (span.field, span.text) == ("image", "保本保息")
    assert span.box is not None
    assert close(span.box, 50 + 4 * 48, 52, 50 + 8 * 48, 102)


@pytest.mark.slow
@pytest.mark.models
def test_a_code_makes_an_ad_reachable(analyzer: Analyzer, tmp_path: Path) -> None:
    image = poster((600, 400), [(40, 30, 40, "稳健理财新选择")])
    image.save(tmp_path / "without.png")
    image.paste(qr("tel:13800000000"), (300, 200))
    image.save(tmp_path / "with.png")
    bare, coded = (analyzer.read(ScreenInput(image=f"{name}.png"), tmp_path) for name in ("without", "with"))
    assert "promotion.contact" not in bare.gate.rules
    assert "promotion.contact" in coded.gate.rules
    assert coded.gate.score > bare.gate.score
    assert coded.clues.phones == ("13800000000",)
