"""Text as it was drawn: how large, in what contrast, whether anyone could see it. And the risk warnings in it."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

import msgspec

from crawlers.browser.drawn import DRAWN
from findings.model.crawl import TextRun
from findings.model.judgement import Box

#: Pieces of text read of one document, and risk warnings kept of one page.
MAX_RUNS = 3_000
MAX_WARNINGS = 50
_MAX_TEXT = 2_000
_MAX_SIDE = 1_000_000


class Drawn(msgspec.Struct, frozen=True):
    """One piece of drawn text; `block` numbers the paragraph (or box) that it stands in."""

    run: TextRun
    block: int


class WarningWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `warnings.yaml`: words by which a risk warning is known."""

    words: tuple[str, ...]


@cache
def script() -> str:
    """The JavaScript function that reads a document's drawn text."""
    text = files("crawlers.browser").joinpath("rendered.js").read_text("utf-8")
    return f"(mostRuns) => {{{DRAWN}{text}}}"


@cache
def warning_words() -> re.Pattern[str]:
    """A pattern that finds any word of a risk warning."""
    import yaml

    raw = yaml.safe_load(files("crawlers.browser").joinpath("warnings.yaml").read_text("utf-8"))
    words = msgspec.convert(raw, WarningWords).words
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def read_runs(said: Any, *, placed: bool = True) -> tuple[Drawn, ...]:
    """The script's answer as pieces of text, neighbours of one paragraph that look alike made one.

    `placed` is False for a frame's document, whose places are not those on the page's picture.
    """
    pieces = [_piece(row, placed) for row in (said or ())[:MAX_RUNS]]
    joined: list[Drawn] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last is not None and _alike(last, piece) and len(last.run.text) < _MAX_TEXT:
            joined[-1] = Drawn(_both(last.run, piece.run), piece.block)
        else:
            joined.append(piece)
    return tuple(joined)


def warnings_in(drawn: Sequence[Drawn]) -> tuple[TextRun, ...]:
    """The pieces that hold words of a risk warning, also words that run over several pieces; in page order."""
    found: list[TextRun] = []
    for _, group in groupby(drawn, key=lambda piece: piece.block):
        pieces = list(group)
        text = "".join(piece.run.text for piece in pieces)
        spans = [match.span() for match in warning_words().finditer(text)]
        at = 0
        for piece in pieces:
            end = at + len(piece.run.text)
            if any(start < end and stop > at for start, stop in spans):
                found.append(piece.run)
            at = end
    return tuple(found[:MAX_WARNINGS])


def as_lines(drawn: Iterable[Drawn]) -> bytes:
    """One JSON object a piece and line: the evidence file `rendered`."""
    encoder = msgspec.json.Encoder()
    return b"".join(encoder.encode(piece.run) + b"\n" for piece in drawn)


def _piece(row: Sequence[Any], placed: bool) -> Drawn:
    text, size, contrast, visible, x, y, width, height, block = row
    seen = placed and width > 0 and height > 0
    box = Box(x=_side(x), y=_side(y), width=_side(width), height=_side(height)) if seen else None
    clean = str(text).encode("utf-8", "replace").decode()
    run = TextRun(text=clean, size_px=float(size or 0), contrast=contrast, visible=bool(visible), box=box)
    return Drawn(run, int(block))


def _side(value: float | None) -> int:
    return max(0, min(_MAX_SIDE, round(value or 0)))


def _alike(one: Drawn, other: Drawn) -> bool:
    a, b = one.run, other.run
    return (one.block, a.size_px, a.contrast, a.visible, a.box is None) == (
        other.block,
        b.size_px,
        b.contrast,
        b.visible,
        b.box is None,
    )


def _both(one: TextRun, other: TextRun) -> TextRun:
    box = one.box
    if one.box is not None and other.box is not None:
        left, top = min(one.box.x, other.box.x), min(one.box.y, other.box.y)
        right = max(one.box.x + one.box.width, other.box.x + other.box.width)
        bottom = max(one.box.y + one.box.height, other.box.y + other.box.height)
        box = Box(x=left, y=top, width=right - left, height=bottom - top)
    return msgspec.structs.replace(one, text=one.text + other.text, box=box)
