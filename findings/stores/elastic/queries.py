"""A search as an Elasticsearch query. Core features only: no scripts, no from + size."""

from collections.abc import Sequence
from typing import Any

from findings.query import SearchQuery
from findings.search.cursor import micros, unpack
from findings.search.fold import token

#: The order of a search: newest first, then by id.
NEWEST = [{"first_seen_us": "desc"}, {"id": "asc"}]

#: Most values of one facet. Sources are some dozens, the other facets closed lists.
MAX_VALUES = 1000

FACETS: dict[str, Any] = {
    name: {"terms": {"field": field, "size": MAX_VALUES, "order": {"_key": "asc"}}}
    for name, field in (
        ("category", "categories"),
        ("licence_status", "licence_status"),
        ("source", "source"),
    )
} | {"severity": {"terms": {"field": "severity", "size": 10, "order": {"_key": "asc"}}}}


def conditions(query: SearchQuery, terms: Sequence[str]) -> dict[str, Any]:
    """The query for the ads that match and hold all folded `terms`; nothing is scored."""
    needed: list[dict[str, Any]] = [_phrase(term) for term in terms]
    for field, wanted in (
        ("source", query.sources),
        ("licence_status", query.licence_status),
        ("severity", [severity.rank for severity in query.severities]),
        ("landing_host", [host.lower() for host in query.hosts]),
        ("categories", query.categories),
        ("duties", query.duties),
    ):
        if wanted:
            needed.append({"terms": {field: list(wanted)}})
    if query.case_id is not None:
        needed.append({"term": {"case_id": query.case_id}})
    if query.run_id is not None:
        needed.append({"term": {"run_ids": query.run_id}})
    if query.findings_only:
        needed.append({"range": {"severity": {"gte": 0}}})
    if query.since is not None:
        needed.append({"range": {"first_seen_us": {"gte": micros(query.since)}}})
    if query.until is not None:
        needed.append({"range": {"first_seen_us": {"lt": micros(query.until)}}})
    return {"bool": {"filter": needed}}


def after(cursor: str | None) -> list[Any] | None:
    """The `search_after` of a cursor."""
    return None if cursor is None else list(unpack(cursor))


def _phrase(term: str) -> dict[str, Any]:
    letters = " ".join(token(letter) for letter in term)
    return {
        "bool": {
            "should": [
                {"match_phrase": {"letters.title": letters}},
                {"match_phrase": {"letters.text": letters}},
            ]
        }
    }
