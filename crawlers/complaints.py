"""Complaints as platforms export them (投诉举报登记): what each names to visit. Pure; who complained is never read.

A table's headings are found by the words of `complaints.yaml`. A row gives addresses (its own column, and those in the
words of the complaint), app packages, and the firm that it is about.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec
import yaml

from crawlers.lists import Listed, read_list
from findings.model.errors import Said

#: Rows in which the heading is looked for; characters of a cell that are read; addresses of one row.
HEADING_ROWS, MOST_CELL, MOST_ADDRESSES = 15, 5_000, 30
#: Longest name of a firm that is searched for.
MOST_NAME = 60
_ADDRESS = re.compile(
    r"(?:h(?:xx|tt)ps?|h\*\*ps?)(?:://|：//|\[:\]//)[^\s，。；;、“”\"'<>（）()《》]+", re.IGNORECASE
)
#: A bare host in running text: letters, a point written in any way, an ending of letters.
_HOST = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9-]+(?:\.|\[\.\]|\(\.\)|[。．])){1,5}(?:[a-z]{2,12}|xn--[a-z0-9-]+)(?:/[^\s，。；;、“”\"'<>（）()《》]*)?(?![\w@])",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,，;；、|]+")
_UNSAID = re.compile(r"[(（【\[].*?[)）】\]]|[\s:：*＊]")
#: A word for a person keeps a column from being read wherever it stands, but behind 被: 被举报人 is whom a complaint is about.
_PERSONS = ("人", "者")

Cell = str | int | float | bool | date | None


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """One complaint: its number and day as written, whom it is about, what it names to visit. `line` counts from 1."""

    line: int
    number: str
    day: str
    against: str | None
    urls: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


class Unread(msgspec.Struct, frozen=True):
    """A row that names nothing to visit, or can't be read; line 0 is a sheet or a part of one, `number` its name then."""

    line: int
    number: str
    why: Said


class NoHeading(Exception):
    """A table has no row that names a column of addresses, of firms, or of what is complained of."""


def complaints(rows: Iterable[tuple[int, Sequence[Cell]]]) -> Iterator[Complaint | Unread]:
    """The complaints of a table, given as rows with their numbers, in order. Raises NoHeading."""
    columns: dict[str, int] | None = None
    for seen, (line, cells) in enumerate(rows):
        if columns is None:
            found = _columns(cells)
            if found is not None:
                columns = found
            elif seen >= HEADING_ROWS:
                raise NoHeading
            continue
        texts = {name: _text(cells[at]) for name, at in columns.items() if at < len(cells)}
        if not any(texts.values()):
            continue
        yield _read(line, texts)
    if columns is None:
        raise NoHeading


def _columns(cells: Sequence[Cell]) -> dict[str, int] | None:
    named: dict[str, int] = {}
    for at, cell in enumerate(cells[:200]):
        name = _heading(_text(cell))
        if name is not None:
            named.setdefault(name, at)
    return named if {"address", "against", "text", "app"} & named.keys() and len(named) > 1 else None


def _heading(text: str) -> str | None:
    plain = _UNSAID.sub("", text).casefold()
    never, words = _words()
    if not plain or len(plain) > 30:
        return None
    if found := next((name for name, known in words.items() if plain in known), None):
        return found
    if plain.endswith(never) or any(
        re.search(f"(?<!被){word}", plain) for word in never if word.endswith(_PERSONS)
    ):
        return None
    return next((name for name, known in words.items() if plain.endswith(known)), None)


@cache
def _words() -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """What is never read, and the words of each column."""
    data = yaml.safe_load(files("crawlers").joinpath("complaints.yaml").read_text("utf-8"))
    folded = {name: tuple(word.casefold() for word in words) for name, words in data.items()}
    return folded.pop("never"), folded


def _read(line: int, texts: dict[str, str]) -> Complaint | Unread:
    number = texts.get("number", "")[:100]
    listed: list[Listed] = []
    for token in _BETWEEN.split(texts.get("address", ""))[: MOST_ADDRESSES * 4]:
        listed += read_list([token])
    for token in _BETWEEN.split(texts.get("app", ""))[:MOST_ADDRESSES]:
        listed += (one for one in read_list([token]) if one.package)
    written = texts.get("text", "")
    named = [found[0] for found in _ADDRESS.finditer(written)]
    named += [found[0] for found in _HOST.finditer(_ADDRESS.sub(" ", written))]
    for token in named[:MOST_ADDRESSES]:
        listed += (one for one in read_list([token]) if one.reason is None)
    urls = tuple(dict.fromkeys(_url(one) for one in listed if one.url))[:MOST_ADDRESSES]
    packages = tuple(dict.fromkeys(one.package for one in listed if one.package))[:MOST_ADDRESSES]
    against = " ".join(texts.get("against", "").split())
    firm = against if 2 <= len(against) <= MOST_NAME else None
    if not (urls or packages or firm):
        bad = next((one for one in listed if one.reason), None)
        return Unread(
            line,
            number,
            Said(f"{bad.text[:60]!r}: {bad.reason}", zh=f"“{bad.text[:60]}”：{bad.reason.zh}")
            if bad and bad.reason
            else Said(
                "it names no address, no app package and no firm",
                zh="没有写明网址、应用包名或被投诉举报的主体",
            ),
        )
    return Complaint(
        line=line,
        number=number,
        day=texts.get("day", "")[:40],
        against=firm,
        urls=urls,
        packages=packages,
    )


def _url(listed: Listed) -> str:
    """The address; one of which only the host was named over http, which sites of both kinds answer to."""
    assert listed.url is not None
    return listed.url.replace("https://", "http://", 1) if listed.or_http else listed.url


def _text(cell: Cell) -> str:
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFC", str(cell)[:MOST_CELL]).strip()
