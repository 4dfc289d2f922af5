"""A search as an Elasticsearch query. Core features only: no scripts, no from + size."""

from typing import Any

from findings.model.vocabulary import CaseState, Level
from findings.query import Facet, SortOrder
from findings.search.expression import AtLeast, Below, Either, Every, Expression, Is, Not, Phrase
from findings.search.fields import ANY_CLEAR
from findings.search.fold import token
from findings.search.hits import most_values

#: The order of a search: by its value, then by id.
ORDERS: dict[SortOrder, list[dict[str, str]]] = {
    SortOrder.NEWEST: [{"first_seen_us": "desc"}, {"id": "asc"}],
    SortOrder.LAST_SEEN: [{"seen_last_us": "desc"}, {"id": "asc"}],
    SortOrder.WORST: [{"worst": "desc"}, {"id": "asc"}],
    SortOrder.STORED: [{"stored_us": "asc"}, {"id": "asc"}],
}

#: The field of the index behind each field of a search.
_VALUES = {
    "category": "categories",
    "duty": "duties",
    "rule": "rules",
    "severity": "severity",
    "licence_status": "licence_status",
    "product": "product",
    "channel": "channel",
    "source": "source",
    "keyword": "keywords",
    "device": "devices",
    "region": "regions",
    "province": "province",
    "host": "landing_host",
    "domain": "domains",
    "icp": "icp_number",
    "app": "app_package",
    "case": "case_id",
    "ad": "id",
    "band": "bands",
    "run": "run_ids",
}
_NUMBERS = {
    "score": "score",
    "severity": "severity",
    "first_seen": "first_seen_us",
    "last_seen": "seen_last_us",
    "stored": "stored_us",
}
_LETTERS = {
    "words": ("letters.title", "letters.text"),
    "title": ("letters.title",),
    "text": ("letters.text",),
    "advertiser": ("letters.advertiser",),
}

#: Most values of a count that is to be whole. Sources are some dozens, the others closed lists.
MAX_VALUES = 1000
#: Values that each shard tells of a facet whose list is open: with more of them than this, the counts
#: of the rarest may be too low.
_SHARD_VALUES = 5000


def conditions(expression: Expression | None) -> dict[str, Any]:
    """The query for the ads that match; nothing is scored."""
    if expression is None:
        return {"match_all": {}}
    return {"bool": {"filter": [condition(expression)]}}


def condition(expression: Expression) -> dict[str, Any]:
    """One part of a query."""
    match expression:
        case Phrase(field, term):
            letters = " ".join(token(letter) for letter in term)
            return _any_of([{"match_phrase": {name: letters}} for name in _LETTERS[field]])
        case Is("state", CaseState.OPEN.value):  # an ad whose case nobody touched has no state
            return {"bool": {"must_not": [_closed()]}}
        case Is("state", value):
            return {"term": {"state": value}}
        case Is("clear", value):
            return {"nested": {"path": "findings", "query": {"bool": {"filter": _clear(str(value))}}}}
        case Is(field, value):
            return {"term": {_VALUES[field]: value}}
        case AtLeast(field, number):
            return {"range": {_NUMBERS[field]: {"gte": number}}}
        case Below(field, number):
            return {"range": {_NUMBERS[field]: {"lt": number}}}
        case Not(part):
            return {"bool": {"must_not": [condition(part)]}}
        case Every(parts):
            return {"bool": {"filter": [condition(part) for part in parts]}}
        case Either(parts):
            return _any_of([condition(part) for part in parts])


def aggregations(facets: tuple[Facet, ...]) -> dict[str, Any]:
    """The counting of facets, by name."""
    return {facet.value: {"terms": _terms(facet)} for facet in facets}


def _terms(facet: Facet) -> dict[str, Any]:
    order = {
        "size": most_values(facet),
        "shard_size": _SHARD_VALUES,
        "order": [{"_count": "desc"}, {"_key": "asc"}],
    }
    if facet is Facet.STATE:
        return {"field": "state", "missing": CaseState.OPEN.value} | order
    return {"field": _VALUES[facet.value]} | order


def _clear(value: str) -> list[dict[str, Any]]:
    """What a clear finding, of any category or of one, holds."""
    level = {"term": {"findings.level": Level.CLEAR.value}}
    return [level] if value == ANY_CLEAR else [level, {"term": {"findings.category": int(value)}}]


def _closed() -> dict[str, Any]:
    return {"terms": {"state": [state.value for state in CaseState if state is not CaseState.OPEN]}}


def _any_of(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return parts[0] if len(parts) == 1 else {"bool": {"should": parts, "minimum_should_match": 1}}
