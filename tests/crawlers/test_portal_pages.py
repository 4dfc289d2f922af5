"""Ad slots in a real browser: what nobody can see is an empty slot, what comes late is waited for."""

import json
from pathlib import Path

import pytest

from crawlers.options import CrawlSettings
from crawlers.plan import parse_plan
from findings.model.crawl import Capture
from findings.model.vocabulary import Outcome
from tests.support.crawling import run_crawl
from tests.support.web import Site, html

pytestmark = pytest.mark.browser

_HOSTS = ("portal.example", "pos.baidu.com", "g.163.com", "in.example")
_AD = "<a href='http://land.example/{0}'>{1}</a>"


def _slot(name: str, words: str, more: str = "") -> str:
    return f"<ins class='sinaads {more}' data-ad-pdps='{name}'>{_AD.format(name, words)}</ins>"


_SIZES = f"""<title>门户</title><style>
  .gone {{ display: none }} .nothing {{ display: block; width: 0; height: 0; overflow: hidden }}
  .clear {{ opacity: 0 }} .unseen {{ visibility: hidden }} .block {{ display: block; width: 300px; height: 100px }}
  .tiny {{ display: block; width: 20px; height: 20px; overflow: hidden }} .cut {{ height: 0; overflow: hidden }}
</style><h1>财经要闻</h1>
{_slot("a", "看得见的横幅", "block")}
<p>{_slot("b", "一行文字广告也看得见")}</p>
{_slot("c", "样式表藏起来的", "gone")}
{_slot("d", "没有大小的", "nothing")}
{_slot("e", "透明的", "clear block")}
{_slot("f", "不可见的", "unseen block")}
<div class=cut>{_slot("g", "外层高度为零的", "block")}</div>
<div class=gone>{_slot("h", "外层藏起来的", "block")}</div>
<ins class='sinaads tiny'><a href='http://land.example/i'><img src='/p.svg' width=60 height=60></a></ins>
<ins class='sinaads block'><a href='http://land.example/j' style="display:block;width:300px;height:100px;
 background:url(/p.svg)"></a></ins>
<ins class='sinaads'></ins>
<div class=gone><iframe src='http://pos.baidu.com/hidden' width=300 height=250></iframe></div>
<iframe src='http://pos.baidu.com/seen' width=300 height=250></iframe>
"""
_LAZY = (
    """<title>门户</title><h1>财经要闻</h1><script>
  addEventListener('DOMContentLoaded', () => {
    const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
      if (!entry.isIntersecting) return;
      seen.unobserve(entry.target);
      setTimeout(() => {
        const place = entry.target;
        if (place.nodeName === 'IFRAME') place.src = place.getAttribute('isrc');
        else place.innerHTML = '<a href="http://land.example/' + place.id + '" style="display:block;height:90px">'
          + '迟到的广告 ' + place.id + '</a>';
      }, 150);
    }), {threshold: 1});
    document.querySelectorAll('ins, iframe[isrc]').forEach((place) => seen.observe(place));
  });
</script>"""
    + "".join(
        f"<div style='height:1100px'></div><ins class=sinaads id=n{number} style='display:block;width:300px;height:90px'></ins>"
        for number in range(1, 14)
    )
    + "<div style='height:900px'></div><iframe isrc='http://g.163.com/r?type=logo300x250' width=300 height=250></iframe>"
)
_INLINE = "<a href='http://land.example/srcdoc'>写在属性里的广告 保本</a>"
_NESTED = f"""<title>门户</title><p>要闻</p><ins class=sinaads style="display:block">
<iframe src='http://g.163.com/outer' width=400 height=300></iframe></ins>
<ins class=adsbygoogle style="display:block"><iframe srcdoc="{_INLINE}" width=400 height=200></iframe></ins>"""
_PAGES = {
    "portal.example/sizes": html(_SIZES),
    "portal.example/lazy": html(_LAZY),
    "portal.example/nested": html(_NESTED),
    "portal.example/p.svg": lambda v: v.answer(
        200,
        "<svg xmlns='http://www.w3.org/2000/svg' width='60' height='60'><rect width='60' height='60'/></svg>",
        "image/svg+xml",
    ),
    "pos.baidu.com/hidden": html(_AD.format("k", "藏起来的框架里的")),
    "pos.baidu.com/seen": html(_AD.format("l", "框架里看得见的")),
    "g.163.com/r": html(_AD.format("frame", "迟到的框架广告 年化")),
    "g.163.com/outer": html("<iframe src='http://in.example/inner' width=300 height=200></iframe>"),
    "in.example/inner": html(_AD.format("inner", "框架的框架里的广告")),
}


def _captured(folder: Path, path: str) -> Capture:
    plan = parse_plan(
        json.dumps(
            {
                "title": "门户",
                "sources": [
                    {"source": "portal", "urls": [f"http://portal.example{path}"], "landing": "none"}
                ],
            }
        ),
        "plan",
    )
    with Site(_PAGES) as site:
        settings = CrawlSettings(
            state_dir=folder / "state",
            hosts=dict.fromkeys(_HOSTS, "127.0.0.1"),
            ports={80: site.port},
            pace=0.0,
            navigation_timeout_s=8.0,
        )
        (capture,) = run_crawl(plan, settings, folder / "run").captures
    assert (capture.outcome, capture.detail) == (Outcome.OK, None)
    return capture


def _names(capture: Capture) -> list[str]:
    return [(ad.landing_url or "").rpartition("/")[2] for ad in capture.ads]


def test_what_nobody_can_see_is_an_empty_slot(tmp_path: Path) -> None:
    capture = _captured(tmp_path, "/sizes")
    assert _names(capture) == ["a", "b", "j", "l"]
    assert [ad.position for ad in capture.ads] == [1, 2, 3, 4]
    # c to i, the one without content, and the frame in a hidden box.
    assert capture.slots_empty == 9
    assert capture.ad_iframes == 2
    # A line of text is flat and still has its picture.
    assert all(ad.box and ad.evidence for ad in capture.ads)


def test_slots_that_wait_to_be_seen_are_brought_into_view(tmp_path: Path) -> None:
    capture = _captured(tmp_path, "/lazy")
    assert _names(capture) == [*(f"n{number}" for number in range(1, 14)), "frame"]
    assert capture.slots_empty == 0


def test_frames_in_frames_and_frames_in_attributes(tmp_path: Path) -> None:
    capture = _captured(tmp_path, "/nested")
    assert [ad.title for ad in capture.ads] == ["框架的框架里的广告", "写在属性里的广告 保本"]
    assert capture.slots_empty == 0
