"""The facts of cases counted by aggregations over their ads and sightings."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from findings.cases.facts import SCORE_DIGITS, listed
from findings.model.casework import MAX_LISTED, CaseFacts
from findings.model.vocabulary import LicenceStatus, Product, Severity
from findings.stores.elastic.cases import by_case
from findings.stores.elastic.reading import Reader

#: Cases counted in one request: each takes some dozen buckets, of at most 65,536.
CASES = 100
#: Up to here a count of different values is exact, but for values whose hashes are the same.
_EXACT = 40_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": MAX_LISTED, "order": {"_key": "asc"}}}


def _different(field: str) -> dict[str, Any]:
    return {"cardinality": {"field": field, "precision_threshold": _EXACT}}


_OF_ADS: dict[str, Any] = {
    "variants": _different("creative"),
    "first": {"min": {"field": "first_seen_us"}},
    "last": {"max": {"field": "first_seen_us"}},
    "worst": {
        "top_hits": {
            "size": 1,
            "sort": [{"worst": "desc"}, {"headline": "asc"}],
            "_source": False,
            "docvalue_fields": ["severity", "worst", "headline"],
        }
    },
    "categories": _terms("categories"),
    "products": _terms("product"),
    "licences": _terms("licence_status"),
    "sources": _terms("source"),
    "hosts": _terms("landing_host"),
    "advertisers": _terms("named"),
}
_OF_SIGHTINGS: dict[str, Any] = {
    "runs": _different("run_id"),
    "last": {"max": {"field": "at_us"}},
    "regions": _terms("region"),
    "devices": _terms("device"),
}


def count_facts(reader: Reader, case_ids: Sequence[str]) -> dict[str, CaseFacts]:
    """The facts of those of these cases that have ads, as far as searches see them."""
    counted: dict[str, CaseFacts] = {}
    for start in range(0, len(case_ids), CASES):
        some = list(case_ids[start : start + CASES])
        ads, sightings = (
            {bucket["key"]: bucket for bucket in by_case(reader, kind, some, measures)}
            for kind, measures in (("ads", _OF_ADS), ("sightings", _OF_SIGHTINGS))
        )
        for case_id, bucket in ads.items():
            counted[case_id] = _facts(bucket, sightings.get(case_id))
    return counted


def _facts(ads: Any, seen: Any | None) -> CaseFacts:
    (lead,) = ads["worst"]["hits"]["hits"]
    (rank,), (worst,) = lead["fields"]["severity"], lead["fields"]["worst"]
    last = max(ads["last"]["value"], seen["last"]["value"]) if seen else ads["last"]["value"]
    return CaseFacts(
        ads=ads["doc_count"],
        variants=ads["variants"]["value"],
        sightings=seen["doc_count"] if seen else 0,
        runs=seen["runs"]["value"] if seen else 0,
        first_seen=_at(ads["first"]["value"]),
        last_seen=_at(last),
        severity=None if rank < 0 else list(Severity)[rank],
        # `worst` is twice the rank and the score, which ends at 1 (ranking.py).
        score=round(worst - 2 * rank, SCORE_DIGITS),
        categories=tuple(_keys(ads["categories"])),
        products=tuple(Product(key) for key in _keys(ads["products"])),
        licence_status=tuple(LicenceStatus(key) for key in _keys(ads["licences"])),
        sources=listed(_keys(ads["sources"])),
        regions=listed(_keys(seen["regions"])) if seen else (),
        devices=listed(_keys(seen["devices"])) if seen else (),
        hosts=listed(key[:200] for key in _keys(ads["hosts"])),
        advertisers=listed(_keys(ads["advertisers"])),
        title=lead["fields"].get("headline", [""])[0],
    )


def _keys(aggregation: Any) -> list[Any]:
    return [bucket["key"] for bucket in aggregation["buckets"]]


def _at(value: float) -> datetime:
    # Microseconds of our time are below 2^53: a double holds them exactly.
    return _EPOCH + timedelta(microseconds=int(value))
