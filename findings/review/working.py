"""Steps made on the cases of a casebook, one or many: each case has its own outcome."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

import msgspec
from msgspec.structs import replace

from findings.casebook import Casebook, CaseQuery, Conflict
from findings.errors import CaseMissing
from findings.model.casework import AuditDraft, CaseFile
from findings.model.errors import FinAdWatchError, Said
from findings.review.acting import Acting, act
from findings.review.deadlines import Deadlines
from findings.review.errors import StepRefused
from findings.review.house import House
from findings.review.readings import standing
from findings.review.steps import UNREAD, Step, Take
from findings.review.undoing import undo


class Result(StrEnum):
    """What became of one case of an action."""

    DONE = "done"
    CONFLICT = "conflict"
    REFUSED = "refused"


class CaseOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One case of an action: as it stands now (None: there is no such case); on a conflict what was wanted too;
    why it was refused, in both languages."""

    case_id: str
    result: Result
    file: CaseFile | None = None
    wanted: CaseFile | None = None
    reason: str = ""
    reason_zh: str = ""


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """An officer at work: who, by which rules, in which casebook."""

    book: Casebook
    actor: str
    house: House
    deadlines: Deadlines
    now: Callable[[], datetime]


#: What a step on a case is, given its file: readers and fingerprints differ from case to case.
StepOf = Callable[[CaseFile], Step]


def carry_out(
    hand: Hand,
    case_ids: Iterable[str],
    step: StepOf,
    *,
    version: int | None = None,
    bulk: str | None = None,
    entry: str | None = None,
) -> Iterator[CaseOutcome]:
    """Make a step on each case, in order; the outcomes come as they are known.

    `version` is the one the officer looked at: a case that was changed since gives a conflict. `entry` is the
    id of the entry of a step on one case that may be made again: it then stands once.
    Raises BadStep for a step that no case could take.
    """
    for case_id in case_ids:
        yield _one(hand, case_id, version, lambda file, by: act(file, step(file), by), bulk, entry)


def take_back(
    hand: Hand, case_ids: Iterable[str], *, bulk: str | None = None, of_bulk: str | None = None
) -> Iterator[CaseOutcome]:
    """Undo the last action on each case; with `of_bulk` only what that bulk action did."""
    for case_id in case_ids:
        yield _one(
            hand,
            case_id,
            None,
            lambda file, by: undo(file, hand.book.trail_of(file.id), by, bulk=of_bulk),
            bulk,
        )


def take_next(hand: Hand, minutes: int, query: CaseQuery) -> CaseFile | None:
    """Put the first case of the queue that the actor can read on their desk, and return it; None where none is left.

    One that another officer takes at the same instant is theirs; the next is tried. A case without any
    finding is no lead, and one that the actor has read waits for somebody else.
    """
    cursor: str | None = None
    while True:
        page = hand.book.files(
            replace(query, states=tuple(UNREAD), free_at=hand.now(), quiet=False, limit=20, cursor=cursor)
        )
        for file in page.files:
            if file.facts.severity is None or hand.actor in standing(file.readings):
                continue
            (outcome,) = carry_out(hand, [file.id], lambda _: Take(minutes))
            if outcome.result is Result.DONE:
                return outcome.file
        cursor = page.next_cursor
        if cursor is None:
            return None


def cases_of_bulk(book: Casebook, bulk: str) -> list[str]:
    """The cases that a bulk action touched, in its order."""
    found = (entry.draft for entry in book.trail() if entry.draft.bulk == bulk)
    return list(dict.fromkeys(case_id for draft in found for case_id in draft.case_ids))


def new_id() -> str:
    """A random id of an entry or a bulk action: 32 hex digits."""
    return uuid4().hex


def _one(
    hand: Hand,
    case_id: str,
    version: int | None,
    make: Callable[[CaseFile, Acting], tuple[CaseFile, AuditDraft]],
    bulk: str | None,
    entry: str | None = None,
) -> CaseOutcome:
    file = hand.book.file(case_id)
    if file is None:
        return _refused(case_id, None, CaseMissing(case_id))
    by = Acting(
        actor=hand.actor,
        now=hand.now(),
        house=hand.house,
        deadlines=hand.deadlines,
        entry_id=entry or new_id(),
        bulk=bulk,
    )
    looked_at = file if version is None else replace(file, version=version)
    try:
        wanted, draft = make(looked_at, by)
    except StepRefused as error:
        if version is not None and version != file.version:
            return CaseOutcome(case_id=case_id, result=Result.CONFLICT, file=file)
        return _refused(case_id, file, error)
    done = hand.book.change([wanted], draft)
    if isinstance(done, Conflict):
        return CaseOutcome(case_id=case_id, result=Result.CONFLICT, file=done.stands, wanted=done.wanted)
    return CaseOutcome(case_id=case_id, result=Result.DONE, file=done[0])


def _refused(case_id: str, file: CaseFile | None, error: FinAdWatchError) -> CaseOutcome:
    reason = error.reason if isinstance(error, StepRefused) else Said(str(error), zh=error.zh)
    return CaseOutcome(
        case_id=case_id, result=Result.REFUSED, file=file, reason=str(reason), reason_zh=reason.zh
    )
