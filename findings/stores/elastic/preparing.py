"""What can be made of a batch of bundles before those before it are written: most of the work of the processor.

Most new ads begin a case of their own, so their documents are made on that guess. Where the store says otherwise
later, the document is made anew.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from findings.cases.facts import AdPart, part_of
from findings.cases.joining import Signs, signs_of_all
from findings.model.crawl import Capture
from findings.model.records import AdRecord, CaptureBundle, Sighting
from findings.model.vocabulary import CaseState
from findings.stores.elastic.documents import Seen, sighting_document, unstored
from findings.stores.elastic.places import Place
from findings.stores.merging import merge

#: Bytes of the document of an ad without its text, and for each letter of that.
_AD_BYTES, _LETTER_BYTES = 10_000, 20


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What a batch of bundles brings, each thing once. `seen` is what the sightings of each ad add up to, `by` one
    sighting of it."""

    tasks: Mapping[str, Collection[str]]
    captures: Mapping[str, Capture]
    sightings: Mapping[str, Sighting]
    ads: Mapping[str, AdRecord]
    seen: Mapping[str, Seen]
    by: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Guessed:
    """What is made of new ads, if each begins a case of its own: their documents but for when they were stored, those
    of their sightings, and what they add to facts."""

    signs: Mapping[str, Signs]
    parts: Mapping[str, AdPart]
    ads: Mapping[str, bytes]
    sightings: Mapping[str, bytes]


#: Of a batch that is written at once: its documents are made while others of it are on their way.
NOTHING = Guessed(signs={}, parts={}, ads={}, sightings={})


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A batch that is ready to be written, but for what those before it decide."""

    brought: Brought
    places: Mapping[str, Place]
    guessed: Guessed


def brought(bundles: Sequence[CaptureBundle]) -> Brought:
    """What checked bundles bring together; they come in order."""
    sightings = {sighting.id: sighting for bundle in bundles for sighting in bundle.sightings}
    ads: dict[str, AdRecord] = {}
    for bundle in bundles:
        for ad in bundle.ads:
            ads[ad.id] = merge(ads.get(ad.id), ad)
    seen = {ad_id: Seen() for ad_id in ads}
    by: dict[str, str] = {}
    for sighting in sightings.values():
        once = Seen.once(sighting)
        seen[sighting.ad_id] = seen[sighting.ad_id] | once if sighting.ad_id in by else once
        by[sighting.ad_id] = sighting.id
    return Brought(
        tasks={bundle.capture.task.id: [ad.id for ad in bundle.ads] for bundle in bundles},
        captures={bundle.capture.task.id: bundle.capture for bundle in bundles},
        sightings=sightings,
        ads=ads,
        seen=seen,
        by=by,
    )


def guesses(brought: Brought, places: Mapping[str, Place]) -> Guessed:
    """What can be made ahead of ads that have places. Raises WriteRefused for what can't be kept as JSON."""
    new = {
        ad_id: ad
        for ad_id, ad in brought.ads.items()
        if places[ad_id].new and places[ad_id].first_seen == ad.first_seen
    }
    signs = signs_of_all(new.values())
    parts = {ad_id: part_of(ad) for ad_id, ad in new.items()}
    return Guessed(
        signs=signs,
        parts=parts,
        ads={
            ad_id: unstored(ad, brought.seen[ad_id], CaseState.OPEN, parts[ad_id], signs[ad_id])
            for ad_id, ad in new.items()
        },
        sightings={
            sighting.id: sighting_document(sighting, new[sighting.ad_id].case_id)
            for sighting in brought.sightings.values()
            if sighting.ad_id in new
        },
    )


def weight(bundle: CaptureBundle) -> int:
    """About how many bytes the documents of a bundle take."""
    return sum(_AD_BYTES + _LETTER_BYTES * len(ad.text) for ad in bundle.ads)
