"""The protocol of an office's casebook: case files and the audit trail, the same on both stores.

A store gives it as `FindingStore.casebook()`. What a change means (states, deadlines, who may) is
decided by pure functions in `findings/cases/` and `findings/review/`; a casebook only keeps it, and
lets nothing be overwritten unseen.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

import msgspec

from findings.model.casework import AuditDraft, AuditEntry, CaseFile
from findings.model.vocabulary import CaseState

#: Most files, and most ads moved, of one change. An action on more is several changes with one `bulk` mark.
MAX_FILES, MAX_MOVES = 100, 1000


class CaseQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which case files; every condition given must hold, within one tuple any value may.

    Merged files never come. `unassigned` keeps those of nobody (beside those of `assignees`, where some
    are given). `free_at` leaves out what lies on an officer's desk at that instant, `on_desk` keeps what
    lies on the desk of one officer at an instant, `due_by` what is owed on or before a day. `quiet`
    False leaves out those with an exclusion, `findings_only` those without any finding.
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
    on_desk: tuple[str, datetime] | None = None
    quiet: bool = True
    findings_only: bool = False
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
    """Case files and the trail. Every method may raise StoreAway and IndexMissing.

    A case has its file as soon as an ad of it is stored, with its facts; files made so, and facts
    computed anew, are no change: they leave no entry and don't raise `version`.
    """

    def file(self, case_id: str) -> CaseFile | None:
        """One case file, or None; sees every change at once. A merged one comes as itself (`merged_into`)."""
        ...

    def files(self, query: CaseQuery) -> CasePage:
        """One page of the queue. Raises QueryValueError."""
        ...

    def change(self, files: Sequence[CaseFile], draft: AuditDraft) -> tuple[CaseFile, ...] | Conflict:
        """Replace these files, all or none, append the entry, and return them as they stand now, in order.

        `version` of each is the one that was read; it is counted up, and `updated_at` becomes `draft.at`.
        `facts` and `priority` of the files given don't count: those that stand are kept. The first file
        that was changed since it was read gives a Conflict, and nothing is changed. A draft whose
        entry is in the trail already changes nothing: the files are returned as they stand, so a call
        that failed may be made again.

        On Elasticsearch, which has no transactions, a killed process may leave a change half made; whoever
        comes to one of its files next completes it or takes it back whole.
        Raises CaseMissing; ValueError for no file, more than MAX_FILES, one twice, or one that the
        draft doesn't name.
        """
        ...

    def regroup(
        self, moves: Mapping[str, str], files: Sequence[CaseFile], draft: AuditDraft
    ) -> tuple[CaseFile, ...] | Conflict:
        """Move ads (id → case id) between cases together with a change of their files; facts are computed anew.

        As `change`, and a file of `version` 0 is a new one, which must not be there yet (else Conflict). Every
        case that gains or loses an ad must be among `files`. One that says `merged_into` gives all its ads
        to that case, also those that come later under its id, and keeps the facts it had; the other
        cases must be left with an ad. ValueError for moves that break these rules, WriteRefused
        for an ad that is not stored.
        """
        ...

    def note(self, draft: AuditDraft) -> None:
        """Append an entry of something that changes no case (`case_ids` empty): personal data was shown.

        A draft whose entry is there already adds none. ValueError for a draft that names cases.
        """
        ...

    def trail(self, after: int = 0) -> Iterator[AuditEntry]:
        """The entries of the trail with a number above `after`, in order; sees every change at once."""
        ...

    def trail_of(self, case_id: str) -> Iterator[AuditEntry]:
        """The entries that touched one case, in order."""
        ...
