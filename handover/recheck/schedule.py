"""When an ad that was handed over is owed its next visit: pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from findings.model.handover import Answer, HandedItem, Presence, Visit
from handover.recheck.deciding import LEAST_GAP, Verdict, decide, kept, ordered

#: Visits in a row that said nothing after which the schedule is kept to: to go on asking would not be polite.
MOST_RETRIES = 5


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A visit is owed at once when a batch was sent, then `days` after that (or after coming back), then one every `every_days` until the ad is gone, and
    from then for `after_gone_days`. `confirm_hours`: how long after the first visit that saw it gone a second one has to
    say the same; `retry_hours`: how long after a visit that said nothing another is made."""

    days: tuple[int, ...] = (1, 3, 7, 15, 30)
    every_days: int = 30
    after_gone_days: int = 365
    confirm_hours: float = 24.0
    retry_hours: float = 24.0

    @property
    def gap(self) -> timedelta:
        """Between the two visits that confirm each other."""
        return max(timedelta(hours=self.confirm_hours), LEAST_GAP)


def visited(item: HandedItem, visits: Sequence[Visit], schedule: Schedule) -> HandedItem:
    """A row after more visits: what they say now, and when the next is owed. Visits that it has already change nothing."""
    known = {(visit.at, visit.url, visit.region) for visit in item.visits}
    new = [visit for visit in visits if (visit.at, visit.url, visit.region) not in known]
    every = [*item.visits, *new]
    verdict = decide(every, schedule.gap)
    return replace(
        item,
        visits=kept(every, schedule.gap),
        presence=verdict.presence,
        gone_at=verdict.gone_at,
        back_at=verdict.back_at,
        next_visit=next_visit(item.sent_at, verdict, every, schedule),
    )


def next_visit(
    sent_at: datetime | None, verdict: Verdict, visits: Sequence[Visit], schedule: Schedule
) -> datetime | None:
    """When the next visit is owed; None where no more is, or the batch was not sent."""
    if sent_at is None:
        return None
    told = ordered(visits)
    if not told:
        return sent_at  # whoever is asked to act has just been told: what stands there now is what was meant
    last = told[-1].at
    silent = _silent(told)
    again = last + timedelta(hours=schedule.retry_hours) if 0 < silent <= MOST_RETRIES else None
    if verdict.presence is Presence.GONE_ONCE:
        confirms = max(_missed(told) + schedule.gap, last)
        return max(confirms, again) if again else confirms
    if verdict.presence is Presence.GONE and verdict.gone_at is not None:
        planned: datetime | None = _every(verdict.gone_at, last, schedule)
        if planned and planned > verdict.gone_at + timedelta(days=schedule.after_gone_days):
            planned = None
    else:
        begun = verdict.back_at if verdict.presence is Presence.BACK and verdict.back_at else sent_at
        planned = _planned(begun, last, schedule)
    if planned is None or again is None:
        return planned
    return min(planned, again)


def sooner(item: HandedItem, answer: Answer, now: datetime) -> HandedItem:
    """A row whose addressee answered: where it says that the ad is gone, somebody looks now. An answer alone never
    makes an ad gone."""
    says_gone = answer in (Answer.CLOSED, Answer.HANDLED)
    if not says_gone or item.sent_at is None or item.presence in (Presence.GONE, Presence.GONE_ONCE):
        return item
    return replace(item, next_visit=min(item.next_visit, now) if item.next_visit else now)


def _silent(told: Sequence[Visit]) -> int:
    """How many of the last visits in a row said nothing."""
    return next((count for count, visit in enumerate(reversed(told)) if visit.there is not None), len(told))


def _missed(told: Sequence[Visit]) -> datetime:
    """The latest first miss of the regions: the second visit must lie a gap after it."""
    first: dict[str | None, datetime] = {}
    for visit in told:
        if visit.there:
            first.pop(visit.region, None)
        elif visit.there is False:
            first.setdefault(visit.region, visit.at)
    return max(first.values())


def _planned(begun: datetime, last: datetime, schedule: Schedule) -> datetime:
    """The first planned visit after the last one that was made."""
    for days in schedule.days:
        if (at := begun + timedelta(days=days)) > last:
            return at
    return _every(begun + timedelta(days=schedule.days[-1]), last, schedule)


def _every(begun: datetime, last: datetime, schedule: Schedule) -> datetime:
    """The first of the visits every so many days after `begun` that lies after the last one made."""
    step = timedelta(days=schedule.every_days)
    return begun + step * (max(0, (last - begun) // step) + 1)
