"""What visits say of an ad that was handed over: up, gone, back. Pure, and the same in whatever order they are given.

Only visits that worked say anything: a refusal, a captcha or a time-out changes nothing. An ad is gone when two visits
in a row from the same region, at least a gap apart, did not find it, and no region that saw it says otherwise. So an ad
that hides from one region stays up until a visit from there finds it gone, twice.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from findings.model.handover import Presence, Visit

#: The second visit comes at least so much after the first, whatever is configured.
LEAST_GAP = timedelta(hours=1)
#: Visits kept of a row.
MOST_KEPT = 100
#: Of visits that say nothing so many are kept, the last ones.
_SILENT_KEPT = 5


class Verdict(msgspec.Struct, frozen=True):
    """What the visits say together. `gone_at` is the first of the two visits that last saw the ad gone (of the region
    that was last to lose it), `back_at` when it was last seen again after that."""

    presence: Presence
    gone_at: datetime | None = None
    back_at: datetime | None = None


class _Streak(msgspec.Struct):
    """What a region's last visits say alike. `missed` is the first of those in a row that did not find the ad."""

    missed: datetime | None = None
    confirmed: bool = False


def decide(visits: Iterable[Visit], gap: timedelta) -> Verdict:
    """What visits say; `gap` is how far apart the two that confirm each other lie."""
    gap = max(gap, LEAST_GAP)
    regions: dict[str | None, _Streak] = {}
    gone_at: datetime | None = None
    back_at: datetime | None = None
    presence = Presence.WAITING
    away = back = False
    for visit in ordered(visits):
        if visit.there is None:
            if presence is Presence.WAITING:
                presence = Presence.UNSEEN
            continue
        streak = regions.setdefault(visit.region, _Streak())
        if visit.there:
            if away:
                back_at, away, back = visit.at, False, True
            streak.missed, streak.confirmed = None, False
        else:
            streak.missed = streak.missed or visit.at
            streak.confirmed = streak.confirmed or visit.at - streak.missed >= gap
        presence = _together(regions.values(), back=back)
        if presence is Presence.GONE and not away:
            gone_at, away, back = _latest(regions.values()), True, False
    return Verdict(presence, gone_at, back_at)


def _together(streaks: Iterable[_Streak], *, back: bool) -> Presence:
    found = list(streaks)
    if any(streak.missed is None for streak in found):
        return Presence.BACK if back else Presence.UP
    return Presence.GONE if all(streak.confirmed for streak in found) else Presence.GONE_ONCE


def _latest(streaks: Iterable[_Streak]) -> datetime | None:
    return max((streak.missed for streak in streaks if streak.missed), default=None)


def ordered(visits: Iterable[Visit]) -> list[Visit]:
    """Visits by time; of two at one instant the one that saw the ad comes last, and so counts."""
    return sorted(visits, key=lambda visit: (visit.at, visit.there is True, visit.region or "", visit.url))


def kept(visits: Iterable[Visit], gap: timedelta) -> tuple[Visit, ...]:
    """The visits that are kept of a row, oldest first: all, or where they are more than MOST_KEPT those by which
    the same is decided."""
    found = ordered(visits)
    return tuple(found if len(found) <= MOST_KEPT else deciding(found, gap)[-MOST_KEPT:])


def deciding(visits: Iterable[Visit], gap: timedelta) -> list[Visit]:
    """The visits by which the same is decided, oldest first, and the last few of those that say nothing."""
    found = ordered(visits)
    telling = {id(visit) for visit in _turns([visit for visit in found if visit.there is not None], gap)}
    telling |= {id(visit) for visit in [visit for visit in found if visit.there is None][-_SILENT_KEPT:]}
    return [visit for visit in found if id(visit) in telling]


def _turns(visits: Sequence[Visit], gap: timedelta) -> Iterable[Visit]:
    """Of each region's visits that say alike in a row: the first, the one that confirms it, the last."""
    gap = max(gap, LEAST_GAP)
    streaks: dict[str | None, list[Visit]] = {}
    for visit in visits:
        streak = streaks.setdefault(visit.region, [])
        if streak and streak[-1].there is not visit.there:
            yield from _ends(streak, gap)
            streak.clear()
        streak.append(visit)
    for streak in streaks.values():
        yield from _ends(streak, gap)


def _ends(streak: Sequence[Visit], gap: timedelta) -> Iterable[Visit]:
    yield streak[0]
    yield from [visit for visit in streak if visit.at - streak[0].at >= gap][:1]
    yield streak[-1]
