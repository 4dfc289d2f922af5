"""What can be done to a case, by whom, and from which states: one table."""

from datetime import datetime
from enum import StrEnum

import msgspec

from findings.model.casework import AuditAction, Fingerprint, ReviewVerdict
from findings.model.errors import Said
from findings.model.vocabulary import CaseState
from findings.review.exclusions import Waking

#: Longest reason in code points.
MOST_NOTE = 2000
#: Longest time a case lies on a desk, in minutes: a working day.
MOST_MINUTES = 480


class Who(StrEnum):
    """Who may make a step. In an office that names no head anybody acts as one; the trail says who."""

    OFFICER = "officer"
    HEAD = "head"
    SYSTEM = "system"


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """One officer's reading. `readers` is how many have to agree before a case is confirmed or excluded.

    `seen` and `ruleset` are what an exclusion rests on, `until` when it ends.
    """

    verdict: ReviewVerdict
    note: str
    readers: int = 1
    seen: tuple[Fingerprint, ...] = ()
    ruleset: str = ""
    until: datetime | None = None


class HandOver(msgspec.Struct, frozen=True):
    """The case went to the authority it belongs to (移送); `note` names the batch."""

    note: str


class Close(msgspec.Struct, frozen=True):
    """The case is dealt with (已处置): seen again after this, it has relapsed."""

    note: str


class Reopen(msgspec.Struct, frozen=True):
    """A case that was decided is to be read again, by as many as at first."""

    note: str


class Extend(msgspec.Struct, frozen=True):
    """The deadline is put off, once, by leave of the head of the office."""

    note: str


class Assign(msgspec.Struct, frozen=True, kw_only=True):
    """Whose case it is: an officer, a district; None leaves what stands, "" takes it away."""

    officer: str | None = None
    district: str | None = None
    note: str = ""


class Take(msgspec.Struct, frozen=True):
    """The case lies on the actor's desk for so many minutes; the queue gives it to nobody else."""

    minutes: int


class Return(msgspec.Struct, frozen=True):
    """The case leaves the desk it lies on before its time."""


class Enter(msgspec.Struct, frozen=True, kw_only=True):
    """An officer entered an ad of the case by hand. `complaint`: from a complaint, which has a deadline of its own."""

    note: str
    complaint: bool = False


class Relapse(msgspec.Struct, frozen=True):
    """An ad of a case that was dealt with was seen again; of one that was handed over, after it had been gone."""


class Wake(msgspec.Struct, frozen=True):
    """An exclusion has ended: the case is to be looked at anew."""

    why: Waking


Step = Read | HandOver | Close | Reopen | Extend | Assign | Take | Return | Enter | Relapse | Wake


class Row(msgspec.Struct, frozen=True):
    """One row of the table. `to` is None where the state stays or the readings decide."""

    who: Who
    states: frozenset[CaseState]
    to: CaseState | None
    action: AuditAction
    said: Said


_S = CaseState
#: States in which work is left to do.
LIVE = frozenset({_S.OPEN, _S.UNSURE, _S.RELAPSED, _S.CONFIRMED, _S.HANDED_OVER})
#: States in which a case is to be read.
UNREAD = frozenset({_S.OPEN, _S.UNSURE, _S.RELAPSED})

TABLE: dict[type[Step], Row] = {
    Read: Row(Who.OFFICER, UNREAD, None, AuditAction.READ, Said("read", zh="核查")),
    HandOver: Row(
        Who.OFFICER,
        frozenset({_S.CONFIRMED}),
        _S.HANDED_OVER,
        AuditAction.STATE,
        Said("handed over", zh="移送"),
    ),
    Close: Row(
        Who.OFFICER,
        frozenset({_S.CONFIRMED, _S.HANDED_OVER}),
        _S.CLOSED,
        AuditAction.STATE,
        Said("closed", zh="处置办结"),
    ),
    Reopen: Row(
        Who.OFFICER,
        frozenset({_S.CONFIRMED, _S.EXCLUDED, _S.HANDED_OVER, _S.CLOSED}),
        _S.OPEN,
        AuditAction.OPENED,
        Said("opened again", zh="重新核查"),
    ),
    Extend: Row(Who.HEAD, LIVE, None, AuditAction.EXTENDED, Said("extended", zh="延期")),
    Assign: Row(Who.OFFICER, frozenset(_S), None, AuditAction.ASSIGNED, Said("assigned", zh="分派")),
    Take: Row(Who.OFFICER, LIVE, None, AuditAction.TAKEN, Said("taken", zh="领取")),
    Return: Row(Who.OFFICER, frozenset(_S), None, AuditAction.RETURNED, Said("returned", zh="退回")),
    Enter: Row(Who.OFFICER, frozenset(_S), None, AuditAction.ENTERED, Said("entered by hand", zh="人工录入")),
    Relapse: Row(
        Who.SYSTEM,
        frozenset({_S.CLOSED, _S.HANDED_OVER}),
        _S.RELAPSED,
        AuditAction.RELAPSED,
        Said("marked as relapsed", zh="标为复发"),
    ),
    Wake: Row(Who.SYSTEM, frozenset({_S.EXCLUDED}), _S.OPEN, AuditAction.WOKEN, Said("woken", zh="恢复待核")),
}


def possible(state: CaseState) -> list[Said]:
    """What an officer can do with a case in a state, beside what is always possible."""
    always = frozenset(_S)
    return [
        row.said
        for row in TABLE.values()
        if state in row.states and row.who is not Who.SYSTEM and row.states != always
    ]
