"""A saved page rarely comes with its address: the sources of single portals read it all the same."""

import json
from pathlib import Path

import pytest

from crawlers.parse import parse_page
from crawlers.sources import Kind, load_sources
from tests.support.pages import cases, parse_case

SOURCES = load_sources()
_PORTALS = [
    folder
    for folder in cases()
    if SOURCES[folder.parent.name].pages
    and SOURCES[folder.parent.name].kind is Kind.PORTAL
    and set(json.loads((folder / "meta.json").read_text("utf-8"))) == {"url"}
]


@pytest.mark.parametrize("folder", _PORTALS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_links_to_the_portal_itself_are_known_without_the_pages_address(folder: Path) -> None:
    alone = parse_page(SOURCES[folder.parent.name], next(folder.glob("input.*")).read_bytes())
    told = parse_case(folder)
    assert (alone.outcome, alone.slots_empty, alone.ad_iframes) == (
        told.outcome,
        told.slots_empty,
        told.ad_iframes,
    )
    assert [(ad.title, ad.mark) for ad in alone.ads] == [(ad.title, ad.mark) for ad in told.ads]
