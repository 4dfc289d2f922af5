"""Recorded pages: folders of `input.html|input.json`, `meta.json`, `expected.json`."""

import json
from pathlib import Path
from typing import Any

from crawlers.filters import AdFilters
from crawlers.parse import FrameDoc, parse_page
from crawlers.parse_output import to_contract
from crawlers.sources import load_sources
from findings.model.crawl import ParsedPage

FIXTURES = Path(__file__).parents[1] / "fixtures"


def cases() -> list[Path]:
    """All recorded pages, as folders `<source>/<case>`."""
    return sorted(meta.parent for meta in FIXTURES.glob("*/*/meta.json"))


def parse_case(folder: Path) -> ParsedPage:
    """Read one recorded page as its `meta.json` says it was received."""
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    body = next(folder.glob("input.*")).read_bytes()
    filters = AdFilters.load(folder / meta["filters"]) if "filters" in meta else None
    frames = [
        FrameDoc(url=frame["url"], html=(folder / frame["file"]).read_bytes(), locator=frame["locator"])
        for frame in meta.get("frames", ())
    ]
    return parse_page(
        load_sources()[folder.parent.name],
        body,
        meta["url"],
        status=meta.get("status", 200),
        headers=meta.get("headers"),
        filters=filters,
        frames=frames,
    )


def recorded(page: ParsedPage) -> dict[str, Any]:
    """What `expected.json` holds: the contract, and what the contract leaves out."""
    apps = [{"url": app.url, "genre": app.genre, "screenshots": list(app.screenshots)} for app in page.apps]
    return {
        **to_contract(page, load_sources()[page.source].kind),
        **({"apps_more": apps} if apps else {}),
        "detail": page.detail,
        "locators": list(page.locators),
        "clicks": list(page.clicks),
    }
