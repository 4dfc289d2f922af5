"""A reading of a case put together: how many have to read it, and what an exclusion of it rests on."""

from collections.abc import Callable
from datetime import datetime

from findings.cases.fingerprint import fingerprint
from findings.model.casework import CaseFile, ReviewVerdict
from findings.review.house import House
from findings.review.steps import Read, Step
from findings.store import FindingStore


def reading_of(
    store: FindingStore, house: House, verdict: ReviewVerdict, note: str, until: datetime | None
) -> Callable[[CaseFile], Step]:
    """What a verdict means for each case: its ads are looked up where it is excluded."""

    def of(file: CaseFile) -> Step:
        readers = house.readers(file.facts)
        if verdict is not ReviewVerdict.EXCLUDE:
            return Read(verdict=verdict, note=note, readers=readers, until=until)
        case = store.case(file.id)
        ads = case.ads if case else ()
        latest = max(ads, key=lambda ad: ad.judged_at, default=None)
        return Read(
            verdict=verdict,
            note=note,
            readers=readers,
            until=until,
            seen=tuple(map(fingerprint, ads)),
            ruleset=latest.judgement.ruleset if latest else "",
        )

    return of
