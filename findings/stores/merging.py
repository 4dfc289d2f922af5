"""What becomes of an ad that is written again."""

from msgspec.structs import replace

from findings.model.judgement import FormFinding
from findings.model.records import AdRecord
from findings.model.vocabulary import Level


def merge(stored: AdRecord | None, new: AdRecord) -> AdRecord:
    """The record to keep: the later judgement, with the `first_seen` and case that were stored.

    So replaying an old bundle changes nothing, and an ad stays in the case that an officer
    may have reviewed. Form duties are of one place and time each (the sightings tell which), so
    a duty once missed stays: the record holds the union over all times the ad was seen.
    """
    if stored is None:
        return new
    form = merge_form(stored, new)
    later = stored if new.judged_at < stored.judged_at else new
    return replace(
        later,
        first_seen=stored.first_seen,
        case_id=stored.case_id,
        judgement=replace(later.judgement, form=form),
    )


def merge_form(stored: AdRecord, new: AdRecord) -> tuple[FormFinding, ...]:
    """One finding a duty: the clear one before the arguable, then the graver, then that of the later
    judgement; the later judgement's duties first."""
    older, later = sorted((stored, new), key=lambda ad: ad.judged_at)
    kept: dict[str, FormFinding] = {}
    for found in (*later.judgement.form, *older.judgement.form):
        there = kept.get(found.duty)
        if there is None or _weight(found) > _weight(there):
            kept[found.duty] = found
    return tuple(kept.values())


def _weight(found: FormFinding) -> tuple[bool, int]:
    return found.level is Level.CLEAR, found.severity.rank
