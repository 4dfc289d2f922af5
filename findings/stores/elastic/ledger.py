"""The ledger of a run as documents: what it has to do, and what of that is done."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from elasticsearch import Elasticsearch

from findings.model.crawl import Task
from findings.query import TaskCounts
from findings.stores.codec import readable
from findings.stores.elastic.bulk import Item, write_bulk
from findings.stores.elastic.client import errors
from findings.stores.elastic.documents import plan_document, task_document
from findings.stores.elastic.names import Names
from findings.stores.elastic.places import by_id, find_places
from findings.stores.elastic.reading import Reader, record

#: Tasks handed to one call of `write_bulk`, which cuts them to size.
BATCH = 1000


class Ledger:
    """Plans and tasks of one store."""

    def __init__(self, client: Elasticsearch, url: str, names: Names, reader: Reader) -> None:
        self._client = client
        self._url = url
        self._names = names
        self._reader = reader

    def put_plan(self, run_id: str, text: str) -> None:
        """Keep the plan of a run."""
        item = Item(self._names.alias("plans"), run_id, plan_document(run_id, text))
        write_bulk(self._client, self._url, [item], require_alias=True)

    def plan(self, run_id: str) -> str | None:
        """The plan of a run, or None; sees every write at once."""
        document = by_id(self._client, self._url, self._names.alias("plans"), run_id)
        return document["_source"]["record"]["text"] if document else None

    def put_tasks(self, run_id: str, tasks: Iterable[Task]) -> int:
        """Write down the tasks of a run; visible to searches on return."""
        waiting = iter(tasks)
        place = 0
        while batch := [readable(task) for task in islice(waiting, BATCH)]:
            write_bulk(
                self._client,
                self._url,
                (
                    Item(self._names.alias("tasks"), task.id, task_document(task, run_id, place + number))
                    for number, task in enumerate(batch)
                ),
                require_alias=True,
            )
            place += len(batch)
        with errors(self._url):
            self._client.indices.refresh(index=self._names.alias("tasks"))
        return place

    def open_tasks(self, run_id: str, source: str | None) -> Iterator[Task]:
        """The tasks without a capture, a page at a time; a capture is looked for by its id."""
        wanted: list[dict[str, Any]] = [{"term": {"run_id": run_id}}]
        if source is not None:
            wanted.append({"term": {"source": source}})
        order = [{"place": "asc"}, {"id": "asc"}]
        for hits in self._reader.pages("tasks", {"bool": {"filter": wanted}}, order, ["record"]):
            done = self.captured([hit["_id"] for hit in hits])
            yield from (record(hit, Task) for hit in hits if hit["_id"] not in done)

    def captured(self, ids: list[str]) -> set[str]:
        """Those of these tasks whose captures are stored; sees every write at once."""
        places = find_places(self._client, self._url, self._names, ids)
        if not places:
            return set()
        wanted = [
            {"_index": self._names.index("captures", place.month), "_id": task, "_source": False}
            for task, place in places.items()
        ]
        with errors(self._url):
            told = self._client.mget(docs=wanted)
        return {document["_id"] for document in told["docs"] if document.get("found")}

    def counts(self, run_id: str) -> TaskCounts:
        """Done and open tasks of a run."""
        of_run = {"term": {"run_id": run_id}}
        done, total = (
            self._reader.ask(kind, query=of_run, size=0, track_total_hits=True)["hits"]["total"]["value"]
            for kind in ("captures", "tasks")
        )
        return TaskCounts(done=done, open=max(0, total - done))
