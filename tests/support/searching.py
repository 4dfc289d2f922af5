"""Short questions to a store."""

from findings.query import SearchQuery
from findings.store import FindingStore


def ids(store: FindingStore, **wanted: object) -> list[str]:
    """The ids of the first page of ads that match, in its order; `wanted` are fields of SearchQuery."""
    return [hit.ad.id for hit in store.search(SearchQuery(**wanted)).hits]  # type: ignore[arg-type]


def texts(store: FindingStore, words: str) -> set[str]:
    """The texts of the ads in which words occur, a thousand at most."""
    return {hit.ad.text for hit in store.search(SearchQuery(words=words, limit=1000)).hits}
