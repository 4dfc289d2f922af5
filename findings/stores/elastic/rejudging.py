"""Gives stored ads new judgements: each in place of the one that it was made for, then their cases."""

from collections.abc import Iterator, Mapping, Sequence

from elasticsearch import Elasticsearch

from findings.errors import WriteRefused
from findings.model.records import AdRecord
from findings.model.vocabulary import CaseState
from findings.rescreening.job import Failure, Rejudged, replaced
from findings.stores.codec import replaceable
from findings.stores.elastic.bulk import Item, write_bulk
from findings.stores.elastic.client import errors
from findings.stores.elastic.documents import ad_document
from findings.stores.elastic.members import ATTEMPTS
from findings.stores.elastic.names import Names
from findings.stores.elastic.places import Place, find_places
from findings.stores.elastic.settling import Joined, Settling
from findings.stores.elastic.writing import Stored, Writer


class Rejudging:
    """Writes judgements into one store."""

    def __init__(
        self, client: Elasticsearch, url: str, names: Names, writer: Writer, settling: Settling
    ) -> None:
        self._client = client
        self._url = url
        self._names = names
        self._writer = writer
        self._settling = settling

    def write(self, new: Sequence[Rejudged]) -> tuple[tuple[str, ...], tuple[Failure, ...]]:
        """Put new judgements in their places, and bring the cases up to date; visible to searches on return.

        Returns the ads that somebody else judged meanwhile, which stay as they are, and those that were refused.
        """
        wanted = {one.ad_id: one for one in new}
        places = find_places(self._client, self._url, self._names, wanted)
        refused: dict[str, str] = {}
        lost: set[str] = set()
        written: dict[str, Stored] = {}
        pending = set(wanted)
        for _ in range(ATTEMPTS):
            ready = self._ready(pending, wanted, places, lost, refused)
            written |= ready
            try:
                pending = write_bulk(self._client, self._url, self._items(ready, wanted, places))
            except WriteRefused as error:
                refused[error.document_id] = str(error)
                pending = ready.keys() - refused.keys()
            if not pending:
                break
        else:
            lost |= pending
        kept = {key: old for key, old in written.items() if key not in lost and key not in refused}
        self._settle(kept, wanted, places)
        return tuple(sorted(lost)), tuple(Failure.of(key, why) for key, why in sorted(refused.items()))

    def _ready(
        self,
        pending: set[str],
        wanted: Mapping[str, Rejudged],
        places: Mapping[str, Place],
        lost: set[str],
        refused: dict[str, str],
    ) -> dict[str, Stored]:
        """The ads that can be written, as they stand; the others are noted in `lost` and `refused`."""
        stands = self._writer.stored({key: places[key] for key in sorted(pending) if key in places})
        ready: dict[str, Stored] = {}
        for key in sorted(pending):
            try:
                if (old := stands.get(key)) is None:
                    raise WriteRefused(key, "it is not stored any more")
                ad = replaced(old.ad, wanted[key])
                if ad is None:
                    lost.add(key)
                    continue
                if ad != old.ad:
                    replaceable(key, old.record, AdRecord)
                ready[key] = old
            except WriteRefused as error:
                refused[key] = str(error)
        return ready

    def _items(
        self, ready: Mapping[str, Stored], wanted: Mapping[str, Rejudged], places: Mapping[str, Place]
    ) -> Iterator[Item]:
        """The writes of those that don't have their new judgement yet."""
        for key, old in ready.items():
            ad = replaced(old.ad, wanted[key])
            if ad is not None and ad != old.ad:
                index = self._names.index("ads", places[key].month)
                yield Item(index, key, ad_document(ad, old.seen, old.state), seq=old.seq, term=old.term)

    def _settle(
        self, written: Mapping[str, Stored], wanted: Mapping[str, Rejudged], places: Mapping[str, Place]
    ) -> None:
        """Bring the cases up to date: of all ads, also of those that a killed process wrote before."""
        if not written:
            return
        with errors(self._url):
            self._client.indices.refresh(
                index=sorted({self._names.index("ads", places[key].month) for key in written})
            )
        ads = {key: replaced(old.ad, wanted[key]) or old.ad for key, old in written.items()}
        _, files = self._settling.look_up(ad.case_id for ad in ads.values())
        self._settling.settle(
            Joined(
                ads=ads,
                cases={key: ad.case_id for key, ad in ads.items()},
                states={key: old.state or CaseState.OPEN for key, old in written.items()},
                new=frozenset(),
                files=files,
            ),
            [],
        )
