"""Cases that two writers began at once for one ad, joined by whoever sees both.

Ads are written so that searches see them on return, and looked for once more after that: of two writers, the one
whose ads were written last sees those of the other. A writer that is killed before leaves a task without its
capture; whoever writes that bundle again looks again.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice

from findings.casebook import MAX_MOVES, Conflict
from findings.cases.joining import Signs, key_texts
from findings.cases.late import Late, Placed, joined_late, late, untouched
from findings.errors import StoreAway
from findings.model.records import AdRecord
from findings.stores.elastic.alike import Alike
from findings.stores.elastic.changing import Changes
from findings.stores.elastic.members import ATTEMPTS
from findings.stores.elastic.reading import Reader
from findings.stores.elastic.settling import Settling
from findings.stores.elastic.trail import Trail


class Joining:
    """Joins what should be one case."""

    def __init__(
        self, url: str, alike: Alike, changes: Changes, trail: Trail, settling: Settling, reader: Reader
    ) -> None:
        self._url = url
        self._alike = alike
        self._changes = changes
        self._trail = trail
        self._settling = settling
        self._reader = reader

    def join(self, ads: Mapping[Placed, Signs]) -> None:
        """Join the cases of these ads of one batch with those of others that they belong into.

        Among themselves they were looked at before they were written.
        """
        keys = {own: key_texts(signs) for own, signs in ads.items()}
        wanted = {key for some in keys.values() for key in some}
        by_key = self._alike.placed(sorted(wanted), but=[own.ad for own in ads])
        if not by_key:
            return
        found: set[Late] = set()
        for own, signs in ads.items():
            sharing = {other for key in keys[own] for other in by_key.get(key, ())}
            found.update(late(own, signs, sharing))
        for one in sorted(found, key=lambda one: one.ad):
            self._join(one)

    def _join(self, one: Late) -> None:
        for _ in range(ATTEMPTS):
            leads, _ = self._settling.look_up([one.ad.case_id, one.into])
            case_id, into = one.ad.case_id, leads[one.into]
            if leads[case_id] != case_id or into == case_id:
                return
            files = self._settling.make([case_id, into])
            members = list(islice(self._members(case_id), MAX_MOVES + 1))
            # In order of storing: an ad that joined its case began none.
            if not members or members[0].id != one.ad.ad or into not in files:
                return
            if not untouched(files[case_id], self._trail.of_case(case_id)):
                return
            plan = joined_late(files[into], files[case_id], [ad.id for ad in members], datetime.now(UTC))
            if plan is None:
                return
            told = self._changes.change(plan.files, plan.draft, plan.moves)
            if not isinstance(told, Conflict):
                self._settling.come_back(told[0], members)
                return
        raise StoreAway(self._url, f"other processes kept changing case {one.ad.case_id}")

    def _members(self, case_id: str) -> Iterator[AdRecord]:
        order = [{"stored_us": "asc"}, {"id": "asc"}]
        return self._reader.records("ads", {"term": {"case_id": case_id}}, order, AdRecord)
