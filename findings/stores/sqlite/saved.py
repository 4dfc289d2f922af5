"""Saved searches in the table `searches`, inside a transaction of the caller."""

import sqlite3

from findings.search.saved import SavedSearch
from findings.stores.codec import decode, encode


def put(connection: sqlite3.Connection, saved: SavedSearch) -> None:
    """Keep a search, or replace the one of its owner and name."""
    connection.execute(
        "INSERT OR REPLACE INTO searches (owner, name, record) VALUES (?, ?, ?)",
        (saved.owner, saved.name, encode(saved.name, saved)),
    )


def of_owner(connection: sqlite3.Connection, owner: str) -> list[SavedSearch]:
    """The searches of one officer, by name."""
    rows = connection.execute("SELECT record FROM searches WHERE owner = ? ORDER BY name", (owner,))
    return [decode(record, SavedSearch) for (record,) in rows]


def named(connection: sqlite3.Connection, owner: str, name: str) -> SavedSearch | None:
    """One search, or None."""
    row = connection.execute(
        "SELECT record FROM searches WHERE owner = ? AND name = ?", (owner, name)
    ).fetchone()
    return None if row is None else decode(row[0], SavedSearch)


def drop(connection: sqlite3.Connection, owner: str, name: str) -> bool:
    """Forget a search; False if there is none."""
    return connection.execute("DELETE FROM searches WHERE owner = ? AND name = ?", (owner, name)).rowcount > 0
