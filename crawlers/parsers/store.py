"""An app store's JSON answer: the apps it lists, by the paths that the source names."""

import json
from typing import Any

from crawlers.filters import AdFilters
from crawlers.parsers.document import Page, clean
from crawlers.parsers.outcome import signature_of
from crawlers.sources.model import Source
from findings.model.crawl import ParsedApp, ParsedPage
from findings.model.vocabulary import Outcome

#: Longest description that is kept, in characters.
_LONGEST = 20_000
_PREFIX = ")]}'"


def read(source: Source, page: Page, filters: AdFilters) -> ParsedPage:
    """Apps in the answer's order. An answer that is no JSON, or another JSON, is `selector_broken`."""
    text = page.text.lstrip("\ufeff \r\n\t")
    text = text.removeprefix(_PREFIX)
    if text[:1] == "<":
        return ParsedPage(source=source.name, outcome=Outcome.BLOCKED, detail="a web page instead of JSON")
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        why = "answer too long" if page.cut else "answer is no JSON"
        return ParsedPage(source=source.name, outcome=Outcome.SELECTOR_BROKEN, detail=why)
    items = _at(answer, source.fields.get("items", ""))
    if not isinstance(items, list):
        where = source.fields.get("items", "")
        return ParsedPage(source=source.name, outcome=Outcome.SELECTOR_BROKEN, detail=f"no list at {where}")
    selectors = {"items": source.fields.get("items", "")}
    apps: list[ParsedApp] = []
    for position, item in enumerate(items, 1):
        app = _app(source, item, position, selectors)
        if app is not None:
            apps.append(app)
    if apps:
        return ParsedPage(source=source.name, outcome=Outcome.OK, apps=tuple(apps), selectors=selectors)
    empty = signature_of(source, page, refusals=False) is not None or not items
    return ParsedPage(
        source=source.name,
        outcome=Outcome.EMPTY if empty else Outcome.SELECTOR_BROKEN,
        selectors=selectors,
        detail=None if empty else "no entry has a name",
    )


def _app(source: Source, item: object, position: int, selectors: dict[str, str]) -> ParsedApp | None:
    """One app, or None for an entry without a name (a banner, another kind of card)."""

    def field(name: str) -> str | None:
        path = source.fields.get(name)
        value = _at(item, path) if path else None
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        text = str(value)[:_LONGEST].strip()
        if not text:
            return None
        selectors.setdefault(name, path or "")
        return text

    name = field("name")
    if name is None:
        return None
    promoted = field("promoted")
    return ParsedApp(
        name=clean(name),
        package=field("package"),
        developer=field("developer"),
        icp=field("icp"),
        icp_entity=field("icp_entity"),
        description=field("description"),
        promoted=promoted not in (None, "0", "false"),
        position=position,
        url=field("url"),
    )


def _at(value: Any, path: str) -> Any:
    """The value at a dotted path (numbers index lists), or None."""
    for step in filter(None, path.split(".")):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal():
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return None
    return value
