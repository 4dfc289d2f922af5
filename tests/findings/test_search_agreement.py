"""Both stores find what a plain evaluation finds, for corpora and queries made at random."""

import secrets
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from findings.query import Facet, SearchQuery, SortOrder
from findings.search.expression import Expression
from findings.search.printing import written
from findings.store import FindingStore
from tests.support.evaluation import corpora, counted, found
from tests.support.searching import trees

_runs = (f"{secrets.token_hex(4)}{number}" for number in count())
ORDERS = [SortOrder.NEWEST, SortOrder.LAST_SEEN, SortOrder.WORST]
FACETS = tuple(facet for facet in Facet if facet is not Facet.DUTY)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_store_finds_what_a_plain_evaluation_finds(store: FindingStore, data: st.DataObject) -> None:
    run = next(_runs)  # ads of other examples are in the store too
    corpus, bundles = data.draw(corpora(run))
    store.write_many(bundles)
    for tree in data.draw(st.lists(trees(), min_size=1, max_size=6)):
        sort = data.draw(st.sampled_from(ORDERS))
        query = SearchQuery(words=written(tree), run_id=run, sort=sort, facets=FACETS)
        answer = store.search(query)
        assert [hit.ad.id for hit in answer.hits] == found(tree, corpus, sort)
        assert answer.total == len(answer.hits)
        assert answer.facets == {facet.value: counted(facet, tree, corpus) for facet in FACETS}
        assert _paged(store, query) == found(tree, corpus, sort)
        assert [ad.id for ad in store.scan(query)] == found(tree, corpus, sort)


def _paged(store: FindingStore, query: SearchQuery) -> list[str]:
    """The ids of all pages of two."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = store.search(
            SearchQuery(words=query.words, run_id=query.run_id, sort=query.sort, limit=2, cursor=cursor)
        )
        found += [hit.ad.id for hit in page.hits]
        cursor = page.next_cursor
        if cursor is None:
            return found


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees())
def test_no_search_fails_or_finds_everything_by_itself(store: FindingStore, tree: Expression) -> None:
    assert store.search(SearchQuery(words=written(tree), run_id="none")).total == 0
