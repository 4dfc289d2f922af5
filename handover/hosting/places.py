"""A province in free words, as address files and registration data write them."""

import unicodedata
from itertools import zip_longest

from findings.model.places import PLACES, Place

#: Characters of a line that are read for a place.
_MOST = 300
_SPELLINGS = sorted(
    ((spelling, place) for place in PLACES.values() for spelling in {place.full, place.short}),
    key=lambda pair: -len(pair[0]),
)
#: English names, as registration data write them (GUANGDONG, Inner Mongolia); whole words only.
_ENGLISH = {place.en.casefold().replace(" ", ""): place for place in PLACES.values()}


def province_in(text: str) -> str | None:
    """The short name of the province that a text names first, a city of its own (深圳) by its province; else None."""
    plain = unicodedata.normalize("NFKC", text[:_MOST])
    found = min(
        ((at, place) for spelling, place in _SPELLINGS if (at := plain.find(spelling)) >= 0),
        key=lambda pair: pair[0],
        default=None,
    )
    if found is not None:
        return _province(found[1])
    words = [word for word in plain.casefold().replace(",", " ").replace(".", " ").split() if word.isalpha()]
    for first, second in zip_longest(words, words[1:], fillvalue=""):
        if place := _ENGLISH.get(first) or _ENGLISH.get(first + second):
            return _province(place)
    return None


def _province(place: Place) -> str:
    return place.parent or place.short
