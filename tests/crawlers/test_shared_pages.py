"""Real saved pages (`make acceptance SHARED=…`): none of their text may stand here.

Each page's `N.expected.json` was read by hand: outcome, ads, number of natural results.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from crawlers.filters import AdFilters
from crawlers.parse import parse_page
from crawlers.sources import load_sources
from findings.model.crawl import ParsedAd
from findings.model.vocabulary import Outcome

pytestmark = pytest.mark.shared

DATA = Path(os.environ.get("SHARED", "../shared")) / "data"
SOURCES = load_sources()
_HOSTS = {
    "1": "https://www.sina.com.cn/",
    "5": "https://money.163.com/a.html",
    "11": "https://news.163.com/a.html",
}


def _pages(folder: str, source: str) -> list[Path]:
    pages = sorted((DATA / "pages_real" / folder).glob("*.html"))
    return [page for page in pages if _expected(page)["source"] == source]


def _expected(page: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(page.with_suffix(".expected.json").read_text("utf-8"))
    return content


def _bare(text: str | None) -> str:
    return re.sub(r"\s+", "", text or "")


def _agrees(ad: ParsedAd, wanted: dict[str, Any]) -> bool:
    landing = wanted["landing_url"]
    if wanted.get("landing_is_prefix"):
        lands = (ad.landing_url or "").startswith(landing)
    else:
        lands = ad.landing_url == landing
    return (
        _bare(ad.title) == _bare(wanted["title"])
        and _bare(ad.text) == _bare(wanted["text"])
        and ad.slot.value == wanted["slot"]
        and lands
        and _bare(ad.display) == _bare(wanted.get("display"))
    )


def test_the_real_pages_are_there() -> None:
    assert len(_pages("baidu_pc", "baidu")) >= 4, f"{DATA} 里没有真实页面；请用 SHARED 指明目录。"


@pytest.mark.parametrize("page", [*_pages("baidu_pc", "baidu"), *_pages("blocked", "baidu")], ids=str)
def test_baidu_page(page: Path) -> None:
    wanted = _expected(page)
    read = parse_page(SOURCES["baidu"], page.read_bytes())
    assert read.outcome.value == wanted["outcome"]
    assert len(read.organic) == wanted.get("organic_n", 0)
    ads = wanted.get("ads", [])
    assert [_bare(ad.title) for ad in read.ads] == [_bare(ad["title"]) for ad in ads]
    assert all(_agrees(ad, expected) for ad, expected in zip(read.ads, ads, strict=True))


@pytest.mark.parametrize("page", _pages("portal", "portal"), ids=str)
def test_portal_page(page: Path) -> None:
    wanted = _expected(page)
    read = parse_page(SOURCES["portal"], page.read_bytes(), _HOSTS.get(page.stem))
    assert read.outcome is Outcome.OK
    optional = {_bare(ad["title"]) for ad in wanted["ads"] if ad.get("optional")}
    required = [ad for ad in wanted["ads"] if not ad.get("optional")]
    assert [_bare(ad.title) for ad in read.ads if _bare(ad.title) not in optional] == [
        _bare(ad["title"]) for ad in required
    ]
    landings = {_bare(ad.title): ad.landing_url for ad in read.ads}
    assert all(landings[_bare(ad["title"])] == ad["landing_url"] for ad in required)
    if "ad_slots_empty" in wanted:
        assert read.slots_empty == wanted["ad_slots_empty"]
    if "ad_iframes_n" in wanted:
        assert read.ad_iframes == wanted["ad_iframes_n"]


@pytest.mark.parametrize("page", sorted((DATA / "pages").glob("*.html")), ids=str)
def test_other_real_page_is_read_with_and_without_a_list(page: Path) -> None:
    host = page.stem.split("_")[1]
    url = f"https://www.{host}.com/a.html"
    body = page.read_bytes()
    plain = parse_page(SOURCES["portal"], body, url)
    listed = parse_page(SOURCES["portal"], body, url, filters=AdFilters.load(DATA / "easylistchina.txt"))
    for read in (plain, listed):
        assert read.outcome is Outcome.OK
        assert len(read.ads) <= 20
        assert not any("\ufffd" in ad.title for ad in read.ads)
    assert len(listed.ads) + listed.slots_empty >= len(plain.ads)
    assert parse_page(SOURCES["watchlist"], body, url).outcome is Outcome.OK


def test_a_list_loses_no_ad() -> None:
    filters = AdFilters.load(DATA / "easylistchina.txt")
    for page in _pages("portal", "portal"):
        url = _HOSTS.get(page.stem)
        plain = parse_page(SOURCES["portal"], page.read_bytes(), url)
        listed = parse_page(SOURCES["portal"], page.read_bytes(), url, filters=filters)
        assert {ad.title for ad in plain.ads} <= {ad.title for ad in listed.ads}
