"""A sealed batch sent: the time to takedown of its rows begins, its confirmed cases are handed over; and made void."""

import hashlib
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from finadwatch.handing_over.counter import Counter
from finadwatch.handing_over.sealing import adopted
from finadwatch.i18n import t
from finadwatch.show import progress
from findings.handovers import Stale
from findings.model.handover import BatchRecord, BatchState, HandedItem
from findings.model.vocabulary import CaseState
from findings.review.steps import HandOver
from findings.review.working import CaseOutcome, Result, carry_out
from handover.batch_life import close, folder_name, send, void
from handover.errors import BatchChanged
from handover.owing import Owing, noted, owe, owed

#: How often a case or a row that others are changing is tried.
_TRIES = 20


def send_batch(counter: Counter, record: BatchRecord, way: str) -> tuple[BatchRecord, int]:
    """Note that a sealed batch was sent, and by what way; return it and how many cases are handed over by that.

    Raises WrongBatchStep, BatchNote, BatchChanged.
    """
    record, _ = adopted(counter, record)
    counter.tell(record)
    sent = send(record, counter.done(way))
    confirmed = [
        case_id
        for case_id in record.case_ids
        if (file := counter.officer.book.file(case_id)) is not None and file.state is CaseState.CONFIRMED
    ]
    owing = Owing(
        number=folder_name(record), batch=record.id, store=counter.store.url, cases=tuple(confirmed)
    )
    counter.folder.mkdir(parents=True, exist_ok=True)
    owe(counter.folder, owing)
    try:
        record = counter.put(sent)
    except BatchChanged as changed:
        stands = counter.handovers.batch(record.id)
        if (
            stands is not None and stands.state is BatchState.SENT
        ):  # two at once: whose note it is matters not
            _end(counter, stands, owing)
        elif changed.state is BatchState.VOID:
            noted(counter.folder, owing.number)
        raise
    return record, _end(counter, record, owing)


def end_owed(counter: Counter) -> None:
    """Note what killed processes left of batches of this store that were sent. Raises OwingBroken."""
    if not counter.folder.is_dir():
        return
    for owing in owed(counter.folder):
        if owing.store != counter.store.url:
            continue
        record = counter.handovers.batch(owing.batch)
        if record is None or record.state not in (BatchState.SENT, BatchState.CLOSED):
            continue
        done = _end(counter, record, owing)
        if done:
            progress(
                t(
                    f"批次 {owing.number} 此前发送时中断，已补记移送：{done} 件",
                    f"the sending of batch {owing.number} was broken off before: {done} of its cases are handed over now",
                )
            )


def close_batch(counter: Counter, record: BatchRecord, note: str) -> BatchRecord:
    """Note that a batch is dealt with: nobody is reminded of it, its ads are visited as before.
    Raises WrongBatchStep, BatchNote, BatchChanged."""
    counter.tell(record)
    return counter.put(close(record, counter.done(note)))


def void_batch(counter: Counter, record: BatchRecord, reason: str) -> BatchRecord:
    """Make a batch void. Its number stays used, its files stay, its cases keep their state; nothing of it is visited
    any more. Raises WrongBatchStep, BatchNote, BatchChanged."""
    record, _ = adopted(counter, record)
    counter.tell(record)
    record = counter.put(void(record, counter.done(reason)))
    _change_items(counter, record, lambda item: replace(item, next_visit=None) if item.next_visit else item)
    return record


def _end(counter: Counter, record: BatchRecord, owing: Owing) -> int:
    """Begin the time of the rows of a batch that was sent, set the state of its cases that are still confirmed, and
    return how many it was.

    The entry of a case is told by its batch: made by two processes, or again, it stands once. A case that lies on
    another officer's desk stays owed.
    """
    assert record.sent is not None, "only a batch that was sent is owed"
    at = record.sent.at
    # The first visit is owed at once: it says whether the ad was there when it was handed over.
    _change_items(
        counter, record, lambda item: item if item.sent_at else replace(item, sent_at=at, next_visit=at)
    )
    actor = replace(counter.officer, actor=record.sent.by)
    step = HandOver(f"批次 {owing.number}，{record.addressee}")

    def once(case_id: str) -> CaseOutcome:
        entry = hashlib.sha256(f"{record.id}\x1f{case_id}".encode()).hexdigest()[:32]
        for _ in range(_TRIES):
            (outcome,) = carry_out(actor, [case_id], lambda _: step, bulk=record.id, entry=entry)
            if outcome.result is not Result.CONFLICT:
                break
        return outcome

    outcomes = [
        once(case_id)
        for case_id in owing.cases
        if (file := actor.book.file(case_id)) is not None and file.state is CaseState.CONFIRMED
    ]
    left = tuple(
        one.case_id
        for one in outcomes
        if one.result is not Result.DONE and one.file is not None and one.file.state is CaseState.CONFIRMED
    )
    if left:
        owe(counter.folder, replace(owing, cases=left))
    else:
        noted(counter.folder, owing.number)
    return sum(outcome.result is Result.DONE for outcome in outcomes)


def _change_items(counter: Counter, record: BatchRecord, change: Callable[[HandedItem], HandedItem]) -> None:
    """Change all rows of a batch, again where somebody else changed one meanwhile."""
    items: Iterable[HandedItem] = counter.handovers.items(record.id)
    for _ in range(_TRIES):
        wanted = [new for item in items if (new := change(item)) != item]
        stale = [one.stands for one in counter.handovers.put_items(wanted) if isinstance(one, Stale)]
        items = [one for one in stale if isinstance(one, HandedItem)]
        if not items:
            return
