"""A reading of a case put together: how many have to read it, and what an exclusion of it rests on."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from findings.cases.fingerprint import fingerprint
from findings.model.casework import CaseFile, ReviewVerdict
from findings.model.records import AdRecord
from findings.review.house import House
from findings.review.steps import Read, Step
from findings.store import FindingStore


def reading_of(
    store: FindingStore, house: House, verdict: ReviewVerdict, note: str, until: datetime | None
) -> Callable[[CaseFile], Step]:
    """What a verdict means for each case: how many must agree on it, and what its exclusion would rest on."""
    plans = _Plans(store)

    def of(file: CaseFile) -> Step:
        case = store.case(file.id)
        ads = case.ads if case else ()
        readers = house.readers(file.facts)
        if readers == 1 and any(plans.ask(ad) for ad in ads):
            readers = 2
        if verdict is not ReviewVerdict.EXCLUDE:
            return Read(verdict=verdict, note=note, readers=readers, until=until)
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


class _Plans:
    """Which runs' plans ask for a second reader; each plan is looked up once."""

    def __init__(self, store: FindingStore) -> None:
        self._store = store
        self._known: dict[str, bool] = {}

    def ask(self, ad: AdRecord) -> bool:
        """Whether the plan of any run that saw an ad asks for one."""
        return any(self._asks(run) for run in {seen.run_id for seen in self._store.sightings(ad.id)})

    def _asks(self, run: str) -> bool:
        if run not in self._known:
            text = self._store.plan(run)
            self._known[run] = text is not None and msgspec.json.decode(text, type=_Plan).second_reader
        return self._known[run]


class _Plan(msgspec.Struct, frozen=True):
    """What a kept plan says of readers; plans of older releases say nothing."""

    second_reader: bool = False
