"""Case files and officers in one line, for tests. Every name is invented."""

from datetime import datetime
from typing import Any

from findings.model.casework import CaseFacts, CaseFile
from findings.model.vocabulary import CaseState, Severity
from findings.review.acting import Acting
from findings.review.deadlines import deadlines
from findings.review.house import House
from tests.support.records import NOON


def facts(**more: Any) -> CaseFacts:
    """What one ad of high severity seen once adds up to."""
    values: dict[str, Any] = {
        "ads": 1,
        "variants": 1,
        "sightings": 1,
        "runs": 1,
        "first_seen": NOON,
        "last_seen": NOON,
        "severity": Severity.HIGH,
        "score": 0.9,
        "categories": (2,),
        "sources": ("baidu",),
        "regions": ("上海",),
    }
    return CaseFacts(**(values | more))


def case_file(state: CaseState = CaseState.OPEN, **more: Any) -> CaseFile:
    """A case in a state, as it was read."""
    values: dict[str, Any] = {
        "id": "c1-" + "0" * 32,
        "version": 1,
        "state": state,
        "facts": facts(),
        "updated_at": NOON,
    }
    return CaseFile(**(values | more))


def officer(
    actor: str = "沈一", now: datetime = NOON, house: House | None = None, *, entry: str = "e1", **more: Any
) -> Acting:
    """Somebody about to act, with the deadlines that ship."""
    return Acting(actor=actor, now=now, house=house or House(), deadlines=deadlines(), entry_id=entry, **more)
