"""Facts counted at once and as ads and sightings come in are the same."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from findings.cases.facts import AdPart, SeenOnce, added, facts_of, seen_again, seen_in
from findings.model.casework import MAX_LISTED
from findings.model.vocabulary import Device, LicenceStatus, Product, Severity
from tests.support import records as make

instants = st.integers(0, 10_000).map(lambda minutes: make.NOON + timedelta(minutes=minutes))
few = st.sampled_from(["甲", "乙", "丙", None])
parts = st.builds(
    AdPart,
    creative=st.sampled_from(["a", "b", "c"]),
    first_seen=instants,
    source=st.sampled_from(["baidu", "sogou"]),
    severity=st.none() | st.sampled_from(Severity),
    score=st.integers(0, 10**6).map(lambda n: n / 10**6),
    categories=st.sets(st.integers(1, 9), max_size=3).map(lambda some: tuple(sorted(some))),
    product=st.sampled_from(Product),
    licence_status=st.sampled_from(LicenceStatus),
    host=few,
    advertiser=few,
    title=st.sampled_from(["", "保本", "高息"]),
)
sightings = st.builds(
    SeenOnce,
    run_id=st.sampled_from(["r1", "r2", "r3"]),
    at=instants,
    region=few,
    device=st.sampled_from(Device),
)


@given(
    st.lists(parts, min_size=1, max_size=5),
    st.lists(parts, min_size=1, max_size=5),
    st.lists(sightings, max_size=5),
    st.lists(sightings, max_size=5),
)
def test_facts_of_two_groups_add_up_to_those_of_both(
    ads: list[AdPart], more_ads: list[AdPart], seen: list[SeenOnce], more_seen: list[SeenOnce]
) -> None:
    first, second = facts_of(ads, seen_in(seen)), facts_of(more_ads, seen_in(more_seen))
    variants = len({ad.creative for ad in more_ads} - {ad.creative for ad in ads})
    runs = len({one.run_id for one in more_seen} - {one.run_id for one in seen})
    whole = facts_of([*ads, *more_ads], seen_in([*seen, *more_seen]))
    assert added(first, second, variants=variants, runs=runs) == whole


@given(
    st.lists(parts, min_size=1, max_size=5), st.lists(sightings, max_size=5), st.lists(sightings, max_size=5)
)
def test_sightings_of_known_ads_add_up(ads: list[AdPart], seen: list[SeenOnce], more: list[SeenOnce]) -> None:
    runs = len({one.run_id for one in more} - {one.run_id for one in seen})
    again = seen_again(facts_of(ads, seen_in(seen)), seen_in(more), runs=runs)
    assert again == facts_of(ads, seen_in([*seen, *more]))


@given(st.lists(st.lists(st.integers(0, 200), max_size=60), min_size=1, max_size=4))
def test_lists_keep_the_same_first_values_however_they_came(groups: list[list[int]]) -> None:
    def facts(numbers: list[int]) -> tuple[str, ...]:
        return seen_in(SeenOnce("r1", make.NOON, f"地区{n:03}", Device.DESKTOP) for n in numbers).regions

    joined: tuple[str, ...] = ()
    for group in groups:
        joined = tuple(sorted({*joined, *facts(group)}))[:MAX_LISTED]
    assert joined == facts([number for group in groups for number in group])
