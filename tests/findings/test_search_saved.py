"""Searches that are kept: each report has what came since the last, whatever its age."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from findings.errors import QueryValueError
from findings.query import SearchQuery
from findings.search import saved as rules
from findings.search.saved import OVERLAP_S, Report, SavedSearch, checked_name
from findings.store import FindingStore
from tests.support import records as make

SAVED = SavedSearch(owner="王", name="保本", query=SearchQuery(words="保本"), saved_at=make.NOON)
SECOND = 1_000_000


def report(store: FindingStore, owner: str = "王", name: str = "保本") -> list[str]:
    """One report, kept: the texts of what is new."""
    search = store.saved_search(owner, name)
    assert search is not None
    made = Report(search)
    new = [ad.text for stored, ad in store.arrivals(made.query, made.since) if made.is_new(stored, ad.id)]
    store.put_search(made.done(datetime.now(UTC)))
    return new


def test_a_second_report_has_nothing_new(store: FindingStore) -> None:
    store.put_search(SAVED)
    store.write(make.bundle(make.ad("保本一"), make.ad("别的")))
    assert report(store) == ["保本一"]
    assert report(store) == []
    store.write(make.bundle(make.ad("保本一"), make.ad("保本二"), page=2))
    assert report(store) == ["保本二"]
    assert report(store) == []
    kept = store.saved_search("王", "保本")
    assert kept is not None
    assert kept.reported == 2


def test_an_ad_that_arrives_late_is_new(store: FindingStore) -> None:
    """Its first_seen lies before everything that was reported."""
    store.put_search(SAVED)
    store.write(make.bundle(make.ad("保本新", first_seen=make.minutes(9000))))
    assert report(store) == ["保本新"]
    store.write(make.bundle(make.ad("保本旧", first_seen=make.minutes(-90_000)), page=2))
    assert report(store) == ["保本旧"]


def test_searches_are_their_owners(store: FindingStore) -> None:
    other = replace(SAVED, owner="李", query=SearchQuery(words="贷款", categories=(6,), since=make.NOON))
    for one in (SAVED, other, replace(SAVED, name="又一")):
        store.put_search(one)
    assert store.saved_searches("王") == [SAVED, replace(SAVED, name="又一")]
    assert store.saved_search("李", "保本") == other
    assert store.saved_searches("赵") == []
    assert store.saved_search("李", "又一") is None
    assert store.drop_search("王", "保本")
    assert not store.drop_search("王", "保本")
    assert store.saved_searches("王") == [replace(SAVED, name="又一")]


@pytest.mark.parametrize("name", ["", "  ", "a" * 101, "a\nb", "\udcff"])
def test_a_name_that_can_not_be(name: str) -> None:
    with pytest.raises(QueryValueError):
        checked_name(name)


@given(
    st.lists(
        st.tuples(st.integers(0, 5000), st.integers(0, OVERLAP_S), st.booleans()), min_size=1, max_size=40
    )
)
def test_nothing_is_lost_or_told_twice_while_writes_are_seen_late(
    arrivals: list[tuple[int, int, bool]],
) -> None:
    """Ads are stored at one instant and seen up to OVERLAP_S later; after some of them a report is made."""
    ads = [(at * SECOND, (at + delay) * SECOND, f"a{n}") for n, (at, delay, _) in enumerate(arrivals)]
    search, told = SAVED, []
    moments = [seen for (_, seen, _), (_, _, now) in zip(ads, arrivals, strict=True) if now]
    for now in [*sorted(moments), max(seen for _, seen, _ in ads)]:
        made = Report(search)
        visible = sorted((stored, name) for stored, seen, name in ads if seen <= now and stored >= made.since)
        told += [name for stored, name in visible if made.is_new(stored, name)]
        search = made.done(make.NOON)
    assert sorted(told) == sorted(name for _, _, name in ads)


def test_very_many_at_once_shorten_the_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_RECENT", 10)
    made = Report(SAVED)
    assert all(made.is_new(n * SECOND, f"a{n:03}") for n in range(100))
    kept = made.done(make.NOON)
    assert (kept.since, len(kept.recent)) == (90 * SECOND, 10)
    again = Report(kept)
    assert not any(again.is_new(n * SECOND, f"a{n:03}") for n in range(100) if n * SECOND >= again.since)
