"""Every number is counted by hand, and is what its own search finds, on both stores."""

import shlex
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from findings.casebook import CaseQuery
from findings.errors import QueryValueError
from findings.model.vocabulary import CaseState, Outcome
from findings.query import SearchQuery
from findings.store import FindingStore
from findings.stores import open_store
from handover.reports.figures import gather
from handover.reports.numbers import Number
from handover.reports.plain import plain_values
from handover.reports.plan import Kind
from handover.reports.reading import Reading
from tests.support.reports import CLEAR, HOSTILE, MADE, ad, captured, figures, plan


def numbers(value: Any) -> Iterator[Number]:
    """All numbers anywhere in a value."""
    if isinstance(value, Number):
        yield value
    elif isinstance(value, msgspec.Struct):
        yield from (one for name in value.__struct_fields__ for one in numbers(getattr(value, name)))
    elif isinstance(value, dict | tuple):
        yield from (
            one for part in (value.values() if isinstance(value, dict) else value) for one in numbers(part)
        )


def found(store: FindingStore, number: Number) -> int:
    """What the command of a number finds, read from the line as it is typed."""
    name, *words = shlex.split(number.line)[1:]
    if name == "search":
        assert len(words) == 1
        return store.search(SearchQuery(words=words[0], facets=())).total
    if name == "takedown":
        return sum(1 for _ in store.handovers().items(words[1]))
    assert words[0] == "queue"
    options = [(words[n][2:], words[n + 1]) for n in range(1, len(words), 2)]
    asked = CaseQuery(
        states=tuple(CaseState(value) for option, value in options if option == "state"),
        categories=tuple(int(value) for option, value in options if option == "category"),
        sources=tuple(value for option, value in options if option == "source"),
        districts=tuple(value for option, value in options if option == "district"),
        due_by=next((date.fromisoformat(value) for option, value in options if option == "due"), None),
        findings_only=True,
    )
    return store.casebook().files(asked).total


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (Kind.BRIEF, {}),
        (Kind.SPECIAL, {"category": 2}),
        (Kind.SPECIAL, {"sources": ("baidu", "portal"), "provinces": ("上海",)}),
        (Kind.SPECIAL, {"advertiser": "星河理财"}),
    ],
    ids=["brief", "category", "source", "advertiser"],
)
def test_every_number_is_what_its_search_finds(world: FindingStore, kind: Kind, more: dict[str, Any]) -> None:
    told = list(numbers(figures(world, kind, **more)))
    assert len({number.line for number in told}) > 30
    assert [(one.line, found(world, one)) for one in told] == [(one.line, one.value) for one in told]


def test_a_brief_counted_by_hand(world: FindingStore) -> None:
    told = figures(world)
    counts = {name: getattr(told, name).value for name in ("standing", "doubtful", "outstanding", "handled")}
    assert (told.ads.found.value, told.ads.leads.value) == (7, 4)
    assert counts == {"standing": 8, "doubtful": 1, "outstanding": 2, "handled": 2}
    assert {one.source: (one.ads.found.value, one.ads.leads.value) for one in told.sources} == {
        "baidu": (4, 3), "portal": (0, 0), "sogou": (3, 1),
    }  # fmt: skip
    assert {one.week.name: (one.ads.found.value, one.ads.leads.value) for one in told.weeks} == {
        "2026-W46": (1, 1), "2026-W47": (4, 2), "2026-W48": (2, 1),
    }  # fmt: skip
    assert [one.week.partial for one in told.weeks] == [True, False, True]
    assert {n: number.value for n, number in told.categories.items() if number.value} == {2: 3, 5: 1, 8: 1}
    # A city of its own planning counts in its province too.
    assert {name: (one.found.value, one.leads.value) for name, one in told.provinces.items()} == {
        "上海": (4, 2), "广东": (1, 1), "深圳": (1, 1),
    }  # fmt: skip
    assert {duty: number.value for duty, number in told.duties.items()} == {"lure": 1}
    assert {state: number.value for state, number in told.states.items() if number.value} == {
        "open": 1, "handed_over": 1, "confirmed": 1, "excluded": 1,
    }  # fmt: skip
    assert [(one.name, one.person, one.leads.value) for one in told.advertisers] == [
        ("星河理财有限公司", False, 2), ("张**", True, 1), (HOSTILE[2], False, 1),
    ]  # fmt: skip
    assert sorted(one.title for one in told.worst) == ["星河理财"] * 4


