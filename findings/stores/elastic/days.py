"""What each source brought on each day, counted by aggregations, a page of buckets at a time."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from findings.model.crawl import Filled
from findings.model.zone import CHINA
from findings.query import SourceDay
from findings.stores.elastic.coverage import WATCHED
from findings.stores.elastic.queries import MAX_VALUES
from findings.stores.elastic.reading import Reader, counts

#: Buckets (a source on a day) of one page.
PAGE = 200


def source_days(reader: Reader, since: date, until: date) -> Iterator[SourceDay]:
    """Outcomes and filled fields by source and day in China."""
    span = {"gte": since.isoformat(), "lt": until.isoformat(), "time_zone": CHINA.key, "format": "yyyy-MM-dd"}
    day = {"date_histogram": {"field": "at", "calendar_interval": "day", "time_zone": CHINA.key}}
    after: dict[str, Any] = {}
    while True:
        told = reader.ask(
            "captures",
            query={"bool": {"filter": [{"range": {"at": span}}, WATCHED]}},
            size=0,
            aggregations={
                "days": {
                    "composite": {
                        "size": PAGE,
                        "sources": [{"source": {"terms": {"field": "source"}}}, {"day": day}],
                        **after,
                    },
                    "aggs": {
                        "outcomes": {"terms": {"field": "outcome", "size": MAX_VALUES}},
                        "filled": {"nested": {"path": "filled"}, "aggs": {"fields": _FIELDS}},
                    },
                }
            },
        )
        found = told["aggregations"]["days"]
        yield from (_day(bucket) for bucket in found["buckets"])
        if "after_key" not in found:
            return
        after = {"after": found["after_key"]}


_FIELDS: dict[str, Any] = {
    "terms": {"field": "filled.field", "size": MAX_VALUES, "order": {"_key": "asc"}},
    "aggs": {name: {"sum": {"field": f"filled.{name}"}} for name in ("found", "total")},
}


def _day(bucket: Any) -> SourceDay:
    fields = bucket["filled"]["fields"]["buckets"]
    return SourceDay(
        source=bucket["key"]["source"],
        # Midnight in China, in milliseconds since 1970 (UTC): eight hours before that day's in UTC.
        day=date(1970, 1, 1) + timedelta(milliseconds=bucket["key"]["day"], hours=8),
        outcomes=counts(bucket["outcomes"]),
        filled={f["key"]: Filled(int(f["found"]["value"]), int(f["total"]["value"])) for f in fields},
    )
