"""Cutting a text into passages, which the heads read one by one.

A claim is made in a sentence or two; a landing page around it may be forty times as long. Short
sentences join their neighbours, overlong ones are cut at a pause.
"""

import re

#: Code points. Shorter passages say too little to be judged; a longer one hides a claim again.
LEAST = 25
MOST = 160

_END = re.compile(r"[。！？!?；;\n]+")
_PAUSES = "，,、 :："


def passages(text: str) -> list[tuple[int, int]]:
    """Cut `text` into (start, end) passages that cover it in order; an empty text has none.

    Linear in the length of the text.
    """
    found: list[tuple[int, int]] = []
    start = 0
    for end in [*(match.end() for match in _END.finditer(text)), len(text)]:
        while end - start > MOST:
            cut = _pause(text, start + LEAST, start + MOST)
            found.append((start, cut))
            start = cut
        if end - start >= LEAST:
            found.append((start, end))
            start = end
    if start < len(text):
        found.append((start, len(text)))
    return found


def _pause(text: str, least: int, most: int) -> int:
    """The place after the last pause in a range, else its end."""
    return max((text.rfind(sign, least, most) for sign in _PAUSES), default=-1) + 1 or most
