"""Case files as documents, each with the change that is not settled yet, if there is one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from findings.casebook import CaseQuery
from findings.cases.listing import Place
from findings.errors import StoreDamaged
from findings.model.casework import AuditDraft, CaseFile
from findings.search.cursor import micros
from findings.stores.codec import encode
from findings.stores.elastic.bulk import Item, write_bulk
from findings.stores.elastic.client import errors, refusal
from findings.stores.elastic.names import Names

#: Ids read in one request.
_MOST = 500
#: Merged cases followed one into the other before a chain counts as broken.
_CHAIN = 100


class Pending(msgspec.Struct, frozen=True):
    """A change that is not settled yet, as a file carries it (`changing.py`).

    `token` is of one attempt, `first` the file that decides it, `files` and `moves` all that it is
    about, `states` whether any file changes its state. `wanted` is the file as it is to be; None where it
    is so already.
    """

    token: str
    draft: AuditDraft
    first: str
    decided: bool
    since: datetime
    files: tuple[str, ...] = ()
    moves: dict[str, str] = {}
    states: bool = True
    wanted: CaseFile | None = None


class Stored(msgspec.Struct, frozen=True):
    """A file as it stands in the index, with what an update must name."""

    file: CaseFile
    pending: Pending | None
    seq: int
    term: int


class CaseFiles:
    """Reads and writes case files by id; sees every write at once."""

    def __init__(self, client: Elasticsearch, url: str, names: Names) -> None:
        self._client = client
        self._url = url
        self._index = names.alias("cases")

    def read(self, ids: Iterable[str]) -> dict[str, Stored]:
        """Those of these files that are there."""
        wanted = sorted(set(ids))
        found: dict[str, Stored] = {}
        for start in range(0, len(wanted), _MOST):
            with errors(self._url):
                told = self._client.mget(
                    index=self._index,
                    ids=wanted[start : start + _MOST],
                    source_includes=["record", "pending"],
                )
            for document in told["docs"]:
                if "error" in document:
                    raise refusal(self._url, 404, document["error"], None)
                if document["found"]:
                    found[document["_id"]] = stored(document)
        return found

    def write(self, files: Iterable[tuple[CaseFile, Pending | None, Stored | None]]) -> set[str]:
        """Write files, each new or in place of what was read; the ids of those that lost a race."""
        return write_bulk(
            self._client,
            self._url,
            (
                Item(
                    self._index,
                    file.id,
                    case_document(file, pending),
                    create=stands is None,
                    seq=stands.seq if stands else None,
                    term=stands.term if stands else None,
                )
                for file, pending, stands in files
            ),
            require_alias=True,
        )

    def refresh(self, also: Iterable[str] = ()) -> None:
        """Let searches see all that was written, and what other indices hold."""
        with errors(self._url):
            self._client.indices.refresh(index=[self._index, *also])

    def successors(self, ids: Iterable[str]) -> tuple[dict[str, str], dict[str, Stored]]:
        """The case that has the ads of each of these cases now; and the files of those, where they have one."""
        leads = {case_id: case_id for case_id in ids}
        files = self.read(leads)
        for _ in range(_CHAIN):
            on = {
                case_id: files[end].file.merged_into or end
                for case_id, end in leads.items()
                if end in files and files[end].file.merged_into
            }
            if not on:
                return leads, files
            leads |= on
            files |= self.read(set(on.values()) - files.keys())
        raise StoreDamaged(self._url, f"case {min(leads)} is merged in a circle")


def stored(document: Any) -> Stored:
    """The file of a document or hit that carries `record`, `pending`, and what an update must name."""
    source = document["_source"]
    pending = source.get("pending")
    return Stored(
        file=msgspec.convert(source["record"], CaseFile),
        pending=msgspec.convert(pending, Pending) if pending else None,
        seq=document["_seq_no"],
        term=document["_primary_term"],
    )


def case_document(file: CaseFile, pending: Pending | None) -> bytes:
    """The document of one file."""
    facts = file.facts
    return msgspec.json.encode(
        {
            "id": file.id,
            "version": file.version,
            "state": file.state,
            "priority": file.priority,
            "severity": -1 if facts.severity is None else facts.severity.rank,
            "score": facts.score,
            "assignee": file.assignee,
            "district": file.district,
            "due": file.due,
            "given_to": file.given.to if file.given else None,
            "given_until": file.given.until if file.given else None,
            "given_until_us": micros(file.given.until) if file.given else None,
            "categories": facts.categories,
            "sources": facts.sources,
            "regions": facts.regions,
            "last_seen_us": micros(facts.last_seen),
            "merged_into": file.merged_into,
            "quiet": file.exclusion is not None,
            "unsettled": pending is not None,
            "pending": pending,
            "record": msgspec.Raw(encode(file.id, file)),
        }
    )


#: The order of the queue.
ORDER: list[dict[str, str]] = [{"priority": "desc"}, {"last_seen_us": "desc"}, {"id": "asc"}]


def conditions(query: CaseQuery) -> dict[str, Any]:
    """The query for the files that match."""
    needed: list[dict[str, Any]] = []
    # Version 0: a file that a change not decided yet is to make.
    barred: list[dict[str, Any]] = [{"exists": {"field": "merged_into"}}, {"term": {"version": 0}}]
    for field, wanted in (
        ("state", query.states),
        ("district", query.districts),
        ("categories", query.categories),
        ("sources", query.sources),
    ):
        if wanted:
            needed.append({"terms": {field: list(wanted)}})
    nobody = {"bool": {"must_not": [{"exists": {"field": "assignee"}}]}}
    if query.assignees:
        theirs = {"terms": {"assignee": list(query.assignees)}}
        needed.append({"bool": {"should": [theirs, nobody]}} if query.unassigned else theirs)
    elif query.unassigned:
        needed.append(nobody)
    if query.due_by is not None:
        needed.append({"range": {"due": {"lte": query.due_by.isoformat()}}})
    if query.free_at is not None:
        barred.append({"range": {"given_until_us": {"gt": micros(query.free_at)}}})
    if query.on_desk is not None:
        officer, at = query.on_desk
        needed += [{"range": {"given_until_us": {"gt": micros(at)}}}, {"term": {"given_to": officer}}]
    if not query.quiet:
        barred.append({"term": {"quiet": True}})
    if query.findings_only:
        needed.append({"range": {"severity": {"gte": 0}}})
    return {"bool": {"filter": needed, "must_not": barred}}


def after(place: Place | None) -> list[Any] | None:
    """The `search_after` of a place in the queue."""
    return None if place is None else list(place)
