"""Near-duplicates looked up for all new ads of a batch at once, and among them."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from findings.cases.joining import Known, chosen, key_text, signs_of
from findings.model.records import AdRecord
from findings.search.cursor import micros
from findings.stores.elastic.reading import Reader

#: Keys of one request, and ads of one page of its answer.
_KEYS, _PAGE = 8000, 5000


class Alike:
    """Finds the case that each new ad joins. Ads that searches don't see yet are not found: two workers
    that meet variants of a new ad at once make two cases of them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def cases_for(self, ads: Collection[AdRecord]) -> dict[str, str]:
        """The case of each ad, by its id: that of the oldest that is nearly the same, else its own."""
        signs = {ad.id: signs_of(ad) for ad in ads}
        by_key, cases = self._stored(sorted({key_text(key) for some in signs.values() for key in some.keys}))
        for ad in sorted(ads, key=lambda ad: (ad.first_seen, ad.id)):
            keys = [key_text(key) for key in signs[ad.id].keys]
            oldest = chosen(signs[ad.id], {known for key in keys for known in by_key[key]})
            cases[ad.id] = cases[str(oldest.ad)] if oldest else ad.case_id
            for key in keys:
                by_key[key].append(Known(micros(ad.first_seen), ad.id, signs[ad.id].simhash))
        return {ad_id: cases[ad_id] for ad_id in signs}

    def _stored(self, keys: list[str]) -> tuple[dict[str, list[Known]], dict[str, str]]:
        """The stored ads that have one of these keys, by key; and the case of each."""
        wanted, found = set(keys), defaultdict[str, list[Known]](list)
        cases: dict[str, str] = {}
        for start in range(0, len(keys), _KEYS):
            place: list[Any] | None = None
            while True:
                told = self._reader.ask(
                    "ads",
                    query={"bool": {"filter": [{"terms": {"alike": keys[start : start + _KEYS]}}]}},
                    sort=[{"id": "asc"}],
                    size=_PAGE,
                    search_after=place,
                    source=False,
                    docvalue_fields=["alike", "simhash", "case_id", "first_seen_us"],
                    track_total_hits=False,
                )
                hits = told["hits"]["hits"]
                for hit in hits:
                    fields = hit["fields"]
                    cases[hit["_id"]] = fields["case_id"][0]
                    known = Known(fields["first_seen_us"][0], hit["_id"], int(fields["simhash"][0], 16))
                    for key in wanted.intersection(fields["alike"]):
                        found[key].append(known)
                if len(hits) < _PAGE:
                    break
                place = hits[-1]["sort"]
        return found, cases
