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
_BRACKETS = re.compile(r"^[\[\]【】()（）〔〕「」·•|丨\s:：]+|[\[\]【】()（）〔〕「」·•|丨\s:：>﹥]+$")


def is_mark(text: str) -> bool:
    """Whether a text says nothing but "this is an ad"."""
    return len(text) <= 12 and _BRACKETS.sub("", text) in MARK_WORDS


def only_marks(block: html.HtmlElement) -> frozenset[html.HtmlElement]:
    """The small elements in a block that only say "ad" or "close"."""
    return frozenset(
        element
        for element in block.iter("span", "i", "em", "b", "a", "div", "p", "font", "label", "ins", "small")
        if len(element) == 0 and _says_nothing_else((element.text or "").strip())
    )


def _says_nothing_else(text: str) -> bool:
    return bool(text) and (is_mark(text) or text in CONTROLS)
