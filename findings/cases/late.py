"""Ads that two workers stored at the same moment, so that neither saw the other: which case joins which.

A new ad joins the oldest one that is nearly the same and stands in the store. Where two writers looked before
either had written, each began a case. What would have become of them one after the other is done late: the case
of the one stored later joins that of the oldest one stored before it. Whoever looks, the answer is the same.
"""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from findings.casebook import MAX_MOVES
from findings.cases.fingerprint import differing
from findings.cases.joining import Known, Signs, chosen
from findings.cases.regrouping import Regrouping, draft_of
from findings.model.casework import SYSTEM, AuditAction, AuditEntry, CaseFile
from findings.model.vocabulary import CaseState
from findings.review.acting import Acting
from findings.review.deadlines import deadlines
from findings.review.house import House


class Placed(msgspec.Struct, frozen=True, order=True):
    """A stored ad in its case. `stored` and `first_seen` are microseconds since 1970; in order of storing."""

    stored: int
    ad: str
    first_seen: int
    simhash: int
    case_id: str


class Late(msgspec.Struct, frozen=True):
    """An ad that belongs into another case than its own, if it began that: `ad` names it, `into` the other case."""

    ad: Placed
    into: str


def late(ad: Placed, signs: Signs, sharing: Iterable[Placed]) -> list[Late]:
    """What should be one case, of an ad and stored ones that share a key with it."""
    near = [
        other
        for other in sharing
        if other.case_id != ad.case_id and differing(signs.simhash, other.simhash) <= signs.distance
    ]
    before = {other.ad: other for other in near if other < ad}
    oldest = chosen(signs, (Known(other.first_seen, other.ad, other.simhash) for other in before.values()))
    found = [Late(ad, before[str(oldest.ad)].case_id)] if oldest else []
    return found + [Late(other, ad.case_id) for other in sorted(near) if other > ad]


def untouched(file: CaseFile, trail: Iterable[AuditEntry]) -> bool:
    """Whether nobody but the program did anything with a case: what officers joined or parted stays so."""
    return file.state is CaseState.OPEN and all(entry.draft.actor == SYSTEM for entry in trail)


def joined_late(into: CaseFile, other: CaseFile, ads: Collection[str], now: datetime) -> Regrouping | None:
    """Let a case take over the `ads` of another one; None for more than can be taken back."""
    if len(ads) > MAX_MOVES:
        return None
    known = hashlib.sha256(f"joined late\x1f{other.id}\x1f{into.id}".encode()).hexdigest()[:32]
    by = Acting(actor=SYSTEM, now=now, house=House(), deadlines=deadlines(), entry_id=known)
    files = (into, replace(other, merged_into=into.id, given=None))
    note = "同时入库的近似广告"
    kept = {other.id: sorted(ads)}
    return Regrouping({}, files, draft_of(AuditAction.MERGED, [into, other], files, kept, note, by))
