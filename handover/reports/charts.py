"""Charts as SVG (text as outlines, for pages) and PNG (for papers), drawn by matplotlib; the same input, the same bytes.

Colours are told apart by colour-blind readers and in grey: one dark blue, one light, and hatching for what is missing.
"""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from handover.reports.fonts import chinese_family, drawn
from handover.reports.layout import Bars, Drawing, Grid, Weekly

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DARK, _LIGHT, _ORANGE, _INK, _PALE = "#1f4e79", "#b9cfe4", "#c55a11", "#222222", "#dddddd"
#: Width of a chart in inches: that of the text of an A4 page. Dots per inch of PNG.
WIDTH, DPI = 6.5, 200
#: Longest label, in half-width columns.
_LABEL = 36
#: Columns of a grid, and weeks, that are named.
_NAMED = 14


def svg(drawing: Drawing, key: str) -> bytes:
    """The chart as SVG; `key` tells it from others on one page. Raises FontMissing."""
    with _figure(drawing, key) as figure:
        written = io.BytesIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return written.getvalue()


def png(drawing: Drawing, key: str) -> bytes:
    """The chart as PNG. Raises FontMissing."""
    with _figure(drawing, key) as figure:
        written = io.BytesIO()
        figure.savefig(written, format="png", dpi=DPI, metadata={"Software": None})
    return written.getvalue()


@contextmanager
def _figure(drawing: Drawing, key: str) -> Iterator["Figure"]:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    family = chinese_family()
    settings: dict[Any, Any] = {
        "font.family": [family],
        "font.size": 8.5,
        "axes.unicode_minus": False,
        "svg.fonttype": "path",
        "svg.hashsalt": key,
        "hatch.linewidth": 0.5,
        "text.parse_math": False,
        "axes.edgecolor": _INK,
        "text.color": _INK,
    }
    with mpl.rc_context(settings):
        figure = Figure(figsize=(WIDTH, _height(drawing)), layout="constrained")
        FigureCanvasAgg(figure)
        match drawing:
            case Bars():
                _bars(figure, drawing, drawn(family))
            case Weekly():
                _weekly(figure, drawing)
            case Grid():
                _grid(figure, drawing, drawn(family))
        yield figure


def _height(drawing: Drawing) -> float:
    match drawing:
        case Bars(labels=labels):
            return 0.75 + 0.27 * len(labels)
        case Grid(rows=rows):
            return 1.05 + 0.24 * min(len(rows), 60)
        case _:
            return 3.6


def _bars(figure: "Figure", bars: Bars, glyphs: frozenset[int]) -> None:
    axes = figure.subplots()
    places = range(len(bars.labels))
    if bars.wholes:
        axes.barh(places, bars.wholes, color=_LIGHT, height=0.72, label=bars.whole)
    axes.barh(places, bars.parts, color=_DARK, height=0.44 if bars.wholes else 0.66, label=bars.part)
    longest = max((*bars.parts, *bars.wholes, 1))
    for place, note in zip(places, bars.notes, strict=True):
        end = bars.wholes[place] if bars.wholes else bars.parts[place]
        axes.text(end + longest * 0.01, place, note, va="center", ha="left")
    axes.set_yticks(places, [_label(text, glyphs) for text in bars.labels])
    axes.invert_yaxis()
    axes.set_xlim(0, longest * (1.22 if bars.wholes else 1.18))
    _whole_numbers(axes.xaxis)
    _quiet(axes)
    axes.tick_params(axis="y", length=0)
    axes.legend(loc="lower right", frameon=False) if bars.wholes else axes.set_xlabel(bars.part)


def _weekly(figure: "Figure", weekly: Weekly) -> None:
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    places = range(len(weekly.labels))
    above.bar(places, weekly.wholes, color=_LIGHT, width=0.72, label=weekly.whole)
    above.bar(places, weekly.parts, color=_DARK, width=0.44, label=weekly.part)
    gaps = [place for place in places if not weekly.reads[place]]
    for axes in (above, below):
        for place in gaps:
            axes.axvspan(
                place - 0.5, place + 0.5, facecolor="none", edgecolor=_PALE, hatch="////", linewidth=0
            )
    for place in gaps if len(places) <= 30 else []:
        below.text(place, 0.5, weekly.rest, ha="center", va="center", rotation=90, fontsize=7)
    for values, colour, mark, style, name in (
        (weekly.rates, _ORANGE, "o", "-", weekly.rate),
        (weekly.reads, _DARK, "s", "--", weekly.read),
    ):
        # Not a number is a gap in the line.
        points = [math.nan if value is None else value for value in values]
        below.plot(
            places,
            points,
            color=colour,
            marker=mark,
            markersize=3.5,
            linestyle=style,
            linewidth=1.2,
            label=name,
        )
    below.set_ylim(0, 1.05)
    below.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
    step = max(1, math.ceil(len(places) / _NAMED))
    below.set_xticks(list(places)[::step], list(weekly.labels)[::step])
    below.set_xlim(-0.6, len(places) - 0.4)
    _whole_numbers(above.yaxis)
    for axes in (above, below):
        _quiet(axes)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)


def _grid(figure: "Figure", grid: Grid, glyphs: frozenset[int]) -> None:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Patch

    axes = figure.subplots()
    shown = grid.rows[:60]
    axes.set_facecolor("white")
    axes.patch.set(hatch="/////", edgecolor=_PALE)
    colours = LinearSegmentedColormap.from_list("read", ["#fdf1e7", _LIGHT, _DARK])
    values = [[math.nan if value is None else value for value in row] for row in grid.values[:60]]
    mesh = axes.pcolormesh(values, cmap=colours, vmin=0, vmax=1, edgecolors="white", linewidth=0.6)
    axes.set_yticks([place + 0.5 for place in range(len(shown))], [_label(text, glyphs) for text in shown])
    axes.invert_yaxis()
    step = max(1, math.ceil(len(grid.columns) / _NAMED))
    axes.set_xticks([place + 0.5 for place in range(0, len(grid.columns), step)], list(grid.columns)[::step])
    axes.tick_params(length=0)
    axes.tick_params(axis="x", labelsize=7)
    for side in axes.spines.values():
        side.set_visible(False)
    bar = figure.colorbar(mesh, ax=axes, pad=0.01, aspect=12, label=grid.name, ticks=[0, 0.5, 1])
    bar.ax.set_yticklabels(["0%", "50%", "100%"])
    bar.outline.set_visible(False)
    if any(value is None for row in grid.values for value in row):
        gap = Patch(facecolor="white", edgecolor="#aaaaaa", hatch="/////", linewidth=0, label=grid.gap)
        figure.legend(handles=[gap], loc="outside lower right", frameon=False)


def _quiet(axes: "Axes") -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _whole_numbers(axis: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=6, integer=True))


def _label(text: str, glyphs: frozenset[int]) -> str:
    """A label that fits: cut, and what the font can't draw left out; the table has the whole."""
    kept, width = "", 0
    for char in text:
        if ord(char) not in glyphs:
            continue
        width += 2 if ord(char) > 0x2E7F else 1
        if width > _LABEL:
            return kept + "…"
        kept += char
    return kept
