"""The audit trail in the tables `audit` and `audit_cases`, inside a transaction of the caller."""

import sqlite3

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
    row = connection.execute("SELECT record FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    entry = chained(readable(draft), None if row is None else decode(row[0], AuditEntry))
    connection.execute(
        "INSERT INTO audit (number, draft_id, record) VALUES (?, ?, ?)",
        (entry.number, draft.id, encode(draft.id, entry)),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO audit_cases (case_id, number) VALUES (?, ?)",
        [(case_id, entry.number) for case_id in draft.case_ids],
    )


def after(connection: sqlite3.Connection, number: int) -> list[AuditEntry]:
    """The next entries behind a number."""
    rows = connection.execute(
        "SELECT record FROM audit WHERE number > ? ORDER BY number LIMIT ?", (number, BATCH)
    )
    return [decode(record, AuditEntry) for (record,) in rows]


def of_case(connection: sqlite3.Connection, case_id: str, number: int) -> list[AuditEntry]:
    """The next entries of one case behind a number."""
    rows = connection.execute(
        "SELECT a.record FROM audit_cases c JOIN audit a ON a.number = c.number"
        " WHERE c.case_id = ? AND c.number > ? ORDER BY c.number LIMIT ?",
        (case_id, number, BATCH),
    )
    return [decode(record, AuditEntry) for (record,) in rows]
