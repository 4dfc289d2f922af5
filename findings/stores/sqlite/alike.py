"""Near-duplicates in the tables `ad_signs` and `ad_keys`, inside a transaction of the caller."""

import sqlite3
from collections import Counter

from findings.cases.joining import Known, Signs, chosen

#: SQLite's integers are signed.
_SIGN = 1 << 63


def near(connection: sqlite3.Connection, signs: Signs) -> tuple[str | None, bool]:
    """The case that an ad with these signs joins; and whether a stored ad has all of its keys."""
    if not signs.keys:
        return None, True
    marks = ", ".join("?" * len(signs.keys))
    rows = connection.execute(
        "SELECT k.ad, s.simhash, s.first_seen FROM ad_keys k JOIN ad_signs s ON s.ad = k.ad"  # noqa: S608
        f" WHERE k.key IN ({marks})",
        signs.keys,
    ).fetchall()
    if not rows:
        return None, False
    shared = Counter(row for row, _, _ in rows)
    oldest = chosen(signs, (Known(seen, row, simhash + _SIGN) for row, simhash, seen in set(rows)))
    whole = max(shared.values()) == len(signs.keys)
    if oldest is None:
        return None, whole
    (case_id,) = connection.execute("SELECT case_id FROM ads WHERE row = ?", (oldest.ad,)).fetchone()
    return case_id, whole


def put(connection: sqlite3.Connection, row: int, first_seen: int, signs: Signs) -> None:
    """Keep the signs of an ad, with when it was first seen (microseconds since 1970)."""
    connection.execute(
        "INSERT INTO ad_signs (ad, simhash, first_seen) VALUES (?, ?, ?)",
        (row, signs.simhash - _SIGN, first_seen),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO ad_keys (key, ad) VALUES (?, ?)", [(key, row) for key in signs.keys]
    )
