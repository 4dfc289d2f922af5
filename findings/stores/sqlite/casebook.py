"""The Casebook over one SQLite file: every change is one transaction with its entry."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from findings.casebook import CasePage, CaseQuery, Conflict
from findings.cases.files import changed, check_change, check_left
from findings.cases.listing import checked
from findings.errors import CaseMissing, WriteRefused
from findings.model.casework import AuditDraft, AuditEntry, CaseFile
from findings.model.records import AdRecord
from findings.stores.codec import decode, encode, readable
from findings.stores.sqlite import case_files, trail
from findings.stores.sqlite.database import Database


class SqliteCasebook:
    """Case files and the trail in one file; several threads and processes may change them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def file(self, case_id: str) -> CaseFile | None:
        """One case file, or None."""
        with self._database.transaction() as connection:
            return case_files.find(connection, case_id)

    def files(self, query: CaseQuery) -> CasePage:
        """One page of the queue."""
        after = checked(query)
        with self._database.transaction() as connection:
            return case_files.page(connection, query, after)

    def change(self, files: Sequence[CaseFile], draft: AuditDraft) -> tuple[CaseFile, ...] | Conflict:
        """Replace files and append the entry, in one transaction."""
        return self.regroup({}, files, draft)

    def regroup(
        self, moves: Mapping[str, str], files: Sequence[CaseFile], draft: AuditDraft
    ) -> tuple[CaseFile, ...] | Conflict:
        """Move ads, replace files and append the entry, in one transaction."""
        check_change(files, draft, moves)
        with self._database.transaction("IMMEDIATE", draft.id) as connection:
            stand = case_files.find_many(connection, [file.id for file in files])
            if trail.has(connection, draft):
                return tuple(_there(stand, file) for file in files)
            new: dict[str, CaseFile] = {}
            for file in map(readable, files):
                there = stand.get(file.id) if file.version == 0 else _there(stand, file)
                if there is not None and there.version != file.version:
                    return Conflict(wanted=file, stands=there)
                new[file.id] = changed(there or file, file, draft)
            if moves:
                new = _moved(connection, moves, new)
            case_files.put(connection, new.values())
            trail.append(connection, draft)
            return tuple(new[file.id] for file in files)

    def trail(self, after: int = 0) -> Iterator[AuditEntry]:
        """The entries with a number above `after`, 500 at a time."""
        while True:
            with self._database.transaction() as connection:
                entries = trail.after(connection, after)
            if not entries:
                return
            yield from entries
            after = entries[-1].number

    def trail_of(self, case_id: str) -> Iterator[AuditEntry]:
        """The entries of one case, 500 at a time."""
        after = 0
        while True:
            with self._database.transaction() as connection:
                entries = trail.of_case(connection, case_id, after)
            if not entries:
                return
            yield from entries
            after = entries[-1].number


def _there(stand: Mapping[str, CaseFile], file: CaseFile) -> CaseFile:
    if file.id not in stand:
        raise CaseMissing(file.id)
    return stand[file.id]


def _moved(
    connection: sqlite3.Connection, moves: Mapping[str, str], files: dict[str, CaseFile]
) -> dict[str, CaseFile]:
    """Move the ads; the files as they are to be then."""
    for ad_id, case_id in moves.items():
        row = connection.execute("SELECT record FROM ads WHERE id = ?", (ad_id,)).fetchone()
        if row is None:
            raise WriteRefused(ad_id, "it is not stored")
        ad = decode(row[0], AdRecord)
        if ad.case_id not in files:
            raise ValueError(f"ad {ad_id} is in case {ad.case_id}, whose file is not given")
        record = encode(ad_id, replace(ad, case_id=case_id))
        connection.execute("UPDATE ads SET case_id = ?, record = ? WHERE id = ?", (case_id, record, ad_id))
    counted = {case_id: case_files.counted_anew(connection, file) for case_id, file in files.items()}
    for case_id, file in counted.items():
        check_left(file, case_files.has_ads(connection, case_id))
    return counted
