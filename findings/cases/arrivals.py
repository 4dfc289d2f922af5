"""What becomes of a case by itself when an ad of it is seen again: it comes back, or stays as it is."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from findings.cases.fingerprint import fingerprint
from findings.model.casework import SYSTEM, AuditAction, AuditDraft, CaseFile
from findings.model.records import AdRecord
from findings.model.vocabulary import CaseState
from findings.review.exclusions import waking


def comes_back(file: CaseFile, ads: Iterable[AdRecord], now: datetime) -> tuple[CaseFile, AuditDraft] | None:
    """The change of a file whose facts are those of now, after `ads` were seen or judged; None: none.

    A closed case relapses when it was seen later than it was closed. An excluded one wakes by the rule
    of its exclusion. Both begin anew: what was read and decided before stays in the trail.
    """
    if file.state is CaseState.CLOSED and file.closed_at and file.facts.last_seen > file.closed_at:
        note = f"{file.closed_at.isoformat()} 之后又见 seen again after it was closed"
        return _begun_anew(file, CaseState.RELAPSED, AuditAction.RELAPSED, note, now)
    if file.state is CaseState.EXCLUDED and file.exclusion:
        seen = list(ads)
        latest = max(seen, key=lambda ad: ad.judged_at, default=None)
        ruleset = latest.judgement.ruleset if latest else file.exclusion.ruleset
        why = waking(file.exclusion, map(fingerprint, seen), ruleset, now)
        if why is not None:
            said = why.said
            return _begun_anew(file, CaseState.OPEN, AuditAction.WOKEN, f"{said.zh} {said}", now)
    return None


def _begun_anew(
    file: CaseFile, state: CaseState, action: AuditAction, note: str, now: datetime
) -> tuple[CaseFile, AuditDraft]:
    new = replace(file, state=state, readings=(), exclusion=None, closed_at=None, due=None, given=None)
    # The same change found by two writers, or by one that was killed and began again, is one entry.
    known = hashlib.sha256(f"{action}\x1f{file.id}\x1f{file.version}".encode()).hexdigest()[:32]
    draft = AuditDraft(
        id=known,
        at=now,
        actor=SYSTEM,
        action=action,
        case_ids=(file.id,),
        note=note,
        before={"state": file.state, "version": file.version},
        after={"state": state, "version": file.version + 1},
    )
    return new, draft
