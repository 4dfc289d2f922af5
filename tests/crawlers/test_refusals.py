"""Saved refusals without an address are told from true zeros and from pages that write about refusals."""

import pytest

from crawlers.parse import parse_page
from crawlers.sources import load_sources
from findings.model.vocabulary import Outcome

SOURCES = load_sources()
_WALL = "//m.engine.example//s/_____tmd_____/punish?x5secdata=xc1&amp;x5step=2"
_PAGES = {
    "wall-redirect": (f'<script>window.location.replace("{_WALL}");</script>', Outcome.CAPTCHA),
    "wall-assignment": (f"<script>window.location.href = '{_WALL}'</script>", Outcome.CAPTCHA),
    "wall": (
        '<title>验证</title><div id="nocaptcha"></div><script>window._config_ = {"action": "captcha", '
        '"FORMACTIOIN": "/_____tmd_____/verify/"}</script>' + "<p>样式</p>" * 20_000,
        Outcome.CAPTCHA,
    ),
    "wall-json": ('{"action":"captcha","url":"https://x.example:443//s/_____tmd_____/punish?a=1"}', Outcome.CAPTCHA),
    "wall-title": ("<title>Captcha Interception</title><p>Sorry</p>", Outcome.CAPTCHA),
    "script-check": (f"<script>var arg1='{'A1' * 20}';setCookie()</script><p>x</p>", Outcome.BLOCKED),
    "signature-check": (
        "<p>x</p><script>document.cookie='__ac_signature='+a(b);window.location.reload();</script>", Outcome.BLOCKED
    ),
    "verify-page": ("<title>验证码中间页</title><div>拖动</div>", Outcome.CAPTCHA),
    "cloudflare": ("<title>Just a moment...</title><p>x</p>", Outcome.CAPTCHA),
    "cloudflare-zh": ("<title>请稍候…</title><p>正在验证</p><script>window._cf_chl_opt={}</script>", Outcome.CAPTCHA),
    "traffic": ("<p>Our systems have detected unusual traffic from your network.</p>", Outcome.CAPTCHA),
    "nothing": ("<html><head><title>x</title></head><body><script>a()</script></body></html>", Outcome.BLOCKED),
}  # fmt: skip
_ENGINES = ("bing", "shenma", "toutiao", "chinaso", "baidu", "so360", "sogou")


@pytest.mark.parametrize("source", _ENGINES)
@pytest.mark.parametrize(("body", "outcome"), _PAGES.values(), ids=_PAGES.keys())
def test_refusal_of_any_engine(source: str, body: str, outcome: Outcome) -> None:
    read = parse_page(SOURCES[source], body)
    assert read.outcome is outcome
    assert read.detail


_OWN = {
    "bing-box": ("bing", '<title>理财 - 搜索</title><div id="b_content"><div id="b_captcha"><p>验证</p></div></div>'),
    "bing-words": ("bing", "<title>Bing</title><h1>One last step</h1><p>Please solve the challenge below to continue</p>"),
    "bing-words-zh": ("bing", "<title>理财 - 搜索</title><h1>最后一步</h1><p>请解决以下难题以继续</p>"),
    "bing-large": (
        "bing", f'<title>x</title><div class="captcha"><p>最后一步</p><p>请解决以下难题以继续</p></div>{"<i></i>" * 20_000}'
    ),
    "toutiao-card": ("toutiao", '<p>x</p><script type="application/json">{"template_key":"71-undefined"}</script>'),
    "toutiao-box": ("toutiao", '<title>理财 - 头条搜索</title><a href="/">首页</a><div id="captcha_container">验证</div>'),
    "shenma-answer": ("shenma", '{"rgv587_flag":"sm","url":"https://x.example/punish"}'),
}  # fmt: skip


@pytest.mark.parametrize(("source", "body"), _OWN.values(), ids=_OWN.keys())
def test_refusal_of_one_engine(source: str, body: str) -> None:
    assert parse_page(SOURCES[source], body).outcome is Outcome.CAPTCHA


_ZEROS = {
    "bing-zh": ("bing", '<ol id="b_results"><li class="b_no"><h1>没有与此相关的结果: 甲</h1></li></ol>'),
    "bing-en": ("bing", '<ol id="b_results"><li class="b_no"><h1>There are no results for x</h1></li></ol>'),
    "bing-2012": ("bing", '<div id="results_area"><span>We did not find any results for x.</span><a href="/">a</a></div>'),
    "toutiao": ("toutiao", '<div class="s-result-list"><p>未找到相关结果</p></div>'),
    "shenma": ("shenma", '<div id="results"><p>抱歉，没有找到与甲相关的网页</p></div>'),
    "chinaso": ("chinaso", '{"status":0,"msg":"empty result","data":{}}'),
    "chinaso-list": ("chinaso", '{"status":0,"msg":"success","data":{"data":[]}}'),
}  # fmt: skip


@pytest.mark.parametrize(("source", "body"), _ZEROS.values(), ids=_ZEROS.keys())
def test_true_zero(source: str, body: str) -> None:
    read = parse_page(SOURCES[source], f"<html><body>{body}</body></html>" if body[0] == "<" else body)
    assert read.outcome is Outcome.EMPTY


_ABOUT = (
    "<title>验证码拦截怎么办：爬虫常见问题</title><article><h1>遇到验证码</h1><p>页面会跳到 /_____tmd_____/punish，"
    "或出现 “Just a moment”。变量 var arg1 很常见，__ac_signature 也是。</p><p>Please solve the challenge below 是必应的说法。</p>"
    f"{'<p>正文一段。</p>' * 4_000}</article>"
)


@pytest.mark.parametrize("source", ["watchlist", "portal"])
def test_article_about_refusals_is_a_page(source: str) -> None:
    assert parse_page(SOURCES[source], _ABOUT, "https://blog.example/a").outcome is Outcome.OK


def test_result_that_speaks_of_a_refusal_is_a_result() -> None:
    entry = '<li class="b_algo"><h2><a href="https://a.example/">One last step：最后一步 请完成以下验证</a></h2></li>'
    read = parse_page(
        SOURCES["bing"], f'<title>x - 搜索</title><ol id="b_results">{entry * 3}</ol>' + " " * 50_000
    )
    assert read.outcome is Outcome.OK
    assert len(read.organic) == 3
