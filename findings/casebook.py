"""The protocol of an office's casebook: case files and the audit trail, the same on both stores.

A store gives it as `FindingStore.casebook()`. What a change means (states, deadlines, who may) is
decided by pure functions in `findings/cases/` and `findings/review/`; a casebook only keeps it, and
lets nothing be overwritten unseen.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

import msgspec

from findings.model.casework import AuditDraft, AuditEntry, CaseFile
from findings.model.vocabulary import CaseState


class CaseQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which case files; every condition given must hold, within one tuple any value may.

    Without `states` all but merged ones. `free_at` leaves out what lies on another officer's desk at
    that instant, `due_by` keeps what is owed on or before a day. `quiet` False leaves out excluded ones.
    The order is the queue's: priority, then last seen (newest first), then id. `limit` is 1–1,000.
    """

    states: tuple[CaseState, ...] = ()
    assignees: tuple[str, ...] = ()
    unassigned: bool = False
    districts: tuple[str, ...] = ()
    categories: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    due_by: date | None = None
    free_at: datetime | None = None
    quiet: bool = True
    limit: int = 20
    cursor: str | None = None


class CasePage(msgspec.Struct, frozen=True):
    """A page of case files in the queue's order. `next_cursor` is None on the last."""

    total: int
    files: tuple[CaseFile, ...]
    next_cursor: str | None


class Conflict(msgspec.Struct, frozen=True):
    """A file was changed by someone else since it was read: what was wanted, and what stands."""

    wanted: CaseFile
    stands: CaseFile


class Casebook(Protocol):
    """Case files and the trail. Every method may raise StoreAway and IndexMissing."""

    def file(self, case_id: str) -> CaseFile | None:
        """One case file, or None; sees every change at once."""
        ...

    def files(self, query: CaseQuery) -> CasePage:
        """One page of the queue."""
        ...

    def change(self, files: Sequence[CaseFile], draft: AuditDraft) -> list[CaseFile] | Conflict:
        """Replace these files, all or none on SQLite, and append the entry; return them as they stand now.

        `version` of each is that which was read and is replaced.

        The first file that someone else changed since it was read gives a Conflict and nothing is
        overwritten. On Elasticsearch, which has no transactions, files are replaced one by one, each
        carrying the entry until it stands in the trail: a killed process leaves no change without its entry.
        """
        ...

    def regroup(
        self, moves: dict[str, str], files: Sequence[CaseFile], draft: AuditDraft
    ) -> list[CaseFile] | Conflict:
        """Move ads (id → case id) between cases together with a change of their files, and compute their facts anew."""
        ...

    def trail(self, after: int = 0) -> Iterator[AuditEntry]:
        """The entries of the trail with a number above `after`, in order."""
        ...

    def trail_of(self, case_id: str) -> Iterator[AuditEntry]:
        """The entries that touched one case, in order."""
        ...
