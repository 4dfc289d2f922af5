"""Searching by the state of an ad's case, on both stores: every state, what becomes of it, merging, pages and counts."""

import pytest
from msgspec.structs import replace

from findings.casebook import Conflict
from findings.model.casework import AuditAction
from findings.model.vocabulary import CASE_STATE_ZH, CaseState
from findings.query import Facet, SearchQuery
from findings.store import FindingStore
from tests.support import records as make
from tests.support.casebooks import draft, file_of, set_state

#: One ad of each state, in a case of its own; none is nearly the same as another.
ADS = {
    state: make.ad(
        f"{label}甲乙丙丁"[: 2 + number],
        make.finding(),
        url=f"https://{state.value.replace('_', '-')}.example/",
        advertiser_shown=f"{label}有限公司",
        case_id=f"c1-{state}",
        first_seen=make.minutes(-number),
    )
    for number, (state, label) in enumerate(CASE_STATE_ZH.items())
}


@pytest.fixture
def worked(store: FindingStore) -> FindingStore:
    """A store with a case in each state."""
    store.write(make.bundle(*ADS.values()))
    for state in CaseState:
        if state is not CaseState.OPEN:
            set_state(store.casebook(), f"c1-{state}", state)
    return store


def found(store: FindingStore, **query: object) -> set[str]:
    """The states for which the ads that match were written."""
    answer = store.search(SearchQuery(**query))  # type: ignore[arg-type]
    told = {hit.ad.id for hit in answer.hits}
    assert answer.total == len(told)
    return {state.value for state, ad in ADS.items() if ad.id in told}


def test_each_state_finds_the_ads_of_its_cases(worked: FindingStore) -> None:
    by_filter = {state.value: found(worked, states=(state,)) for state in CaseState}
    by_field = {state.value: found(worked, words=f"状态:{label}") for state, label in CASE_STATE_ZH.items()}
    assert by_filter == by_field == {state.value: {state.value} for state in CaseState}


def test_states_are_joined_and_denied(worked: FindingStore) -> None:
    every = {state.value for state in CaseState}
    assert found(worked, states=(CaseState.OPEN, CaseState.RELAPSED)) == {"open", "relapsed"}
    assert found(worked, words="非 状态:排除", categories=(2,)) == every - {"excluded"}
    assert found(worked, words="非 state:open", categories=(2,)) == every - {"open"}
    assert found(worked, words="确认 OR state:handed_over") == {"confirmed", "handed_over"}
    assert found(worked, words="state:open state:confirmed") == set()


def test_states_are_counted_and_paged(worked: FindingStore) -> None:
    query = SearchQuery(states=tuple(set(CaseState) - {CaseState.OPEN}), facets=(Facet.STATE,), limit=4)
    first = worked.search(query)
    second = worked.search(replace(query, cursor=first.next_cursor))
    assert (
        first.facets
        == second.facets
        == {"state": {state.value: 1 for state in CaseState if state is not CaseState.OPEN}}
    )
    assert [hit.ad.id for hit in (*first.hits, *second.hits)] == [
        ad.id for state, ad in ADS.items() if state is not CaseState.OPEN
    ]
    assert [ad.id for ad in worked.scan(replace(query, cursor=None))] == [
        hit.ad.id for hit in (*first.hits, *second.hits)
    ]


def test_an_ad_of_a_closed_case_that_is_seen_again_is_found_as_relapsed(worked: FindingStore) -> None:
    ad = ADS[CaseState.CLOSED]
    closed = replace(file_of(worked, ad.case_id), closed_at=make.minutes(1))
    assert not isinstance(worked.casebook().change([closed], draft(ad.case_id)), Conflict)
    worked.write(make.bundle(ad, run="r2", at=make.minutes(2)))
    assert found(worked, states=(CaseState.RELAPSED,)) == {"closed", "relapsed"}
    assert found(worked, states=(CaseState.CLOSED,)) == set()


def test_the_ads_of_a_merged_case_have_the_state_of_the_one_they_are_in(worked: FindingStore) -> None:
    """Also those that come later under the merged case's id."""
    gone, stays = f"c1-{CaseState.EXCLUDED}", f"c1-{CaseState.CONFIRMED}"
    files = [replace(file_of(worked, gone), merged_into=stays), file_of(worked, stays)]
    told = worked.casebook().regroup({}, files, draft(gone, stays, action=AuditAction.MERGED))
    assert not isinstance(told, Conflict)
    assert found(worked, states=(CaseState.CONFIRMED,)) == {"confirmed", "excluded"}
    assert found(worked, states=(CaseState.EXCLUDED,)) == set()
    late = make.ad("后来的一则", make.finding(), url="https://late.example/", case_id=gone)
    worked.write(make.bundle(late, page=2))
    assert worked.search(SearchQuery(states=(CaseState.CONFIRMED,))).total == 3
    assert worked.search(SearchQuery(states=(CaseState.EXCLUDED,))).total == 0
    set_state(worked.casebook(), stays, CaseState.HANDED_OVER)
    assert found(worked, states=(CaseState.HANDED_OVER,)) == {"confirmed", "excluded", "handed_over"}
