"""The page that is an image only: small, without words, legible for OCR."""

from pathlib import Path

import pytest
from lxml import html

from sandbox.data_files import WEB

HOST = WEB / "yinlang-poster.example"
POSTER: Path = HOST / "img" / "poster.png"


def test_the_page_holds_no_words_of_its_own():
    page = html.fromstring((HOST / "index.html").read_text("utf-8"))

    assert "".join(page.cssselect("body")[0].text_content().split()) == ""
    assert page.cssselect("img")[0].get("alt") == ""


def test_the_poster_is_small():
    assert POSTER.stat().st_size < 100_000


@pytest.mark.models
@pytest.mark.slow
def test_ocr_reads_the_promise():
    from rapidocr_onnxruntime import RapidOCR

    read, _ = RapidOCR(intra_op_num_threads=1)(str(POSTER))
    words = "".join(line[1] for line in read)

    assert "保本保息" in words
    assert "银砚浪财富管理有限公司" in words
