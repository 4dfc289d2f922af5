"""How captured text reaches a terminal: it is hostile, so nothing in it may steer one."""

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click

from findings.query import Highlight

#: Categories of characters that could move a cursor, hide or reorder text.
_STEERING = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
#: The same without what JSON escapes by itself; a test compares it with Unicode's own categories.
_STEERS = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff"
    "\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f\U000f0000-\U0010fffd]"
)


def safe(text: str) -> str:
    """The text with control, format, surrogate and private-use characters shown as U+FFFD.

    A tab or a newline becomes one space, so a field stays on its line.
    """
    return "".join(
        " " if char in "\t\n\r" else "\ufffd" if unicodedata.category(char) in _STEERING else char
        for char in text
    )


def emit(value: Any) -> None:
    """One JSON value on a line of standard output, UTF-8, dates as ISO 8601.

    Characters that could steer a terminal are written by their numbers, which means the same to whoever reads JSON.
    """
    import msgspec

    line = json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
    click.echo(_STEERS.sub(lambda found: json.dumps(found.group())[1:-1], line))


def excerpt(text: str, marks: Sequence[Highlight], *, around: int = 24, most: int = 120) -> str:
    """The part of a text round its first mark, marked words in 【】 (bold red on a terminal).

    `around` and `most` count code points. Marks must point into `text` and not overlap.
    """
    first = min((mark.start for mark in marks), default=0)
    begin = max(0, first - around)
    end = min(len(text), begin + most)
    pieces: list[str] = ["…" if begin else ""]
    at = begin
    for mark in sorted(marks, key=lambda m: m.start):
        if mark.start < at or mark.end > end:
            continue
        pieces.append(safe(text[at : mark.start]))
        pieces.append(marked(text[mark.start : mark.end]))
        at = mark.end
    pieces.append(safe(text[at:end]))
    pieces.append("…" if end < len(text) else "")
    return "".join(pieces)


def marked(word: str) -> str:
    """A word made to stand out: bold red on a terminal, in 【】 elsewhere."""
    if sys.stdout.isatty():
        return click.style(safe(word), fg="red", bold=True)
    return f"【{safe(word)}】"


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table: drawn on a terminal or in a report, the same on a pipe."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(safe(str(cell))) for cell in row))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    console.print(drawn)


def progress(sentence: str) -> None:
    """Say what is being done, on standard error, so that data on a pipe stays data.

    A sentence may quote what was captured (an address, a store's reason): personal data in it is masked.
    """
    from findings.redaction import masked

    click.echo(safe(masked(sentence)), err=True)
