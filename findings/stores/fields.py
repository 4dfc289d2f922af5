"""What an ad is searched by beside its words: computed from the record, the same on every store."""

from findings.model.places import PLACES, Place, place_of_icp, place_of_name, place_of_uscc
from findings.model.records import AdRecord


def provinces(ad: AdRecord) -> tuple[str, ...]:
    """Whose authorities handle the ad: short names (上海), a city's own and its province's.

    Where the judgement names none, it is the seat of the advertiser: by its code, its filing, its name.
    """
    named = {handler.province for handler in ad.judgement.handlers if handler.province}
    if not named and (seat := _seat(ad)):
        named = {seat.short}
    parents = {PLACES[name].parent for name in named if name in PLACES}
    return tuple(sorted(named | {parent for parent in parents if parent}))


def _seat(ad: AdRecord) -> Place | None:
    advertiser = ad.judgement.advertiser
    return (
        (place_of_uscc(advertiser.uscc) if advertiser.uscc else None)
        or (place_of_icp(ad.icp.number) if ad.icp and ad.icp.number else None)
        or (place_of_name(advertiser.name) if advertiser.name else None)
    )


def rules(ad: AdRecord) -> tuple[str, ...]:
    """Ids of the rules that the findings rest on."""
    return tuple(sorted({rule for finding in ad.judgement.findings for rule in finding.rules}))


def highest_score(ad: AdRecord) -> float:
    """The highest score of a finding of any severity; 0 without findings."""
    return max((finding.score for finding in ad.judgement.findings), default=0.0)
