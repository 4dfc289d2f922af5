"""What the readings of a case decide: it is confirmed or excluded only when as many readers as are asked for agree."""

from collections.abc import Sequence

from findings.model.casework import Reading, ReviewVerdict
from findings.model.vocabulary import CaseState

#: Readings a case keeps of one round; more than that is a quarrel for a meeting.
MOST_READINGS = 50

_DECIDES = {ReviewVerdict.CONFIRM: CaseState.CONFIRMED, ReviewVerdict.EXCLUDE: CaseState.EXCLUDED}


def standing(readings: Sequence[Reading]) -> dict[str, Reading]:
    """Each reader's newest reading."""
    return {reading.by: reading for reading in readings}


def outcome(readings: Sequence[Reading], readers: int, now: CaseState) -> CaseState:
    """The state of a case after its last reading.

    Confirmed or excluded when `readers` different officers say so, the last one among them; so of two
    who differ a third decides. In doubt as soon as one is, or two differ; else it waits for the next
    reader as it was.
    """
    newest = readings[-1]
    stands = standing(readings)
    agree = sum(reading.verdict is newest.verdict for reading in stands.values())
    decided = _DECIDES.get(newest.verdict)
    if decided is not None and agree >= readers:
        return decided
    if len({reading.verdict for reading in stands.values()}) > 1 or decided is None:
        return CaseState.UNSURE
    return now
