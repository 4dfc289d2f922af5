"""Copies what was written to old indices into new ones, over and over, until nothing is left.

Elasticsearch numbers all writes to a shard (`_seq_no`). Those up to the global checkpoint are on every
copy of the shard and are never taken back. So a pass reads that checkpoint, makes all it covers
searchable, and copies the documents whose last write lies above what is copied and not above it.
A document that is written again meanwhile gets a higher number and comes with a later pass.
How far each shard came is kept in the index `migrations`, after the documents themselves.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from findings.errors import StoreAway, StoreDamaged
from findings.stores.elastic.bulk import MAX_BYTES, Item, write_bulk
from findings.stores.elastic.client import errors
from findings.stores.elastic.converting import converted, fields
from findings.stores.elastic.names import MONTHLY, SINGLE, Names, Part
from findings.stores.elastic.templates import create_index

#: Numbers of writes, and so at most documents, of one request: to begin with, and at most.
WINDOW, MAX_WINDOW = 100, 1000

#: Ads come last: what their sightings add up to goes into them.
ORDER = (*(kind for kind in (*MONTHLY, *SINGLE) if kind not in ("ads", "migrations")), "ads")


class Reached(msgspec.Struct):
    """How far one shard of an old index is copied: the number of the last write, and documents so far."""

    index: str
    shard: int
    seq: int = -1
    documents: int = 0


class Copier:
    """Copies one old version of a store into one new version."""

    def __init__(self, client: Elasticsearch, url: str, old: Names, new: Names) -> None:
        self._client = client
        self._url = url
        self._old = old
        self._new = new
        self._window = WINDOW
        self._reached: dict[tuple[str, int], Reached] = {}
        self._made: set[str] = set()

    @property
    def documents(self) -> int:
        """Documents copied so far, those written again counted each time."""
        return sum(reached.documents for reached in self._reached.values())

    def copy_changes(self, indices: dict[str, Part], told: Callable[[int], None]) -> int:
        """Copy what was written since the last call; return how many documents that were."""
        before = self.documents
        wanted = self._checkpoints(list(indices))
        for index, part in sorted(indices.items(), key=lambda pair: (ORDER.index(pair[1].kind), pair[0])):
            fresh = self._make(self._new.index(part.kind, part.month))
            for shard, checkpoint in wanted[index].items():
                reached = self._start(index, shard, fresh)
                for hits in self._hits(part.kind, reached, checkpoint):
                    self._put(part, hits)
                    if part.kind == "sightings":
                        self._renew({hit["_source"]["ad_id"] for hit in hits})
                    self._keep(reached)
                    told(self.documents)
        return self.documents - before

    def _make(self, target: str) -> bool:
        """Make a new index; whether it was not there yet."""
        if target in self._made:
            return False
        with errors(self._url):
            fresh = create_index(self._client, target)
        self._made.add(target)
        return fresh

    def _checkpoints(self, indices: list[str]) -> dict[str, dict[int, int]]:
        """What is safe of every shard of these indices; it can be searched on return."""
        with errors(self._url):
            told: Any = self._client.indices.stats(
                index=indices,
                level="shards",
                metric="docs",
                filter_path="indices.*.shards.*.seq_no.global_checkpoint,indices.*.shards.*.routing.primary",
            ).body
            self._client.indices.refresh(index=indices)
        safe = {
            index: {
                int(shard): copy["seq_no"]["global_checkpoint"]
                for shard, copies in told.get("indices", {}).get(index, {}).get("shards", {}).items()
                for copy in copies
                if copy["routing"]["primary"]
            }
            for index in indices
        }
        for index, shards in safe.items():
            if not shards:
                raise StoreAway(self._url, f"index {index} has no shard that answers")
        return safe

    def _hits(self, kind: str, reached: Reached, checkpoint: int) -> Iterator[list[Any]]:
        """The documents whose last write is above what is reached and at most the checkpoint."""
        while reached.seq < checkpoint:
            high = min(checkpoint, reached.seq + self._window)
            try:
                with errors(self._url):
                    told = self._client.search(
                        index=reached.index,
                        preference=f"_shards:{reached.shard}",
                        query={"range": {"_seq_no": {"gt": reached.seq, "lte": high}}},
                        sort=["_seq_no"],
                        size=self._window,
                        track_total_hits=False,
                        allow_partial_search_results=False,
                        source_includes=fields(kind),
                    )
            except StoreAway as away:
                if "circuit_breaking" not in away.reason or self._window == 1:
                    raise
                self._window //= 2
                continue
            hits = told["hits"]["hits"]
            reached.seq = high
            reached.documents += len(hits)
            yield hits

    def _put(self, part: Part, hits: Sequence[Any]) -> None:
        documents = converted(part.kind, hits, self._ask)
        target = self._new.index(part.kind, part.month)
        pairs = zip(hits, documents, strict=True)
        write_bulk(self._client, self._url, (Item(target, hit["_id"], document) for hit, document in pairs))
        size = sum(len(document) for document in documents)
        if size > MAX_BYTES:
            self._window = max(1, self._window // 2)
        elif size < MAX_BYTES // 4:
            self._window = min(MAX_WINDOW, self._window * 2)

    def _renew(self, ad_ids: set[str]) -> None:
        """Copy those ads again that were copied before these sightings of theirs."""
        copied = {reached.index: reached.seq for reached in self._reached.values()}
        hits = (
            hit
            for start in range(0, len(ad_ids), WINDOW)
            for hit in self._ask(
                "ads",
                query={"ids": {"values": sorted(ad_ids)[start : start + WINDOW]}},
                size=WINDOW,
                seq_no_primary_term=True,
                source_includes=fields("ads"),
            )["hits"]["hits"]
        )
        for hit in hits:
            part = self._old.part(hit["_index"])
            if part is not None and hit["_seq_no"] <= copied.get(hit["_index"], -1):
                self._put(part, [hit])

    def _ask(self, kind: str, **body: Any) -> Any:
        with errors(self._url):
            return self._client.search(
                index=self._old.index(kind, "*"), allow_partial_search_results=False, **body
            ).body

    def _start(self, index: str, shard: int, fresh: bool) -> Reached:
        """Where to go on with a shard; anew where the new index was not there."""
        key = (index, shard)
        if key in self._reached and not fresh:
            return self._reached[key]
        with errors(self._url):
            (kept,) = self._client.mget(index=self._new.index("migrations"), ids=[f"{index}/{shard}"])["docs"]
        reached = Reached(index, shard)
        if kept.get("found") and not fresh:
            reached = msgspec.convert(kept["_source"]["record"], Reached)
        self._reached[key] = reached
        return reached

    def _keep(self, reached: Reached) -> None:
        document = msgspec.json.encode({"index": reached.index, "record": reached})
        item = Item(self._new.index("migrations"), f"{reached.index}/{reached.shard}", document)
        write_bulk(self._client, self._url, [item])

    def compare(self, indices: dict[str, Part]) -> None:
        """See that each new index holds the documents of its old one, no more and no fewer.

        What was deleted from the old one while it was copied goes from the new one too.
        """
        for index, part in indices.items():
            target = self._new.index(part.kind, part.month)
            with errors(self._url):
                self._client.indices.refresh(index=[index, target])
                there, here = (self._client.count(index=name)["count"] for name in (index, target))
            if here > there:
                here -= self._sweep(index, target)
            if here != there:
                raise StoreDamaged(self._url, f"{target} holds {here} documents, {index} {there}")

    def _sweep(self, index: str, target: str) -> int:
        """Delete from the new index what the old one no longer has; return how many documents."""
        gone = 0
        with errors(self._url):
            point = self._client.open_point_in_time(index=target, keep_alive="5m")["id"]
            place: list[Any] | None = None
            while True:
                hits = self._client.search(
                    pit={"id": point, "keep_alive": "5m"},
                    sort=["_shard_doc"],
                    size=MAX_WINDOW,
                    search_after=place,
                    source=False,
                )["hits"]["hits"]
                if not hits:
                    break
                place = hits[-1]["sort"]
                told = self._client.mget(index=index, ids=[hit["_id"] for hit in hits], source=False)
                extra = [document["_id"] for document in told["docs"] if not document["found"]]
                if extra:
                    self._client.bulk(
                        operations=[{"delete": {"_index": target, "_id": key}} for key in extra], refresh=True
                    )
                gone += len(extra)
            self._client.close_point_in_time(id=point)
        return gone
