"""Where quoted words stand on the picture of a page: read from the evidence file `rendered` (pure).

That file holds the pieces of text as the browser drew them, each with its box on the picture. A quotation is looked for
in their text one after another without any spacing, for a quotation may run over several pieces, and a page breaks
its lines where it likes. The box that is framed is that of the whole piece (a line, or a paragraph drawn alike).
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import msgspec

from findings.model.crawl import TextRun
from findings.model.judgement import Box
from handover.package.facts import Words

#: Larger files and more pieces than any crawl writes are read no further (bytes, pieces).
MOST_BYTES = 32_000_000
MOST_RUNS = 10_000
#: Quotations looked for on one picture, and places framed for each.
MOST_WORDS = 60
MOST_PLACES = 5
#: Pixels by which a box may stand over the ad's own: browsers round.
_SLACK = 6
_SPACE = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")

NOT_FOUND = "该页文字中未找到 not found in the text of this page"
NOT_DRAWN = (
    "该页有这些文字，但未画出或不可见 the page has these words, but did not draw them where anyone could see"
)
ELSEWHERE = "仅见于该广告之外 on this page only outside the ad"
OTHER_PICTURE = "读自另一幅图片 read in another picture"
TOO_SHORT = "引文过短，无法定位 too short to be located"


class Rendered(msgspec.Struct, frozen=True):
    """What a `rendered` file says: pieces in page order, and why it says less than it should."""

    runs: tuple[TextRun, ...]
    why: str | None = None


def read_rendered(data: bytes | None) -> Rendered:
    """The pieces of text of a page; a file that can't be read gives those it could."""
    if data is None:
        return Rendered((), "没有文字呈现记录 there is no record of the drawn text")
    if len(data) > MOST_BYTES:
        return Rendered((), f"文字呈现记录过大 the record of the drawn text is too large ({len(data)} bytes)")
    decoder = msgspec.json.Decoder(TextRun)
    lines = data.splitlines()
    runs, broken = [], 0
    for line in lines[:MOST_RUNS]:
        try:
            runs.append(decoder.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            broken += 1
    broken += max(0, len(lines) - MOST_RUNS)
    why = f"文字呈现记录有 {broken} 行不可读 {broken} lines of the record of the drawn text can't be read"
    return Rendered(tuple(runs), why if broken else None)


def locate(rendered: Rendered, quoted: Sequence[str], within: Box | None) -> tuple[Words, ...]:
    """Each quotation with the boxes of its pieces, those inside `within` (the ad's own place) where that is known."""
    texts = [_SPACE.sub("", run.text) for run in rendered.runs]
    ends = list(accumulate(map(len, texts)))
    whole = "".join(texts)
    return tuple(_one(rendered, whole, ends, words, within) for words in quoted[:MOST_WORDS])


def _one(rendered: Rendered, whole: str, ends: list[int], quoted: str, within: Box | None) -> Words:
    wanted = _SPACE.sub("", quoted)
    if len(wanted) < 2:
        return Words(text=quoted, why=TOO_SHORT)
    boxes: dict[Box, None] = {}
    found = drawn = places = 0
    at = whole.find(wanted)
    while at >= 0 and places < MOST_PLACES:
        found += 1
        here = [
            run.box
            for run in rendered.runs[bisect_right(ends, at) : bisect_right(ends, at + len(wanted) - 1) + 1]
            if run.box is not None and run.visible and run.text.strip()
        ]
        drawn += bool(here)
        if here and (within is None or all(_inside(box, within) for box in here)):
            boxes.update(dict.fromkeys(here))
            places += 1
        at = whole.find(wanted, at + len(wanted))
    if boxes:
        return Words(text=quoted, boxes=tuple(boxes))
    return Words(text=quoted, why=ELSEWHERE if drawn else NOT_DRAWN if found else NOT_FOUND)


def _inside(box: Box, within: Box) -> bool:
    """Whether the middle of a box lies in another; pieces may be wider than the ad's element."""
    x, y = box.x + box.width // 2, box.y + box.height // 2
    return (
        within.x - _SLACK <= x <= within.x + within.width + _SLACK
        and within.y - _SLACK <= y <= within.y + within.height + _SLACK
    )
