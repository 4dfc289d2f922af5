"""What an office is reminded of: answers overdue, ads still up, visits owed. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from findings.model.handover import BatchRecord, BatchState, HandedItem, Presence
from findings.review.calendar import Calendar


class Reminds(StrEnum):
    """逾期未回执 仍未消失 应复查."""

    ANSWER = "answer"
    STILL_UP = "still_up"
    VISIT = "visit"


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    """One reminder: of a batch (`ANSWER`), else of a row. `days` are working days overdue for an answer, days since
    sending for an ad still up, days since it was owed for a visit."""

    what: Reminds
    batch_id: str
    mark: str
    addressee: str
    row: int | None = None
    case_id: str | None = None
    title: str = ""
    presence: Presence | None = None
    unanswered: int = 0
    days: int


def reminders(
    batch: BatchRecord,
    items: Iterable[HandedItem],
    *,
    now: datetime,
    today: date,
    calendar: Calendar,
    still_up_days: int,
) -> Iterator[Reminder]:
    """What is owed of one batch that was sent; `today` is the day in China, `calendar` counts its working days."""
    if batch.state is not BatchState.SENT:
        return
    rows = list(items)
    unanswered = sum(not item.receipts for item in rows)
    if batch.due is not None and batch.due < today and unanswered:
        yield Reminder(
            what=Reminds.ANSWER,
            batch_id=batch.id,
            mark=batch.mark,
            addressee=batch.addressee,
            unanswered=unanswered,
            days=-calendar.left(today, batch.due),
        )
    for item in rows:
        if item.sent_at is None:
            continue
        up = item.presence in (Presence.UP, Presence.BACK)
        if up and now - item.sent_at >= timedelta(days=still_up_days):
            yield _of_row(Reminds.STILL_UP, batch, item, (now - item.sent_at).days)
        if item.next_visit is not None and item.next_visit <= now:
            yield _of_row(Reminds.VISIT, batch, item, (now - item.next_visit).days)


def _of_row(what: Reminds, batch: BatchRecord, item: HandedItem, days: int) -> Reminder:
    return Reminder(
        what=what,
        batch_id=batch.id,
        mark=batch.mark,
        addressee=batch.addressee,
        row=item.row,
        case_id=item.case_id,
        title=item.title,
        presence=item.presence,
        days=days,
    )
