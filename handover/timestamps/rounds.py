"""One round of stamping: what was noted becomes lists, and each authority is asked for what it still owes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from findings.errors import EvidenceAltered, EvidenceMissing
from findings.model.errors import FinAdWatchError
from findings.model.evidence import EvidenceStore
from handover.timestamps import listing, notes
from handover.timestamps.checking import ask, check_answer
from handover.timestamps.errors import AuthorityAway, RecordBroken
from handover.timestamps.model import (
    IN_TIME,
    LIST_ROLE,
    ROOTS_ROLE,
    TOKEN_ROLE,
    Authority,
    Gap,
    ListRecord,
    Token,
)
from handover.timestamps.records import Records, day_of

#: Older lists that one round asks for again at most: the end of a crawl is not to wait for weeks of gaps.
MOST_OWED = 200
_TOKEN_TYPE = "application/timestamp-reply"  # noqa: S105

#: Sends a request to an authority and returns the answer's bytes. Raises AuthorityAway.
Post = Callable[[Authority, bytes], bytes]


@dataclass
class Round:
    """What a round did. `failed` says of each authority that failed why, `late` are the lists whose first token came
    later after their first capture than `model.IN_TIME`, `owed` the lists that still lack a token, `days` those of new
    lists."""

    days: set[str] = field(default_factory=set)
    lists: int = 0
    hashes: int = 0
    tokens: int = 0
    failed: dict[str, FinAdWatchError] = field(default_factory=dict)
    faults: list[FinAdWatchError] = field(default_factory=list)
    late: list[ListRecord] = field(default_factory=list)
    owed: int = 0


@dataclass(frozen=True)
class Stamper:
    """What a round works with. Network and clock come from outside."""

    records: Records
    evidence: EvidenceStore
    authorities: Sequence[Authority]
    post: Post
    clock: Callable[[], datetime]
    told: Callable[[ListRecord], None] = lambda _: None
    most_owed: int = MOST_OWED

    def round(self) -> Round:
        """Stamp what was noted, then what older lists lack. Killed at any point, the next round goes on.

        An authority that fails is asked no more in this round. Raises StampingBusy, EvidenceStoreAway.
        """
        done = Round()
        with self.records.locked():
            new = self._new_lists(done)
            for record in new:
                self._fill(record, done, new=True)
            for record in self._older({record.listing.sha256 for record in new}, done):
                if len(done.failed) == len(self.authorities):
                    break
                self._fill(record, done, new=False)
            done.owed = len(self.records.owed())
        return done

    def _new_lists(self, done: Round) -> list[ListRecord]:
        """Lists of what was noted. Made of the same notes again after a kill, they are the same lists."""
        taken = notes.take(self.records.folder)
        made = [self._listed(listed) for listed in _lists(taken)]
        notes.forget(taken)
        done.days = {day_of(record) for record in made}
        done.lists, done.hashes = len(made), sum(record.hashes for record in made)
        return made

    def _listed(self, listed: listing.StampList) -> ListRecord:
        file = self.evidence.put(listing.written(listed), role=LIST_ROLE, media_type="text/plain")
        record = ListRecord(
            listing=file,
            begin=listed.begin,
            end=listed.end,
            made_at=self.clock(),
            hashes=len(listed.hashes),
            authorities=tuple(authority.name for authority in self.authorities),
        )
        known = self.records.get(day_of(record), file.sha256)
        if known is not None:  # killed before the notes were removed
            return known
        self.records.put(record, owed=True)
        return record

    def _older(self, new: set[str], done: Round) -> Iterator[ListRecord]:
        """The lists of earlier rounds that lack a token, newest first."""
        for day, sha256 in [place for place in self.records.owed() if place[1] not in new][: self.most_owed]:
            try:
                record = self.records.get(day, sha256)
            except RecordBroken as error:
                done.faults.append(error)
                continue
            if record is None:  # killed before it was written: its notes are still there, or were stamped
                self.records.settled(day, sha256)
            else:
                yield record

    def _fill(self, record: ListRecord, done: Round, *, new: bool) -> None:
        """Ask for the tokens that a list lacks and keep what comes, each as soon as it is there."""
        had = {token.authority for token in record.tokens}
        owing = [one for one in self.authorities if one.name in record.authorities and one.name not in had]
        if not owing:
            self.records.put(record, owed=False)
            return
        try:
            data = self.evidence.get(record.listing.sha256)
        except (EvidenceMissing, EvidenceAltered) as error:  # no token over it can be had any more
            done.faults.append(error)
            for authority in owing:
                record = _with_gap(record, authority.name, error, self.clock())
            self.records.put(record, owed=False)
            return
        first = not record.tokens
        for authority in owing:
            failed = done.failed.get(authority.name)
            if failed is not None and not new:
                continue
            if failed is None:
                try:
                    record = replace(record, tokens=(*record.tokens, self._token(authority, data)))
                    done.tokens += 1
                except FinAdWatchError as error:
                    failed = done.failed[authority.name] = error
            if failed is not None:
                record = _with_gap(record, authority.name, failed, self.clock())
            else:
                record = replace(
                    record, gaps=tuple(gap for gap in record.gaps if gap.authority != authority.name)
                )
            self.records.put(record, owed=len(record.tokens) < len(had) + len(owing))
        if first and record.tokens and min(token.at for token in record.tokens) - record.begin > IN_TIME:
            done.late.append(record)
        self.told(record)

    def _token(self, authority: Authority, data: bytes) -> Token:
        asked = ask(data, authority.policy)
        asked_at = self.clock()
        answer = self.post(authority, asked.request)
        facts = check_answer(answer, asked, data, authority.roots)
        return Token(
            authority=authority.name,
            file=self.evidence.put(answer, role=TOKEN_ROLE, media_type=_TOKEN_TYPE),
            roots=self.evidence.put(authority.roots, role=ROOTS_ROLE, media_type="application/x-pem-file"),
            at=facts.at,
            asked_at=asked_at,
            kept_at=self.clock(),
        )


def nobody_answers(done: Round, authorities: Sequence[Authority]) -> bool:
    """Whether every authority was asked and none could be reached."""
    return len(done.failed) == len(authorities) and all(
        isinstance(error, AuthorityAway) for error in done.failed.values()
    )


def _lists(taken: Sequence[Path]) -> Iterator[listing.StampList]:
    """The hashes of these files as lists of at most `listing.MOST`."""
    hashes: set[str] = set()
    times: list[datetime] = []
    for path in taken:
        for at, noted in notes.read(path):
            for found in noted:
                if len(hashes) == listing.MOST and found not in hashes:
                    yield listing.stamp_list(times[0], times[1], hashes)
                    hashes, times = set(), []
                hashes.add(found)
                times = [min(times[0], at), max(times[1], at)] if times else [at, at]
    if hashes:
        yield listing.stamp_list(times[0], times[1], hashes)


def _with_gap(record: ListRecord, authority: str, error: FinAdWatchError, at: datetime) -> ListRecord:
    """The record with what an authority failed by: one gap for each, with its first and last time."""
    before = next((gap for gap in record.gaps if gap.authority == authority), None)
    gap = Gap(
        authority=authority,
        reason=str(error)[:500],
        reason_zh=error.zh[:500],
        first=before.first if before else at,
        last=at,
        tries=before.tries + 1 if before else 1,
    )
    return replace(record, gaps=(*(one for one in record.gaps if one.authority != authority), gap))
