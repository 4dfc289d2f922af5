"""The drift alarm: whether a source's pages still give what they gave the week before.

A source is compared with itself: its newest day with pages against the days before it. The rule
(docs/drift.md states it for users): a share is worse if it rose by at least `RISE` and by more than
`Z` standard errors of a two-proportion test, on at least `FEWEST` results now and `FEWEST_BEFORE` before.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from math import sqrt

import msgspec

from findings.model.crawl import Filled
from findings.model.errors import Said
from findings.model.vocabulary import Outcome
from findings.query import SourceDay

#: Four standard errors: some 300 comparisons a day give a false alarm in a hundred days.
Z = 4.0
#: A smaller rise than ten points is left to the next day, however sure it is.
RISE = 0.10
FEWEST, FEWEST_BEFORE = 20, 50
#: The same for pages, of which a day has fewer than results.
FEWEST_PAGES = 5
#: A kind of result of which none came is missed once so many were to be expected.
EXPECTED = 10.0

_TURNED_AWAY = (Outcome.BLOCKED, Outcome.CAPTCHA, Outcome.LOGIN)
_READ = (Outcome.OK, Outcome.EMPTY)


class FieldShare(msgspec.Struct, frozen=True, kw_only=True):
    """In how many results a field was found, on the day and in the days before it."""

    field: str
    now: Filled
    before: Filled
    alarm: bool

    @property
    def missing(self) -> float:
        """The share of results without the field on the day; 0 without results."""
        return _missing(self.now)

    @property
    def missing_before(self) -> float:
        """The same in the days before."""
        return _missing(self.before)


class SourceCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One source on its newest day. `pages` were fetched then, `pages_before` in the days before;
    `broken` of them no selector fitted, `turned_away` ended in a captcha, a block or a login.
    """

    source: str
    day: date
    pages: int
    pages_before: int
    broken: int
    broken_before: int
    turned_away: int
    turned_away_before: int
    fields: tuple[FieldShare, ...]
    faults: tuple[Said, ...]


def check_sources(days: Iterable[SourceDay], length: int, today: date) -> Iterator[SourceCheck]:
    """Check every source that has pages in the last `length` days; `days` come by source and day."""
    for source, of_source in groupby(days, key=lambda day: day.source):
        known = list(of_source)
        newest = known[-1]
        if newest.day <= today - timedelta(days=length):
            continue
        first = newest.day - timedelta(days=length)
        yield _check(source, newest, [day for day in known[:-1] if day.day >= first])


def worse(now: int, of_now: int, before: int, of_before: int) -> bool:
    """Whether a share rose beyond chance, on counts large enough to tell."""
    if of_now < FEWEST or of_before < FEWEST_BEFORE:
        return False
    return _rose(now, of_now, before, of_before)


def _rose(now: int, of_now: int, before: int, of_before: int) -> bool:
    rise = now / of_now - before / of_before
    pooled = (now + before) / (of_now + of_before)
    error = sqrt(pooled * (1 - pooled) * (1 / of_now + 1 / of_before))
    # Without spread (all alike in both) nothing rose.
    return rise >= RISE and error > 0 and rise / error > Z


def _check(source: str, newest: SourceDay, earlier: Sequence[SourceDay]) -> SourceCheck:
    outcomes: Counter[str] = Counter()
    filled: dict[str, Filled] = {}
    for day in earlier:
        outcomes.update(day.outcomes)
        for field, more in day.filled.items():
            there = filled.get(field, Filled(0, 0))
            filled[field] = Filled(there.found + more.found, there.total + more.total)
    fields = tuple(
        _field(name, newest.filled.get(name, Filled(0, 0)), filled.get(name, Filled(0, 0)))
        for name in sorted({*newest.filled, *filled})
    )
    now = Counter(newest.outcomes)
    check = SourceCheck(
        source=source,
        day=newest.day,
        pages=now.total(),
        pages_before=outcomes.total(),
        broken=now[Outcome.SELECTOR_BROKEN],
        broken_before=outcomes[Outcome.SELECTOR_BROKEN],
        turned_away=sum(now[kind] for kind in _TURNED_AWAY),
        turned_away_before=sum(outcomes[kind] for kind in _TURNED_AWAY),
        fields=fields,
        faults=(),
    )
    read, read_before = (sum(some[kind] for kind in _READ) for some in (now, outcomes))
    faults = [*_broken(check), *_vanished(fields, read, read_before), *_missed(fields)]
    return msgspec.structs.replace(check, faults=tuple(faults))


def _field(name: str, now: Filled, before: Filled) -> FieldShare:
    alarm = worse(now.total - now.found, now.total, before.total - before.found, before.total)
    return FieldShare(field=name, now=now, before=before, alarm=alarm)


def _broken(check: SourceCheck) -> Iterator[Said]:
    """Pages that no selector fits: more than before, or, without a before, half of them."""
    if check.broken < FEWEST_PAGES:
        return
    share = check.broken / check.pages
    if check.pages_before < FEWEST_PAGES:
        alarm = share >= 0.5
    else:
        alarm = _rose(check.broken, check.pages, check.broken_before, check.pages_before)
    if alarm:
        yield Said(
            f"no selector fits {check.broken} of {check.pages} pages",
            zh=f"{check.pages} 页中有 {check.broken} 页解析规则失效",
        )


def _vanished(fields: Sequence[FieldShare], read: int, read_before: int) -> Iterator[Said]:
    """Kinds of results that pages had before, and of which none came any more."""
    if not read or not read_before:
        return
    kinds = {share.field.partition(".")[0] for share in fields}
    for kind in sorted(kinds):
        of_kind = [share for share in fields if share.field.startswith(f"{kind}.")]
        now = max(share.now.total for share in of_kind)
        expected = max(share.before.total for share in of_kind) / read_before * read
        if not now and expected >= EXPECTED:
            yield Said(
                f"none of some {expected:.0f} expected results of the kind {kind} on {read} pages",
                zh=f"{read} 页应有约 {expected:.0f} 个 {kind} 结果，实际为 0",
            )


def _missed(fields: Iterable[FieldShare]) -> Iterator[Said]:
    for share in fields:
        if share.alarm:
            now, before = f"{share.missing:.0%}", f"{share.missing_before:.0%}"
            yield Said(
                f"field {share.field} is missing in {now} of {share.now.total} results, before in {before}",
                zh=f"字段 {share.field} 缺失 {now}（{share.now.total} 个结果），此前为 {before}",
            )


def _missing(filled: Filled) -> float:
    return 1 - filled.found / filled.total if filled.total else 0.0
