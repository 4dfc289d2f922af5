"""Ads near another one in words or meaning, asked of the index."""

from collections.abc import Iterator, Sequence
from typing import Any

from findings.model.records import AdRecord
from findings.search.asked import Asked
from findings.search.near import MAX_CANDIDATES, SPARE, Near, nearest_in_meaning, nearest_marks
from findings.stores.elastic.queries import conditions
from findings.stores.elastic.reading import Reader, record

#: Vectors that each shard looks at: more finds more of the nearest, and takes longer.
_LOOKED_AT = 200


def alike(reader: Reader, mark: int, asked: Asked) -> list[Near]:
    """The ads that match, nearest in words first."""
    told = reader.ask(
        "ads",
        query=conditions(asked.expression),
        sort=[{"id": "asc"}],
        size=MAX_CANDIDATES,
        source=False,
        docvalue_fields=["simhash"],
        track_total_hits=False,
    )
    marks = ((hit["_id"], int(hit["fields"]["simhash"][0], 16)) for hit in told["hits"]["hits"])
    near = nearest_marks(mark, marks, asked.query.limit)
    ads = {ad.id: ad for ad in _ads(reader, [name for name, _ in near])}
    return [Near(ads[name], nearness) for name, nearness in near if name in ads]


def meaning(reader: Reader, vector: Sequence[float], asked: Asked) -> list[Near]:
    """The ads that match, nearest in meaning first, of those that the graph leads to."""
    limit = asked.query.limit
    wanted = min(limit * SPARE, 10_000)
    told = reader.ask(
        "ads",
        knn={
            "field": "embedding",
            "query_vector": list(vector),
            "k": wanted,
            "num_candidates": min(max(_LOOKED_AT, wanted), 10_000),
            "filter": conditions(asked.expression),
        },
        size=wanted,
        source_includes=["record"],
        track_total_hits=False,
    )
    return nearest_in_meaning(vector, (record(hit, AdRecord) for hit in told["hits"]["hits"]), limit)


def _ads(reader: Reader, ids: list[str]) -> Iterator[AdRecord]:
    these: dict[str, Any] = {"terms": {"id": ids}}
    return reader.records("ads", these, [{"id": "asc"}], AdRecord)
