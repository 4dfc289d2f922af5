"""The audit trail in the tables `audit` and `audit_cases`, inside a transaction of the caller."""

import sqlite3

import msgspec

from findings.model.casework import AuditDraft, AuditEntry
from findings.review.chain import chained
from findings.stores.codec import decode, encode, readable

#: Entries read in one transaction.
BATCH = 500


def has(connection: sqlite3.Connection, draft: AuditDraft) -> bool:
    """Whether the entry of a draft stands in the trail."""
    return connection.execute("SELECT 1 FROM audit WHERE draft_id = ?", (draft.id,)).fetchone() is not None


def append(connection: sqlite3.Connection, draft: AuditDraft) -> None:
    """Put the entry of a draft behind the last one."""
    row = connection.execute("SELECT number, record FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    entry = chained(readable(draft), None if row is None else _entry(*row))
    connection.execute(
        "INSERT INTO audit (number, draft_id, record) VALUES (?, ?, ?)",
        (entry.number, draft.id, encode(draft.id, entry)),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO audit_cases (case_id, number) VALUES (?, ?)",
        [(case_id, entry.number) for case_id in draft.case_ids],
    )


def after(connection: sqlite3.Connection, number: int) -> list[tuple[int, AuditEntry]]:
    """The next entries behind a number, with the number that the table has for each."""
    rows = connection.execute(
        "SELECT number, record FROM audit WHERE number > ? ORDER BY number LIMIT ?", (number, BATCH)
    )
    return [(row, _entry(row, record)) for row, record in rows]


def of_case(connection: sqlite3.Connection, case_id: str, number: int) -> list[tuple[int, AuditEntry]]:
    """The next entries of one case behind a number, with the number that the table has for each."""
    rows = connection.execute(
        "SELECT a.number, a.record FROM audit_cases c JOIN audit a ON a.number = c.number"
        " WHERE c.case_id = ? AND c.number > ? ORDER BY c.number LIMIT ?",
        (case_id, number, BATCH),
    )
    return [(row, _entry(row, record)) for row, record in rows]


def _entry(number: int, record: bytes) -> AuditEntry:
    try:
        return decode(record, AuditEntry)
    except msgspec.MsgspecError as error:  # somebody wrote into the file: say where
        raise sqlite3.DatabaseError(f"entry {number} of the trail can't be read: {error}") from error
