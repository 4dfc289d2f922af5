"""What a store makes of an ad that it found; the same on every store."""

from collections.abc import Mapping

from findings.model.records import AdRecord
from findings.query import Facet, Highlight, Hit
from findings.search.asked import Asked
from findings.search.highlight import MAX_PLACES, highlights

#: Most values of a facet, and of one whose list is open: a page of hits stays small.
MAX_VALUES, MAX_OPEN_VALUES = 1000, 100
_OPEN = {Facet.RULE, Facet.KEYWORD, Facet.DOMAIN, Facet.REGION}


def hit(asked: Asked, ad: AdRecord) -> Hit:
    """An ad with what is to be marked in it."""
    return Hit(ad, highlights(asked.phrases, ad.title, ad.text, ad.picture_text or ""), spans(ad))


def spans(ad: AdRecord) -> tuple[Highlight, ...]:
    """What the findings quote of title, text and image, in order, each place once a category; at most 100 a field."""
    found: list[Highlight] = []
    for field, content in (("title", ad.title), ("text", ad.text), ("image", ad.picture_text or "")):
        places = {
            (span.start, span.end, finding.category)
            for finding in ad.judgement.findings
            for span in finding.spans
            if span.field == field and 0 <= span.start < span.end <= len(content)
        }
        found += [Highlight(field, *place) for place in sorted(places)[:MAX_PLACES]]
    return tuple(found)


def most_values(facet: Facet) -> int:
    """How many values of a facet are told."""
    return MAX_OPEN_VALUES if facet in _OPEN else MAX_VALUES


def ordered(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by value, the most frequent first, then by name."""
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
