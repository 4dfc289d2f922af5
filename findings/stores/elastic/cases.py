"""Cases put together from ads and sightings.

The order needs the worst ad and the last sighting of every matching case: these are
collected first, some 200 bytes a case; the ads themselves are fetched 100 cases at a time.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from findings.model.records import AdRecord, CaseView, Sighting
from findings.model.vocabulary import CaseState
from findings.search.asked import Asked
from findings.stores.elastic.case_files import CaseFiles
from findings.stores.elastic.queries import conditions
from findings.stores.elastic.reading import Reader, record
from findings.stores.ranking import case_view

#: Cases of one request while ordering, and while fetching.
ORDERED, FETCHED = 1000, 100


def cases(reader: Reader, files: CaseFiles, asked: Asked) -> Iterator[CaseView]:
    """The cases of the matching ads, worst first."""
    order: list[tuple[float, int, str]] = []
    for case_ids in _cases_of(reader, conditions(asked.expression)):
        order += _keys(reader, case_ids)
    order.sort()
    for start in range(0, len(order), FETCHED):
        yield from views(reader, files, [case_id for _, _, case_id in order[start : start + FETCHED]])


def views(reader: Reader, files: CaseFiles, case_ids: list[str]) -> Iterator[CaseView]:
    """These cases with all their ads, in the order given; ids without ads are left out."""
    ads: dict[str, list[AdRecord]] = defaultdict(list)
    runs: dict[str, set[str]] = defaultdict(set)
    of_cases = {"terms": {"case_id": case_ids}}
    for hits in reader.pages("ads", of_cases, [{"id": "asc"}], ["record", "run_ids"]):
        for hit in hits:
            ad = record(hit, AdRecord)
            ads[ad.case_id].append(ad)
            runs[ad.case_id].update(hit["_source"]["run_ids"])
    seen = {
        bucket["key"]: bucket
        for bucket in by_case(
            reader,
            "sightings",
            case_ids,
            {
                "last": {
                    "top_hits": {
                        "size": 1,
                        "sort": [{"at_us": "desc"}, {"id": "desc"}],
                        "_source": {"includes": ["record"]},
                    }
                },
            },
        )
    }
    kept = files.read(case_ids)
    for case_id in case_ids:
        if case_id not in ads:
            continue
        bucket = seen.get(case_id)
        last = record(bucket["last"]["hits"]["hits"][0], Sighting) if bucket else None
        yield case_view(
            case_id,
            ads[case_id],
            last_seen=last.at if last else None,
            runs=len(runs[case_id]),
            sightings=bucket["doc_count"] if bucket else 0,
            evidence=last.evidence if last else (),
            state=kept[case_id].file.state if case_id in kept else CaseState.OPEN,
        )


def all_cases(reader: Reader) -> Iterator[list[str]]:
    """Ids of the cases of all ads, a page at a time."""
    return _cases_of(reader, {"match_all": {}})


def _cases_of(reader: Reader, query: dict[str, Any]) -> Iterator[list[str]]:
    """Ids of the cases with an ad that matches, a page at a time."""
    after: dict[str, Any] = {}
    while True:
        pages: dict[str, Any] = {"size": ORDERED, "sources": [{"case": {"terms": {"field": "case_id"}}}]}
        told = reader.ask(
            "ads",
            query=query,
            size=0,
            aggregations={"cases": {"composite": pages | after}},
        )
        found = told["aggregations"]["cases"]
        if found["buckets"]:
            yield [bucket["key"]["case"] for bucket in found["buckets"]]
        if "after_key" not in found:
            return
        after = {"after": found["after_key"]}


def _keys(reader: Reader, case_ids: list[str]) -> Iterator[tuple[float, int, str]]:
    """What cases are sorted by, so that the smallest comes first: worst, last seen, id."""
    sightings = by_case(reader, "sightings", case_ids, {"last": {"max": {"field": "at_us"}}})
    last_seen = {bucket["key"]: bucket["last"]["value"] for bucket in sightings}
    measures = {"worst": {"max": {"field": "worst"}}, "first": {"max": {"field": "first_seen_us"}}}
    for bucket in by_case(reader, "ads", case_ids, measures):
        seen = last_seen.get(bucket["key"], bucket["first"]["value"])
        yield -bucket["worst"]["value"], -int(seen), bucket["key"]


def by_case(reader: Reader, kind: str, case_ids: list[str], measures: dict[str, Any]) -> list[Any]:
    """One bucket a case over all its documents of a kind."""
    told = reader.ask(
        kind,
        query={"terms": {"case_id": case_ids}},
        size=0,
        aggregations={
            "cases": {
                # All shards give all of these few values, so the counts are exact.
                "terms": {"field": "case_id", "size": len(case_ids)},
                "aggs": measures,
            }
        },
    )
    buckets: list[Any] = told["aggregations"]["cases"]["buckets"]
    return buckets
