"""The words by which pages say that something is an ad."""

import re

from lxml import html

#: A mark stands alone in its element, at most with brackets or a dot around it.
MARK_WORDS = frozenset(
    [
        "广告",
        "推广",
        "赞助",
        "商业推广",
        "品牌广告",
        "品牌推广",
        "推广链接",
        "广告推广",
        "赞助商",
        "赞助内容",
        "AD",
        "Ad",
    ]
)
#: Words of a slot's own controls.
CONTROLS = frozenset(
    (
        "关闭",
        "×",
        "✕",
        "x",
        "X",
        "不感兴趣",
        "举报",
        "反馈",
        "换一换",
        "更多",
        "更多>",
        "更多>>",
        "查看更多",
        "close",
        "Close",
    )
)
#: What a site calls the department that sells its ad places: a link to it is no ad.
_SERVICES = re.compile(
    r"^(?:.{0,6}(?:广告|推广)(?:服务|投放|刊例|合作|联系|营销|登记|招商|洽谈|资源|管理|系统|联盟|报价|业务|平台|中心)"
    r"|(?:网站|网络|媒体)营销|(?:刊登|投放|发布)广告|我也要.{0,4}(?:发布|推广|出现)|advertis(?:e|ing)(?: with us| here)?)$",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"^[\[\]【】()（）〔〕「」·•|丨\s:：–—-]+|[\[\]【】()（）〔〕「」·•|丨\s:：>﹥–—-]+$")


def is_mark(text: str) -> bool:
    """Whether a text says nothing but "this is an ad"."""
    return len(text) <= 12 and _BRACKETS.sub("", text) in MARK_WORDS


def is_ad_service(text: str) -> bool:
    """Whether a link's text names a site's own advertising department (广告服务, 广告投放, 我也要发布)."""
    return len(text) <= 24 and bool(_SERVICES.match(text))


def only_marks(block: html.HtmlElement) -> frozenset[html.HtmlElement]:
    """The small elements in a block that only say "ad" or "close"."""
    return frozenset(
        element
        for element in block.iter("span", "i", "em", "b", "a", "div", "p", "font", "label", "ins", "small")
        if len(element) == 0 and _says_nothing_else((element.text or "").strip())
    )


def _says_nothing_else(text: str) -> bool:
    return bool(text) and (is_mark(text) or text in CONTROLS)
