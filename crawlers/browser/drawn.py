"""How a piece of text is drawn: its size, its contrast, whether anything of it can be seen.

The JavaScript on which the scripts that look at marks, warnings and layers build, to be run in our
isolated world.
"""

from importlib.resources import files
from typing import Any

from findings.model.crawl import TextRun
from findings.model.judgement import Box

#: Longest text kept of one run, in UTF-16 units.
MAX_RUN = 200

#: `drawn.js`: `drawnAs` and what it is made of, to stand at the beginning of a script's function.
DRAWN = files("crawlers.browser").joinpath("drawn.js").read_text("utf-8")


def text_run(text: str, drawn: dict[str, Any], left: int = 0, top: int = 0) -> TextRun:
    """What `drawnAs` told, as a value. `left` and `top` are where its document begins on the page."""
    x, y, width, height = drawn["box"] or (0, 0, 0, 0)
    return TextRun(
        text=text[:MAX_RUN],
        size_px=float(drawn["size"]),
        contrast=drawn["contrast"],
        visible=bool(drawn["visible"]),
        box=Box(x + left, y + top, width, height),
    )
