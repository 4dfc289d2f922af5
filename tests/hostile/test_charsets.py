"""Chinese pages are read right in whatever charset they come, declared, undeclared or declared wrong.

Limits: a text of fewer than eight Chinese characters may be too short to tell a wrong declaration; a
browser believes a declaration that can be read, as a reader's does; UTF-16 needs its byte order mark.
"""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.options import CrawlSettings
from crawlers.parse import parse_page
from crawlers.parsers.document import read_page, visible_text
from crawlers.plan import plan_from_urls
from crawlers.sources import load_sources
from tests.hostile.text import OFFERS
from tests.support.crawling import run_crawl
from tests.support.web import Site

SIMPLE = "".join(OFFERS)
TRADITIONAL = (
    "恆信通寶理財，年化收益百分之十二，保本保息，隨存隨取，本期額度有限，先到先得，歡迎諮詢線上客服。"
    "順心速貸，憑身份證即可辦理，不看徵信，當天放款，額度最高二十萬元，手續簡單，無需抵押和擔保。"
    "本行提示：理財非存款，產品有風險，投資須謹慎。過往業績不代表將來表現，購買前請閱讀說明書。"
)
#: Fewest Chinese characters that are told apart in every charset under any declaration.
ENOUGH = 8
CHARSETS = ("gb2312", "gbk", "gb18030", "big5", "utf-8")
LIES = (
    None,
    "iso-8859-1",
    "windows-1252",
    "gb2312",
    "gbk",
    "big5",
    "utf-8",
    "utf-8; charset=gbk",
    "nonsense",
    "undefined",
    "",
)


def _text(charset: str) -> str:
    return TRADITIONAL if charset == "big5" else SIMPLE


@st.composite
def _pieces(draw: st.DrawFn) -> tuple[str, str]:
    charset = draw(st.sampled_from(CHARSETS))
    whole = _text(charset)
    start = draw(st.integers(0, len(whole) - ENOUGH))
    piece = whole[start : start + draw(st.integers(ENOUGH, 200))]
    return charset, piece


def _markup(text: str, meta: str | None) -> str:
    said = f'<meta charset="{meta}">' if meta is not None else ""
    return f"<html><head>{said}<title>page 1</title></head><body><div class=a>abc</div><p>{text}</p></body></html>"


@given(_pieces(), st.sampled_from(LIES), st.sampled_from(LIES))
def test_a_page_is_read_right_whatever_is_declared(
    piece: tuple[str, str], header: str | None, meta: str | None
) -> None:
    charset, text = piece
    body = _markup(text, meta).encode(charset)
    kind = "text/html" if header is None else f"text/html; charset={header}"
    assert visible_text(read_page(body, headers={"Content-Type": kind}).tree) == f"abc {text}"


@given(_pieces())
def test_a_page_is_read_right_where_header_or_meta_says_so(piece: tuple[str, str]) -> None:
    charset, text = piece
    declared = read_page(
        _markup(text, None).encode(charset), headers={"Content-Type": f"text/html; charset={charset}"}
    )
    assert visible_text(declared.tree) == f"abc {text}"
    assert visible_text(read_page(_markup(text, charset).encode(charset)).tree) == f"abc {text}"


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("lie", LIES)
def test_a_byte_order_mark_goes_before_all(charset: str, lie: str | None) -> None:
    body = _markup(SIMPLE[:2], lie).encode(charset)
    assert (
        visible_text(read_page(body, headers={"Content-Type": "text/html; charset=big5"}).tree)
        == f"abc {SIMPLE[:2]}"
    )


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("size", [4, 6])
def test_a_few_characters_are_enough_without_a_declaration(charset: str, size: int) -> None:
    whole = _text(charset)
    pieces = [whole[at : at + size] for at in range(0, len(whole) - size, size)]
    read = [visible_text(read_page(_markup(piece, None).encode(charset)).tree) for piece in pieces]
    assert read == [f"abc {piece}" for piece in pieces]


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        (
            "iso-8859-1",
            "Le marché financier français a été très animé, où les épargnants préfèrent l'intérêt",
        ),
        ("windows-1252", "Schöne Grüße aus München: Überweisung, Größe, Änderungen – „möglich“"),
        ("windows-1251", "Московская биржа открылась ростом основных индексов"),
        ("euc-jp", "金融庁は無登録業者について警告を行う方針を発表した"),
        ("shift_jis", "金融庁は無登録業者について警告を行う方針を発表した"),
        ("euc-kr", "금융감독원은 불법 대부업 광고를 단속한다"),
    ],
)
def test_other_languages_keep_the_charset_that_they_declare(charset: str, text: str) -> None:
    body = _markup(text, charset).encode(charset)
    assert visible_text(read_page(body).tree) == f"abc {text}"


@pytest.mark.parametrize("charset", CHARSETS)
def test_an_answer_of_a_store_is_read_right(charset: str) -> None:
    name, text = _text(charset)[:6], _text(charset)[:40]
    said = {
        "resultCount": 1,
        "results": [{"trackId": 1, "trackName": name, "bundleId": "example.a", "description": text}],
    }
    body = json.dumps(said, ensure_ascii=False).encode(charset)
    (app,) = parse_page(load_sources()["apple"], body, "https://itunes.apple.com/search?term=a").apps
    assert (app.name, app.description) == (name, text)


def _drawn() -> Iterator[tuple[str, str, bytes, str]]:
    """Path, expected text, body and media type of pages for the browser."""
    for charset, size, how in product((*CHARSETS, "utf-16"), (6, 30), ("none", "header", "meta")):
        text = _text(charset)[:size]
        if charset == "utf-16" and how != "none":
            continue  # its mark says it
        kind = f"text/html; charset={charset}" if how == "header" else "text/html"
        body = _markup(text, charset if how == "meta" else None).encode(charset)
        yield f"/{charset}-{size}-{how}", text, body, kind


@pytest.mark.browser
@pytest.mark.slow
def test_the_browser_reads_pages_right_without_a_declaration(tmp_path: Path) -> None:
    pages = list(_drawn())

    def served(body: bytes, kind: str):  # type: ignore[no-untyped-def]
        return lambda visit: visit.answer(200, body, kind)

    with Site({path: served(body, kind) for path, _, body, kind in pages}) as site:
        settings = CrawlSettings(
            state_dir=tmp_path / "state",
            pace=0.0,
            hosts={"zi.example": "127.0.0.1"},
            ports={80: site.port},
            probe_overlays=False,
        )
        plan = plan_from_urls([f"http://zi.example{path}".encode() for path, *_ in pages], source="watchlist")
        crawled = run_crawl(plan, settings, tmp_path / "out")
    for path, text, _, _ in pages:
        (ad,) = crawled.of(f"http://zi.example{path}").ads
        assert ad.text.split()[-1] == text, path
