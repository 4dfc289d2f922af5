"""Authorities by kind, place and day (`ruleset/authorities.yaml`): what each was called when.

A name that the table does not give is never made up: the general term for its kind stands in its place.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.resources import files
from itertools import combinations
from typing import Literal

import msgspec

from analyzers.errors import Fault, RulesetError
from analyzers.rules import Words
from analyzers.yamlfile import Document
from findings.model.errors import Said
from findings.model.places import PLACES, Place

_FIELD = re.compile(r"\{(\w+)\}")
_FIELDS = {"full", "short", "en", "word"}
_FIRST, _LAST = date.min, date.max


class Named(msgspec.Struct, frozen=True):
    """What an authority is called. `known` is False for a general term, `basis` the marks of its name."""

    text: str
    known: bool
    basis: str | None


class NameRow(msgspec.Struct, frozen=True, rename={"since": "from"}, kw_only=True):
    """One row: what the authorities of some places are called from `since` until `until` (exclusive).

    `places` is `all`, a level, or short names; `generic` says that the name is not known.
    """

    places: str | tuple[str, ...]
    since: date | None
    until: date | None
    basis: str
    zh: str = ""
    en: str = ""
    generic: bool = False
    words: Mapping[str, str] = {}
    note: str = ""

    @property
    def rank(self) -> int:
        """How closely it is written for a place: 3 by name, 2 by level, 1 for all."""
        return 3 if isinstance(self.places, tuple) else 1 if self.places == "all" else 2

    def covers(self, place: Place) -> bool:
        """Whether it speaks of a place, on whatever day."""
        if self.words and place.short not in self.words:
            return False
        if isinstance(self.places, tuple):
            return place.short in self.places
        return self.places in ("all", place.level.value)

    def holds(self, on: date) -> bool:
        """Whether it speaks of a day."""
        return (self.since or _FIRST) <= on < (self.until or _LAST)

    def meets(self, other: "NameRow") -> bool:
        """Whether two rows speak of one day."""
        return (self.since or _FIRST) < (other.until or _LAST) and (other.since or _FIRST) < (
            self.until or _LAST
        )


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of authority: whose seat decides its place, and its names."""

    generic: Words
    seat: Literal["publisher", "advertiser", "site"]
    cities: Literal["own", "province"]
    names: tuple[NameRow, ...] = ()

    def place(self, short: str) -> Place:
        """The place whose authority is responsible: of a city without one of its own, the province."""
        place = PLACES[short]
        return PLACES[place.parent] if place.parent and self.cities == "province" else place

    def name(self, place: Place, on: date, lang: str) -> Named:
        """What the authority of a place was called on a day."""
        rows = [row for row in self.names if row.covers(place) and row.holds(on)]
        row = max(rows, key=lambda one: one.rank, default=None)
        if row is None or row.generic:
            generic = self.generic.said(lang)
            text = f"{generic}, {place.en}" if lang == "en" else f"{place.full}{generic}"
            return Named(text, known=False, basis=None)
        template = row.en if lang == "en" else row.zh
        told = {
            "full": place.full,
            "short": place.short,
            "en": place.en,
            "word": row.words.get(place.short, ""),
        }
        return Named(_FIELD.sub(lambda field: told[field[1]], template), known=True, basis=row.basis)


def kinds_of(document: Document | None, faults: list[Fault]) -> dict[str, Kind]:
    """The kinds of a checked `authorities.yaml`; what a schema can't see is added to `faults`."""
    if document is None:
        return {}
    try:
        kinds = msgspec.convert(document.data["kinds"], dict[str, Kind])
    except msgspec.ValidationError as error:  # a date that is none, such as 2026-02-30
        faults.append(document.fault(["kinds"], Said(str(error), zh=f"写法有误（{error}）")))
        return {}
    for key, kind in kinds.items():
        faults += _kind_faults(document, key, kind.names)
    return kinds


def _kind_faults(document: Document, key: str, rows: Sequence[NameRow]) -> Iterator[Fault]:
    for at, row in enumerate(rows):
        place: list[str | int] = ["kinds", key, "names", at]
        if row.since and row.until and row.until <= row.since:
            yield document.fault(
                [*place, "until"], Said("a name must end after it begins", zh="名称的止日须晚于起日")
            )
        for field in {*_FIELD.findall(row.zh), *_FIELD.findall(row.en)} - _FIELDS:
            yield document.fault(place, Said(f"there is no field {{{field}}}", zh=f"没有字段 {{{field}}}"))
        if "{word}" in row.zh + row.en and not row.words:
            yield document.fault(place, Said("{word} needs words", zh="用 {word} 须写 words"))
    for (_, one), (at, other) in combinations(enumerate(rows), 2):
        if one.rank != other.rank or not one.meets(other):
            continue
        shared = [place.short for place in PLACES.values() if one.covers(place) and other.covers(place)]
        if shared:
            said = Said(
                f"two rows name {', '.join(shared[:3])} for the same days",
                zh=f"同一时期有两行写了{'、'.join(shared[:3])}",
            )
            yield document.fault(["kinds", key, "names", at], said)


def load_kinds() -> dict[str, Kind]:
    """The shipped table alone, without the rules. Raises RulesetError with every fault."""
    name = "authorities.yaml"
    document = Document(name, files("ruleset").joinpath(name).read_text("utf-8-sig"))
    document.check("authorities")
    faults = list(document.faults)
    kinds = kinds_of(None if faults else document, faults)
    if faults:
        raise RulesetError(faults)
    return kinds
