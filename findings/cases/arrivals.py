"""What becomes of a case by itself when an ad of it is seen again: it comes back, or stays as it is."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from findings.cases.fingerprint import fingerprint
from findings.model.casework import SYSTEM, AuditDraft, CaseFile
from findings.model.records import AdRecord
from findings.model.vocabulary import CaseState
from findings.review.acting import Acting, act
from findings.review.deadlines import deadlines
from findings.review.exclusions import waking
from findings.review.house import House
from findings.review.steps import Relapse, Step, Wake


def comes_back(file: CaseFile, ads: Iterable[AdRecord], now: datetime) -> tuple[CaseFile, AuditDraft] | None:
    """The change of a file whose facts are those of now, after `ads` were seen or judged; None: none.

    A closed case relapses when it was seen later than it was closed. An excluded one wakes by the rule
    of its exclusion. Both begin anew: what was read and decided before stays in the trail.
    """
    if file.merged_into is not None:  # its ads are another's
        return None
    if file.state is CaseState.CLOSED and file.closed_at and file.facts.last_seen > file.closed_at:
        return _begun_anew(file, Relapse(), now)
    if file.state is CaseState.EXCLUDED and file.exclusion:
        seen = list(ads)
        latest = max(seen, key=lambda ad: ad.judged_at, default=None)
        ruleset = latest.judgement.ruleset if latest else file.exclusion.ruleset
        why = waking(file.exclusion, map(fingerprint, seen), ruleset, now)
        if why is not None:
            return _begun_anew(file, Wake(why), now)
    return None


def _begun_anew(file: CaseFile, step: Step, now: datetime) -> tuple[CaseFile, AuditDraft]:
    # The same change found by two writers, or by one that was killed and began again, is one entry.
    known = hashlib.sha256(f"{type(step).__name__}\x1f{file.id}\x1f{file.version}".encode()).hexdigest()[:32]
    by = Acting(actor=SYSTEM, now=now, house=House(), deadlines=deadlines(), entry_id=known)
    return act(file, step, by)
