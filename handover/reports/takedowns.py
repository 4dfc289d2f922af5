"""What became of what was handed over in a period: gone, up, back, and how long that took.

The time to takedown begins when a batch is sent and ends with the first of the two visits that saw the ad gone.
An ad that is not gone has none: it counts as longer than any other, so that the slow ones don't drop out.
"""

from array import array
from collections import Counter
from datetime import date
from itertools import pairwise

import msgspec

from findings.handovers import Handovers
from findings.model.handover import BatchRecord, BatchState, Paper, Presence
from findings.model.zone import CHINA
from handover.recheck.times import takedown_days
from handover.reports.numbers import Number
from handover.reports.plan import ReportPlan

#: Batches listed one by one; all are counted.
MAX_BATCHES = 40
#: Upper ends of the spans of days that are counted; behind the last are those that took longer.
SPANS = (1, 3, 7, 14, 30)


class BatchLine(msgspec.Struct, frozen=True, kw_only=True):
    """One batch that was sent: its rows by what the visits say, and how many were answered."""

    mark: str
    paper: Paper
    addressee: str
    sent_on: date
    rows: Number
    gone: int
    back: int
    answered: int


class Takedowns(msgspec.Struct, frozen=True, kw_only=True):
    """All that was sent in the period. `presence` counts rows by what the visits say; `spans` those that are gone by days
    (`SPANS`, the last is longer); `half_days` is in how many days half of all were gone, None where half are not."""

    batches: int
    rows: int
    answered: int
    presence: dict[str, int]
    spans: tuple[int, ...]
    half_days: float | None
    lines: tuple[BatchLine, ...]


def takedowns(kept: Handovers, plan: ReportPlan) -> Takedowns:
    """What was sent in the period, within the sources of the plan."""
    presence: Counter[str] = Counter()
    took = array("d")
    lines: list[BatchLine] = []
    batches = answered = 0
    for batch in kept.batches(states=(BatchState.SENT, BatchState.CLOSED)):
        if batch.sent is None or not plan.since <= batch.sent.at.astimezone(CHINA).date() <= plan.until:
            continue
        here: Counter[str] = Counter()
        of_batch = 0
        for item in kept.items(batch.id):
            if plan.sources and not set(plan.sources) & set(item.sources):
                continue
            here[item.presence] += 1
            of_batch += bool(item.receipts)
            if (days := takedown_days(item)) is not None:
                took.append(days)
        if plan.sources and not here:
            continue
        batches += 1
        answered += of_batch
        presence += here
        if len(lines) < MAX_BATCHES:
            lines.append(_line(batch, here, of_batch))
    rows = presence.total()
    ordered = sorted(took)
    half = ordered[(rows - 1) // 2] if rows and len(ordered) > (rows - 1) // 2 else None
    edges = (0.0, *SPANS, float("inf"))
    spans = tuple(
        sum(low < days <= high or (low == days == 0) for days in ordered) for low, high in pairwise(edges)
    )
    return Takedowns(
        batches=batches,
        rows=rows,
        answered=answered,
        presence=dict(sorted(presence.items())),
        spans=spans,
        half_days=half,
        lines=tuple(lines),
    )


def _line(batch: BatchRecord, here: Counter[str], answered: int) -> BatchLine:
    assert batch.sent is not None
    return BatchLine(
        mark=batch.mark or batch.id,
        paper=batch.paper,
        addressee=batch.addressee,
        sent_on=batch.sent.at.astimezone(CHINA).date(),
        rows=Number(here.total(), ("takedown", "show", batch.id)),
        gone=here[Presence.GONE],
        back=here[Presence.BACK],
        answered=answered,
    )
