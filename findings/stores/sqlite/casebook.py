"""The Casebook over one SQLite file: every change is one transaction with its entry."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from findings.casebook import CasePage, CaseQuery, Conflict
from findings.cases.files import changed, check_change, check_held, check_note
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
            if moves or any(file.merged_into for file in new.values()):
                new = _regrouped(connection, moves, new)
            case_files.put(connection, new.values())
            trail.append(connection, draft)
            return tuple(new[file.id] for file in files)

    def note(self, draft: AuditDraft) -> None:
        """Append an entry that changes no case."""
        check_note(draft)
        with self._database.transaction("IMMEDIATE", draft.id) as connection:
            if not trail.has(connection, draft):
                trail.append(connection, draft)

    def trail(self, after: int = 0) -> Iterator[AuditEntry]:
        """The entries with a number above `after`, 500 at a time."""
        while True:
            with self._database.transaction() as connection:
                entries = trail.after(connection, after)
            if not entries:
                return
            yield from (entry for _, entry in entries)
            after = entries[-1][0]  # the table's: a forged record may name an earlier one

    def trail_of(self, case_id: str) -> Iterator[AuditEntry]:
        """The entries of one case, 500 at a time."""
        after = 0
        while True:
            with self._database.transaction() as connection:
                entries = trail.of_case(connection, case_id, after)
            if not entries:
                return
            yield from (entry for _, entry in entries)
            after = entries[-1][0]  # the table's: a forged record may name an earlier one


def _there(stand: Mapping[str, CaseFile], file: CaseFile) -> CaseFile:
    if file.id not in stand:
        raise CaseMissing(file.id)
    return stand[file.id]


def _regrouped(
    connection: sqlite3.Connection, moves: Mapping[str, str], files: dict[str, CaseFile]
) -> dict[str, CaseFile]:
    """Move the ads; the files as they are to be then."""
    held = {case_id: case_files.count_ads(connection, case_id) for case_id in files}
    for ad, to in moves.items():
        row = connection.execute("SELECT case_id FROM ads WHERE id = ?", (ad,)).fetchone()
        if row is None:
            raise WriteRefused(ad, "it is not stored")
        if row[0] not in files:
            raise ValueError(f"ad {ad} is in case {row[0]}, whose file is not given")
        held[row[0]] -= 1
        held[to] += 1
        _move(connection, "id = ?", ad, to)
    check_held(files, held)
    for case_id, file in files.items():
        if file.merged_into is not None:
            _move(connection, "case_id = ?", case_id, file.merged_into)
    return {case_id: case_files.counted_anew(connection, file) for case_id, file in files.items()}


def _move(connection: sqlite3.Connection, condition: str, value: str, to: str) -> None:
    found = connection.execute(f"SELECT row, record FROM ads WHERE {condition}", (value,))  # noqa: S608
    for row, record in found.fetchall():
        ad = replace(decode(record, AdRecord), case_id=to)
        connection.execute(
            "UPDATE ads SET case_id = ?, record = ? WHERE row = ?", (to, encode(ad.id, ad), row)
        )
