"""One app of a store's answer, field by field: out of JSON by paths, out of a page by selectors."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from crawlers.parsers.document import Page, clean, select
from crawlers.parsers.embedded import untagged
from crawlers.parsers.fields import values
from crawlers.parsers.places import Place, Way, holds, is_inside, look
from crawlers.sources.model import HtmlShape, JsonShape

#: Longest description and longest other text that are kept, in characters.
_LONGEST = {"description": 20_000}
_LONG = 300
#: Most pictures of one app, and the longest address of one.
_MOST_PICTURES = 10
_ADDRESS = 2_000
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_MARKUP = re.compile(r"<(?:br|p|div|span|b|i|a|img)\b", re.IGNORECASE)
_PACKAGE = re.compile(r"[A-Za-z0-9_]+(?:[.\-][A-Za-z0-9_]+)*")
_WHITE = re.compile(r"[ \t\u00a0\u3000]+")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one app: texts by field, and which candidate found each."""

    found: Mapping[str, Sequence[str]]
    labels: Mapping[str, str]
    promoted: bool = False

    def text(self, field: str) -> str | None:
        """The first text of a field, or None."""
        return next(iter(self.found.get(field, ())), None)

    def addresses(self, field: str, prefix: str) -> tuple[str, ...]:
        """The https or http addresses of a field, each once; parts of addresses get the prefix."""
        whole = []
        for one in self.found.get(field, ()):
            address = "https:" + one if one.startswith("//") else one
            if not address.startswith(("https://", "http://")):
                address = prefix + address.lstrip("/") if prefix and ":" not in address else ""
            if address and len(address) <= _ADDRESS:
                whole.append(address)
        return tuple(dict.fromkeys(whole))[:_MOST_PICTURES]


def json_entries(shape: JsonShape, document: Any, most: int) -> tuple[list[Entry], bool]:
    """The apps of a document in a shape, and whether the shape's list is there and empty."""
    if not all(holds(Place(document), need) for need in shape.needs):
        return [], False
    hollow = False
    for path in shape.items:
        way = Way(document, path)
        read: set[int] = set()
        entries: list[Entry] = []
        some = False
        for place in way:
            some = True
            if not isinstance(place.value, dict) or (read and is_inside(place, read)):
                continue
            entry = _json_entry(shape, place)
            if entry is None:
                continue
            read.add(id(place.value))
            entries.append(entry)
            if len(entries) >= most:
                break
        if entries:
            return entries, False
        hollow = hollow or (way.hollow and not some)
    return [], hollow


def _json_entry(shape: JsonShape, place: Place) -> Entry | None:
    """One app, or None for an entry without what is required (a banner, another kind of card)."""
    if any(holds(place, condition) for condition in shape.skip):
        return None
    found: dict[str, Sequence[str]] = {}
    labels: dict[str, str] = {}
    for field in (*shape.require, *(name for name in shape.fields if name not in shape.require)):
        for path in shape.fields.get(field, ()):
            texts = _texts(field, look(place, path))
            if texts:
                found[field], labels[field] = texts, path
                break
        if field in shape.require and field not in found:
            return None
    promoted = next((condition for condition in shape.promoted if holds(place, condition)), None)
    if promoted is not None:
        labels["promoted"] = promoted.at
    return Entry(found=found, labels=labels, promoted=promoted is not None)


def html_entries(shape: HtmlShape, page: Page, most: int) -> list[Entry]:
    """The apps of a page in a shape, in the order of the page."""
    for items in shape.items:
        entries = []
        for element in select(page.tree, items.css, items.xpath)[: most * 4]:
            entry = _html_entry(shape, page, element, items.label)
            if entry is not None:
                entries.append(entry)
            if len(entries) >= most:
                break
        if entries:
            return entries
    return []


def _html_entry(shape: HtmlShape, page: Page, element: Any, label: str) -> Entry | None:
    found: dict[str, Sequence[str]] = {}
    labels: dict[str, str] = {"items": label}
    for field, candidates in shape.fields.items():
        for candidate in candidates:
            raw = list(values(element, candidate))
            if field in ("url", "screenshots"):
                raw = [address for one in raw if (address := page.absolute(one)) is not None]
            texts = _texts(field, raw if field == "screenshots" else next(iter(raw), None))
            if texts:
                found[field], labels[field] = texts, candidate.label
                break
    if any(field not in found for field in shape.require):
        return None
    promoted = "promoted" in found
    return Entry(found=found, labels=labels, promoted=promoted)


def _texts(field: str, value: Any) -> list[str]:
    """The texts that a value holds for a field; none for what is no text (an object, a switch, null)."""
    if field == "screenshots":
        parts = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else []
        texts = [_text(_picture(part), _ADDRESS + 1) for part in parts[: _MOST_PICTURES * 2]]
        return [text for text in texts if text]
    if isinstance(value, list) and field == "genre":  # an app may stand in several: the first
        value = next(iter(value), None)
    text = _text(value, _LONGEST.get(field, _LONG))
    if field == "package" and text is not None and not _PACKAGE.fullmatch(text):
        return []
    if field == "url" and text is not None and not text.startswith(("https://", "http://")):
        return []
    return [text] if text else []


def _picture(part: Any) -> Any:
    """A picture's address where it is an entry of its own, or stands under the usual name in one."""
    return (
        next((part[key] for key in ("url", "src") if key in part), None) if isinstance(part, dict) else part
    )


def _text(value: Any, limit: int) -> str | None:
    """A string or whole number as text; lines are kept where they say something (a description)."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)[:limit]
    if _MARKUP.search(text):
        return untagged(re.sub(r"<br\s*/?>", " ", text), limit)
    lines = (_WHITE.sub(" ", line).strip() for line in _UNPRINTABLE.sub("", text).splitlines())
    kept = "\n".join(lines).strip()
    return (clean(kept) if limit == _LONG else kept) or None
