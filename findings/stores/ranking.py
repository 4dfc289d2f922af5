"""The order of an officer's queue, and cases put together from their parts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from findings.model.crawl import EvidenceRef
from findings.model.judgement import Judgement
from findings.model.records import AdRecord, CaseView
from findings.model.vocabulary import CaseState, Severity

#: `severity_rank` of an ad without findings.
NO_FINDING = -1


def severity_rank(judgement: Judgement) -> int:
    """0 for low to 2 for high; -1 without findings."""
    severity = judgement.severity
    return NO_FINDING if severity is None else severity.rank


def worst(judgement: Judgement, rank: int | None = None) -> float:
    """Severity (`rank` where it is known), then score, as one number to sort by; larger is worse.

    Scores end at 1, so a step of 2 keeps the severities apart.
    """
    return (severity_rank(judgement) if rank is None else rank) * 2 + judgement.score


def severity_of(rank: int) -> Severity:
    """The severity with a rank of 0 to 2."""
    return list(Severity)[rank]


def worst_first(ads: Iterable[AdRecord]) -> tuple[AdRecord, ...]:
    """Ads by severity, score, then id."""
    return tuple(sorted(ads, key=lambda ad: (-worst(ad.judgement), ad.id)))


def case_view(
    case_id: str,
    ads: Sequence[AdRecord],
    *,
    last_seen: datetime | None,
    runs: int,
    sightings: int,
    evidence: tuple[EvidenceRef, ...],
    state: CaseState = CaseState.OPEN,
) -> CaseView:
    """A case from its ads (at least one) and what its sightings add up to.

    Without sightings it was last seen when its ads first were.
    """
    return CaseView(
        id=case_id,
        state=state,
        ads=worst_first(ads),
        first_seen=min(ad.first_seen for ad in ads),
        last_seen=last_seen or max(ad.first_seen for ad in ads),
        runs=runs,
        sightings=sightings,
        evidence=evidence,
    )
