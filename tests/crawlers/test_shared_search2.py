"""Real saved pages of Bing and refusals of Toutiao (`make acceptance SHARED=…`): none of their text may stand here."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from crawlers.parse import parse_page
from crawlers.sources import load_sources

pytestmark = pytest.mark.shared

DATA = Path(os.environ.get("SHARED", "../shared")) / "data"
SOURCES = load_sources()
NAMES = ("bing", "toutiao", "shenma", "chinaso")


def _expected(page: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(page.with_suffix(".expected.json").read_text("utf-8"))
    return content


def _pages() -> list[Path]:
    saved = [page for kind in ("bing", "blocked") for page in (DATA / "pages_real" / kind).glob("*.html")]
    return sorted(page for page in saved if _expected(page)["source"] in NAMES)


def _bare(text: str | None) -> str:
    return re.sub(r"\s+", "", text or "")


def test_the_real_pages_are_there() -> None:
    assert len(_pages()) >= 3, f"{DATA} 里没有真实页面；请用 SHARED 指明目录。"


@pytest.mark.parametrize("page", _pages(), ids=str)
def test_page_without_its_address(page: Path) -> None:
    wanted = _expected(page)
    read = parse_page(SOURCES[wanted["source"]], page.read_bytes())
    assert read.outcome.value == wanted["outcome"]
    assert len(read.organic) == wanted.get("organic_n", 0)
    assert [
        (_bare(ad.title), _bare(ad.text), _bare(ad.display), ad.landing_url, ad.slot.value) for ad in read.ads
    ] == [
        (_bare(ad["title"]), _bare(ad["text"]), _bare(ad.get("display")), ad["landing_url"], ad["slot"])
        for ad in wanted.get("ads", [])
    ]


def test_ad_in_the_chinese_interface() -> None:
    page = DATA / "pages" / "bing_cn_360_ad_snippet.html"
    (ad,) = parse_page(SOURCES["bing"], page.read_bytes()).ads
    assert ad.landing_url is None
    assert ad.advertiser is None
    assert ad.display is not None
    assert "360" not in ad.text
    assert not ad.text.endswith("广告")
