"""Coverage counted by aggregations."""

from typing import Any

from findings.model.ids import RECHECK_RUN
from findings.model.vocabulary import LicenceStatus
from findings.query import Coverage, PlaceCoverage, SourceCoverage
from findings.stores.elastic.queries import MAX_VALUES
from findings.stores.elastic.reading import Reader, counts

#: Captures of what is watched, not of what was handed over and is visited again.
WATCHED: dict[str, Any] = {"bool": {"must_not": {"prefix": {"run_id": RECHECK_RUN}}}}


def coverage(reader: Reader, run_id: str | None) -> Coverage:
    """Outcomes by source and ads by category, of one run or of everything."""
    captures = reader.ask(
        "captures",
        query=WATCHED if run_id is None else _of_run("run_id", run_id),
        size=0,
        aggregations={
            "sources": {
                "terms": {"field": "source", "size": MAX_VALUES},
                "aggs": {
                    "outcomes": {"terms": {"field": "outcome", "size": MAX_VALUES}},
                    "devices": {
                        "terms": {
                            "field": "device",
                            "size": MAX_VALUES,
                            "missing": "",
                            "order": {"_key": "asc"},
                        },
                        "aggs": {
                            "regions": {
                                "terms": {
                                    "field": "region",
                                    "size": MAX_VALUES,
                                    "missing": "",
                                    "order": {"_key": "asc"},
                                },
                                "aggs": {"outcomes": {"terms": {"field": "outcome", "size": MAX_VALUES}}},
                            }
                        },
                    },
                    "skipped": {
                        "filter": {"term": {"outcome": "skipped"}},
                        "aggs": {"why": {"terms": {"field": "detail", "size": MAX_VALUES, "missing": ""}}},
                    },
                },
            }
        },
    )
    ads = reader.ask(
        "ads",
        query=_of_run("run_ids", run_id),
        size=0,
        track_total_hits=True,
        aggregations={
            "sources": {"terms": {"field": "source", "size": MAX_VALUES}},
            "categories": {"terms": {"field": "categories", "size": 9, "order": {"_key": "asc"}}},
            "duties": {"terms": {"field": "duties", "size": MAX_VALUES, "order": {"_key": "asc"}}},
            "listed": {"filter": {"term": {"licence_status": LicenceStatus.LISTED_NEGATIVE}}},
        },
    )
    sightings = reader.ask("sightings", query=_of_run("run_id", run_id), size=0, track_total_hits=True)
    by_source = {bucket["key"]: bucket for bucket in captures["aggregations"]["sources"]["buckets"]}
    ads_of = counts(ads["aggregations"]["sources"])
    return Coverage(
        run_id=run_id,
        sources=tuple(
            SourceCoverage(
                source=source,
                outcomes=counts(by_source[source]["outcomes"]) if source in by_source else {},
                ads=ads_of.get(source, 0),
                skipped=counts(by_source[source]["skipped"]["why"]) if source in by_source else {},
                places=_places(by_source[source]) if source in by_source else (),
            )
            for source in sorted({*by_source, *ads_of})
        ),
        findings={
            bucket["key"]: bucket["doc_count"] for bucket in ads["aggregations"]["categories"]["buckets"]
        },
        ads=ads["hits"]["total"]["value"],
        sightings=sightings["hits"]["total"]["value"],
        form=counts(ads["aggregations"]["duties"]),
        listed=ads["aggregations"]["listed"]["doc_count"],
    )


def _places(bucket: Any) -> tuple[PlaceCoverage, ...]:
    return tuple(
        PlaceCoverage(device["key"], region["key"] or None, counts(region["outcomes"]))
        for device in bucket["devices"]["buckets"]
        for region in device["regions"]["buckets"]
    )


def _of_run(field: str, run_id: str | None) -> dict[str, Any]:
    return {"match_all": {}} if run_id is None else {"term": {field: run_id}}
