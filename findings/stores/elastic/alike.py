"""Near-duplicates looked up for all new ads of a batch at once, and among them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from findings.cases.joining import Known, Signs, chosen, key_texts
from findings.cases.late import Placed
from findings.model.records import AdRecord
from findings.search.cursor import micros
from findings.stores.elastic.reading import Reader

#: Keys of one request, and ads of one page of its answer.
_KEYS, _PAGE = 8000, 5000


class Joins(msgspec.Struct, frozen=True):
    """The case of each new ad, by its id, and the signs of those that begin one; `stored` are those of the cases
    that have stored ads."""

    cases: Mapping[str, str]
    alone: Mapping[str, Signs]
    stored: frozenset[str]


class Alike:
    """Finds the case that each new ad joins. Ads that searches don't see yet are not found (`late.py`)."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def cases_for(self, ads: Collection[AdRecord], signs: Mapping[str, Signs]) -> Joins:
        """The case of each ad: that of the oldest that is nearly the same, else its own."""
        keys_of = {ad.id: key_texts(signs[ad.id]) for ad in ads}
        there = self.placed(sorted({key for keys in keys_of.values() for key in keys}))
        cases = {other.ad: other.case_id for some in there.values() for other in some}
        stored = frozenset(cases.values())
        by_key = defaultdict[str, list[Known]](list)
        for key, some in there.items():
            by_key[key] = [Known(other.first_seen, other.ad, other.simhash) for other in some]
        alone: dict[str, Signs] = {}
        for ad in sorted(ads, key=lambda ad: (ad.first_seen, ad.id)):
            sign, keys = signs[ad.id], keys_of[ad.id]
            oldest = chosen(sign, {known for key in keys for known in by_key.get(key, ())})
            cases[ad.id] = cases[str(oldest.ad)] if oldest else ad.case_id
            if oldest is None:
                alone[ad.id] = sign
            known = Known(micros(ad.first_seen), ad.id, sign.simhash)
            for key in keys:
                by_key[key].append(known)
        joined = {ad.id: cases[ad.id] for ad in ads}
        return Joins(joined, alone, stored.intersection(joined.values()))

    def placed(self, keys: list[str], but: Collection[str] = ()) -> Mapping[str, list[Placed]]:
        """The stored ads that have one of these keys, by key; without those of the ids `but`."""
        left_out = frozenset(but)
        # A query takes 65,536 terms at most: of a larger batch the rest is read and dropped.
        barred = [{"terms": {"id": sorted(left_out)[:_KEYS]}}] if left_out else []
        wanted, found = set(keys), defaultdict[str, list[Placed]](list)
        for start in range(0, len(keys), _KEYS):
            place: list[Any] | None = None
            while True:
                told = self._reader.ask(
                    "ads",
                    query={
                        "bool": {
                            "filter": [{"terms": {"alike": keys[start : start + _KEYS]}}],
                            "must_not": barred,
                        }
                    },
                    sort=[{"id": "asc"}],
                    size=_PAGE,
                    search_after=place,
                    source=False,
                    docvalue_fields=["alike", "simhash", "case_id", "first_seen_us", "stored_us"],
                    track_total_hits=False,
                )
                hits = told["hits"]["hits"]
                for hit in hits:
                    if hit["_id"] in left_out:
                        continue
                    fields = hit["fields"]
                    there = Placed(
                        stored=fields["stored_us"][0],
                        ad=hit["_id"],
                        first_seen=fields["first_seen_us"][0],
                        simhash=int(fields["simhash"][0], 16),
                        case_id=fields["case_id"][0],
                    )
                    for key in wanted.intersection(fields["alike"]):
                        found[key].append(there)
                if len(hits) < _PAGE:
                    break
                place = hits[-1]["sort"]
        return found
