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
#: Walls as hosts and engines write them: one sentence and little else, whatever engine was asked.
_WALLS = {
    "firewall": ("<title>405</title><p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>", Outcome.BLOCKED),
    "firewall-parameters": ("<title>x</title><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>", Outcome.BLOCKED),
    "firewall-title": ("<title>检测中</title><p>跳转</p><script src='/a.js'></script>", Outcome.BLOCKED),
    "firewall-en": ("<title>x</title><p>Sorry, your request has been blocked.</p>", Outcome.BLOCKED),
    "banned": ("<title>提示</title><p>您的IP地址（192.0.2.7）已被封禁</p>", Outcome.BLOCKED),
    "too-often": ("<title>提示</title><p>请求过于频繁，请稍后再试</p>", Outcome.BLOCKED),
    "json": ('{"error":{"message":"您当前请求存在异常，暂时限制本次访问。"}}', Outcome.BLOCKED),
    "frame-wall": ('<iframe src="/_Incapsula_Resource?x=1">Request</iframe>', Outcome.BLOCKED),
    "server": ("<title>503 Service Temporarily Unavailable</title><center>nginx</center>", Outcome.BLOCKED),
    "too-often-with-code": ("<title>x</title><p>您的访问过于频繁，请输入验证码</p>", Outcome.CAPTCHA),
    "code-title": ("<title>请输入验证码 ws:192.0.2.7</title><p>本次访问做以下校验</p>", Outcome.CAPTCHA),
    "environment": ("<title></title><h2>环境异常</h2><p>完成验证后即可继续访问。</p>", Outcome.CAPTCHA),
    "another-engine": ("<title>您的访问出错了</title><p>请协助</p>", Outcome.CAPTCHA),
}  # fmt: skip


@pytest.mark.parametrize(
    "source", ["bing", "toutiao", "baidu", "so360", "baidu_mobile", "portal", "watchlist", "xiaomi"]
)
@pytest.mark.parametrize(("body", "outcome"), _WALLS.values(), ids=_WALLS.keys())
def test_wall_of_any_host(source: str, body: str, outcome: Outcome) -> None:
    read = parse_page(SOURCES[source], body)
    assert read.outcome is outcome
    assert read.detail


#: Short pages that use the same words and refuse nobody.
_HARMLESS = {
    "loan": "<title>甲贷</title><h1>甲贷</h1><p>征信查询次数过多也能申请，短信验证码登录，安全防护</p><a href='/a'>立即申请</a>",
    "proxy": "<title>甲代理</title><p>换 IP 防封，IP 被封锁也不怕，永不频繁掉线</p><a href='/a'>下载</a>",
    "bank": "<title>甲银行</title><p>网上银行登录需要安全验证，请妥善保管密码</p><a href='/a'>继续办理</a>",
    "notice": "<title>甲基金</title><p>未经许可禁止转载。投资有风险</p><a href='/a'>查看</a>",
}


@pytest.mark.parametrize("body", _HARMLESS.values(), ids=_HARMLESS.keys())
def test_short_page_with_such_words_is_no_refusal(body: str) -> None:
    for source in ("portal", "watchlist"):
        assert parse_page(SOURCES[source], body).outcome is Outcome.OK


def test_article_about_walls_is_no_refusal() -> None:
    said = "".join(
        f"<p>{body}</p>" for body, _ in _WALLS.values() if "<iframe" not in body and body[0] == "<"
    )
    body = f"<title>常见的拦截页</title><article>{said.replace('title>', 'b>')}{'<p>正文一段，说明原因。</p>' * 200}</article>"
    assert parse_page(SOURCES["portal"], body).outcome is Outcome.OK


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
