"""Officers' work on cases: what is kept of a case beside its ads, and the trail of every change.

A case file is changed by officers (and by the program itself, as `SYSTEM`) one version after
another; each change that an officer could be asked about leaves one entry in the audit trail.
`CaseFacts` are computed from ads and sightings and may be computed again at any time: they are no change.
"""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from findings.model.vocabulary import CaseState, LicenceStatus, Product, Severity

#: Most values of one list of a case's facts.
MAX_LISTED = 40
#: The actor of what the program does by itself: an ad that comes back reopens its case.
SYSTEM = "system"


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """What tells an ad from others however often its words change a little.

    `who` is the advertiser (code, register entry or folded name; "" if none is known), `host` the
    registrable domain it leads to, `simhash` 16 hex digits over the folded creative (Charikar 2002),
    `picture` 16 hex digits of the perceptual hash of its image. `page` is a digest of the landing
    page's words: an exclusion ends when it changes.
    """

    who: str = ""
    host: str | None = None
    simhash: str = ""
    picture: str | None = None
    page: str = ""


class ReviewVerdict(StrEnum):
    """What one reader says of a case (确认 排除 存疑)."""

    CONFIRM = "confirm"
    EXCLUDE = "exclude"
    UNSURE = "unsure"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One officer's reading of a case: who, when (UTC), what, why."""

    by: str
    at: datetime
    verdict: ReviewVerdict
    note: str


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A case lies on one officer's desk until an instant (UTC); the queue gives it to nobody else meanwhile."""

    to: str
    until: datetime


class Exclusion(msgspec.Struct, frozen=True, kw_only=True):
    """Why a case stays quiet when its ad is seen again, and when that ends.

    It ends at `until` (UTC; None: never by time), or when an ad of the case has a creative, landing
    page or rules other than those recorded here: `fingerprints` and `ruleset` as they were.
    """

    by: str
    at: datetime
    reason: str
    fingerprints: tuple[Fingerprint, ...]
    ruleset: str
    until: datetime | None = None


class CaseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the ads and sightings of a case add up to.

    `sightings` counts every raw detection, `variants` different creatives, `regions` and `sources`
    where it was seen, `score` the highest of its worst severity (0–1). Lists are sorted, without
    doubles, and hold the first MAX_LISTED.
    """

    ads: int
    variants: int
    sightings: int
    runs: int
    first_seen: datetime
    last_seen: datetime
    severity: Severity | None
    score: float
    categories: tuple[int, ...] = ()
    products: tuple[Product, ...] = ()
    licence_status: tuple[LicenceStatus, ...] = ()
    sources: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    advertisers: tuple[str, ...] = ()
    title: str = ""
    """The headline of its worst ad, cut to 200 characters."""


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """One case as an office keeps it. `version` counts its changes from 1; facts alone don't raise it.

    `due` is the day (in China) by which the next step is owed, `owed` what began
    that time (`findings.review.deadlines.Event`), `extended` that it was put off once already. `closed_at` is set while the case counts as
    dealt with: an ad of it seen later than that is a relapse. `merged_into` names the case that took
    over all its ads. `priority` is computed with the facts.
    """

    id: str
    version: int
    state: CaseState
    facts: CaseFacts
    priority: float = 0.0
    assignee: str | None = None
    district: str | None = None
    due: date | None = None
    owed: str = ""
    extended: bool = False
    given: Given | None = None
    readings: tuple[Reading, ...] = ()
    exclusion: Exclusion | None = None
    closed_at: datetime | None = None
    merged_into: str | None = None
    updated_at: datetime


class AuditAction(StrEnum):
    """What was done, as the trail names it. `OPENED`: an officer took a case up again or made a new one;
    cases that the program makes for ads leave no entry. `UNMASKED`: personal data was shown; `RESCREENED`: an
    archive was judged anew, begun and ended; `DRAFTED` to `VOIDED`: the steps of a batch; `ANSWERED`: a file of answers to it was read; `PACKAGED`: the evidence
    of a case was written as a package, unmasked. None of these names a case."""

    OPENED = "opened"
    READ = "read"
    STATE = "state"
    ASSIGNED = "assigned"
    EXTENDED = "extended"
    TAKEN = "taken"
    RETURNED = "returned"
    MERGED = "merged"
    SPLIT = "split"
    RELAPSED = "relapsed"
    WOKEN = "woken"
    UNDONE = "undone"
    ENTERED = "entered"
    UNMASKED = "unmasked"
    RESCREENED = "rescreened"
    DRAFTED = "drafted"
    APPROVED = "approved"
    SEALED = "sealed"
    SENT = "sent"
    SETTLED = "settled"
    VOIDED = "voided"
    ANSWERED = "answered"
    PACKAGED = "packaged"


class AuditDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the trail before it has its place in the chain.

    `id` is given by the maker (32 hex digits, random): an entry written twice is one. `case_ids` are
    all cases that the change touched, `bulk` marks entries of one action on many, `undoes` the
    entry that this one takes back, `before` and `after` what was changed as JSON values.
    """

    id: str
    at: datetime
    actor: str
    action: AuditAction
    case_ids: tuple[str, ...]
    note: str = ""
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    bulk: str | None = None
    undoes: str | None = None


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in its place: numbers count from 1 without a gap.

    `digest` is the SHA-256 (hex) over the canonical JSON of number, draft and `previous`, the digest
    of the entry before ("" for the first), so that no entry can be changed, taken out or put in unseen.
    """

    number: int
    draft: AuditDraft
    previous: str
    digest: str
