"""Cutting long texts into windows that a model can take, at the end of a sentence where there is one."""

import re

_SENTENCE_END = re.compile(r"[。！？!?；;\n\r]+")
_PAUSE = re.compile(r"[，,、：:）)」』”】\s]+")


def windows(text: str, limit: int) -> list[tuple[int, int]]:
    """Cut `text` into (start, end) windows of at most `limit` code points that cover it in order.

    A window ends after the last sentence end within the limit, else after the last pause, else
    at the limit. Linear in the length of the text. An empty text has no window.
    """
    if limit < 1:
        raise ValueError(f"a window of {limit} characters holds nothing")
    found: list[tuple[int, int]] = []
    start = 0
    while len(text) - start > limit:
        end = _last_end(_SENTENCE_END, text, start, start + limit)
        if end is None:
            end = _last_end(_PAUSE, text, start, start + limit)
        if end is None:
            end = start + limit
        found.append((start, end))
        start = end
    if start < len(text):
        found.append((start, len(text)))
    return found


def _last_end(pattern: re.Pattern[str], text: str, start: int, end: int) -> int | None:
    last = None
    for match in pattern.finditer(text, start, end):
        last = match.end()
    return last
