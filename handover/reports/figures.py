"""Every figure of a report, gathered from a store. What each counts is said in `definitions.py`."""

import heapq
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec

from findings.model.places import PLACES
from findings.model.records import AdRecord
from findings.model.vocabulary import CaseState, Level, Severity
from findings.model.zone import CHINA
from findings.query import Facet, SearchQuery, SortOrder
from findings.redaction import masked
from findings.search.asked import ask
from findings.search.expression import Expression, Is, Not, either, every
from findings.search.fold import fold
from findings.search.printing import written
from findings.store import FindingStore
from handover.documents.words import printable
from handover.persons import is_person, name_of, shown
from handover.reports.layout import RESERVED
from handover.reports.numbers import Counting, Number
from handover.reports.plan import ReportPlan, Week, weeks
from handover.reports.reading import Reading, Readings
from handover.reports.takedowns import Takedowns, takedowns

#: Advertisers and leads that are listed; names counted on the way to them, and cases that stand for a person.
TOP, WORST, MAX_NAMES, MAX_CASES = 10, 10, 20_000, 12
#: Days that coverage is drawn for one by one; longer periods are drawn by week.
MAX_GRID_DAYS = 62

#: What counts as dealt with, and what as still to be done (findings/review/steps.py).
HANDLED = (CaseState.HANDED_OVER, CaseState.CLOSED, CaseState.EXCLUDED)
OUTSTANDING = (CaseState.OPEN, CaseState.UNSURE, CaseState.RELAPSED, CaseState.CONFIRMED)


class Rate(msgspec.Struct, frozen=True):
    """Ads found, and the leads among them."""

    found: Number
    leads: Number

    @property
    def rate(self) -> float | None:
        """The share of leads; None where nothing was found."""
        return self.leads.value / self.found.value if self.found.value else None


class OfSource(msgspec.Struct, frozen=True):
    """One source: how much of it was looked at on how many days, and what was found."""

    source: str
    reading: Reading
    days_read: int
    ads: Rate


class OfWeek(msgspec.Struct, frozen=True):
    """One week: how much was looked at, and what was found."""

    week: Week
    reading: Reading
    ads: Rate


class Named(msgspec.Struct, frozen=True):
    """An advertiser as it is shown, and its leads. `at_least`: of a person some cases are left out."""

    name: str
    person: bool
    leads: Number
    at_least: bool = False


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """One of the gravest leads: its headline, personal data masked."""

    title: str
    advertiser: str | None
    source: str
    host: str | None
    categories: tuple[int, ...]
    severity: Severity
    case_id: str
    ads: Number


class Desk(msgspec.Struct, frozen=True):
    """The case files of a district (None: of all) as they stand when the report is made."""

    district: str | None
    states: dict[str, Number]
    late: Number


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """A report in numbers. `spans` are the days (or weeks) of `grid`'s columns; `desks` and `takedowns` are None where the
    scope can't be applied to them."""

    plan: ReportPlan
    made_at: datetime
    reading: Reading
    days_read: int
    ads: Rate
    standing: Number
    doubtful: Number
    outstanding: Number
    handled: Number
    sources: tuple[OfSource, ...]
    weeks: tuple[OfWeek, ...]
    provinces: dict[str, Rate]
    categories: dict[int, Number]
    duties: dict[str, Number]
    states: dict[str, Number]
    advertisers: tuple[Named, ...]
    worst: tuple[Lead, ...]
    desks: tuple[Desk, ...] | None
    takedowns: Takedowns | None
    spans: tuple[str, ...]
    grid: dict[str, tuple[Reading, ...]]


def gather(store: FindingStore, plan: ReportPlan, made_at: datetime) -> Figures:
    """All figures of a plan that was checked; `made_at` is UTC. Raises QueryValueError."""
    counting = Counting(store, plan)
    readings = Readings(store.source_days(plan.since, plan.until + timedelta(days=1)), plan.sources)
    found, leads = counting.found(), counting.found(counting.lead)
    of_found = counting.result(found, Facet.SOURCE, Facet.PROVINCE, Facet.DUTY)
    of_leads = counting.result(leads, Facet.SOURCE, Facet.PROVINCE, Facet.STATE)

    def rate(field: Facet, value: str) -> Rate:
        of = Is(field.value, value)
        return Rate(
            Number(
                of_found.facets[field].get(value, 0),
                ("search", written(counting.found(of))),
            ),
            Number(
                of_leads.facets[field].get(value, 0),
                ("search", written(counting.found(counting.lead, of))),
            ),
        )

    names = sorted({*readings.sources, *of_found.facets[Facet.SOURCE]})
    periods = tuple(weeks(plan.since, plan.until))
    daily = len(plan.days) <= MAX_GRID_DAYS
    spans = [(day, day) for day in plan.days] if daily else [(week.first, week.last) for week in periods]
    return Figures(
        plan=plan,
        made_at=made_at,
        reading=readings.of(),
        days_read=readings.days_read(),
        ads=Rate(
            Number(of_found.total, ("search", written(found))),
            Number(of_leads.total, ("search", written(leads))),
        ),
        standing=counting.number(counting.standing()),
        doubtful=counting.number(counting.found(_doubtful(counting, plan))),
        outstanding=counting.number(counting.found(counting.lead, _in_states(OUTSTANDING))),
        handled=counting.number(counting.found(counting.lead, _in_states(HANDLED))),
        sources=tuple(
            OfSource(name, readings.of(name), readings.days_read(name), rate(Facet.SOURCE, name))
            for name in names
        ),
        weeks=tuple(
            OfWeek(
                week,
                readings.of(first=week.first, last=week.last),
                Rate(
                    counting.number(counting.of_week(week)),
                    counting.number(counting.of_week(week, counting.lead)),
                ),
            )
            for week in periods
        ),
        provinces={
            place: rate(Facet.PROVINCE, place) for place in PLACES if place in of_found.facets[Facet.PROVINCE]
        },
        categories={
            number: counting.number(counting.found(Is("clear", str(number)))) for number in _categories(plan)
        },
        duties={
            duty: Number(count, ("search", written(counting.found(Is("duty", duty)))))
            for duty, count in sorted(of_found.facets[Facet.DUTY].items())
        },
        states={
            state.value: Number(
                of_leads.facets[Facet.STATE].get(state.value, 0),
                ("search", written(counting.found(counting.lead, Is("state", state.value)))),
            )
            for state in CaseState
        },
        advertisers=_advertisers(store, counting, leads),
        worst=tuple(_worst(store, counting, leads, plan)),
        desks=_desks(counting, plan, made_at.astimezone(CHINA).date() - timedelta(days=1)),
        takedowns=None if _narrowed(plan) or plan.category else takedowns(store.handovers(), plan),
        spans=tuple(
            f"{day:%m-%d}" if daily else week.name
            for day, week in (
                [(d, periods[0]) for d in plan.days] if daily else [(w.first, w) for w in periods]
            )
        ),
        grid=dict(readings.rows(spans)),
    )


