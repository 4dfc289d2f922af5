"""How long ads took to go: pure.

The time to takedown of a row begins when its batch was sent (`sent_at`) and ends at the first of the two visits that
saw the ad gone (`gone_at`): the visits lie days apart, so it is at most so much too long, never too short. A row whose
ad came back is open again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from findings.model.handover import HandedItem, Presence

#: The percentiles that are told beside the median.
PERCENTILES = (25, 75, 90)


class Takedown(msgspec.Struct, frozen=True, kw_only=True):
    """Rows counted: `sent` all, `gone` those whose ad is gone, `open` the others, of which `back` came back and `unseen`
    are those that no visit could tell of. Days are of the gone ones; None without any. `oldest_days`: how long the
    longest open one has been."""

    sent: int
    gone: int
    open: int
    back: int
    unseen: int
    median_days: float | None
    percentile_days: dict[int, float]
    oldest_days: float | None


def takedown_days(item: HandedItem) -> float | None:
    """Days from sending to gone; None for what is not sent or not gone."""
    if item.sent_at is None or item.gone_at is None or item.presence is not Presence.GONE:
        return None
    return max(item.gone_at - item.sent_at, timedelta()) / timedelta(days=1)


def takedown_times(items: Iterable[HandedItem], now: datetime) -> Takedown:
    """The times of rows of sent batches; what was not sent doesn't count."""
    sent = [item for item in items if item.sent_at is not None]
    days = sorted(took for item in sent if (took := takedown_days(item)) is not None)
    still = [item for item in sent if item.presence is not Presence.GONE]
    ages = [(now - item.sent_at) / timedelta(days=1) for item in still if item.sent_at is not None]
    return Takedown(
        sent=len(sent),
        gone=len(days),
        open=len(still),
        back=sum(item.presence is Presence.BACK for item in still),
        unseen=sum(item.presence in (Presence.UNSEEN, Presence.WAITING) for item in still),
        median_days=percentile(days, 50),
        percentile_days={of: value for of in PERCENTILES if (value := percentile(days, of)) is not None},
        oldest_days=max(ages, default=None),
    )


def percentile(ordered: Sequence[float], of: float) -> float | None:
    """A percentile of ordered values, between two of them by their distance (linear); None of none."""
    if not ordered:
        return None
    place = (len(ordered) - 1) * of / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
