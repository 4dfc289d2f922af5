"""What a batch of bundles does to the files of the cases: after its ads and sightings, before its captures.

So a task counts as done only when its cases know of it; a writer that is killed before writes its bundle
again, and files are counted from what is stored, not from what was new.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from findings.casebook import Conflict
from findings.cases.arrivals import comes_back
from findings.cases.facts import AdPart, facts_of, part_of, seen_in
from findings.cases.files import made_for, with_facts
from findings.errors import StoreAway
from findings.model.casework import CaseFile
from findings.model.records import AdRecord, Sighting
from findings.stores.elastic.case_files import CaseFiles, Stored
from findings.stores.elastic.cases import all_cases
from findings.stores.elastic.changing import Changes
from findings.stores.elastic.counting import count_facts
from findings.stores.elastic.members import ATTEMPTS, Members
from findings.stores.elastic.reading import Reader


class Joined(msgspec.Struct, frozen=True):
    """The ads of a batch as they were written: each with its case, and the state it was told of the case.

    `new` are those that no store had before; `files` are the files that stood when the case was looked up,
    `begun` the cases that were not: no stored ad was found to be in them. `parts` are what some ads add to facts.
    """

    ads: Mapping[str, AdRecord]
    cases: Mapping[str, str]
    states: Mapping[str, str]
    new: frozenset[str]
    files: Mapping[str, Stored]
    begun: frozenset[str] = frozenset()
    parts: Mapping[str, AdPart] = {}

    def part(self, ad: AdRecord) -> AdPart:
        """What an ad that is new adds to facts: the same in every case."""
        return self.parts.get(ad.id) or part_of(ad)


class Settling:
    """Brings the files of the cases that a batch touched up to date."""

    def __init__(
        self, url: str, files: CaseFiles, changes: Changes, members: Members, reader: Reader
    ) -> None:
        self._url = url
        self._files = files
        self._changes = changes
        self._members = members
        self._reader = reader

    def look_up(self, case_ids: Iterable[str]) -> tuple[dict[str, str], dict[str, Stored]]:
        """Where new ads of these cases go (a merged case leads on), and the files that stand."""
        return self._files.successors(case_ids)

    def settle(self, joined: Joined, sightings: Sequence[Sighting], written: Collection[str] = ()) -> None:
        """Files, facts and states of the cases of a batch whose ads and sightings are stored.

        On return searches see the files, and what the indices `written` hold.
        """
        if not joined.cases:
            return
        begun = self._begin(joined, sightings)
        cases = {ad: case_id for ad, case_id in joined.cases.items() if case_id not in begun}
        if cases:
            stands = self._changes.settled(set(cases.values()), wait=False)
            if self._put_right(cases, joined, stands):
                stands = self._changes.settled(set(cases.values()), wait=False)
            self._members.refresh(written)
            written = ()
            files = self._count(set(cases.values()), stands)
            told_other = {case for ad, case in cases.items() if joined.states[ad] != files[case].state}
            self._members.spread_states(sorted(told_other))
            ads: dict[str, list[AdRecord]] = defaultdict(list)
            for ad, case_id in cases.items():
                ads[case_id].append(joined.ads[ad])
            for case_id in sorted(files):
                self.come_back(files[case_id], ads[case_id])
        self._files.refresh(written)

    def make(self, case_ids: Iterable[str]) -> dict[str, CaseFile]:
        """These files as they stand, with no change half made; those that aren't there are made."""
        stands = self._changes.settled(case_ids)
        missing = set(case_ids) - stands.keys()
        made = self._count(missing, {}) if missing else {}
        return made | {case_id: there.file for case_id, there in stands.items()}

    def make_missing(self) -> None:
        """Make the files of cases that have none: those of a store that an older release filled."""
        for case_ids in all_cases(self._reader):
            missing = sorted(set(case_ids) - self._files.read(case_ids).keys())
            counted = count_facts(self._reader, missing)
            # One that a writer made meanwhile stays.
            self._files.write((made_for(case_id, facts), None, None) for case_id, facts in counted.items())
        self._files.refresh()

    def _begin(self, joined: Joined, sightings: Sequence[Sighting]) -> set[str]:
        """Make the files of the cases that this batch begins, and return those that nobody else made.

        Most new ads begin a case, so its file is made without looking for one.
        """
        ads: dict[str, list[AdRecord]] = defaultdict(list)
        for ad_id, ad in joined.ads.items():
            if joined.cases[ad_id] in joined.begun:
                ads[joined.cases[ad_id]].append(ad)
        seen: dict[str, list[Sighting]] = defaultdict(list)
        for sighting in sightings:
            seen[joined.cases[sighting.ad_id]].append(sighting)
        new = [
            case_id for case_id, members in sorted(ads.items()) if all(ad.id in joined.new for ad in members)
        ]
        there = self._files.write(
            (made_for(case_id, facts_of(map(joined.part, ads[case_id]), seen_in(seen[case_id]))), None, None)
            for case_id in new
        )
        return {*new} - there

    def _put_right(self, cases: dict[str, str], joined: Joined, stands: Mapping[str, Stored]) -> bool:
        """Follow ads whose cases were merged or split while they were written; whether there were any."""
        changed = {
            case_id
            for case_id, there in stands.items()
            if there.file.merged_into
            or (case_id in joined.files and joined.files[case_id].file.version != there.file.version)
        }
        doubtful = [ad for ad, case_id in cases.items() if case_id in changed]
        if not doubtful:
            return False
        now = self._members.cases_of(doubtful)
        leads, _ = self._files.successors(set(now.values()))
        moves = {ad: leads[now[ad]] for ad in doubtful}
        # Also those that were moved already: their sightings were written with the old case.
        self._members.move(moves, lambda: True)
        self._members.refresh()
        cases |= moves
        return True

    def _count(self, left: set[str], stands: dict[str, Stored]) -> dict[str, CaseFile]:
        """Make or bring up to date the files of these cases, and return them."""
        files: dict[str, CaseFile] = {}
        for _ in range(ATTEMPTS):
            known = count_facts(self._reader, sorted(left))
            for case_id, facts in known.items():
                there = stands.get(case_id)
                files[case_id] = with_facts(there.file, facts) if there else made_for(case_id, facts)
            left = self._files.write(
                (files[case_id], there.pending if there else None, there)
                for case_id, there in ((case_id, stands.get(case_id)) for case_id in sorted(known))
                if there is None or files[case_id] != there.file
            )
            if not left:
                return files
            # Read before counting: a count older than another's can't take its place.
            stands = self._files.read(left)
        raise StoreAway(self._url, f"other processes kept changing case {min(left)}")

    def come_back(self, file: CaseFile, ads: Sequence[AdRecord]) -> None:
        """Reopen a closed or excluded case that was seen again."""
        for _ in range(ATTEMPTS):
            change = comes_back(file, ads, datetime.now(UTC))
            if change is None:
                return
            wanted, draft = change
            told = self._changes.change([wanted], draft, {})
            if not isinstance(told, Conflict):
                return
            file = told.stands
        raise StoreAway(self._url, f"other processes kept changing case {file.id}")
