"""Whether a plan is due: a pure reading of its schedule, of what was decided before, and of the clock."""

from datetime import datetime, timedelta

import msgspec

from crawlers.plan import Missed, Schedule
from crawlers.times import count_times, latest_time

#: A time that passed longer ago was missed: nothing could run then, or the plan was still at work.
GRACE = timedelta(minutes=5)


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of the times that passed since the last decision.

    `due` is the latest of them. `run`: it gets a run, now; `missed` counts those that get none
    (to `crawlers.times.MOST_COUNTED`, beyond which nobody counts).
    """

    due: datetime
    run: bool
    missed: int


def decide(schedule: Schedule, decided: datetime, now: datetime) -> Decision | None:
    """What the times after `decided` and not after `now` ask for; None where there is none.

    However many passed, one run at most follows: the pages are the same, seen now.
    """
    due = latest_time(schedule, decided, now)
    if due is None:
        return None
    run = now - due <= GRACE or schedule.missed is Missed.ONCE
    return Decision(due=due, run=run, missed=count_times(schedule, decided, now) - run)
