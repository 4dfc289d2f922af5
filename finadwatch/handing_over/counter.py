"""What all steps on batches share: who acts on which store, how a batch is found, kept and told to the trail."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from finadwatch.casework import hand
from finadwatch.context import Desk
from findings.handovers import Handovers, Stale
from findings.model.casework import AuditAction, AuditDraft
from findings.model.handover import PAPER_ZH, BatchRecord, BatchState, Done
from findings.review.working import Hand
from findings.store import FindingStore
from handover.addressees import Addressees, PaperForm, load_addressees
from handover.batch_life import folder_name
from handover.errors import BatchChanged, NoSuchBatch

_NUMBER = re.compile(r"(\d{4})-(\d{4,9})")
_ID = re.compile(r"[0-9a-f]{6,32}")


@dataclass(frozen=True)
class Counter:
    """An officer at work on the batches of a store."""

    desk: Desk
    store: FindingStore
    officer: Hand
    addressees: Addressees

    @classmethod
    def open(cls, desk: Desk, store: FindingStore, actor: str | None) -> "Counter":
        """Raises BadStep for what is no name, CalendarFaults, AddresseesWrong."""
        own = desk.config.takedown.addressees
        return cls(
            desk, store, hand(desk, store, actor), load_addressees(Path(own).expanduser() if own else None)
        )

    @property
    def handovers(self) -> Handovers:
        """The batches of the store."""
        return self.store.handovers()

    @property
    def folder(self) -> Path:
        """Where batches are written."""
        return self.desk.config.takedown_folder

    def form(self, record: BatchRecord) -> PaperForm:
        """What the paper of a batch is made of."""
        return self.addressees.papers[record.paper]

    def done(self, note: str = "") -> Done:
        """A step by this officer now."""
        return Done(by=self.officer.actor, at=self.officer.now(), note=note)

    def find(self, name: str) -> BatchRecord:
        """The batch with an id (or the beginning of one), a number (2026-0001) or a mark. Raises NoSuchBatch."""
        named = name.strip()
        if len(named) == 32 and (found := self.handovers.batch(named)) is not None:
            return found
        some = list(self._called(named))
        if len(some) != 1:
            raise NoSuchBatch(name[:100], several=len(some))
        return some[0]

    def put(self, record: BatchRecord) -> BatchRecord:
        """Keep a batch as it has become, and tell the trail. Raises BatchChanged."""
        stands = self.handovers.put_batch(record)
        if isinstance(stands, Stale):
            raise BatchChanged(record.mark or record.id, state_of(stands))
        self.tell(stands)
        return stands

    def tell(self, record: BatchRecord) -> None:
        """Give the trail the entries of all steps of a batch. Each stands there once, so a step whose process was
        killed before it was told is told with the next one."""
        book = self.store.casebook()
        for draft in entries(record):
            book.note(draft)

    def _called(self, name: str) -> Iterator[BatchRecord]:
        number = _NUMBER.fullmatch(name)
        for record in self.handovers.batches(year=int(number[1]) if number else None):
            if number:
                if record.number == int(number[2]):
                    yield record
            elif record.mark == name or (_ID.fullmatch(name) and record.id.startswith(name)):
                yield record


def state_of(stale: Stale) -> BatchState | None:
    """The state of the batch that stands in place of the one that was to be kept."""
    return stale.stands.state if isinstance(stale.stands, BatchRecord) else None


def name_of(record: BatchRecord) -> str:
    """What a batch is called: its mark, before that its id."""
    return record.mark or record.id


def entries(record: BatchRecord) -> Iterator[AuditDraft]:
    """The entries of the trail for the steps that a batch has gone through."""
    steps = (
        (AuditAction.DRAFTED, record.drafted),
        (AuditAction.APPROVED, record.approved),
        (AuditAction.SEALED, record.sealed),
        (AuditAction.SENT, record.sent),
        (AuditAction.SETTLED, record.ended if record.state is BatchState.CLOSED else None),
        (AuditAction.VOIDED, record.ended if record.state is BatchState.VOID else None),
    )
    numbered = {AuditAction.SEALED, AuditAction.SENT, AuditAction.SETTLED, AuditAction.VOIDED}
    for action, step in steps:
        if step is None:
            continue
        called = folder_name(record) if action in numbered and record.number is not None else record.id
        note = f"批次 {called}，{PAPER_ZH[record.paper]}，{record.addressee}，{len(record.case_ids)} 件"
        yield AuditDraft(
            id=hashlib.sha256(f"{record.id}\x1f{action}".encode()).hexdigest()[:32],
            at=step.at,
            actor=step.by,
            action=action,
            case_ids=(),
            note=f"{note}；{step.note}" if step.note else note,
            after={"batch": record.id, "state": _STATE[action]},
        )


_STATE = {
    AuditAction.DRAFTED: BatchState.DRAFT,
    AuditAction.APPROVED: BatchState.APPROVED,
    AuditAction.SEALED: BatchState.SEALED,
    AuditAction.SENT: BatchState.SENT,
    AuditAction.SETTLED: BatchState.CLOSED,
    AuditAction.VOIDED: BatchState.VOID,
}
