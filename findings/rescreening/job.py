"""A rescreen as a store keeps it: which judgement, of which ads, how the archive is cut, how far each slice came."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from findings.model.casework import AuditAction, AuditDraft
from findings.model.crawl import EvidenceRef
from findings.model.judgement import Judgement
from findings.model.records import AdRecord
from findings.query import SearchQuery
from findings.rescreening.change import Change

#: Slices of one rescreen at most, and ads for each of which there is to be one; a small archive has some slices all the
#: same, so that several processes have work.
MAX_SLICES, ADS_A_SLICE = 256, 2000
_FEW_SLICES, _FEW_ADS = 8, 400
#: Failed ads that a slice names; the others are counted.
NAMED = 100
#: Characters kept of a reason.
_LONGEST_REASON = 300


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """What judges: the release, the rules (`digest` is SHA-256 over their files), the models, the registers
    (`lists` is the short name of all their versions)."""

    software: str
    ruleset: str
    digest: str
    model: str
    lists: str


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One rescreen. `query` says of which ads, `as_of` by the law of which day (None: of the day each was last seen).

    `turn` counts those of the same versions and query from 0. `ads` were there when it began.
    """

    id: str
    versions: Versions
    query: SearchQuery
    as_of: date | None
    turn: int
    slices: int
    ads: int
    by: str
    begun_at: datetime
    ended_at: datetime | None = None


class Failure(msgspec.Struct, frozen=True):
    """An ad that could not be judged, or not be written; it stays as it was."""

    ad_id: str
    reason: str

    @classmethod
    def of(cls, ad_id: str, reason: str) -> "Failure":
        """With the reason cut to a length that fits a line."""
        return cls(ad_id, reason[:_LONGEST_REASON])


class Counts(msgspec.Struct, frozen=True):
    """Ads by category of finding: how many gained one, lost one, have another than before."""

    gained: int = 0
    lost: int = 0
    altered: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.gained + other.gained, self.lost + other.lost, self.altered + other.altered)


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What ads judged anew add up to. `licence` counts by `before>after`; `failures` names the first NAMED."""

    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    categories: dict[int, Counts] = {}
    licence: dict[str, int] = {}
    failures: tuple[Failure, ...] = ()

    @property
    def judged(self) -> int:
        """All ads that were tried."""
        return self.changed + self.unchanged + self.failed

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            changed=self.changed + other.changed,
            unchanged=self.unchanged + other.unchanged,
            failed=self.failed + other.failed,
            categories={
                number: self.categories.get(number, Counts()) + other.categories.get(number, Counts())
                for number in sorted(self.categories.keys() | other.categories.keys())
            },
            licence={
                pair: self.licence.get(pair, 0) + other.licence.get(pair, 0)
                for pair in sorted(self.licence.keys() | other.licence.keys())
            },
            failures=(*self.failures, *other.failures)[:NAMED],
        )


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far one slice came: behind the id `cursor`, after so many `parts` written.

    `again` are ads that somebody wrote between their reading and their writing: they are judged once more.
    """

    number: int
    parts: int = 0
    cursor: str = ""
    end: bool = False
    again: tuple[str, ...] = ()
    tally: Tally = Tally()

    @property
    def done(self) -> bool:
        """Whether nothing of the slice is left."""
        return self.end and not self.again


class LastSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What a judgement needs of the last sighting of an ad."""

    at: datetime
    region: str | None = None
    evidence: tuple[EvidenceRef, ...] = ()


class Archived(msgspec.Struct, frozen=True):
    """An ad to be judged anew. Its words for the index and its vector may be left out."""

    ad: AdRecord
    last: LastSeen | None


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Ads of one slice in the order of their ids: those to be judged `again`, else those behind its cursor.

    `cursor` and `end` are the slice's once they are judged, `tried` those of `again` that are dealt with then.
    `unreadable` can't be judged.
    """

    ads: tuple[Archived, ...]
    cursor: str
    end: bool
    tried: tuple[str, ...] = ()
    unreadable: tuple[Failure, ...] = ()


class Rejudged(msgspec.Struct, frozen=True, kw_only=True):
    """A judgement that is to take the place of the one that an ad had, which was of `instead_of`."""

    ad_id: str
    instead_of: datetime
    judged_at: datetime
    judgement: Judgement
    change: Change


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch came to; `parts` is what the slice's progress said when it was read."""

    number: int
    parts: int
    cursor: str
    end: bool
    tried: tuple[str, ...] = ()
    changed: tuple[Rejudged, ...] = ()
    unchanged: int = 0
    failures: tuple[Failure, ...] = ()


