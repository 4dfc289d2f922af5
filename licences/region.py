"""Where a licence holds, and whether an ad was shown there."""

import unicodedata

from findings.model.places import PLACES, place_of_name
from licences.model import LicenceEntry, Register
from licences.scope import scope_table

_NATIONWIDE = ("全国", "境内", "不限")
_LONGEST = 400  # code points of a printed area that are read
_SPELLINGS = sorted(
    ((spelling, place) for place in PLACES.values() for spelling in (place.full, place.short)),
    key=lambda pair: -len(pair[0]),
)


def places_in(text: str) -> frozenset[str]:
    """Short names of the provinces and cities of a printed area: 浙江省（含宁波）、上海 → 浙江, 宁波, 上海."""
    rest = unicodedata.normalize("NFKC", text[:_LONGEST])
    found = set()
    for spelling, place in _SPELLINGS:
        if spelling in rest:
            rest = rest.replace(spelling, "|")
            found.add(place.short)
    return frozenset(found)


def shown_region(text: str | None) -> str | None:
    """The place that a region of a plan or an input names, None for none or several."""
    found = places_in(text) if text else frozenset()
    return next(iter(found)) if len(found) == 1 else None


def lies_in(region: str, territory: frozenset[str]) -> bool:
    """Whether a place lies in a territory: 深圳 in 广东. Of 广东 in 深圳 nothing says that it doesn't."""
    parent = PLACES[region].parent
    return (
        region in territory or parent in territory or any(PLACES[one].parent == region for one in territory)
    )


def territory_of(entry: LicenceEntry, register: Register) -> frozenset[str] | None:
    """The places where a licence holds: None for the whole country, empty where nobody says which."""
    bound = scope_table().territory.get(entry.licence_type)
    if bound is None:
        return None
    printed = entry.region or ""
    if any(word in printed for word in _NATIONWIDE):
        return None
    if found := places_in(printed):
        return found
    if bound == "printed":
        return None
    if register.territory:
        return frozenset(place for place in register.territory if place in PLACES)
    seat = place_of_name(entry.full_name or entry.name)
    return frozenset({seat.short}) if seat else frozenset()
