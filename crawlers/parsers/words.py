"""The words by which pages say that something is an ad."""

import re

#: A mark stands alone in its element, at most with brackets or a dot around it.
MARK_WORDS = frozenset("广告 推广 赞助 商业推广 品牌广告 品牌推广 推广链接 广告推广 赞助商 赞助内容 AD Ad".split())
_BRACKETS = re.compile(r"^[\[\]【】()（）〔〕「」·•|丨\s:：]+|[\[\]【】()（）〔〕「」·•|丨\s:：>﹥]+$")


def is_mark(text: str) -> bool:
    """Whether a text says nothing but "this is an ad"."""
    return len(text) <= 12 and _BRACKETS.sub("", text) in MARK_WORDS