def test_coverage_counted_by_hand(world: FindingStore) -> None:
    """Days without captures are gaps, refusals are no zeros, and what is too little is known as such."""
    told = figures(world)
    assert told.reading == Reading(12, 6, {"captcha": 4, "skipped": 1, "timeout": 1})
    assert {one.source: (one.reading.asked, one.reading.read, one.days_read) for one in told.sources} == {
        "baidu": (5, 4, 4), "portal": (1, 0, 0), "sogou": (6, 2, 2),
    }  # fmt: skip
    assert [one.reading.enough for one in told.sources] == [True, False, False]
    assert told.days_read == 5
    assert told.spans[0] == "11-13"
    assert [one.rate for one in told.grid["baidu"]] == [
        1.0, None, None, 1.0, None, None, None, None, None, 1.0, None, 0.5,
    ]  # fmt: skip
    assert [one.rate for one in told.grid["portal"]].count(None) == 11
    empty = figures(world, since=date(2026, 11, 18), until=date(2026, 11, 19))
    assert (empty.reading.rate, empty.ads.rate, empty.grid) == (None, None, {})


def test_cases_and_takedowns_counted_by_hand(world: FindingStore) -> None:
    """Of four rows two are gone, after two and ten days: half of them within ten."""
    told = figures(world)
    assert told.desks is not None
    # Open are D, the doubtful E, F with its form duty, and the older H and I.
    everything, pudong = told.desks
    assert {state: number.value for state, number in everything.states.items() if number.value} == {
        "open": 5, "handed_over": 1, "confirmed": 1, "excluded": 1,
    }  # fmt: skip
    assert {state: number.value for state, number in pudong.states.items() if number.value} == {
        "confirmed": 1
    }
    gone = told.takedowns
    assert gone is not None
    assert (gone.batches, gone.rows, gone.answered) == (1, 4, 1)
    assert gone.presence == {"back": 1, "gone": 2, "up": 1}
    assert (gone.spans, gone.half_days) == ((0, 1, 0, 1, 0, 0), 10.0)
    (line,) = gone.lines
    assert (line.mark, line.rows.value, line.gone, line.back) == ("虚市监网〔2026〕1号", 4, 2, 1)


def test_a_natural_person_is_named_nowhere(world: FindingStore) -> None:
    assert "张伟" not in msgspec.json.encode(plain_values(figures(world))).decode()


def test_a_province_that_there_is_not_is_refused(world: FindingStore) -> None:
    with pytest.raises(QueryValueError, match="火星"):
        figures(world, provinces=("火星",))


#: 90 ads at odd hours of three weeks, of three sources; every fourth has a clear finding.
MANY = [(1 + n * 8 % 21, n * 5 % 24, "甲乙丙"[n % 3], CLEAR if n % 4 == 0 else None) for n in range(90)]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FindingStore]:
    """A store of them."""
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('many') / 'findings.db'}") as store:
        store.create()
        store.write_many(
            captured(
                n,
                source,
                day,
                Outcome.OK,
                ad(f"第{n}", *([(2, level)] if level else []), day=day, hour=hour, source=source),
            )
            for n, (day, hour, source, level) in enumerate(MANY)
        )
        yield store


@settings(max_examples=10)
@given(st.tuples(st.integers(1, 21), st.integers(1, 21)).map(sorted))
def test_sources_and_weeks_add_up_to_the_whole(many: FindingStore, days: list[int]) -> None:
    first, last = days
    told = gather(many, replace(plan(), since=date(2026, 11, first), until=date(2026, 11, last)), MADE)
    within = [one for one in MANY if first <= one[0] <= last]
    whole = (len(within), sum(level is CLEAR for *_, level in within))
    assert (told.ads.found.value, told.ads.leads.value) == whole
    for rows in (told.sources, told.weeks):
        ads = [one.ads for one in rows]
        assert (sum(one.found.value for one in ads), sum(one.leads.value for one in ads)) == whole