def part_of(
    progress: Progress, batch: Batch, changed: Iterable[Rejudged], unchanged: int, failures: Iterable[Failure]
) -> Part:
    """What a batch came to, at the place that its slice had reached."""
    return Part(
        number=progress.number,
        parts=progress.parts,
        cursor=batch.cursor,
        end=batch.end,
        tried=batch.tried,
        changed=tuple(changed),
        unchanged=unchanged,
        failures=tuple(failures),
    )


def job_id(versions: Versions, query: SearchQuery, as_of: date | None, turn: int) -> str:
    """`j1-` and 16 hex digits over what judges and what is judged: the same call means the same rescreen."""
    told = msgspec.json.encode((versions, query, as_of, turn))
    return "j1-" + hashlib.sha256(told).hexdigest()[:16]


def slices_for(ads: int) -> int:
    """Into how many slices an archive of so many ads is cut."""
    few = min(_FEW_SLICES, -(-ads // _FEW_ADS))
    return min(MAX_SLICES, max(1, few, -(-ads // ADS_A_SLICE)))


def bounds(number: int, of: int) -> tuple[str, str | None]:
    """The ids of a slice: from the first on, below the second (None: to the end).

    Ids of ads are digests, so the slices are of nearly one size; they are the same on every store and at any time,
    which the slices that Elasticsearch makes of a point in time are not.
    """
    low, high = (f"a1-{(edge << 32) // of:08x}" for edge in (number, number + 1))
    return (low if number else "", high if number + 1 < of else None)


def advanced(progress: Progress, part: Part, lost: tuple[str, ...], refused: tuple[Failure, ...]) -> Progress:
    """The progress of a slice once a part is written; `lost` were written by others meanwhile, and are not counted
    yet, `refused` the store would not take."""
    out = {*lost, *(one.ad_id for one in refused)}
    counted = Tally(unchanged=part.unchanged)
    for one in part.changed:
        if one.ad_id not in out:
            counted += _tally_of(one.change)
    for failure in (*part.failures, *refused):
        counted += Tally(failed=1, failures=(failure,))
    return Progress(
        number=progress.number,
        parts=progress.parts + 1,
        cursor=part.cursor,
        end=part.end,
        again=tuple(sorted({*progress.again} - {*part.tried} | {*lost})),
        tally=progress.tally + counted,
    )


def _tally_of(change: Change) -> Tally:
    categories = {
        **{number: Counts(gained=1) for number in change.gained},
        **{number: Counts(lost=1) for number in change.lost},
        **{number: Counts(altered=1) for number in change.altered},
    }
    licence = {">".join(change.licence): 1} if change.licence else {}
    return Tally(changed=1, categories=categories, licence=licence)


def replaced(stored: AdRecord, new: Rejudged) -> AdRecord | None:
    """The ad as it is to be; as it is where it says so already; None where another judgement came between.

    Form duties stay: each is of one place and time.
    """
    if stored.judged_at == new.judged_at:
        return stored
    if stored.judged_at != new.instead_of:
        return None
    judgement = msgspec.structs.replace(new.judgement, form=stored.judgement.form)
    return msgspec.structs.replace(stored, judgement=judgement, judged_at=new.judged_at)


def begun(job: Job) -> AuditDraft:
    """The entry of the trail that a rescreen began."""
    return _entry(
        job, "begun", "开始", job.begun_at, {"ads": job.ads, "versions": msgspec.to_builtins(job.versions)}
    )


def ended(job: Job, at: datetime, tally: Tally) -> AuditDraft:
    """The entry of the trail that it ended."""
    counts: dict[str, object] = {
        "judged": tally.judged,
        "changed": tally.changed,
        "unchanged": tally.unchanged,
        "failed": tally.failed,
    }
    return _entry(job, "ended", "结束", at, counts)


def _entry(job: Job, what: str, said: str, at: datetime, after: dict[str, object]) -> AuditDraft:
    return AuditDraft(
        id=hashlib.sha256(f"{what}\x1f{job.id}".encode()).hexdigest()[:32],
        at=at,
        actor=job.by,
        action=AuditAction.RESCREENED,
        case_ids=(),
        note=f"{job.id} {said}",
        after={"job": job.id, "what": what, **after},
    )
