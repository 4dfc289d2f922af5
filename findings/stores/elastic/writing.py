"""Writes bundles: ads and sightings first, then the files of their cases, captures last, so that a task
counts as done only when all it brought is stored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from findings.cases.facts import part_of
from findings.cases.joining import Signs, signs_of, signs_of_all
from findings.cases.late import Placed
from findings.errors import StoreAway, WriteRefused
from findings.model.records import AdRecord, CaptureBundle, Sighting
from findings.model.vocabulary import CaseState
from findings.search.cursor import micros
from findings.stores.codec import replaceable
from findings.stores.elastic.alike import Alike
from findings.stores.elastic.bulk import Item, write_bulk
from findings.stores.elastic.case_files import Stored as CaseFileStored
from findings.stores.elastic.client import errors
from findings.stores.elastic.documents import (
    Seen,
    ad_document,
    capture_document,
    sighting_document,
    stored_at,
    unstored,
)
from findings.stores.elastic.late import Joining
from findings.stores.elastic.names import Names
from findings.stores.elastic.places import MAX_IDS, Place, find_places, settle_places
from findings.stores.elastic.preparing import NOTHING, Prepared, brought, guesses
from findings.stores.elastic.settling import Joined, Settling
from findings.stores.elastic.templates import create_index
from findings.stores.merging import merge

#: How often a lost race for one ad is run again. Every loss means that another worker won.
ATTEMPTS = 20


#: What is read of an ad that is written again; all else is made from the record.
KEPT = ["record", "run_ids", "regions", "devices", "keywords", "seen_last", "stored_us", "state"]


class Stored(msgspec.Struct, frozen=True):
    """An ad as it stands in the index, with what an update must name."""

    ad: AdRecord
    record: Any
    seen: Seen
    state: str | None
    seq: int
    term: int


class Writer:
    """Writes to one store. Several may write to the same one at once."""

    def __init__(
        self,
        client: Elasticsearch,
        url: str,
        names: Names,
        settling: Settling,
        alike: Alike,
        joining: Joining,
    ) -> None:
        self._client = client
        self._url = url
        self._names = names
        self._settling = settling
        self._alike = alike
        self._joining = joining
        self._made: set[str] = set()

    def prepare(self, bundles: Sequence[CaptureBundle], *, ahead: bool) -> Prepared:
        """Settle where checked bundles go; `ahead` makes what can be made while those before them are on their way."""
        new = brought(bundles)
        at = {task: capture.at for task, capture in new.captures.items()}
        at |= {ad.id: ad.first_seen for ad in new.ads.values()}
        places = settle_places(self._client, self._url, self._names, at)
        return Prepared(brought=new, places=places, guessed=guesses(new, places) if ahead else NOTHING)

    def write(self, batch: Prepared) -> None:
        """Store a batch; visible to searches on return."""
        new, sightings = batch.brought, batch.brought.sightings.values()
        others = {sighting.ad_id for sighting in sightings} - new.ads.keys()
        places = {**batch.places, **find_places(self._client, self._url, self._names, others)}
        self._make_indices(places, new.captures.keys(), new.ads.keys() | others)
        joined, alone, stored = self._write_ads(batch, places)
        # A task that has a place was begun before: by a writer that was killed, maybe before it could join.
        begun = {ad for task, ads in new.tasks.items() if not places[task].new for ad in ads}
        alone |= {ad_id: signs_of(new.ads[ad_id]) for ad_id in begun - alone.keys()}
        placed = {_placed(joined.ads[ad_id], stored[ad_id], signs): signs for ad_id, signs in alone.items()}
        self._bulk(
            Item(
                self._names.index("sightings", places[sighting.task_id].month),
                sighting.id,
                self._sighting(sighting, joined, batch),
            )
            for sighting in sightings
        )
        touched = {self._names.index("ads", places[ad].month) for ad in joined.ads}
        touched |= {self._names.index("sightings", places[s.task_id].month) for s in sightings}
        self._settling.settle(joined, list(sightings), sorted(touched))
        self._joining.join(placed)
        self._bulk(
            (
                Item(self._names.index("captures", places[task].month), task, capture_document(capture))
                for task, capture in new.captures.items()
            ),
            refresh=True,
        )

    def _make_indices(self, places: Mapping[str, Place], tasks: Iterable[str], ads: Iterable[str]) -> None:
        """Make the indices that these documents go to."""
        needed = {self._names.index("ads", places[ad].month) for ad in ads if ad in places}
        for task in tasks:
            needed |= {self._names.index(kind, places[task].month) for kind in ("captures", "sightings")}
        for index in sorted(needed - self._made):
            with errors(self._url):
                create_index(self._client, index)
            self._made.add(index)

    def _bulk(self, items: Iterable[Item], *, refresh: bool = False) -> None:
        write_bulk(self._client, self._url, items, refresh=refresh)

    def _write_ads(
        self, batch: Prepared, places: Mapping[str, Place]
    ) -> tuple[Joined, dict[str, Signs], dict[str, int]]:
        """Create or update the ads, each in its case; the signs of those that began one; when each was stored
        first, in microseconds since 1970."""
        ads = batch.brought.ads
        written: dict[str, AdRecord] = {}
        states: dict[str, str] = {}
        files: dict[str, CaseFileStored] = {}
        signs = dict(batch.guessed.signs)
        new: set[str] = set()
        alone: dict[str, Signs] = {}
        first: dict[str, int] = {}
        asked: set[str] = set()
        pending = {*batch.brought.seen}
        looked_up = {ad_id for ad_id in pending if ad_id in places and not places[ad_id].new}
        for _ in range(ATTEMPTS):
            stored = self.stored({ad_id: places[ad_id] for ad_id in sorted(looked_up)})
            fresh = {ad_id: ads[ad_id] for ad_id in pending if ad_id in ads and ad_id not in stored}
            signs |= signs_of_all(ad for ad_id, ad in fresh.items() if ad_id not in signs)
            joins = self._alike.cases_for(fresh.values(), signs)
            alone |= joins.alone
            cases = {*joins.stored, *(old.ad.case_id for old in stored.values())}
            leads, there = self._settling.look_up(cases)
            asked |= cases | leads.keys() | set(leads.values())
            files = there | files
            wanted: list[tuple[AdRecord, Stored | None]] = []
            for ad_id in sorted(pending):
                old = stored.get(ad_id)
                case_id = joins.cases.get(ad_id, "")
                ad = self._wanted(ads.get(ad_id), old, places.get(ad_id), leads.get(case_id, case_id))
                if ad is None:
                    raise WriteRefused(batch.brought.by[ad_id], f"its ad {ad_id} is not stored")
                written[ad_id] = ad
                states[ad_id] = (old.state if old else _state(files.get(ad.case_id))) or CaseState.OPEN
                wanted.append((ad, old))
            # Encoded while the ones before are on their way.
            items = self._items(batch, wanted, places, states, signs, first)
            lost = write_bulk(self._client, self._url, items)
            new = (new | (pending - stored.keys())) - lost
            pending = looked_up = lost
            if not pending:
                in_case = {ad_id: ad.case_id for ad_id, ad in written.items()}
                joined = Joined(
                    ads=written,
                    cases=in_case,
                    states=states,
                    new=frozenset(new),
                    parts=batch.guessed.parts,
                    files=files,
                    begun=frozenset(in_case.values()) - asked,
                )
                return joined, {ad_id: alone[ad_id] for ad_id in alone.keys() & new}, first
        raise StoreAway(self._url, f"other workers kept changing ad {min(pending)}")

    def _wanted(
        self, new: AdRecord | None, old: Stored | None, place: Place | None, case_id: str
    ) -> AdRecord | None:
        if new is None:
            return old.ad if old else None
        if old is None and place is not None:
            if (new.first_seen, new.case_id) == (place.first_seen, case_id):
                return new
            return msgspec.structs.replace(new, first_seen=place.first_seen, case_id=case_id)
        return merge(old.ad if old else None, new)

    def _items(
        self,
        batch: Prepared,
        wanted: Iterable[tuple[AdRecord, Stored | None]],
        places: Mapping[str, Place],
        states: Mapping[str, str],
        signs: Mapping[str, Signs],
        first: dict[str, int],
    ) -> Iterator[Item]:
        """What is to be written, so that the index holds these ads; `first` is told when each was stored first."""
        new, seen, guessed = batch.brought.ads, batch.brought.seen, batch.guessed.ads
        for ad, old in wanted:
            index = self._names.index("ads", places[ad.id].month)
            first[ad.id] = (old.seen.stored or 0) if old else micros(datetime.now(UTC))
            if old is None:
                if ad is new[ad.id] and ad.id in guessed and states[ad.id] == CaseState.OPEN:
                    document = guessed[ad.id]
                else:
                    document = unstored(ad, seen[ad.id], states[ad.id], part_of(ad), signs[ad.id])
                yield Item(index, ad.id, stored_at(document, first[ad.id]), create=True)
            elif ad != old.ad or seen[ad.id] | old.seen != old.seen:
                replaceable(ad.id, old.record, AdRecord)
                document = ad_document(ad, seen[ad.id] | old.seen, states[ad.id])
                yield Item(index, ad.id, document, seq=old.seq, term=old.term)

    def _sighting(self, sighting: Sighting, joined: Joined, batch: Prepared) -> bytes:
        """The document of a sighting of an ad that is written."""
        ad, guess = joined.ads[sighting.ad_id], batch.guessed.sightings.get(sighting.id)
        if guess is not None and ad.case_id == batch.brought.ads[ad.id].case_id:
            return guess
        return sighting_document(sighting, ad.case_id)

    def stored(self, places: dict[str, Place]) -> dict[str, Stored]:
        """The ads that stand in the index, read by id: this sees writes not yet searchable."""
        wanted = [
            {"_index": self._names.index("ads", place.month), "_id": ad_id} for ad_id, place in places.items()
        ]
        found: dict[str, Stored] = {}
        for start in range(0, len(wanted), MAX_IDS):
            with errors(self._url):
                told = self._client.mget(docs=wanted[start : start + MAX_IDS], source_includes=KEPT)
            for document in told["docs"]:
                if document.get("found"):
                    source = document["_source"]
                    found[document["_id"]] = Stored(
                        ad=msgspec.convert(source["record"], AdRecord),
                        record=source["record"],
                        seen=_seen(source),
                        state=source.get("state"),
                        seq=document["_seq_no"],
                        term=document["_primary_term"],
                    )
        return found


def _placed(ad: AdRecord, stored: int, signs: Signs) -> Placed:
    return Placed(stored, ad.id, micros(ad.first_seen), signs.simhash, ad.case_id)


def _state(file: CaseFileStored | None) -> str | None:
    return file.file.state if file else None


def _seen(source: dict[str, Any]) -> Seen:
    return Seen(
        runs=frozenset(source["run_ids"]),
        regions=frozenset(source["regions"]),
        devices=frozenset(source["devices"]),
        last=msgspec.convert(source["seen_last"], datetime),
        keywords=frozenset(source["keywords"]),
        stored=source["stored_us"],
    )
