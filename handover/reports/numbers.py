"""A number and the search that gives it: a report counts by asking the store, so both are the same by construction."""

import shlex
from datetime import date, timedelta
from urllib.parse import quote, urlencode

import msgspec

from findings.casebook import CaseQuery
from findings.model.vocabulary import CaseState
from findings.query import Facet, SearchQuery, SearchResult
from findings.search.asked import ask
from findings.search.expression import AtLeast, Below, Expression, Is, every
from findings.search.fields import ANY_CLEAR, day_begins
from findings.search.printing import written
from findings.store import FindingStore
from handover.reports.plan import ReportPlan, Week


class Number(msgspec.Struct, frozen=True):
    """How many, and the command that finds them: its words (`search` and a query; `cases queue`) and options."""

    value: int
    words: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()

    @property
    def line(self) -> str:
        """The command as it is typed in a shell."""
        given = (word for name, value in self.options for word in (f"--{name}", value))
        return f"finadwatch {shlex.join((*self.words, *given))}"

    def link(self, console: str) -> str:
        """The page of the console (its address) that finds the same: /search?q=QUERY; of other commands the words are
        the path and the options the question."""
        if self.words[0] == "search":
            return f"{console.rstrip('/')}/search?{urlencode({'q': self.words[1]})}"
        path = "/".join(quote(word, safe="") for word in self.words)
        return f"{console.rstrip('/')}/{path}" + (f"?{urlencode(self.options)}" if self.options else "")


class Counting:
    """Counts ads and cases of a report's scope in one store."""

    def __init__(self, store: FindingStore, plan: ReportPlan) -> None:
        """Raises QueryValueError for a province that there is not, or an advertiser without letters."""
        self._store = store
        self._plan = plan
        self._bounds = (
            AtLeast("first_seen", day_begins(plan.since)),
            Below("first_seen", day_begins(plan.until + timedelta(days=1))),
        )
        self._scope = ask(
            SearchQuery(
                sources=plan.sources,
                provinces=plan.provinces,
                advertisers=(plan.advertiser,) if plan.advertiser else (),
            )
        ).expression
        clear = str(plan.category) if plan.category else ANY_CLEAR
        #: What makes an ad a lead of this report: a clear finding, of any category or of the report's.
        self.lead = Is("clear", clear)

    def found(self, *more: Expression) -> Expression:
        """The ads that were first seen in the period, within the scope."""
        return self._all(*self._bounds, *more)

    def standing(self) -> Expression:
        """The ads whose first sighting is not after the period and whose last not before it."""
        return self._all(AtLeast("last_seen", day_begins(self._plan.since)), self._bounds[1])

    def of_week(self, week: Week, *more: Expression) -> Expression:
        """The ads that were first seen in the days of a week."""
        first, last = (
            day_begins(week.first),
            day_begins(week.last + timedelta(days=1)),
        )
        return self._all(AtLeast("first_seen", first), Below("first_seen", last), *more)

    def _all(self, *parts: Expression) -> Expression:
        return every(*parts, self._scope) if self._scope is not None else every(*parts)

    def number(self, expression: Expression) -> Number:
        """How many ads match."""
        return Number(self.result(expression).total, ("search", written(expression)))

    def result(self, expression: Expression, *facets: Facet, limit: int = 1) -> SearchResult:
        """The answer of a search, counted by these facets."""
        return self._store.search(SearchQuery(words=written(expression), facets=facets, limit=limit))

    def cases(
        self, states: tuple[CaseState, ...], *, district: str | None = None, due_by: date | None = None
    ) -> Number:
        """How many case files with a finding stand in these states now, as `cases queue` counts them; `due_by` keeps
        those whose next step was owed on or before a day."""
        plan = self._plan
        categories = (plan.category,) if plan.category else ()
        page = self._store.casebook().files(
            CaseQuery(
                states=states,
                sources=plan.sources,
                categories=categories,
                districts=(district,) if district else (),
                due_by=due_by,
                quiet=True,
                findings_only=True,
                limit=1,
            )
        )
        options = [
            *(("state", state.value) for state in states),
            *(("category", str(category)) for category in categories),
            *(("source", source) for source in plan.sources),
            *([("district", district)] if district else []),
            *([("due", due_by.isoformat())] if due_by else []),
        ]
        return Number(page.total, ("cases", "queue"), tuple(options))
