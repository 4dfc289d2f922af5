"""Which month's index holds an ad or a task: decided once, by whoever stores it first.

The index `places` has one small document an id and is only read by id, which in
Elasticsearch sees every write at once. So two workers that meet the same new ad on both
sides of midnight at a month's end still write it to one index, with one `first_seen`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from findings.stores.elastic.bulk import Item, write_bulk
from findings.stores.elastic.client import errors, refusal
from findings.stores.elastic.names import Names, month_of

#: Ids looked up in one request.
MAX_IDS = 1000


class Place(msgspec.Struct, frozen=True):
    """The month and the exact instant under which an id was first stored.

    `new` says that this call did so: nothing else can be stored under the id yet, unless
    a worker died between the two writes.
    """

    month: str
    first_seen: datetime
    new: bool = False


def find_places(client: Elasticsearch, url: str, names: Names, ids: Iterable[str]) -> dict[str, Place]:
    """The places of those ids that have one."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, Place] = {}
    for start in range(0, len(wanted), MAX_IDS):
        with errors(url):
            told = client.mget(index=names.alias("places"), ids=wanted[start : start + MAX_IDS])
        for document in told["docs"]:
            if "error" in document:
                raise refusal(url, 404, document["error"], None)
            if document["found"]:
                found[document["_id"]] = msgspec.convert(document["_source"], Place)
    return found


def by_id(client: Elasticsearch, url: str, index: str, key: str) -> Any | None:
    """The document under an id of an index that has one part only, or None; sees every write at once."""
    with errors(url):
        (document,) = client.mget(index=index, ids=[key])["docs"]
    if "error" in document:
        raise refusal(url, 404, document["error"], None)
    return document if document["found"] else None


def settle_places(
    client: Elasticsearch, url: str, names: Names, seen: Mapping[str, datetime]
) -> dict[str, Place]:
    """The places of all these ids; those without one get that of the instant given.

    Most ids are new (every task's is), so they are made first, and only those that were there are looked up.
    """
    places = {key: Place(month_of(at), at, new=True) for key, at in sorted(seen.items())}
    there = write_bulk(
        client,
        url,
        [
            Item(
                names.alias("places"),
                key,
                msgspec.json.encode({"month": place.month, "first_seen": place.first_seen}),
                create=True,
            )
            for key, place in places.items()
        ],
        require_alias=True,
    )
    return places | find_places(client, url, names, there)
