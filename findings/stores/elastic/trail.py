"""The audit trail: one document an entry, its id the entry's number, made with `create`.

Nobody can take a number twice, and who appends looks at every entry from the last one that a search shows
on, so an entry that several processes append at once, or one began and another ends, stands once.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from findings.model.casework import AuditDraft, AuditEntry
from findings.review.chain import chained
from findings.stores.codec import encode
from findings.stores.elastic.bulk import Item, write_bulk
from findings.stores.elastic.client import errors, refusal
from findings.stores.elastic.names import Names
from findings.stores.elastic.reading import Reader, record

#: Entries read in one request.
BATCH = 200


class Trail:
    """The trail of one store."""

    def __init__(self, client: Elasticsearch, url: str, names: Names, reader: Reader) -> None:
        self._client = client
        self._url = url
        self._index = names.alias("audit")
        self._reader = reader

    def entry_of(self, draft: AuditDraft) -> AuditEntry | None:
        """The entry of a draft, or None; sees every entry."""
        with errors(self._url):
            self._client.indices.refresh(index=self._index)
        return self._searched(draft)[1]

    def append(self, draft: AuditDraft) -> AuditEntry:
        """Put the entry of a draft behind the last one, unless it stands in the trail already."""
        last, there = self._searched(draft)
        if there is not None:
            return there
        while True:
            entry = chained(draft, last)
            item = Item(self._index, f"{entry.number:012}", _document(entry), create=True)
            if not write_bulk(self._client, self._url, [item], require_alias=True):
                return entry
            # One search saw all entries up to `last`, and the draft was not among them.
            for other in _behind(self._client, self._url, self._index, last.number if last else 0):
                if other.draft.id == draft.id:
                    return other
                last = other

    def after(self, number: int) -> Iterator[AuditEntry]:
        """The entries behind a number."""
        return entries_in(self._client, self._url, self._index, number)

    def of_case(self, case_id: str) -> Iterator[AuditEntry]:
        """The entries of one case."""
        with errors(self._url):
            self._client.indices.refresh(index=self._index)
        return self._reader.records("audit", {"term": {"case_ids": case_id}}, [{"number": "asc"}], AuditEntry)

    def _searched(self, draft: AuditDraft) -> tuple[AuditEntry | None, AuditEntry | None]:
        """The last entry that one search sees, and the draft's if it sees that."""
        told: Any = self._reader.ask(
            "audit",
            query={"match_all": {}},
            sort=[{"number": "desc"}],
            size=1,
            source_includes=["record"],
            aggregations={
                "draft": {
                    "filter": {"term": {"draft_id": draft.id}},
                    "aggs": {"entry": {"top_hits": {"size": 1, "_source": {"includes": ["record"]}}}},
                }
            },
        )
        last, found = told["hits"]["hits"], told["aggregations"]["draft"]["entry"]["hits"]["hits"]
        return (
            record(last[0], AuditEntry) if last else None,
            record(found[0], AuditEntry) if found else None,
        )


def entries_in(client: Elasticsearch, url: str, index: str, number: int = 0) -> Iterator[AuditEntry]:
    """The entries behind a number of the trail in an index; sees every entry."""
    while entries := _behind(client, url, index, number):
        yield from entries
        number = entries[-1].number


def _behind(client: Elasticsearch, url: str, index: str, number: int) -> list[AuditEntry]:
    """The next entries, up to the first number that nobody took."""
    ids = [f"{wanted:012}" for wanted in range(number + 1, number + 1 + BATCH)]
    with errors(url):
        told = client.mget(index=index, ids=ids, source_includes=["record"])
    entries: list[AuditEntry] = []
    for document in told["docs"]:
        if "error" in document:
            raise refusal(url, 404, document["error"], None)
        if not document["found"]:
            break
        entries.append(record(document, AuditEntry))
    return entries


def _document(entry: AuditEntry) -> bytes:
    draft = entry.draft
    return msgspec.json.encode(
        {
            "number": entry.number,
            "at": draft.at,
            "actor": draft.actor,
            "action": draft.action,
            "case_ids": draft.case_ids,
            "draft_id": draft.id,
            "bulk": draft.bulk,
            "undoes": draft.undoes,
            "record": msgspec.Raw(encode(draft.id, entry)),
        }
    )
