"""What a transaction of writing does to the files of the cases: noted while it writes, settled at its end."""

import sqlite3
from collections import defaultdict
from datetime import datetime

from findings.cases.arrivals import comes_back
from findings.cases.facts import AdPart, Seen, added, facts_of, part_of, seen_again, seen_in
from findings.cases.files import changed, made_for, with_facts
from findings.model.casework import CaseFacts, CaseFile
from findings.model.records import AdRecord, Sighting
from findings.stores.sqlite import case_files, trail


class Touched:
    """The cases that a transaction touches, with what is new to each.

    The `…_is_new` methods are called before the row is put in: they look for what stands there.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._cases: set[str] = set()
        self._fresh: set[str] = set()  # without a file yet
        self._anew: set[str] = set()  # to be counted from the beginning
        self._parts: dict[str, list[AdPart]] = defaultdict(list)
        self._sightings: dict[str, list[Sighting]] = defaultdict(list)
        self._variants: dict[str, int] = defaultdict(int)
        self._runs: dict[str, set[str]] = defaultdict(set)
        self._old_runs: set[tuple[str, str]] = set()
        self._seen: dict[str, list[AdRecord]] = defaultdict(list)

    def ad_is_new(self, ad: AdRecord, has_file: bool) -> AdPart:
        """Note an ad that will be put into its case."""
        case_id, part = ad.case_id, part_of(ad)
        self._cases.add(case_id)
        if not has_file:
            self._fresh.add(case_id)
        elif case_id not in self._fresh:
            known = self._connection.execute(
                "SELECT 1 FROM ads WHERE case_id = ? AND creative = ? LIMIT 1", (case_id, part.creative)
            ).fetchone()
            self._variants[case_id] += known is None
        self._parts[case_id].append(part)
        self._seen[case_id].append(ad)
        return part

    def ad_is_there(self, old: AdRecord, ad: AdRecord) -> AdPart:
        """Note an ad that is stored already, and what it is to be now."""
        self._cases.add(ad.case_id)
        self._seen[ad.case_id].append(ad)
        part = part_of(ad)
        if part_of(old) != part:
            self._anew.add(ad.case_id)
        return part

    def sighting_is_new(self, sighting: Sighting, case_id: str) -> None:
        """Note a sighting that will be put in."""
        self._cases.add(case_id)
        self._sightings[case_id].append(sighting)
        run = sighting.run_id
        if case_id in self._fresh or run in self._runs[case_id] or (case_id, run) in self._old_runs:
            return
        known = self._connection.execute(
            "SELECT 1 FROM ads JOIN sightings s ON s.ad = ads.row AND s.run_id = ?"
            " WHERE ads.case_id = ? LIMIT 1",
            (run, case_id),
        ).fetchone()
        if known:
            self._old_runs.add((case_id, run))
        else:
            self._runs[case_id].add(run)

    def sighting_is_other(self, case_id: str) -> None:
        """Note that a sighting was replaced by another of its id."""
        self._cases.add(case_id)
        self._anew.add(case_id)

    def settle(self, now: datetime) -> None:
        """Make or bring up to date the files of all cases touched; those that come back leave an entry."""
        stand = case_files.find_many(self._connection, self._cases)
        files: list[CaseFile] = []
        for case_id in sorted(self._cases):
            file = self._counted(case_id, stand.get(case_id))
            back = comes_back(file, self._seen[case_id], now)
            if back is not None:
                wanted, draft = back
                file = changed(file, wanted, draft)
                trail.append(self._connection, draft)
            if file != stand.get(case_id):
                files.append(file)
        case_files.put(self._connection, files)

    def _counted(self, case_id: str, file: CaseFile | None) -> CaseFile:
        seen, parts = seen_in(self._sightings[case_id]), self._parts[case_id]
        if file is None:
            file = made_for(case_id, facts_of(parts, seen))
        elif case_id not in self._anew:
            return with_facts(file, self._grown(file, parts, seen))
        return case_files.counted_anew(self._connection, file) if case_id in self._anew else file

    def _grown(self, file: CaseFile, parts: list[AdPart], seen: Seen) -> CaseFacts:
        runs = len(self._runs[file.id])
        if not parts:
            return seen_again(file.facts, seen, runs=runs)
        return added(file.facts, facts_of(parts, seen), variants=self._variants[file.id], runs=runs)
