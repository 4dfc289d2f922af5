"""What counts as changed, how an archive is cut, how progress adds up."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from findings.model.judgement import Advertiser, Basis, Handler, LicenceEntryRef, Span
from findings.model.vocabulary import Level, LicenceStatus, Matched, Product, Severity
from findings.query import SearchQuery
from findings.rescreening.change import Change, change_of
from findings.rescreening.job import (
    ADS_A_SLICE,
    MAX_SLICES,
    NAMED,
    Counts,
    Failure,
    Part,
    Progress,
    Rejudged,
    Tally,
    advanced,
    bounds,
    job_id,
    replaced,
    slices_for,
)
from tests.support import records as make
from tests.support.rescreening import VERSIONS

OLD = make.judgement(make.finding(2), make.finding(4))
FOUND = OLD.findings[0]
LICENCE = OLD.licence


def with_finding(**more: Any) -> Any:
    return replace(OLD, findings=(replace(FOUND, **more), OLD.findings[1]))


def with_licence(**more: Any) -> Any:
    return replace(OLD, licence=replace(LICENCE, **more))


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(OLD, id="itself"),
        pytest.param(replace(OLD, ruleset="2027.1.1", model="other"), id="versions"),
        pytest.param(replace(OLD, findings=OLD.findings[::-1]), id="order-of-findings"),
        pytest.param(with_finding(score=FOUND.score + 0.0001), id="last-digit-of-a-score"),
        pytest.param(with_finding(explanation="Suspected", remedy="Strike it out"), id="language"),
        pytest.param(
            with_licence(as_of=date(2026, 12, 1), list_version="x@2", lists="0", reason="…", remarks=("…",)),
            id="lists-of-another-day",
        ),
    ],
)
def test_what_says_the_same_is_no_change(new: Any) -> None:
    assert change_of(OLD, new) is None


@pytest.mark.parametrize(
    ("new", "change"),
    [
        pytest.param(replace(OLD, findings=()), Change(lost=(2, 4)), id="lost"),
        pytest.param(
            replace(OLD, findings=(*OLD.findings, make.finding(9))), Change(gained=(9,)), id="gained"
        ),
        pytest.param(
            replace(OLD, findings=(FOUND, make.finding(7))), Change(gained=(7,), lost=(4,)), id="both"
        ),
        *(
            pytest.param(with_finding(**{name: value}), Change(altered=(2,)), id=name)
            for name, value in (
                ("level", Level.ARGUABLE),
                ("severity", Severity.LOW),
                ("score", FOUND.score - 0.01),
                ("rules", ("guarantee.interest",)),
                ("spans", (Span("text", 2, 4, "保息"),)),
                ("type", "荐股"),
                ("basis", (Basis("广告法", "9", None, "L"),)),
            )
        ),
        pytest.param(
            with_licence(status=LicenceStatus.LICENSED),
            Change(licence=(LicenceStatus.UNKNOWN, LicenceStatus.LICENSED)),
            id="licence",
        ),
        pytest.param(with_licence(entry=LicenceEntryRef("e1", "星河", None)), Change(), id="entry"),
        pytest.param(with_licence(stale=True), Change(), id="stale"),
        pytest.param(replace(OLD, product=Product.LOAN), Change(), id="product"),
        pytest.param(replace(OLD, promotion=False), Change(), id="promotion"),
        pytest.param(
            replace(OLD, advertiser=Advertiser("星河", None, Matched.FULL_NAME)), Change(), id="advertiser"
        ),
        pytest.param(replace(OLD, route=("金融监管局",)), Change(), id="route"),
        pytest.param(
            replace(OLD, handlers=(Handler("甲局", "market", "上海", "…"),)), Change(), id="handlers"
        ),
        pytest.param(replace(OLD, notices=(make.notice(),)), Change(), id="notice"),
    ],
)
def test_what_says_something_else_is_a_change(new: Any, change: Change) -> None:
    assert change_of(OLD, new) == change


@given(st.integers(1, MAX_SLICES), st.text(max_size=40) | st.from_regex(r"a1-[0-9a-f]{32}", fullmatch=True))
def test_every_id_is_in_one_slice(of: int, ad_id: str) -> None:
    inside = [
        number
        for number in range(of)
        for low, high in (bounds(number, of),)
        if low <= ad_id and (high is None or ad_id < high)
    ]
    assert len(inside) == 1


@given(st.integers(0, 10**10))
def test_an_archive_is_cut_into_few_slices(ads: int) -> None:
    slices = slices_for(ads)
    assert 1 <= slices <= MAX_SLICES
    assert slices == MAX_SLICES or slices * ADS_A_SLICE >= ads


def rejudged(number: int, change: Change) -> Rejudged:
    return Rejudged(
        ad_id=f"a{number}", instead_of=make.NOON, judged_at=make.minutes(1), judgement=OLD, change=change
    )


CHANGES = st.builds(
    Change,
    gained=st.sets(st.integers(1, 9), max_size=3).map(lambda found: tuple(sorted(found))),
    licence=st.sampled_from([None, (LicenceStatus.UNKNOWN, LicenceStatus.LICENSED)]),
)


@given(
    st.lists(CHANGES, max_size=8), st.integers(0, 5), st.sets(st.integers(0, 7)), st.sets(st.integers(0, 7))
)
def test_each_ad_of_a_part_counts_once_or_comes_again(
    changes: list[Change], unchanged: int, lost: set[int], refused: set[int]
) -> None:
    names = {f"a{number}" for number in range(len(changes))}
    gone = {f"a{number}" for number in lost - refused} & names
    failed = tuple(Failure(f"a{n}", "…") for n in sorted(refused) if f"a{n}" in names)
    part = Part(
        number=0,
        parts=3,
        cursor="a9",
        end=True,
        changed=tuple(rejudged(number, change) for number, change in enumerate(changes)),
        unchanged=unchanged,
    )
    before = Progress(number=0, parts=3, tally=Tally(unchanged=1))
    now = advanced(before, part, tuple(gone), failed)
    assert now.tally.judged + len(now.again) == len(changes) + unchanged + 1
    assert set(now.again) == gone
    assert now.done == (not gone)
    assert (now.parts, now.cursor) == (4, "a9")
    counted = [change for n, change in enumerate(changes) if f"a{n}" in names - gone and n not in refused]
    assert sum(counts.gained for counts in now.tally.categories.values()) == sum(
        len(change.gained) for change in counted
    )


def test_those_to_be_judged_again_stay_until_they_are_tried() -> None:
    before = Progress(number=0, again=("a1", "a2", "a3"), end=True)
    now = advanced(before, Part(number=0, parts=0, cursor="", end=True, tried=("a1", "a2")), ("a2",), ())
    assert now.again == ("a2", "a3")


def test_only_some_failures_are_named_and_all_are_counted() -> None:
    failures = tuple(Failure.of(f"a{n}", "x" * 1000) for n in range(NAMED + 5))
    part = Part(number=0, parts=0, cursor="z", end=True, failures=failures)
    tally = advanced(Progress(number=0), part, (), ()).tally
    assert (tally.failed, len(tally.failures)) == (NAMED + 5, NAMED)
    assert len(tally.failures[0].reason) < 1000


def test_tallies_add_up() -> None:
    one = Tally(changed=1, categories={2: Counts(gained=1)}, licence={"a>b": 1})
    other = Tally(changed=2, failed=1, categories={2: Counts(lost=1), 3: Counts(altered=2)})
    assert one + other == Tally(
        changed=3,
        failed=1,
        categories={2: Counts(1, 1, 0), 3: Counts(altered=2)},
        licence={"a>b": 1},
    )
    assert one + Tally() == one


def test_a_judgement_takes_only_the_place_that_it_was_made_for() -> None:
    ad = make.ad()
    new = replace(rejudged(0, Change()), instead_of=ad.judged_at)
    written = replaced(ad, new)
    assert written is not None
    assert (written.judgement, written.judged_at) == (OLD, new.judged_at)
    assert replaced(written, new) == written
    assert replaced(replace(ad, judged_at=make.minutes(9)), new) is None


def test_a_rescreen_is_known_by_versions_and_query() -> None:
    ids = {
        job_id(VERSIONS, SearchQuery(), None, 0),
        job_id(replace(VERSIONS, lists="other"), SearchQuery(), None, 0),
        job_id(replace(VERSIONS, digest="other"), SearchQuery(), None, 0),
        job_id(VERSIONS, SearchQuery(words="保本"), None, 0),
        job_id(VERSIONS, SearchQuery(), date(2026, 1, 1), 0),
        job_id(VERSIONS, SearchQuery(), None, 1),
    }
    assert len(ids) == 6
    assert job_id(VERSIONS, SearchQuery(), None, 0) in ids
