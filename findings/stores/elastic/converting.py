"""Documents of an older version as documents of this one.

Version 1 → 2: ads gain what searches and cases ask for; the record itself goes over as it stands, with
fields that this release does not know. All other kinds are the same in both.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from findings.errors import WriteRefused
from findings.model.records import AdRecord
from findings.stores.elastic.documents import Seen, ad_document
from findings.stores.elastic.queries import MAX_VALUES

#: Asks the old indices of a kind: `ask(kind, **body)` gives the answer of a search.
Ask = Callable[..., Any]


def converted(kind: str, hits: Sequence[Any], ask: Ask) -> list[bytes]:
    """The documents of these hits in this version, in their order."""
    if kind != "ads":
        return [msgspec.json.encode(hit["_source"]) for hit in hits]
    places = _places([hit["_id"] for hit in hits], ask)
    return [_ad(hit, places.get(hit["_id"], Seen())) for hit in hits]


def fields(kind: str) -> list[str]:
    """What is read of an old document; all else of it is made anew."""
    return ["record", "run_ids"] if kind == "ads" else ["*"]


def _ad(hit: Any, seen: Seen) -> bytes:
    source = hit["_source"]
    try:
        ad = msgspec.convert(source["record"], AdRecord)
    except (msgspec.ValidationError, KeyError) as error:
        raise WriteRefused(hit["_id"], f"its stored record can't be read: {error}") from error
    runs = Seen(runs=frozenset(source.get("run_ids", ())))
    return ad_document(ad, seen | runs, record=msgspec.json.encode(source["record"]))


def _places(ids: list[str], ask: Ask) -> dict[str, Seen]:
    """Where and when these ads were seen, by their sightings."""
    values = {"size": MAX_VALUES, "order": {"_key": "asc"}}
    told = ask(
        "sightings",
        query={"terms": {"ad_id": ids}},
        size=0,
        aggregations={
            "ads": {
                "terms": {"field": "ad_id", "size": len(ids)},
                "aggs": {
                    "regions": {"terms": {"field": "region", **values}},
                    "keywords": {"terms": {"field": "keyword", **values}},
                    "devices": {"terms": {"field": "device", **values}},
                    "last": {"max": {"field": "at_us"}},
                },
            }
        },
    )
    return {
        bucket["key"]: Seen(
            regions=_values(bucket["regions"]),
            devices=_values(bucket["devices"]),
            keywords=_values(bucket["keywords"]),
            last=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(bucket["last"]["value"])),
        )
        for bucket in told["aggregations"]["ads"]["buckets"]
    }


def _values(aggregation: Any) -> frozenset[str]:
    return frozenset(bucket["key"] for bucket in aggregation["buckets"])
