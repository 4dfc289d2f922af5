"""How much of a page's results its parser could fill: what the drift alarm compares from week to week.

A selector that no longer fits shows first as a field that most results lack, long before nothing
is found at all. Pure.
"""

from collections.abc import Sequence

import msgspec

from findings.model.crawl import Filled, ParsedPage

#: The fields counted of each kind of result; those that every result has by its making are left out.
_FIELDS: dict[str, tuple[str, ...]] = {
    "ad": ("title", "text", "display", "landing_url", "advertiser"),
    "organic": ("title", "url", "text"),
    "app": ("name", "package", "developer", "icp", "description", "url", "genre"),
}


def filled_fields(page: ParsedPage) -> dict[str, Filled]:
    """By field (`ad.landing_url`, `organic.title`, `app.package`, …) in how many results of its kind it was found.

    A kind without results on the page has no fields: that there are none is no fault of a field.
    """
    kinds: dict[str, Sequence[msgspec.Struct]] = {
        "ad": page.ads,
        "organic": page.organic,
        "app": page.apps,
    }
    return {
        f"{kind}.{field}": Filled(sum(_there(getattr(result, field)) for result in results), len(results))
        for kind, results in kinds.items()
        if results
        for field in _FIELDS[kind]
    }


def _there(value: str | None) -> bool:
    return bool(value and value.strip())
