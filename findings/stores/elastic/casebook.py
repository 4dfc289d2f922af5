"""The Casebook over Elasticsearch."""

from collections.abc import Iterator, Mapping, Sequence

from findings.casebook import CasePage, CaseQuery, Conflict
from findings.cases.files import check_note
from findings.cases.listing import checked, cursor_after
from findings.model.casework import AuditDraft, AuditEntry, CaseFile
from findings.stores.elastic.case_files import ORDER, CaseFiles, after, conditions, stored
from findings.stores.elastic.changing import Changes
from findings.stores.elastic.reading import Reader
from findings.stores.elastic.trail import Trail


class ElasticCasebook:
    """Case files and the trail in Elasticsearch; many officers may change them at once."""

    def __init__(self, files: CaseFiles, trail: Trail, changes: Changes, reader: Reader) -> None:
        self._files = files
        self._trail = trail
        self._changes = changes
        self._reader = reader

    def file(self, case_id: str) -> CaseFile | None:
        """One case file, or None; a change half made is ended first."""
        there = self._changes.settled([case_id], wait=False).get(case_id)
        return there.file if there and there.file.version else None

    def files(self, query: CaseQuery) -> CasePage:
        """One page of the queue."""
        place = checked(query)
        for _ in range(2):
            told = self._reader.ask(
                "cases",
                query=conditions(query),
                sort=ORDER,
                size=query.limit + 1,
                search_after=after(place),
                source_includes=["record", "pending"],
                seq_no_primary_term=True,
                track_total_hits=True,
            )
            hits = [stored(hit) for hit in told["hits"]["hits"]]
            ended = [self._changes.settle(hit) for hit in hits if hit.pending]
            if not any(ended):
                break
            self._files.refresh()
        files = tuple(hit.file for hit in hits[: query.limit])
        more = len(hits) > query.limit
        return CasePage(told["hits"]["total"]["value"], files, cursor_after(files[-1]) if more else None)

    def change(self, files: Sequence[CaseFile], draft: AuditDraft) -> tuple[CaseFile, ...] | Conflict:
        """Replace files and append the entry; ended by others if this process is killed."""
        return self._changes.change(files, draft, {})

    def regroup(
        self, moves: Mapping[str, str], files: Sequence[CaseFile], draft: AuditDraft
    ) -> tuple[CaseFile, ...] | Conflict:
        """Move ads, replace files and append the entry; ended by others if this process is killed."""
        return self._changes.change(files, draft, moves)

    def note(self, draft: AuditDraft) -> None:
        """Append an entry that changes no case."""
        check_note(draft)
        if self._trail.entry_of(draft) is None:
            self._trail.append(draft)

    def trail(self, after: int = 0) -> Iterator[AuditEntry]:
        """The entries with a number above `after`; changes half made are ended first."""
        self._settle_all()
        yield from self._trail.after(after)

    def trail_of(self, case_id: str) -> Iterator[AuditEntry]:
        """The entries of one case; a change of it half made is ended first."""
        self._changes.settled([case_id], wait=False)
        yield from self._trail.of_case(case_id)

    def _settle_all(self) -> None:
        self._files.refresh()
        unsettled = {"term": {"unsettled": True}}
        for hits in self._reader.pages("cases", unsettled, [{"id": "asc"}], ["id"]):
            self._changes.settled([hit["_id"] for hit in hits], wait=False)
