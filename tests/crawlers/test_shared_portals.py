"""Real saved portal pages without their address (`make acceptance SHARED=…`): none of their text may stand here."""

import json
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest

from crawlers.filters import AdFilters
from crawlers.parse import parse_page
from crawlers.sources import load_sources
from findings.model.crawl import ParsedPage
from findings.model.vocabulary import Outcome

pytestmark = pytest.mark.shared

DATA = Path(os.environ.get("SHARED", "../shared")) / "data"
SOURCES = load_sources()
#: The source of the portal that a recorded page is of.
_PORTALS = {"1": "sina", "5": "netease", "11": "netease"}


def _pages() -> list[Path]:
    return sorted((DATA / "pages_real" / "portal").glob("*.html"))


def _expected(page: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(page.with_suffix(".expected.json").read_text("utf-8"))
    return content


def _bare(text: str | None) -> str:
    return re.sub(r"\s+", "", text or "")


def _check(read: ParsedPage, wanted: dict[str, Any], *, counts: bool = True) -> None:
    assert read.outcome is Outcome.OK
    optional = {_bare(ad["title"]) for ad in wanted["ads"] if ad.get("optional")}
    required = [ad for ad in wanted["ads"] if not ad.get("optional")]
    found = [ad for ad in read.ads if _bare(ad.title) not in optional]
    assert [_bare(ad.title) for ad in found] == [_bare(ad["title"]) for ad in required]
    for ad, expected in zip(found, required, strict=True):
        assert _bare(ad.text) == _bare(expected["text"])
        assert (ad.landing_url, ad.slot.value) == (expected["landing_url"], expected["slot"])
        assert _bare(ad.display) == _bare(expected.get("display"))
    if counts and "ad_slots_empty" in wanted:
        assert read.slots_empty == wanted["ad_slots_empty"]
    if counts and "ad_iframes_n" in wanted:
        assert read.ad_iframes == wanted["ad_iframes_n"]


@pytest.mark.parametrize("page", _pages(), ids=str)
def test_page_without_its_address(page: Path) -> None:
    _check(parse_page(SOURCES["portal"], page.read_bytes()), _expected(page))


@pytest.mark.parametrize("page", _pages(), ids=str)
def test_page_by_its_own_portals_source(page: Path) -> None:
    # A portal's own source knows more slots and frames than portals in general, and no other ads.
    _check(parse_page(SOURCES[_PORTALS[page.stem]], page.read_bytes()), _expected(page), counts=False)


@pytest.mark.parametrize("page", _pages(), ids=str)
def test_list_invents_no_ad(page: Path) -> None:
    filters = AdFilters.load(DATA / "easylistchina.txt")
    started = time.process_time()
    read = parse_page(SOURCES["portal"], page.read_bytes(), filters=filters)
    assert time.process_time() - started < 5  # measured at most 0.5 s
    _check(read, _expected(page), counts=False)
    assert read.slots_empty >= _expected(page).get("ad_slots_empty", 0)


@pytest.mark.parametrize(
    ("name", "ads", "empty", "frames"),
    [
        ("eastmoney_toptg2_snippet", 9, 2, 2),
        ("test_list_page_163_1", 0, 6, 1),
        ("test_list_page_tieba_1", 4, 0, 0),
        ("tests_163_1", 0, 5, 1),
        ("tests_hexun_1", 0, 2, 2),
        ("tests_ifeng_1", 0, 0, 0),
        ("tests_mingridapan_1", 0, 0, 0),
        ("tests_qq_qq", 0, 5, 0),
        ("tests_sina_4", 0, 0, 0),
        ("tests_stcn_1", 0, 0, 0),
        ("tests_toutiao_2", 0, 0, 0),
        ("visiable_test_163_1", 0, 9, 6),
    ],
)
def test_other_page_as_a_person_reads_it(name: str, ads: int, empty: int, frames: int) -> None:
    read = parse_page(SOURCES["portal"], (DATA / "pages" / f"{name}.html").read_bytes())
    assert (len(read.ads), read.slots_empty, read.ad_iframes) == (ads, empty, frames)
