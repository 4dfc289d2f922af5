"""The search engine of the sandbox: result pages in the structure of Baidu's PC pages.

Facts of that structure: class and attribute names of ads (`EC_result`, `data-placeid`,
`data-cmatchid`, `data-bidword`, `a[data-landurl]`, `span.ec-tuiguang`, the identity badge),
of organic results (`div.result.c-container[tpl][mu]`), wrapped click addresses, 302 to the
captcha host, and the words of a true zero.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from findings.model.errors import Said
from sandbox.data_files import DATA, load_yaml
from sandbox.errors import SandboxDataFault
from sandbox.web import Answer, html, redirect

#: Results a page, as the live engine counts them with `rn=10`.
PAGE = 10
HOST = "www.baidu.com"
CAPTCHA = "https://wappass.baidu.com/static/captcha/tuxing_v2.html"
#: First rank of each block of ads, and the placement number it is sold under.
_RANK = {"top": 3001, "mid": 4001, "bottom": 5001, "right": 6001}
_PLACE = {"top": "49509", "mid": "49528", "bottom": "49510", "right": "49512"}


class Ad(msgspec.Struct, frozen=True, kw_only=True):
    """An ad that can be bought under a keyword."""

    id: str
    title: str
    text: str
    display: str
    landing: str
    advertiser: str | None = None
    """The identity that the badge shows; None leaves the badge off."""
    uscc: str | None = None


class OrganicResult(msgspec.Struct, frozen=True, kw_only=True):
    """A natural result."""

    title: str
    url: str
    text: str
    source: str
    hidden: bool = False
    """The container bears no `mu`: the address stands behind the link only."""


class Placed(msgspec.Struct, frozen=True):
    """An ad in a slot of a result page."""

    slot: str
    ad: Ad


class ResultPage(msgspec.Struct, frozen=True):
    """One page of results for a keyword."""

    ads: tuple[Placed, ...]
    organic: tuple[OrganicResult, ...]


class Keyword(msgspec.Struct, frozen=True):
    """What the engine knows of one keyword. `captcha`: it asks who is asking."""

    pages: tuple[ResultPage, ...]
    related: tuple[str, ...]
    captcha: bool


class SearchEngine:
    """Answers `/s`, `/link` and `/baidu.php` of the search host."""

    def __init__(self, keywords: Mapping[str, Keyword]) -> None:
        self.keywords = dict(keywords)
        self._targets: dict[str, str] = {}
        for keyword in keywords.values():
            for page in keyword.pages:
                for placed in page.ads:
                    self._targets[_token("ad", placed.ad.landing)] = placed.ad.landing
                for result in page.organic:
                    self._targets[_token("link", result.url)] = result.url

    def render(self, path: str, query: Mapping[str, list[str]]) -> Answer | None:
        """The answer to a path of the search host; None for one that it does not know."""
        if path == "/":
            return html(_shell("百度一下，你就知道", "", ""))
        if path in ("/baidu.php", "/link"):
            target = self._targets.get(_first(query, "url"))
            return redirect(target) if target else None
        if path != "/s":
            return None
        words = " ".join(_first(query, "wd").split())
        known = self.keywords.get(words)
        if known is None:
            return html(_shell(f"{words}_百度搜索", words, _NOTHING))
        if known.captcha:
            back = f"https://{HOST}/s?{urlencode({'wd': words})}"
            return redirect(f"{CAPTCHA}?{urlencode({'ak': 'sandbox', 'backurl': back, 'ext': 'fictional'})}")
        number = _page_number(_first(query, "pn"))
        if number >= len(known.pages):
            return html(_shell(f"{words}_百度搜索", words, _NOTHING))
        return html(_results(words, known, number))


def load_search(path: Path = DATA / "search.yaml") -> SearchEngine:
    """Read the keywords with their ads and results. Raises SandboxDataFault with every fault."""
    data = load_yaml(path, DATA / "search.schema.json")
    ads = {name: Ad(id=name, **entry) for name, entry in data["ads"].items()}
    results = {name: OrganicResult(**entry) for name, entry in data["organic"].items()}
    faults: list[Said] = []

    def page(entry: Mapping[str, Any], place: str) -> ResultPage:
        asked = [(slot, name) for slot, names in entry.get("ads", {}).items() for name in names]
        faults.extend(
            Said(f"{place}.ads: there is no ad {name}", zh=f"{place}.ads：没有广告 {name}")
            for _, name in asked
            if name not in ads
        )
        organic: Sequence[str] = entry["organic"]
        faults.extend(
            Said(f"{place}.organic: there is no result {name}", zh=f"{place}.organic：没有结果 {name}")
            for name in organic
            if name not in results
        )
        return ResultPage(
            tuple(Placed(slot, ads[name]) for slot, name in asked if name in ads),
            tuple(results[name] for name in organic if name in results),
        )

    keywords = {
        words: Keyword(
            tuple(
                page(entry, f"$.keywords['{words}'].pages[{number}]")
                for number, entry in enumerate(asked.get("pages", ()))
            ),
            tuple(asked.get("related", ())),
            asked.get("captcha", False),
        )
        for words, asked in data["keywords"].items()
    }
    if faults:
        raise SandboxDataFault(path.name, faults)
    return SearchEngine(keywords)


def _results(words: str, keyword: Keyword, number: int) -> str:
    page = keyword.pages[number]
    slots: dict[str, list[str]] = {slot: [] for slot in _RANK}
    for placed in page.ads:
        drawn = slots[placed.slot]
        drawn.append(_ad(words, placed, len(drawn)))
    organic = [_organic(words, result, number * PAGE + n) for n, result in enumerate(page.organic, 1)]
    half = max(1, len(organic) // 2)
    left = [*slots["top"], *organic[:half], *slots["mid"], *organic[half:], *slots["bottom"]]
    right = "".join(slots["right"])
    body = (
        f'<div id="container" class="container_l"><div id="content_right" class="cr-offset"><table><tr><td>'
        f'{right}</td></tr></table></div><div class="head_nums_cont_outer"><span class="hint_PIwZX">'
        f'百度为您找到以下结果</span></div><div id="content_left" tabindex="0">{"".join(left)}</div>'
        f"{_related(keyword.related)}{_pager(words, number, len(keyword.pages))}</div>"
    )
    return _shell(f"{words}_百度搜索", words, body)


def _ad(words: str, placed: Placed, rank: int) -> str:
    ad = placed.ad
    number = _RANK[placed.slot] + rank
    place = _PLACE[placed.slot]
    click = f"https://{HOST}/baidu.php?url={_token('ad', ad.landing)}"
    landing = escape(ad.landing, quote=True)
    data_click = escape(json.dumps({"fm": "pp", "p1": number, "p5": number}), quote=True)
    return (
        f'<div class="_3rsbx EC_result new-pmd c-container" id="{number}" data-rank="{rank}" '
        f'data-lp="{escape(quote(ad.landing, safe=""), quote=True)}" data-placeid="{place}" '
        f'data-cmatchid="225" data-bidword="{escape(words, quote=True)}" data-click="{data_click}">'
        f'<div class="c-gap-bottom-mini"><h3 class="t ec_title"><a href="{click}" '
        f'data-landurl="{landing}" target="_blank">{_mark(words, ad.title)}</a></h3></div>'
        f'<div class="c-abstract"><a href="{click}" target="_blank"><div class="ec_desc">'
        f"<span>{_mark(words, ad.text)}</span></div></a></div>"
        f'<div class="f13 c-gap-top-xsmall"><a class="c-showurl c-color-gray" href="{click}" '
        f'target="_blank"><span class="ec-showurl-line"><span>{escape(ad.display)}</span></span></a>'
        f'{_badge(ad)}<span class="c-gap-left"><span class="ec-tuiguang ecfc-tuiguang" '
        f'data-tuiguang=\'{{"linkLabel":"商业推广"}}\'>广告</span></span></div></div>'
    )


def _badge(ad: Ad) -> str:
    if ad.advertiser is None:
        return ""
    identity: dict[str, object] = {
        "title": "企业实名认证",
        "identity": {"company": ad.advertiser, **({"uscc": ad.uscc} if ad.uscc else {})},
    }
    shown = escape(json.dumps(identity, ensure_ascii=False), quote=True)
    return f'<a class="c-icon efc-cert" data-renzheng="{shown}" title="企业实名认证"></a>'


def _organic(words: str, result: OrganicResult, rank: int) -> str:
    link = f"https://{HOST}/link?url={_token('link', result.url)}"
    real = "" if result.hidden else f' mu="{escape(result.url, quote=True)}"'
    return (
        f'<div class="result c-container xpath-log new-pmd" srcid="1599" tpl="www_index" id="{rank}"{real}>'
        f'<div class="c-container"><h3 class="c-title t"><a href="{link}" target="_blank">'
        f'{_mark(words, result.title)}</a></h3><div class="c-row"><span class="summary-text_560AW">'
        f'{_mark(words, result.text)}</span></div><div class="cosc-source"><a class="siteLink" href="{link}">'
        f'<span class="cosc-source-text">{escape(result.source)}</span></a></div></div></div>'
    )


def _related(words: Sequence[str]) -> str:
    if not words:
        return ""
    links = "".join(f'<td><a href="/s?{urlencode({"wd": word})}">{escape(word)}</a></td>' for word in words)
    return f'<div id="rs"><div class="c-font-medium">相关搜索</div><table><tr>{links}</tr></table></div>'


def _pager(words: str, number: int, pages: int) -> str:
    def link(page: int, text: str, kind: str = "") -> str:
        return f'<a {kind} href="/s?{urlencode({"wd": words, "pn": page * PAGE, "rn": PAGE})}">{text}</a>'

    parts = [link(number - 1, "&lt; 上一页", 'class="n"')] if number else []
    parts += [
        f"<strong><span>{page + 1}</span></strong>"
        if page == number
        else link(page, f"<span>{page + 1}</span>")
        for page in range(pages)
    ]
    if number + 1 < pages:
        parts.append(link(number + 1, "下一页 &gt;", 'class="n"'))
    return f'<div id="page"><div class="page-inner">{"".join(parts)}</div></div>'


def _mark(words: str, text: str) -> str:
    """The text with the query's words in the engine's red."""
    safe = escape(text)
    for word in {escape(word) for word in words.split()}:
        safe = safe.replace(word, f"<em>{word}</em>")
    return safe


def _token(kind: str, target: str) -> str:
    """An opaque click token: it leads somewhere only through the engine, as on the live site."""
    return "0s0000" + hashlib.sha256(f"{kind} {target}".encode()).hexdigest()


def _first(query: Mapping[str, Sequence[str]], key: str) -> str:
    return next(iter(query.get(key, ())), "")


def _page_number(offset: str) -> int:
    return min(int(offset) // PAGE, 1000) if offset.isascii() and offset.isdigit() and len(offset) < 9 else 0


_NOTHING = (
    '<div id="container" class="container_l"><div class="content_none"><div class="nors">'
    "<p>抱歉，未找到相关结果。</p><div>温馨提示：请检查您的输入是否正确</div></div></div></div>"
)

_STYLE = (
    "body{margin:0;font:13px/1.6 Arial,'Noto Sans CJK SC',sans-serif;color:#333;background:#fff}"
    "#head{position:sticky;top:0;background:#fff;border-bottom:1px solid #eee;padding:14px 24px;z-index:5}"
    "#head b{color:#4e6ef2;font-size:24px;margin-right:22px;letter-spacing:1px}"
    "#kw{width:520px;height:36px;border:2px solid #4e6ef2;border-radius:10px 0 0 10px;padding:0 14px;font-size:16px}"
    "#su{height:42px;border:0;background:#4e6ef2;color:#fff;font-size:16px;padding:0 20px;border-radius:0 10px 10px 0}"
    "#container{width:1080px;margin:12px 0 0 130px;position:relative}"
    "#content_left{width:600px}#content_right{position:absolute;right:0;top:30px;width:340px}"
    ".c-container{margin:0 0 22px}.c-container .c-container{margin:0}h3{font-size:18px;font-weight:400;margin:0 0 4px}"
    "h3 a{color:#2440b3;text-decoration:underline}em{color:#f73131;font-style:normal}"
    ".c-abstract a{color:#333;text-decoration:none}.c-showurl,.cosc-source-text{color:#9195a3;text-decoration:none}"
    ".ec-tuiguang{color:#b8bac2;margin-left:10px}.hint_PIwZX{color:#9195a3;display:block;margin-bottom:14px}"
    ".efc-cert{display:inline-block;width:14px;height:14px;border-radius:7px;background:#3cb371;margin-left:8px;vertical-align:-2px}"
    "#rs{margin:20px 0;width:600px}#rs td{padding:6px 22px 6px 0}#rs a{color:#2440b3}"
    "#page a,#page strong{display:inline-block;padding:6px 13px;margin-right:8px;background:#f5f5f6;border-radius:6px;color:#3951b3;text-decoration:none}"
    "#page strong{background:#4e6ef2;color:#fff}.nors{font-size:16px;padding:30px 0}#foot{margin:40px 130px;color:#9195a3}"
)


def _shell(title: str, words: str, body: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<style>{_STYLE}</style></head><body link="#0000cc"><div id="wrapper"><div id="head">'
        f'<form id="form" action="/s"><b>百度（演练）</b><input id="kw" name="wd" maxlength="255" '
        f'value="{escape(words, quote=True)}"><input type="submit" id="su" value="百度一下"></form></div>'
        f'<div id="wrapper_wrapper">{body}</div><div id="foot">本页由演练环境生成，内容均为虚构</div></div></body></html>'
    )
