"""Which sightings of a case go into its package with all that was captured then (pure)."""

from collections.abc import Iterable

from findings.model.records import CaseView, Sighting

#: Ads of one case whose last sighting is enclosed, worst first: a case may have thousands that read alike.
MOST_ADS = 10


def enclosed(case: CaseView, sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """The last sighting of each of the worst ads, in the order of the ads. Ads seen by the same task share a capture."""
    last: dict[str, Sighting] = {}
    for one in sightings:
        known = last.get(one.ad_id)
        if known is None or (one.at, one.id) > (known.at, known.id):
            last[one.ad_id] = one
    return tuple(last[ad.id] for ad in case.ads[:MOST_ADS] if ad.id in last)
