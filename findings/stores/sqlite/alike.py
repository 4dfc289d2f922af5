"""Near-duplicates in the tables `ad_signs` and `ad_keys`, inside a transaction of the caller."""

import sqlite3

from findings.cases.joining import Known, Signs, chosen

#: SQLite's integers are signed.
_SIGN = 1 << 63


def near(connection: sqlite3.Connection, signs: Signs) -> tuple[Known | None, bool]:
    """The stored ad whose case an ad with these signs joins; and whether any has all the same keys."""
    if not signs.keys:
        return None, True
    marks = ", ".join("?" * len(signs.keys))
    rows = connection.execute(
        "SELECT ads.first_seen, ads.id, ads.case_id, s.simhash, k.shared"  # noqa: S608
        f" FROM (SELECT ad, count(*) AS shared FROM ad_keys WHERE key IN ({marks}) GROUP BY ad) k"
        " JOIN ad_signs s ON s.ad = k.ad JOIN ads ON ads.row = k.ad",
        signs.keys,
    ).fetchall()
    found = chosen(signs, (Known(seen, ad, case, simhash + _SIGN) for seen, ad, case, simhash, _ in rows))
    return found, any(shared == len(signs.keys) for *_, shared in rows)


def put(connection: sqlite3.Connection, row: int, signs: Signs) -> None:
    """Keep the signs of an ad."""
    connection.execute("INSERT INTO ad_signs (ad, simhash) VALUES (?, ?)", (row, signs.simhash - _SIGN))
    connection.executemany(
        "INSERT OR IGNORE INTO ad_keys (key, ad) VALUES (?, ?)", [(key, row) for key in signs.keys]
    )
