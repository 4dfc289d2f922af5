"""Real saved result pages of Baidu, 360 and Sogou (`make acceptance SHARED=…`): none of their text here.

Each page's `N.expected.json` was read by hand: outcome, ads, number of natural results.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from crawlers.parse import parse_page
from crawlers.sources import load_sources
from findings.model.crawl import ParsedAd

pytestmark = pytest.mark.shared

REAL = Path(os.environ.get("SHARED", "../shared")) / "data" / "pages_real"
SOURCES = load_sources()
OWN = ("baidu", "baidu_mobile", "so360", "so360_mobile", "sogou", "sogou_mobile", "sogou_weixin")


def _expected(page: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(page.with_suffix(".expected.json").read_text("utf-8"))
    return content


def _pages() -> list[Path]:
    return [page for page in sorted(REAL.glob("*/*.html")) if _expected(page)["source"] in OWN]


def _bare(text: str | None) -> str:
    return re.sub(r"\s+", "", text or "")


def _fields(ad: ParsedAd, wanted: dict[str, Any]) -> tuple[str, str, str, str, str | None]:
    landing = ad.landing_url
    if landing is not None and wanted.get("landing_is_prefix") and landing.startswith(wanted["landing_url"]):
        landing = wanted["landing_url"]
    display = _bare(ad.display) if wanted.get("display") else ""
    return _bare(ad.title), _bare(ad.text), display, ad.slot.value, landing


def test_pages_of_all_three_engines_are_there() -> None:
    engines = {page.parent.name for page in _pages()}
    assert engines >= {"baidu_pc", "baidu_mobile", "360", "sogou"}, (
        f"{REAL} 里没有真实页面；请用 SHARED 指明目录。"
    )


@pytest.mark.parametrize("page", _pages(), ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_page_is_read_as_by_hand(page: Path) -> None:
    wanted = _expected(page)
    read = parse_page(SOURCES[wanted["source"]], page.read_bytes())
    assert read.outcome.value == wanted["outcome"]
    assert len(read.organic) == wanted.get("organic_n", 0)
    ads = wanted.get("ads", [])
    optional = {_bare(ad["title"]) for ad in ads if ad.get("optional")}
    required = [ad for ad in ads if not ad.get("optional")]
    found = [ad for ad in read.ads if _bare(ad.title) not in optional]
    assert len(found) == len(required)
    for ad, expected in zip(found, required, strict=True):
        assert _fields(ad, expected) == (
            _bare(expected["title"]),
            _bare(expected["text"]),
            _bare(expected.get("display")),
            expected["slot"],
            expected["landing_url"],
        )
    assert all(one.title for one in read.organic)
