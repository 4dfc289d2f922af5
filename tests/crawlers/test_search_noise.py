"""What surrounds ads and results (scripts, styles, comments, order) neither makes nor hides one."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from crawlers.parse import parse_page
from crawlers.parsers.document import decode, read_page, select
from crawlers.sources import load_sources
from findings.model.crawl import ParsedPage
from findings.model.vocabulary import Outcome
from tests.support.pages import cases

SOURCES = load_sources()
ENGINES = ("baidu", "baidu_mobile", "so360", "so360_mobile", "sogou", "sogou_mobile", "sogou_weixin")


def _with_results() -> list[Path]:
    ok = [folder for folder in cases() if folder.parent.name in ENGINES]
    return [
        folder
        for folder in ok
        if json.loads((folder / "expected.json").read_text("utf-8"))["outcome"] == "ok"
    ]


_PAGES = _with_results()
_NAMES = (
    "EC_result ec-tuiguang ec_resitem ec_wise_ad e_idea_pp e_haosou_fw_bg_title biz_rb sponsored ad_result"
)
_NOISE = (
    f"<style>{','.join('.' + name for name in _NAMES.split())}{{color:red}}</style>",
    f"<script>var a='<div class=\"{_NAMES}\"><h3><a href=\"/baidu.php?url=1\" e-landurl=\"x\">t</a></h3></div>';</script>",
    f'<!-- <div class="{_NAMES}"><h3><a href="http://www.sogou.com/bill_cpc?p=1">t</a></h3><span>广告</span></div> -->',
    '<template><div class="EC_result"><h3><a href="/baidu.php?url=1">t</a></h3></div></template>',
    '<link rel="stylesheet" href="//static.example/e_idea_pp/biz_rb.css">',
    "\n\t\n",
)  # fmt: skip
#: Where a browser would let any of these stand without moving other elements.
_GAP = re.compile(r"(?<=</div>)(?=<)|(?<=</li>)(?=<li)")


def _text(folder: Path) -> str:
    return decode((folder / "input.html").read_bytes())


def _url(folder: Path) -> str:
    return str(json.loads((folder / "meta.json").read_text("utf-8"))["url"])


def _read(folder: Path, text: str) -> ParsedPage:
    return parse_page(SOURCES[folder.parent.name], text, _url(folder))


def _ads(page: ParsedPage) -> list[tuple[str, str, str | None, str | None]]:
    return [(ad.title, ad.text, ad.display, ad.landing_url) for ad in page.ads]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), folder=st.sampled_from(_PAGES))
def test_noise_changes_nothing(data: st.DataObject, folder: Path) -> None:
    text = _text(folder)
    plain = _read(folder, text)
    gaps = [gap.start() for gap in _GAP.finditer(text)]
    pieces = data.draw(
        st.lists(st.tuples(st.sampled_from(gaps or [len(text)]), st.sampled_from(_NOISE)), max_size=8)
    )
    for place, noise in sorted(pieces, reverse=True):
        text = text[:place] + noise + text[place:]
    noisy = _read(folder, text)
    assert (noisy.outcome, _ads(noisy), noisy.organic) == (plain.outcome, _ads(plain), plain.organic)
    assert [ad.slot for ad in noisy.ads] == [ad.slot for ad in plain.ads]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), folder=st.sampled_from(_PAGES))
def test_order_of_results_loses_none(data: st.DataObject, folder: Path) -> None:
    text = _text(folder)
    plain = _read(folder, text)
    tree = read_page(text).tree
    by_parent: dict[html.HtmlElement, list[html.HtmlElement]] = {}
    for candidate in SOURCES[folder.parent.name].candidates("result")[:1]:
        for element in select(tree, candidate.css, candidate.xpath):
            by_parent.setdefault(element.getparent(), []).append(element)
    for parent, children in by_parent.items():
        for child, other in zip(children, data.draw(st.permutations(children)), strict=True):
            if child is not other and child.getparent() is parent and other.getparent() is parent:
                here, there = parent.index(child), parent.index(other)
                low, high = sorted((here, there))
                first, second = parent[low], parent[high]
                parent.remove(second)
                parent.insert(low, second)
                parent.remove(first)
                parent.insert(high, first)
    mixed = _read(folder, html.tostring(tree, encoding="unicode"))
    assert Counter(_ads(mixed)) == Counter(_ads(plain))
    assert Counter(one.title for one in mixed.organic) == Counter(one.title for one in plain.organic)


@pytest.mark.parametrize("folder", _PAGES, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_page_of_noise_alone_has_no_ads(folder: Path) -> None:
    """Only the head, scripts and styles of a page: whatever they name, there is no ad."""
    tree = read_page(_text(folder)).tree
    body = tree.find("body")
    assert body is not None
    for child in list(body):
        body.remove(child)
    body.text = "没有结果的页面"
    page = _read(folder, html.tostring(tree, encoding="unicode") + "".join(_NOISE))
    assert page.ads == ()
    assert page.outcome is Outcome.SELECTOR_BROKEN