def _categories(plan: ReportPlan) -> tuple[int, ...]:
    return (plan.category,) if plan.category else tuple(range(1, 10))


def _doubtful(counting: Counting, plan: ReportPlan) -> Expression:
    """An ad with findings of which none is clear."""
    return every(either(*(Is("category", number) for number in _categories(plan))), Not(counting.lead))


def _in_states(states: tuple[CaseState, ...]) -> Expression:
    return either(*(Is("state", state.value) for state in states))


def _narrowed(plan: ReportPlan) -> bool:
    """Whether the scope asks for what neither case files nor rows of batches say."""
    return bool(plan.provinces or plan.advertiser)


def _desks(counting: Counting, plan: ReportPlan, yesterday: date) -> tuple[Desk, ...] | None:
    if _narrowed(plan):
        return None
    return tuple(
        Desk(
            district,
            {state.value: counting.cases((state,), district=district) for state in CaseState},
            counting.cases(OUTSTANDING, district=district, due_by=yesterday),
        )
        for district in (None, *plan.districts)
    )


def _advertisers(store: FindingStore, counting: Counting, leads: Expression) -> tuple[Named, ...]:
    """Who has most leads. Names are counted as they come, in bounded memory; those in front are then searched for."""
    counted: dict[str, int] = {}
    names: dict[str, tuple[str, tuple[str, ...]]] = {}
    for ad in store.scan(SearchQuery(words=written(leads), facets=())):
        name = name_of(ad)
        if name is None or not (key := fold(name).strip()):
            continue
        counted[key] = counted.get(key, 0) + 1
        before, cases = names.get(key, (name, ()))
        person = bool(cases) or is_person(ad, name)
        if person and ad.case_id not in cases and len(cases) <= MAX_CASES:
            cases = (*cases, ad.case_id)
        names[key] = (before, cases)
        if len(counted) > MAX_NAMES:
            _forget_the_rarest(counted, names)
    front = heapq.nsmallest(3 * TOP, counted, key=lambda key: (-counted[key], key))
    found = [_named(counting, *names[key]) for key in front]
    return tuple(sorted(found, key=lambda one: (-one.leads.value, one.name, one.leads.words)))[:TOP]


def _forget_the_rarest(counted: dict[str, int], names: dict[str, tuple[str, tuple[str, ...]]]) -> None:
    """Leave half of the names: those counted most."""
    kept = set(heapq.nlargest(MAX_NAMES // 2, counted, key=lambda key: counted[key]))
    for key in [key for key in counted if key not in kept]:
        del counted[key], names[key]


def _named(counting: Counting, name: str, cases: tuple[str, ...]) -> Named:
    if cases:
        some = either(*(Is("case", case_id) for case_id in sorted(cases)[:MAX_CASES]))
        number = counting.number(counting.found(counting.lead, some))
        return Named(shown(name, person=True), True, number, len(cases) > MAX_CASES)
    asked = ask(SearchQuery(advertisers=(_typed(name),))).expression
    assert asked is not None
    return Named(shown(name, person=False), False, counting.number(counting.found(counting.lead, asked)))


def _typed(name: str) -> str:
    """What is searched for: the longest part of a name that can be typed off a paper (no emoji, no invisible signs)."""
    parts = "".join(
        char if printable(char) == char and char not in RESERVED else "\n" for char in name
    ).split("\n")
    longest = max(parts, key=len).strip()
    return longest if fold(longest).strip() else name


def _worst(store: FindingStore, counting: Counting, leads: Expression, plan: ReportPlan) -> Iterator[Lead]:
    """The gravest leads, one a case."""
    cases: set[str] = set()
    query = SearchQuery(words=written(leads), facets=(), sort=SortOrder.WORST, limit=10 * WORST)
    for hit in store.search(query).hits:
        if hit.ad.case_id not in cases and len(cases) < WORST:
            cases.add(hit.ad.case_id)
            yield _lead(counting, hit.ad)


def _lead(counting: Counting, ad: AdRecord) -> Lead:
    name = name_of(ad)
    severity = ad.judgement.severity
    assert severity is not None  # a clear finding has one
    return Lead(
        title=masked(" ".join((ad.title or ad.text).split()))[:80],
        advertiser=shown(name, person=is_person(ad, name)) if name else None,
        source=ad.source,
        host=ad.landing_host,
        categories=tuple(sorted(one.category for one in ad.judgement.findings if one.level is Level.CLEAR)),
        severity=severity,
        case_id=ad.case_id,
        ads=counting.number(Is("case", ad.case_id)),
    )
